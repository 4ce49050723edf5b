"""Signatures collected elsewhere."""

import django.core.validators
import django.db.models.deletion
from django.conf import settings
from django.contrib.auth.management import create_permissions
from django.db import migrations, models

import signatures.models.languages


def let_organisers_in(apps, schema_editor):
    config = apps.get_app_config("signatures")
    config.models_module = True  # what create_permissions asks of an app; a migration's stand-in has none
    create_permissions(config, apps=apps, verbosity=0)
    Group, Permission = apps.get_model("auth", "Group"), apps.get_model("auth", "Permission")
    found = Permission.objects.filter(content_type__app_label="signatures", codename__in=["view_import", "add_import"])
    for group in Group.objects.filter(name__in=["Organiser", "Owner"]):
        group.permissions.add(*found)


class Migration(migrations.Migration):
    dependencies = [
        ("signatures", "0046_logos"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="ImportLine",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("line", models.PositiveIntegerField(verbose_name="line")),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("heading", "names of the columns"),
                            ("unseen", "not looked at"),
                            ("ready", "ready"),
                            ("bad", "has a problem"),
                            ("double", "a mailbox that stands in an earlier line"),
                            ("known", "has signed here already, or has withdrawn or been rejected"),
                            ("silent", "wants no mail from us, or cannot be reached"),
                            ("brought", "mail in the outbox"),
                        ],
                        default="unseen",
                        max_length=10,
                        verbose_name="state",
                    ),
                ),
                ("sealed", models.BinaryField(null=True)),
                ("mailbox_digest", models.BinaryField(max_length=32, null=True)),
                ("digest_key", models.CharField(blank=True, max_length=8)),
            ],
            options={
                "verbose_name": "line of an import",
                "verbose_name_plural": "lines of imports",
                "ordering": ["line"],
            },
        ),
        migrations.AlterField(
            model_name="auditentry",
            name="action",
            field=models.CharField(
                choices=[
                    ("approve", "approve"),
                    ("reject", "reject"),
                    ("ask_for_proof", "ask for proof"),
                    ("restore", "take back the rejection"),
                    ("hide", "hide"),
                    ("show", "show"),
                    ("mark_notable", "mark as notable"),
                    ("check_identity", "check the identity"),
                    ("unmark_notable", "no longer notable"),
                    ("resend", "send the link again"),
                    ("accept_correction", "accept the correction"),
                    ("refuse_correction", "refuse the correction"),
                    ("quote", "change the quotation"),
                    ("set_logo", "change the logo"),
                    ("invite", "invite"),
                    ("revoke", "take back an invitation"),
                    ("reword", "change the text"),
                    ("withdraw", "withdrawn by its signer"),
                    ("erase", "erased by its signer"),
                    ("publish_update", "publish an update"),
                    ("mail_update", "mail an update"),
                    ("retract_update", "take an update off the page"),
                    ("hold", "hold for review"),
                    ("apply_rule", "apply a rule"),
                    ("undo_rule", "undo a rule"),
                    ("decide_many", "decide about many"),
                    ("undo_many", "undo a decision about many"),
                    ("weigh", "weigh a sign anew"),
                    ("switch_on", "turn a switch on"),
                    ("switch_off", "turn a switch off"),
                    ("export", "export signatures"),
                    ("make_pack", "make a delivery pack"),
                    ("download_pack", "download a delivery pack"),
                    ("import", "import signatures"),
                    ("send_import", "send the mails of an import"),
                    ("pace_import", "change the pace of an import"),
                    ("pause_import", "pause an import"),
                    ("stop_import", "stop an import"),
                ],
                max_length=20,
                verbose_name="action",
            ),
        ),
        migrations.CreateModel(
            name="Import",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("source", models.CharField(max_length=120, verbose_name="where they were collected")),
                ("name", models.CharField(max_length=100, verbose_name="file")),
                ("created_at", models.DateTimeField(verbose_name="brought at")),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("reading", "being read"),
                            ("read", "waits for its columns"),
                            ("checking", "being checked"),
                            ("checked", "checked, nothing sent"),
                            ("running", "mails go out"),
                            ("paused", "paused"),
                            ("done", "done"),
                            ("stopped", "stopped"),
                            ("refused", "could not be read"),
                        ],
                        default="reading",
                        max_length=10,
                        verbose_name="status",
                    ),
                ),
                ("file", models.CharField(blank=True, max_length=200)),
                ("size", models.PositiveIntegerField(default=0, verbose_name="bytes")),
                ("digest", models.CharField(max_length=64)),
                ("tries", models.PositiveSmallIntegerField(default=0)),
                ("problem", models.CharField(blank=True, max_length=20)),
                ("problem_line", models.PositiveIntegerField(default=0)),
                ("columns", models.JSONField(default=list)),
                (
                    "language",
                    signatures.models.languages.LanguageField(
                        default="en", max_length=12, verbose_name="language of the others"
                    ),
                ),
                (
                    "visibility",
                    models.CharField(
                        choices=[("public", "shown in the list"), ("anonymous", "counted, not shown")],
                        default="public",
                        max_length=10,
                        verbose_name="in the list, the others",
                    ),
                ),
                (
                    "pace",
                    models.PositiveIntegerField(
                        default=500,
                        validators=[
                            django.core.validators.MinValueValidator(1),
                            django.core.validators.MaxValueValidator(100000),
                        ],
                        verbose_name="mails an hour",
                    ),
                ),
                ("held_until", models.DateTimeField(null=True)),
                ("paced_at", models.DateTimeField(null=True)),
                ("reached", models.PositiveIntegerField(default=0)),
                ("lines", models.PositiveIntegerField(default=0, verbose_name="lines")),
                ("ready", models.PositiveIntegerField(default=0, verbose_name="ready")),
                ("bad", models.PositiveIntegerField(default=0, verbose_name="with a problem")),
                ("doubles", models.PositiveIntegerField(default=0, verbose_name="twice in the file")),
                ("known", models.PositiveIntegerField(default=0, verbose_name="already here")),
                ("silent", models.PositiveIntegerField(default=0, verbose_name="want no mail")),
                ("brought", models.PositiveIntegerField(default=0, verbose_name="mails in the outbox")),
                ("began_at", models.DateTimeField(blank=True, null=True, verbose_name="began at")),
                ("moved_at", models.DateTimeField(verbose_name="moved at")),
                ("ended_at", models.DateTimeField(blank=True, null=True, verbose_name="ended at")),
                (
                    "author",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="brought by",
                    ),
                ),
                (
                    "sector",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="signatures.sector",
                        verbose_name="field of work of the others",
                    ),
                ),
                (
                    "statement",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="imports",
                        to="signatures.statement",
                        verbose_name="statement",
                    ),
                ),
            ],
            options={
                "verbose_name": "import",
                "verbose_name_plural": "imports",
                "ordering": ["-id"],
            },
        ),
        migrations.AddField(
            model_name="signature",
            name="imported",
            field=models.ForeignKey(
                blank=True,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="signatures",
                to="signatures.import",
                verbose_name="import",
            ),
        ),
        migrations.AddField(
            model_name="importline",
            name="of",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="rows",
                to="signatures.import",
                verbose_name="import",
            ),
        ),
        migrations.AddIndex(
            model_name="importline",
            index=models.Index(fields=["of", "state", "line"], name="lines_by_state"),
        ),
        migrations.AddIndex(
            model_name="importline",
            index=models.Index(
                condition=models.Q(("mailbox_digest__isnull", False)),
                fields=["mailbox_digest"],
                name="lines_of_a_mailbox",
            ),
        ),
        migrations.AddConstraint(
            model_name="importline",
            constraint=models.UniqueConstraint(fields=("of", "line"), name="a_line_is_read_once"),
        ),
        migrations.RunPython(let_organisers_in, migrations.RunPython.noop),
    ]
