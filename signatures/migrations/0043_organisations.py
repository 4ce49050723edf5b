"""What organisations sign with: a website, the domain of it that is theirs, and an officer; and their logo."""

from django.db import migrations, models

FIELDS = {
    "website": ("website", 200, {}),
    "website_domain": ("domain of the website", 253, {}),
    "officer": ("signed by", 120, {}),
    "officer_post": ("their post", 160, {}),
    "logo": ("logo", 100, {"editable": False}),
}


class Migration(migrations.Migration):
    dependencies = [("signatures", "0042_decisions_about_many")]

    operations = [
        *(
            migrations.AddField(
                "signature",
                name,
                models.CharField(
                    blank=True, db_default="", default="", max_length=length, verbose_name=label, **options
                ),
            )
            for name, (label, length, options) in FIELDS.items()
        ),
        migrations.AlterField(
            "weight",
            "flag",
            models.CharField(
                choices=[
                    ("protected_name", "resembles a protected name"),
                    ("burst", "one of very many from one network"),
                    ("honeypot", "filled in a field that people do not see"),
                    ("no_proof", "came without a proof of work while many signed"),
                    ("network", "many from its network within an hour"),
                    ("domain", "more from its mail domain in an hour than in the day before"),
                    ("disposable", "a throw-away mailbox"),
                    ("name_shape", "a name that does not look like one"),
                    ("same_credit", "the same long credit over and over within an hour"),
                    ("too_quick", "confirmed within seconds of the mail"),
                    ("mandate", "an organisation, and its mailbox is not at its website"),
                    ("signed_before", "its organisation has signed already"),
                    ("demonstration", "made up for the demonstration"),
                ],
                max_length=40,
                unique=True,
                verbose_name="sign",
            ),
        ),
    ]
