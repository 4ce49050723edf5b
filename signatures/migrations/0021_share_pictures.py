"""The picture of each statement and language that others show beside a link."""

import django.db.models.deletion
from django.db import migrations, models

import signatures.models.languages


class Migration(migrations.Migration):
    dependencies = [
        ("signatures", "0020_switches"),
    ]

    operations = [
        migrations.CreateModel(
            name="SharePicture",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("language", signatures.models.languages.LanguageField(max_length=12, verbose_name="language")),
                ("digest", models.CharField(max_length=64, verbose_name="SHA-256 of what is drawn")),
                ("file", models.CharField(max_length=200, verbose_name="name in the storage")),
                ("drawn_at", models.DateTimeField(verbose_name="drawn at")),
                (
                    "statement",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="pictures",
                        to="signatures.statement",
                        verbose_name="statement",
                    ),
                ),
            ],
            options={
                "verbose_name": "picture to share",
                "verbose_name_plural": "pictures to share",
                "constraints": [
                    models.UniqueConstraint(fields=("statement", "language"), name="one_picture_per_language")
                ],
            },
        ),
    ]
