"""Updates can be mailed. What takes long on a large table is in 0019."""

import django.db.models.deletion
from django.contrib.postgres.operations import AddConstraintNotValid
from django.db import migrations, models
from django.db.models import Q

ACTIONS = [
    ("approve", "approve"),
    ("reject", "reject"),
    ("restore", "take back the rejection"),
    ("hide", "hide"),
    ("show", "show"),
    ("mark_notable", "mark as notable"),
    ("unmark_notable", "no longer notable"),
    ("resend", "send the link again"),
    ("accept_correction", "accept the correction"),
    ("refuse_correction", "refuse the correction"),
    ("reword", "change the text"),
    ("withdraw", "withdrawn by its signer"),
    ("erase", "erased by its signer"),
    ("publish_update", "publish an update"),
    ("mail_update", "mail an update"),
    ("retract_update", "take an update off the page"),
]
KINDS = [
    ("confirm", "link to confirm"),
    ("already_signed", "already signed"),
    ("own_page", "link to one's own page"),
    ("approved", "approved"),
    ("correction_decided", "correction decided"),
    ("update", "update"),
]


class Migration(migrations.Migration):
    dependencies = [("signatures", "0017_growth")]

    operations = [
        migrations.CreateModel(
            name="Mailing",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("asked_at", models.DateTimeField(verbose_name="asked at")),
                (
                    "finished_at",
                    models.DateTimeField(blank=True, null=True, verbose_name="all in the outbox at"),
                ),
                (
                    "update",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="mailing",
                        to="signatures.update",
                        verbose_name="update",
                    ),
                ),
            ],
            options={
                "verbose_name": "mailing",
                "verbose_name_plural": "mailings",
                "indexes": [
                    models.Index(condition=Q(finished_at=None), fields=["id"], name="mailings_to_finish"),
                ],
            },
        ),
        migrations.AddField(
            "mail",
            "update",
            models.ForeignKey(
                blank=True,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="mails",
                to="signatures.update",
                verbose_name="update",
            ),
        ),
        migrations.AlterField("mail", "kind", models.CharField(choices=KINDS, max_length=20, verbose_name="kind")),
        migrations.AlterField(
            "mail",
            "priority",
            models.SmallIntegerField(
                choices=[(0, "first"), (5, "later"), (9, "last")], default=5, verbose_name="priority"
            ),
        ),
        migrations.AlterField(
            "auditentry", "action", models.CharField(choices=ACTIONS, max_length=20, verbose_name="action")
        ),
        AddConstraintNotValid(
            "mail",
            models.CheckConstraint(
                condition=Q(kind="update", update__isnull=False) | (~Q(kind="update") & Q(update__isnull=True)),
                name="an_update_is_mailed_as_one",
            ),
        ),
    ]
