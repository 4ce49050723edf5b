"""What takes long on a large table, in a way that nobody waits for."""

from django.contrib.postgres.operations import ValidateConstraint
from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("signatures", "0049_mailed_invitations")]

    operations = [
        ValidateConstraint("mail", "a_mail_is_to_a_signer_or_an_invited"),
        migrations.RunSQL(
            "CREATE UNIQUE INDEX CONCURRENTLY an_invitation_is_mailed_once_and_again"
            " ON signatures_mail (invitation_id, generation) WHERE invitation_id IS NOT NULL",
            "DROP INDEX CONCURRENTLY an_invitation_is_mailed_once_and_again",
            state_operations=[
                migrations.AddConstraint(
                    "mail",
                    models.UniqueConstraint(
                        condition=Q(invitation__isnull=False),
                        fields=("invitation", "generation"),
                        name="an_invitation_is_mailed_once_and_again",
                    ),
                )
            ],
        ),
    ]
