"""Logos of organisations: by whom they were put there, and whose one is, found while people sign."""

from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("signatures", "0045_reminders_by_time")]

    operations = [
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
                ],
                max_length=20,
                verbose_name="action",
            ),
        ),
        AddIndexConcurrently(
            "signature",
            models.Index(condition=models.Q(("logo", ""), _negated=True), fields=["logo"], name="signers_with_a_logo"),
        ),
    ]
