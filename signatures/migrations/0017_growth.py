"""How many signed on each day, counted by the worker."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("signatures", "0016_updates"),
    ]

    operations = [
        migrations.CreateModel(
            name="Growth",
            fields=[
                (
                    "statement",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        serialize=False,
                        to="signatures.statement",
                        verbose_name="statement",
                    ),
                ),
                ("days", models.JSONField(verbose_name="signatures by day")),
                ("counted_at", models.DateTimeField(verbose_name="counted at")),
            ],
            options={
                "verbose_name": "growth",
                "verbose_name_plural": "growth",
            },
        ),
    ]
