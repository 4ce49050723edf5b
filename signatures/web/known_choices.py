"""Builds CHECK constraints from the choices of a field."""

from collections.abc import Callable, Sequence
from typing import Any, TypeVar

from django.db.models import BooleanField, CheckConstraint, F, Func, Q, Value

Meta = TypeVar("Meta", bound=type)


def one_of(**fields: Sequence[Any]) -> Callable[[Meta], Meta]:
    """Decorates a Meta: the database refuses all other values in these fields, whichever SQL writes them. It is a
    decorator because the body of Meta cannot see its model's choices. `makemigrations` notices when choices change."""

    def add_to(meta: Meta) -> Meta:
        checks = [
            CheckConstraint(condition=_is_one_of(field, values), name=f"%(class)s_{field}_is_known")
            for field, values in fields.items()
        ]
        meta.constraints = [*getattr(meta, "constraints", []), *checks]  # type: ignore[attr-defined]
        return meta

    return add_to


def _is_one_of(field: str, values: Sequence[Any]) -> Q | Func:
    """Passes texts as one constant. PostgreSQL keeps `IN` of a varchar as an array that it builds again for each
    INSERT, which takes three times as long."""
    if not all(isinstance(value, str) for value in values):
        return Q(**{f"{field}__in": list(values)})
    quoted = ",".join(f'"{value}"' for value in values)
    # Arguments in alphabetical order, as in a migration: Django compares them in order
    return Func(
        F(field),
        Value(f"{{{quoted}}}"),
        arg_joiner=" = ANY (",
        output_field=BooleanField(),
        template="(%(expressions)s::text[]))",
    )
