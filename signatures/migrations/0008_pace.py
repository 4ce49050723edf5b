"""Where a mail goes, as a keyed hash, and how fast it may. The database has defaults for web processes of before."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("signatures", "0007_leaving_leaves_a_line")]

    operations = [
        migrations.CreateModel(
            name="Pace",
            fields=[
                ("key", models.CharField(max_length=12, primary_key=True, serialize=False)),
                ("rate", models.FloatField(null=True)),
                ("allowance", models.FloatField(db_default=0, default=0)),
                ("reckoned_at", models.DateTimeField()),
                ("slowed_at", models.DateTimeField(null=True)),
                ("slowed_in_a_row", models.PositiveSmallIntegerField(db_default=0, default=0)),
                ("rests_until", models.DateTimeField(null=True)),
                ("taken_at", models.DateTimeField(null=True)),
            ],
        ),
        migrations.AddField(
            "mail",
            "provider",
            models.CharField(blank=True, db_default="", default="", max_length=12, verbose_name="mail provider"),
        ),
        migrations.AddField("mail", "refusals", models.PositiveSmallIntegerField(db_default=0, default=0)),
    ]
