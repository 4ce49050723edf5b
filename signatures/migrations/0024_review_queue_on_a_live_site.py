"""What waits is found without reading what does not; so are namesakes, and signers of one domain."""

from django.contrib.postgres.indexes import HashIndex
from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models
from django.db.models import Q

WAITING = Q(state="held") | Q(proposed_at__isnull=False)


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("signatures", "0023_review_queue")]

    operations = [
        AddIndexConcurrently("signature", models.Index(fields=["id"], name="waiting_for_review", condition=WAITING)),
        AddIndexConcurrently(
            "signature",
            models.Index(fields=["domain", "created_at"], name="signers_of_a_domain", condition=~Q(domain="")),
        ),
        AddIndexConcurrently("signature", HashIndex(fields=["search_key"], name="namesakes")),
    ]
