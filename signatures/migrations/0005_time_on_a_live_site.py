"""What takes long on a large table, in a way that nobody waits for."""

from django.contrib.postgres.operations import AddIndexConcurrently, ValidateConstraint
from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("signatures", "0004_time")]

    operations = [
        ValidateConstraint("signature", "mailbox_and_digest_go_together"),
        ValidateConstraint("signature", "pending_has_its_mailbox"),
        ValidateConstraint("signature", "erased_leaves_no_mailbox_and_no_name"),
        AddIndexConcurrently(
            "signature", models.Index(condition=Q(state="pending"), fields=["created_at"], name="pending_by_age")
        ),
        AddIndexConcurrently(
            "mail",
            models.Index(
                condition=~Q(status="queued") & (Q(mailbox_digest__isnull=False) | ~Q(last_error="")),
                fields=["due_at"],
                name="mails_to_forget",
            ),
        ),
    ]
