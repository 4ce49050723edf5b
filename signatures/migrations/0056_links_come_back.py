"""By which link a signature came, sealed, so that the number goes down when it counts no more. What links brought
before stays theirs: of whom that was, nothing is known."""

from django.db import migrations, models

EARLIER = "UPDATE signatures_share SET earlier = brought WHERE brought > 0"


class Migration(migrations.Migration):
    dependencies = [("signatures", "0055_decisions_about_what_was_seen")]

    operations = [
        migrations.AddField("signature", "came_by", models.BinaryField(blank=True, null=True)),
        migrations.AddField("shareentry", "came_by", models.BinaryField(null=True)),
        migrations.AddField("shareentry", "change", models.SmallIntegerField(db_default=1, default=1)),
        migrations.AlterField(
            "shareentry", "code", models.CharField(blank=True, db_default="", default="", max_length=16)
        ),
        migrations.AlterField("share", "brought", models.IntegerField(db_default=0, default=0)),
        migrations.AddField("share", "earlier", models.IntegerField(db_default=0, default=0)),
        migrations.RunSQL(EARLIER, migrations.RunSQL.noop),
    ]
