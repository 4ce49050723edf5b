from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("signatures", "0062_fewer_indexes")]

    operations = [
        migrations.RemoveField("share", "earlier"),
        migrations.RemoveField("shareentry", "code"),
        migrations.AlterField("shareentry", "came_by", models.BinaryField()),
    ]
