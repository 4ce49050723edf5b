"""The indexes by which rules find signatures, made while people sign."""

from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("signatures", "0034_rules")]

    operations = [
        AddIndexConcurrently(
            "signature",
            models.Index(
                condition=models.Q(("network", ""), _negated=True),
                fields=["network", "created_at"],
                name="signed_from_a_network",
            ),
        ),
        AddIndexConcurrently(
            "signature",
            models.Index(
                condition=models.Q(("network", ""), _negated=True), fields=["created_at"], name="networks_to_forget"
            ),
        ),
    ]
