from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):
    dependencies = [("signatures", "0014_no_more_mail")]

    operations = [
        migrations.CreateModel(
            name="MailEvent",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("mark", models.CharField(max_length=64, unique=True)),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("bounced", "Bounced"),
                            ("complained", "Complained"),
                            ("unsubscribed", "Unsubscribed"),
                        ],
                        max_length=12,
                    ),
                ),
                ("mailbox_digest", models.BinaryField(max_length=32, null=True)),
                ("digest_key", models.CharField(blank=True, max_length=8)),
                ("received_at", models.DateTimeField()),
                ("heeded_at", models.DateTimeField(null=True)),
            ],
            options={
                "indexes": [
                    models.Index(condition=Q(heeded_at=None), fields=["id"], name="mail_events_to_heed"),
                    models.Index(fields=["received_at"], name="mail_events_by_age"),
                ]
            },
        ),
        migrations.AlterField(
            "suppression",
            "reason",
            models.CharField(
                choices=[
                    ("not_me", "its owner said: not me"),
                    ("no_mail", "its owner wants no more mail"),
                    ("refused", "its server refuses mail for it"),
                    ("bounced", "mail to it came back"),
                    ("complained", "its owner called our mail spam"),
                ],
                max_length=10,
                verbose_name="reason",
            ),
        ),
    ]
