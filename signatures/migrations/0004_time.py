"""When mailboxes go. The constraints on signatures are checked for new rows alone; 0005 looks at the old ones."""

from django.contrib.postgres.operations import AddConstraintNotValid
from django.db import migrations, models
from django.db.models import Q


def rule(condition: Q, name: str) -> AddConstraintNotValid:
    return AddConstraintNotValid("signature", models.CheckConstraint(condition=condition, name=name))


class Migration(migrations.Migration):
    dependencies = [("signatures", "0003_groups")]

    operations = [
        migrations.AddField(
            "statement",
            "delivered_at",
            models.DateTimeField(
                blank=True,
                help_text="When it was handed to those it speaks to. Close it first.",
                null=True,
                verbose_name="delivered at",
            ),
        ),
        migrations.AddField(
            "statement",
            "keep_mailboxes_for",
            models.PositiveSmallIntegerField(
                blank=True,
                default=365,
                help_text="Days after the delivery. Then every mailbox is erased: signatures stay, nobody can be "
                "written to, and the statement cannot be opened again. Empty: mailboxes are kept.",
                null=True,
                verbose_name="keep mailboxes for",
            ),
        ),
        migrations.AddField(
            "statement",
            "mailboxes_erased_at",
            models.DateTimeField(blank=True, editable=False, null=True, verbose_name="mailboxes erased at"),
        ),
        migrations.AddField(
            "suppression",
            "digest_key",
            models.CharField(blank=True, max_length=8, verbose_name="key of the digest"),
        ),
        migrations.AddConstraint(
            "statement",
            models.CheckConstraint(
                condition=Q(delivered_at__isnull=True) | Q(state="closed"),
                name="delivered_is_closed",
                violation_error_message="Close the statement before you say that it was delivered.",
            ),
        ),
        migrations.AddConstraint(
            "statement",
            models.CheckConstraint(
                condition=Q(mailboxes_erased_at__isnull=True) | Q(state="closed"),
                name="without_mailboxes_is_closed_for_good",
            ),
        ),
        migrations.RemoveConstraint("signature", "erased_leaves_no_mailbox_and_no_name"),
        rule(
            Q(mailbox__isnull=True, mailbox_digest__isnull=True)
            | Q(mailbox__isnull=False, mailbox_digest__isnull=False),
            "mailbox_and_digest_go_together",
        ),
        rule(~Q(state="pending") | Q(mailbox__isnull=False), "pending_has_its_mailbox"),
        rule(Q(erased_at__isnull=True) | Q(mailbox__isnull=True, name=""), "erased_leaves_no_mailbox_and_no_name"),
    ]
