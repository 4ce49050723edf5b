"""The index behind the question who could pass for somebody, made while people sign; and whom those who wait could."""

from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models
from django.db.models import Q

from signatures.identity.likeness import Name

AT_ONCE = 500


def look(apps, schema_editor):
    """Only at who waits: the others were looked at when it mattered."""
    Signature = apps.get_model("signatures", "Signature")
    ProtectedName = apps.get_model("signatures", "ProtectedName")
    waiting = Signature.objects.filter(Q(state="held") | Q(proposed_at__isnull=False), resembles=None)
    for each in waiting.only("name", "proposed_name", "statement_id").order_by("id").iterator(AT_ONCE):
        typed = Name(each.proposed_name or each.name)
        near = ProtectedName.objects.filter(
            Q(statement=None) | Q(statement=each.statement_id),
            Q(signature=None) | Q(signature__notable=True) & ~Q(signature=each.id),
            keys__overlap=sorted(typed.keys),
        )
        found = next((row.id for row in near.order_by("id") if typed.resembles(Name(row.written))), None)
        if found is not None:
            Signature.objects.filter(id=each.id).update(resembles=found)


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("signatures", "0052_whom_they_resemble")]

    operations = [
        AddIndexConcurrently(
            "signature",
            models.Index(
                condition=models.Q(("resembles__isnull", False)), fields=["resembles"], name="by_whom_they_resemble"
            ),
        ),
        migrations.RunPython(look, migrations.RunPython.noop),
    ]
