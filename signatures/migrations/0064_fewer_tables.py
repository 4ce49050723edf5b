from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("signatures", "0063_no_older_releases")]

    operations = [
        migrations.RemoveConstraint("figure", "one_figure_of_a_name_and_label"),
        migrations.RenameModel("Figure", "Measurement"),
        migrations.AddConstraint(
            "measurement",
            models.UniqueConstraint(fields=["name", "label"], name="one_measurement_per_name_and_label"),
        ),
        migrations.DeleteModel("Heartbeat"),
        migrations.AddField(
            "update",
            "mailing_asked_at",
            models.DateTimeField(blank=True, editable=False, null=True, verbose_name="mailing asked for at"),
        ),
        migrations.AddField(
            "update",
            "mailing_finished_at",
            models.DateTimeField(blank=True, editable=False, null=True, verbose_name="all in the outbox at"),
        ),
        migrations.AddConstraint(
            "update",
            models.CheckConstraint(
                condition=models.Q(("mailing_finished_at", None), ("mailing_asked_at__isnull", False), _connector="OR"),
                name="a_finished_mailing_was_asked_for",
            ),
        ),
        migrations.DeleteModel("Mailing"),
    ]
