"""Officers correct the website of their organisation; another domain waits for a moderator."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("signatures", "0058_names_in_djangos_log")]

    operations = [
        migrations.AddField(
            "signature",
            "proposed_website",
            models.CharField(blank=True, db_default="", default="", max_length=200, verbose_name="proposed website"),
        ),
    ]
