import django.contrib.postgres.indexes
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import signatures.models.languages


class Migration(migrations.Migration):
    dependencies = [
        ("signatures", "0022_share_links"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Lease",
            fields=[
                (
                    "signature",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="+",
                        serialize=False,
                        to="signatures.signature",
                    ),
                ),
                ("until", models.DateTimeField()),
            ],
            options={
                "verbose_name": "lease",
                "verbose_name_plural": "leases",
            },
        ),
        migrations.CreateModel(
            name="Phrase",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "use",
                    models.CharField(
                        choices=[("reject", "why a signature is not accepted"), ("ask", "what proof is asked for")],
                        max_length=10,
                        verbose_name="says",
                    ),
                ),
                ("text", models.CharField(max_length=300, verbose_name="text in English")),
                ("position", models.PositiveSmallIntegerField(default=0, verbose_name="position")),
                (
                    "is_offered",
                    models.BooleanField(
                        default=True,
                        help_text="A text that somebody has read stays; it need not be offered again.",
                        verbose_name="offered",
                    ),
                ),
            ],
            options={
                "verbose_name": "ready answer",
                "verbose_name_plural": "ready answers",
                "ordering": ["use", "position", "id"],
            },
        ),
        migrations.CreateModel(
            name="PhraseTranslation",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("language", signatures.models.languages.LanguageField(max_length=12, verbose_name="language")),
                ("text", models.CharField(max_length=300, verbose_name="text")),
            ],
            options={
                "verbose_name": "translation",
                "verbose_name_plural": "translations",
                "ordering": ["language"],
            },
        ),
        migrations.CreateModel(
            name="Skip",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("at", models.DateTimeField()),
            ],
            options={
                "verbose_name": "skipped signature",
                "verbose_name_plural": "skipped signatures",
            },
        ),
        migrations.AddField(
            model_name="signature",
            name="asked_at",
            field=models.DateTimeField(blank=True, null=True, verbose_name="asked for proof at"),
        ),
        migrations.AddField(
            model_name="signature",
            name="domain",
            field=models.CharField(
                blank=True, db_default="", default="", max_length=12, verbose_name="key of the mailbox’s domain"
            ),
        ),
        migrations.AddField(
            model_name="lease",
            name="holder",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="auditentry",
            name="phrase",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="signatures.phrase",
                verbose_name="words that the signer reads",
            ),
        ),
        migrations.AddField(
            model_name="phrasetranslation",
            name="phrase",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="translations",
                to="signatures.phrase",
                verbose_name="ready answer",
            ),
        ),
        migrations.AddField(
            model_name="skip",
            name="moderator",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="skip",
            name="signature",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="+", to="signatures.signature"
            ),
        ),
        migrations.AddConstraint(
            model_name="phrasetranslation",
            constraint=models.UniqueConstraint(fields=("phrase", "language"), name="one_phrase_per_language"),
        ),
        migrations.AddConstraint(
            model_name="skip",
            constraint=models.UniqueConstraint(fields=("signature", "moderator"), name="one_skip_per_moderator"),
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
                    ("proof_asked", "asked for proof"),
                ],
                max_length=20,
                verbose_name="kind",
            ),
        ),
    ]
