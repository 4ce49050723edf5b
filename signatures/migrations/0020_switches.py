"""Switches, and "review everything" as one of them.

Its column stays, unread, while web processes of the release before run.
"""

import django.db.models.deletion
from django.contrib.auth.management import create_permissions
from django.db import migrations, models

MOVE = """
    INSERT INTO signatures_switch (name, statement_id, told, turned_at)
    SELECT 'review_everything', id, '', now() FROM signatures_statement WHERE review_everything
"""
MOVE_BACK = """
    UPDATE signatures_statement SET review_everything = true
    WHERE id IN (SELECT statement_id FROM signatures_switch WHERE name = 'review_everything')
"""
STAY = "ALTER TABLE signatures_statement ALTER COLUMN review_everything SET DEFAULT false"
STAY_NO_MORE = "ALTER TABLE signatures_statement ALTER COLUMN review_everything DROP DEFAULT"


def let_organisers_in(apps, schema_editor):
    config = apps.get_app_config("signatures")
    config.models_module = True  # what create_permissions asks of an app; a migration's stand-in has none
    create_permissions(config, apps=apps, verbosity=0)
    Group, Permission = apps.get_model("auth", "Group"), apps.get_model("auth", "Permission")
    allowed = {"Moderator": ["view_switch"], "Organiser": ["view_switch", "turn_switch"]}
    for group in Group.objects.filter(name__in=allowed):
        names = allowed[group.name]
        group.permissions.add(*Permission.objects.filter(content_type__app_label="signatures", codename__in=names))


class Migration(migrations.Migration):
    dependencies = [("signatures", "0019_mailings_on_a_live_site")]

    operations = [
        migrations.CreateModel(
            name="Switch",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "name",
                    models.CharField(
                        choices=[
                            ("pause_signing", "pause signing"),
                            ("pause_mail", "pause mail"),
                            ("hide_names", "hide all names"),
                            ("read_only", "read-only"),
                            ("review_everything", "hold everything for review"),
                        ],
                        max_length=20,
                        verbose_name="switch",
                    ),
                ),
                (
                    "told",
                    models.CharField(
                        blank=True,
                        help_text="Shown below our own sentence, as you write it.",
                        max_length=300,
                        verbose_name="said to visitors",
                    ),
                ),
                ("turned_at", models.DateTimeField(verbose_name="turned on at")),
                (
                    "statement",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="switches",
                        to="signatures.statement",
                        verbose_name="statement",
                    ),
                ),
            ],
            options={
                "verbose_name": "switch",
                "verbose_name_plural": "switches",
                "ordering": ["id"],
                "permissions": [("turn_switch", "Can turn switches")],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("name", "statement"), name="a_switch_is_on_once", nulls_distinct=False
                    )
                ],
            },
        ),
        migrations.RunSQL(MOVE, MOVE_BACK),
        migrations.SeparateDatabaseAndState(
            database_operations=[migrations.RunSQL(STAY, STAY_NO_MORE)],
            state_operations=[migrations.RemoveField("statement", "review_everything")],
        ),
        migrations.AlterField(
            "auditentry",
            "statement",
            models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="audit",
                to="signatures.statement",
                verbose_name="statement",
            ),
        ),
        migrations.AlterField(
            "auditentry",
            "action",
            models.CharField(
                choices=[
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
                    ("switch_on", "turn a switch on"),
                    ("switch_off", "turn a switch off"),
                ],
                max_length=20,
                verbose_name="action",
            ),
        ),
        migrations.RunPython(let_organisers_in, migrations.RunPython.noop),
    ]
