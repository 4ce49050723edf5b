"""CHECK constraints that follow the choices of a field."""

from collections.abc import Callable, Sequence
from typing import Any, TypeVar

from django.db.models import BooleanField, CheckConstraint, F, Func, Q, Value

Meta = TypeVar("Meta", bound=type)


def one_of(**fields: Sequence[Any]) -> Callable[[Meta], Meta]:
    """Decorates a Meta: the database refuses all other values in these fields, whichever SQL writes them. A decorator,
    because Meta's own body does not see the choices of its model. `makemigrations` notices when choices change."""

    def add_to(meta: Meta) -> Meta:
        checks = [
            CheckConstraint(condition=_is_one_of(field, values), name=f"%(class)s_{field}_is_known")
            for field, values in fields.items()
        ]
        meta.constraints = [*getattr(meta, "constraints", []), *checks]  # type: ignore[attr-defined]
        return meta

    return add_to


def _is_one_of(field: str, values: Sequence[Any]) -> Q | Func:
    """Texts as one constant. PostgreSQL keeps `IN` of a varchar as an array that it builds again for each INSERT, which
    takes three times as long."""
    if not all(isinstance(value, str) for value in values):
        return Q(**{f"{field}__in": list(values)})
    known = ",".join(f'"{value}"' for value in values)
    # Arguments in the order of the alphabet, as a migration has them: Django compares them in order
    return Func(
        F(field),
        Value(f"{{{known}}}"),
        arg_joiner=" = ANY (",
        output_field=BooleanField(),
        template="(%(expressions)s::text[]))",
    )
