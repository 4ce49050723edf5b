"""CHECK constraints that follow the choices of a field."""

from collections.abc import Callable, Sequence
from typing import Any, TypeVar

from django.db.models import CheckConstraint, Q

Meta = TypeVar("Meta", bound=type)


def one_of(**fields: Sequence[Any]) -> Callable[[Meta], Meta]:
    """Decorates a Meta: the database refuses all other values in these fields, whichever SQL writes them. A decorator,
    because Meta's own body does not see the choices of its model. `makemigrations` notices when choices change."""

    def add_to(meta: Meta) -> Meta:
        checks = [
            CheckConstraint(condition=Q(**{f"{field}__in": list(values)}), name=f"%(class)s_{field}_is_known")
            for field, values in fields.items()
        ]
        meta.constraints = [*getattr(meta, "constraints", []), *checks]  # type: ignore[attr-defined]
        return meta

    return add_to
