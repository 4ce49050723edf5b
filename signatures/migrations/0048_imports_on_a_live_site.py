"""The index behind what became of an import, made while people sign."""

from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("signatures", "0047_imports")]

    operations = [
        AddIndexConcurrently(
            "signature",
            models.Index(
                condition=models.Q(("imported__isnull", False)), fields=["imported", "state"], name="of_an_import"
            ),
        )
    ]
