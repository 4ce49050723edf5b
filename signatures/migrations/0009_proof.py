from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("signatures", "0008_pace")]

    operations = [
        migrations.AddField(
            "statement",
            "proof_above",
            models.PositiveIntegerField(
                blank=True,
                help_text="Signatures a minute. Above that, a visitor’s browser computes for a moment before it signs, "
                "which makes floods dear; a signature that comes without waits for a moderator. 0: always. Empty: "
                "never.",
                null=True,
                verbose_name="ask for a proof of work above",
            ),
        ),
    ]
