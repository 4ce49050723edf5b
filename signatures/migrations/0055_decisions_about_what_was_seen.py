"""What each signature said when a decision about many began."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("signatures", "0054_when_a_pack_was_ready")]

    operations = [
        migrations.AddField(
            "bulkitem",
            "face",
            models.CharField(blank=True, db_default="", default="", max_length=16, verbose_name="what it said"),
        ),
    ]
