from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("signatures", "0032_viewers_and_owners"),
    ]

    operations = [
        migrations.AddField(
            model_name="signature",
            name="proposed_quotation",
            field=models.CharField(
                blank=True, db_default="", default="", max_length=280, verbose_name="proposed quotation"
            ),
        ),
        migrations.AddField(
            model_name="signature",
            name="quotation",
            field=models.CharField(
                blank=True,
                db_default="",
                default="",
                help_text="Of a notable: their own words, shown with the first names.",
                max_length=280,
                verbose_name="quotation",
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
                    ("switch_on", "turn a switch on"),
                    ("switch_off", "turn a switch off"),
                ],
                max_length=20,
                verbose_name="action",
            ),
        ),
    ]
