from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("signatures", "0026_look")]

    operations = [
        migrations.AddField(
            "signature",
            "sort_key",
            models.TextField(blank=True, db_collation="C", db_default="", default="", editable=False),
        ),
    ]
