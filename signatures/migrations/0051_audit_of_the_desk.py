"""What people do at the desk besides acts on signatures: of whatever it is about, and with values of any field."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("signatures", "0050_mailed_invitations_on_a_live_site")]

    operations = [
        migrations.AddField(
            "auditentry",
            "subject",
            models.CharField(blank=True, db_default="", default="", max_length=200, verbose_name="about"),
        ),
        migrations.AlterField(
            "auditentry", "before", models.CharField(blank=True, max_length=400, verbose_name="before")
        ),
        migrations.AlterField(
            "auditentry", "after", models.CharField(blank=True, max_length=400, verbose_name="after")
        ),
        migrations.AlterField(
            "auditentry",
            "action",
            models.CharField(
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
                    ("add", "add"),
                    ("change", "change"),
                    ("delete", "delete"),
                    ("sign_in", "come to the desk"),
                ],
                max_length=20,
                verbose_name="action",
            ),
        ),
    ]
