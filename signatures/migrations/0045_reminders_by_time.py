"""The index by which the desk counts what reminders bring, made while mail goes out."""

from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("signatures", "0044_organisations_on_a_live_site")]

    operations = [
        AddIndexConcurrently(
            "mail",
            models.Index(condition=models.Q(("kind", "reminder")), fields=["sent_at"], name="reminders_sent"),
        ),
    ]
