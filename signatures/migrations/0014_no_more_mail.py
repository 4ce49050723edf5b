from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("signatures", "0013_failed_mails")]

    operations = [
        migrations.AlterField(
            "suppression",
            "reason",
            models.CharField(
                choices=[
                    ("not_me", "its owner said: not me"),
                    ("no_mail", "its owner wants no more mail"),
                    ("refused", "its server refuses mail for it"),
                ],
                max_length=10,
                verbose_name="reason",
            ),
        ),
    ]
