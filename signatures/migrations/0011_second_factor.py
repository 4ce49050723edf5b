from django.db import migrations, models

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
]


class Migration(migrations.Migration):
    """Nothing of either reaches the database."""

    dependencies = [
        ("otp_totp", "0003_add_timestamps"),
        ("signatures", "0010_signed_lately"),
    ]

    operations = [
        migrations.CreateModel(
            name="Authenticator",
            fields=[],
            options={"proxy": True, "indexes": [], "constraints": []},
            bases=("otp_totp.totpdevice",),
        ),
        migrations.AlterField(
            model_name="auditentry",
            name="action",
            field=models.CharField(choices=ACTIONS, max_length=20, verbose_name="action"),
        ),
    ]
