"""A cool-down for each mail provider replaces its pace. What is lost are pauses of minutes, so nothing is copied."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("signatures", "0059_corrected_websites")]

    operations = [
        migrations.CreateModel(
            name="ProviderCooldown",
            fields=[
                ("key", models.CharField(max_length=12, primary_key=True, serialize=False)),
                ("refusals", models.PositiveIntegerField()),
                ("resume_at", models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name="MailServer",
            fields=[
                ("id", models.PositiveSmallIntegerField(default=1, primary_key=True, serialize=False)),
                ("resume_at", models.DateTimeField(null=True)),
                ("allowance", models.FloatField(null=True)),
                ("allowance_at", models.DateTimeField(null=True)),
            ],
            options={
                "constraints": [models.CheckConstraint(condition=models.Q(("id", 1)), name="one_mail_server")],
            },
        ),
        migrations.DeleteModel(name="Pace"),
    ]
