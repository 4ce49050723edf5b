"""The index behind the sign of a credit said over and over, made while people sign."""

import django.db.models.functions.text
import django.db.models.lookups
from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("signatures", "0037_quarantine")]

    operations = [
        AddIndexConcurrently(
            "signature",
            models.Index(
                condition=models.Q(
                    django.db.models.lookups.GreaterThanOrEqual(django.db.models.functions.text.Length("credit"), 20)
                ),
                fields=["credit", "created_at"],
                name="same_long_credit",
            ),
        )
    ]
