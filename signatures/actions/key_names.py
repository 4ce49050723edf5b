from django.db import connection

from signatures.identity import keys
from signatures.models import Signature

BATCH = 500

# Only where the name is still the one that was read, and nobody has set its key meanwhile
SET = """
    UPDATE signatures_signature AS signature SET sort_key = keyed.key
    FROM unnest(%s::bigint[], %s::text[], %s::text[]) AS keyed (id, name, key)
    WHERE signature.id = keyed.id AND signature.name = keyed.name AND signature.sort_key = ''
"""


def key_names() -> int:
    """Gives a place between A and Z to names without one, which an older release wrote while it was being replaced. How
    many it found."""
    lacking = Signature.objects.filter(listed=True, sort_key="").exclude(name="").order_by("id")
    last, found = 0, 0
    while rows := list(lacking.filter(id__gt=last).values_list("id", "name")[:BATCH]):
        ids, names = zip(*rows, strict=True)
        with connection.cursor() as cursor:
            cursor.execute(SET, [list(ids), list(names), [keys.sort_key(name) for name in names]])
        last, found = ids[-1], found + len(rows)
    return found
