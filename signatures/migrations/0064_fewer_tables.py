from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("signatures", "0063_no_older_releases")]

    operations = [
        migrations.CreateModel(
            "Measurement",
            [
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=40)),
                ("label", models.CharField(blank=True, max_length=80)),
                ("value", models.BigIntegerField()),
                ("at", models.DateTimeField()),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=["name", "label"], name="one_measurement_per_name_and_label")
                ]
            },
        ),
        migrations.DeleteModel("Figure"),
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
