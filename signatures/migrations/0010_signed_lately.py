"""The index behind `asks_for_proof`, made while people sign."""

from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("signatures", "0009_proof")]

    operations = [
        AddIndexConcurrently("signature", models.Index(fields=["statement", "created_at"], name="signed_lately")),
    ]
