"""Failed mails are few among many, and counted often."""

from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("signatures", "0012_figures")]

    operations = [
        AddIndexConcurrently("mail", models.Index(fields=["kind"], name="mails_failed", condition=Q(status="failed"))),
    ]
