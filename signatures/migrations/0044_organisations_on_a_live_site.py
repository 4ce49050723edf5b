"""One organisation counts once on a statement. The index behind that is made while people sign."""

from django.db import migrations, models
from django.db.models import Q

NAME = "one_signature_per_organisation"
MAKE = f"""
    CREATE UNIQUE INDEX CONCURRENTLY {NAME} ON signatures_signature (statement_id, website_domain)
    WHERE counted AND NOT (website_domain = '')
"""


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("signatures", "0043_organisations")]

    operations = [
        migrations.RunSQL(
            MAKE,
            f"DROP INDEX CONCURRENTLY {NAME}",
            state_operations=[
                migrations.AddConstraint(
                    "signature",
                    models.UniqueConstraint(
                        condition=Q(counted=True) & ~Q(website_domain=""),
                        fields=["statement", "website_domain"],
                        name=NAME,
                    ),
                )
            ],
        )
    ]
