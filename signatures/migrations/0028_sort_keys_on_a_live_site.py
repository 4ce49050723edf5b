"""What takes long on a large table, in a way that nobody waits for."""

from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models
from django.db.models import Q

from signatures.identity import keys

BATCH = 500
SET = """
    UPDATE signatures_signature AS signature SET sort_key = keyed.key
    FROM unnest(%s::bigint[], %s::text[], %s::text[]) AS keyed (id, name, key)
    WHERE signature.id = keyed.id AND signature.name = keyed.name AND signature.sort_key = ''
"""


def key_names(apps, schema_editor):
    """A batch at a time, each committed by itself. What is signed meanwhile by the older release, the worker keys at
    night."""
    names = apps.get_model("signatures", "Signature").objects.exclude(name="").order_by("id")
    last = 0
    while rows := list(names.filter(id__gt=last, sort_key="").values_list("id", "name")[:BATCH]):
        ids, texts = zip(*rows, strict=True)
        with schema_editor.connection.cursor() as cursor:
            cursor.execute(SET, [list(ids), list(texts), [keys.sort_key(text) for text in texts]])
        last = ids[-1]


def index(name: str, *fields: str, **condition: str) -> AddIndexConcurrently:
    return AddIndexConcurrently(
        "signature",
        models.Index(fields=["statement", *fields, "sort_key", "id"], name=name, condition=Q(listed=True, **condition)),
    )


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("signatures", "0027_sort_keys")]

    operations = [
        migrations.RunPython(key_names, migrations.RunPython.noop),
        index("list_by_name"),
        index("list_of_a_sector_by_name", "sector"),
        index("organisations_by_name", kind="organisation"),
    ]
