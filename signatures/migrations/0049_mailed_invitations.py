"""Invitations that the site mails itself."""

import django.db.models.deletion
from django.conf import settings
from django.contrib.postgres.operations import AddConstraintNotValid
from django.db import migrations, models

import signatures.models.languages


def without_invitations(apps, schema_editor):
    """Before a mail has to have a signature again."""
    apps.get_model("signatures", "Mail").objects.filter(signature=None).delete()


class Migration(migrations.Migration):
    dependencies = [
        ("signatures", "0048_imports_on_a_live_site"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name="invitation",
            name="digest_key",
            field=models.CharField(
                blank=True, db_default="", default="", max_length=8, verbose_name="key of the digest"
            ),
        ),
        migrations.AddField(
            model_name="invitation",
            name="language",
            field=signatures.models.languages.LanguageField(
                db_default="en", default="en", max_length=12, verbose_name="language"
            ),
        ),
        migrations.AddField(
            model_name="invitation",
            name="mailbox",
            field=models.BinaryField(blank=True, null=True, verbose_name="mailbox, encrypted"),
        ),
        migrations.AddField(
            model_name="invitation",
            name="mailbox_digest",
            field=models.BinaryField(blank=True, max_length=32, null=True, verbose_name="digest of the mailbox"),
        ),
        migrations.AddField(
            model_name="mail",
            name="invitation",
            field=models.ForeignKey(
                blank=True,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="mails",
                to="signatures.invitation",
                verbose_name="invitation",
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
                    ("set_logo", "change the logo"),
                    ("invite", "invite"),
                    ("mail_invitations", "mail invitations"),
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
        migrations.AlterField(
            model_name="mail",
            name="kind",
            field=models.CharField(
                choices=[
                    ("confirm", "link to confirm"),
                    ("already_signed", "already signed"),
                    ("own_page", "link to one's own page"),
                    ("approved", "approved"),
                    ("correction_decided", "correction decided"),
                    ("update", "update"),
                    ("reminder", "reminder to confirm"),
                    ("proof_asked", "asked for proof"),
                    ("invitation", "invitation"),
                ],
                max_length=20,
                verbose_name="kind",
            ),
        ),
        migrations.AlterField(
            model_name="mail",
            name="signature",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="mails",
                to="signatures.signature",
                verbose_name="signature",
            ),
        ),
        migrations.AddIndex(
            model_name="invitation",
            index=models.Index(
                condition=models.Q(("mailbox_digest__isnull", False)),
                fields=["mailbox_digest"],
                name="invited_mailboxes",
            ),
        ),
        migrations.AddConstraint(
            model_name="invitation",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("mailbox__isnull", True), ("mailbox_digest__isnull", True)),
                    models.Q(("mailbox__isnull", False), ("mailbox_digest__isnull", False)),
                    _connector="OR",
                ),
                name="an_invited_mailbox_has_its_digest",
            ),
        ),
        AddConstraintNotValid(
            model_name="mail",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("invitation__isnull", False), ("kind", "invitation"), ("signature__isnull", True)),
                    models.Q(
                        models.Q(("kind", "invitation"), _negated=True),
                        ("invitation__isnull", True),
                        ("signature__isnull", False),
                    ),
                    _connector="OR",
                ),
                name="a_mail_is_to_a_signer_or_an_invited",
            ),
        ),
        migrations.RunPython(migrations.RunPython.noop, without_invitations),
    ]
