"""What takes long on a large table, in a way that nobody waits for."""

from django.contrib.postgres.operations import AddIndexConcurrently, ValidateConstraint
from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("signatures", "0018_mailings")]

    operations = [
        ValidateConstraint("mail", "an_update_is_mailed_as_one"),
        migrations.RunSQL(
            "CREATE UNIQUE INDEX CONCURRENTLY an_update_is_mailed_once ON signatures_mail (update_id, signature_id)"
            " WHERE update_id IS NOT NULL",
            "DROP INDEX CONCURRENTLY an_update_is_mailed_once",
            state_operations=[
                migrations.AddConstraint(
                    "mail",
                    models.UniqueConstraint(
                        condition=Q(update__isnull=False),
                        fields=("update", "signature"),
                        name="an_update_is_mailed_once",
                    ),
                )
            ],
        ),
        AddIndexConcurrently(
            "signature",
            models.Index(condition=Q(counted=True, updates=True), fields=["statement", "id"], name="want_updates"),
        ),
    ]
