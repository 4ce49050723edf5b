"""Whom a name could pass for, as the guard finds it."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("signatures", "0051_audit_of_the_desk")]

    operations = [
        migrations.AddField(
            "signature",
            "resembles",
            models.ForeignKey(
                blank=True,
                db_constraint=False,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="+",
                to="signatures.protectedname",
                verbose_name="could pass for",
            ),
        ),
    ]
