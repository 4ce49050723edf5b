"""Rules, and where signatures come from, scrambled, for rules to find."""

import django.db.models.deletion
from django.conf import settings
from django.contrib.auth.management import create_permissions
from django.db import migrations, models


def let_organisers_in(apps, schema_editor):
    config = apps.get_app_config("signatures")
    config.models_module = True  # what create_permissions asks of an app; a migration's stand-in has none
    create_permissions(config, apps=apps, verbosity=0)
    Group, Permission = apps.get_model("auth", "Group"), apps.get_model("auth", "Permission")
    allowed = {
        "Viewer": ["view_rule", "view_rulemark"],
        "Moderator": ["view_rule", "view_rulemark"],
        "Organiser": ["view_rule", "view_rulemark", "add_rule"],
        "Owner": ["view_rule", "view_rulemark", "add_rule"],
    }
    for group in Group.objects.filter(name__in=allowed):
        names = allowed[group.name]
        group.permissions.add(*Permission.objects.filter(content_type__app_label="signatures", codename__in=names))


class Migration(migrations.Migration):
    dependencies = [
        ("signatures", "0033_quotations"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Rule",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "act",
                    models.CharField(
                        choices=[("hold", "hold for review"), ("reject", "reject"), ("hide", "hide from the list")],
                        default="hold",
                        max_length=10,
                        verbose_name="what it does",
                    ),
                ),
                (
                    "domain",
                    models.CharField(
                        blank=True,
                        help_text="What stands behind the @, whole: example.org",
                        max_length=253,
                        verbose_name="domain of the mailbox",
                    ),
                ),
                (
                    "network",
                    models.CharField(
                        blank=True,
                        help_text="Its scrambled form, as the page of trends shows it.",
                        max_length=24,
                        verbose_name="network",
                    ),
                ),
                (
                    "pattern",
                    models.CharField(
                        blank=True,
                        help_text="As it is written, * for anything: “Free *” finds whatever begins with Free.",
                        max_length=160,
                        verbose_name="name or credit",
                    ),
                ),
                ("signed_from", models.DateTimeField(blank=True, null=True, verbose_name="signed from")),
                ("signed_until", models.DateTimeField(blank=True, null=True, verbose_name="signed until")),
                (
                    "reason",
                    models.CharField(
                        help_text="For your colleagues, in the audit log.", max_length=300, verbose_name="reason"
                    ),
                ),
                (
                    "told",
                    models.CharField(
                        blank=True,
                        help_text="On the page of corrections, beside the totals. Name nobody.",
                        max_length=200,
                        verbose_name="reason that the public reads",
                    ),
                ),
                ("created_at", models.DateTimeField(verbose_name="written at")),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("draft", "not applied"),
                            ("applying", "being applied"),
                            ("applied", "applied"),
                            ("undoing", "being undone"),
                            ("undone", "undone"),
                        ],
                        default="draft",
                        max_length=10,
                        verbose_name="status",
                    ),
                ),
                ("undo_reason", models.CharField(blank=True, max_length=300, verbose_name="reason to undo it")),
                ("began_at", models.DateTimeField(null=True, verbose_name="began at")),
                ("ended_at", models.DateTimeField(null=True, verbose_name="ended at")),
                ("from_id", models.BigIntegerField(default=0)),
                ("reached_id", models.BigIntegerField(default=0)),
                ("until_id", models.BigIntegerField(default=0)),
                ("changed", models.PositiveIntegerField(default=0, verbose_name="signatures changed")),
                ("restored", models.PositiveIntegerField(default=0, verbose_name="signatures restored")),
                ("left", models.PositiveIntegerField(default=0, verbose_name="left as they have become since")),
            ],
            options={
                "verbose_name": "rule",
                "verbose_name_plural": "rules",
                "ordering": ["-id"],
            },
        ),
        migrations.CreateModel(
            name="RuleMark",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("state", models.CharField(max_length=10, verbose_name="state before")),
                ("is_restored", models.BooleanField(null=True, verbose_name="restored")),
            ],
            options={
                "verbose_name": "change by a rule",
                "verbose_name_plural": "changes by rules",
            },
        ),
        migrations.AddField(
            model_name="auditentry",
            name="many",
            field=models.PositiveIntegerField(db_default=1, default=1, verbose_name="signatures"),
        ),
        migrations.AddField(
            model_name="auditentry",
            name="told",
            field=models.CharField(
                blank=True, db_default="", default="", max_length=200, verbose_name="reason that the public reads"
            ),
        ),
        migrations.AddField(
            model_name="signature",
            name="network",
            field=models.CharField(
                blank=True, db_default="", default="", max_length=24, verbose_name="key of its network"
            ),
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
                    ("reword", "change the text"),
                    ("withdraw", "withdrawn by its signer"),
                    ("erase", "erased by its signer"),
                    ("publish_update", "publish an update"),
                    ("mail_update", "mail an update"),
                    ("retract_update", "take an update off the page"),
                    ("hold", "hold for review"),
                    ("apply_rule", "apply a rule"),
                    ("undo_rule", "undo a rule"),
                    ("weigh", "weigh a sign anew"),
                    ("switch_on", "turn a switch on"),
                    ("switch_off", "turn a switch off"),
                ],
                max_length=20,
                verbose_name="action",
            ),
        ),
        migrations.AddField(
            model_name="rule",
            name="actor",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
                verbose_name="applied or undone by",
            ),
        ),
        migrations.AddField(
            model_name="rule",
            name="author",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
                verbose_name="by",
            ),
        ),
        migrations.AddField(
            model_name="rule",
            name="statement",
            field=models.ForeignKey(
                blank=True,
                help_text="Empty: of every statement.",
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="rules",
                to="signatures.statement",
                verbose_name="statement",
            ),
        ),
        migrations.AddField(
            model_name="auditentry",
            name="rule",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="audit",
                to="signatures.rule",
                verbose_name="rule",
            ),
        ),
        migrations.AddField(
            model_name="rulemark",
            name="rule",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="marks",
                to="signatures.rule",
                verbose_name="rule",
            ),
        ),
        migrations.AddField(
            model_name="rulemark",
            name="signature",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="rule_marks",
                to="signatures.signature",
                verbose_name="signature",
            ),
        ),
        migrations.AddConstraint(
            model_name="rule",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("domain", ""),
                    ("network", ""),
                    ("pattern", ""),
                    ("signed_from", None),
                    ("signed_until", None),
                    _negated=True,
                ),
                name="a_rule_is_about_something",
                violation_error_message="Say which signatures it is about: a domain, a network, a name or a time.",
            ),
        ),
        migrations.AddConstraint(
            model_name="rulemark",
            constraint=models.UniqueConstraint(fields=("rule", "signature"), name="a_rule_changes_a_signature_once"),
        ),
        migrations.RunPython(let_organisers_in, migrations.RunPython.noop),
    ]
