"""Reads the content of a delivery bundle from one snapshot of the database."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from signatures.public.corrections import corrections_of
from signatures.public.models.tally import Count, count
from signatures.signing.models.signature import Signature
from signatures.statements.models.statement import Statement
from signatures.statements.models.switch import Switches
from signatures.statements.models.version import Translation
from signatures.transfers.exports.one_snapshot import database_snapshot

HEADINGS = "name", "credit", "organisation", "kind", "sector", "notable", "website"
FIELDS = "name", "credit", "organisation", "kind", "sector__slug", "notable", "website"

Clock = Callable[[], datetime]


@dataclass(frozen=True)
class Contents:
    statement: Statement
    wording: Translation
    count: Count
    names_are_hidden: bool
    rows: list[tuple[Any, ...]]
    """Listed signatures, sorted by name, with the columns of FIELDS."""
    corrections: list[dict[str, Any]]
    facts: dict[str, Any]
    now: datetime

    @property
    def as_of(self) -> str:
        return self.now.isoformat(timespec="minutes")

    def records(self) -> Iterator[Any]:
        return _Records(self.rows)  # type: ignore[return-value]


class _Records(list[dict[str, str]]):
    def __init__(self, rows: list[tuple[Any, ...]]):
        super().__init__(
            dict(zip(HEADINGS, [*row[:5], "yes" if row[5] else "no", row[6]], strict=True)) for row in rows
        )


def read_contents(statement: Statement, clock: Clock) -> Contents:
    with database_snapshot():
        now = clock()
        counted = count(statement.pk, statement.language)
        hidden = Switches.of(statement.pk).hides_names
        rows = list(Signature.objects.listed().of(statement).by_name().values_list(*FIELDS))
        acts = corrections_of(statement).by_day()
        corrections = [{name: str(value) for name, value in act.items()} for act in acts]
        statement = Statement.objects.with_translations().get(pk=statement.pk)
    shown = counted.without_names() if hidden else counted
    return Contents(
        statement=statement,
        wording=statement.translation_for(statement.language),
        count=shown,
        names_are_hidden=hidden,
        rows=rows,
        corrections=corrections,
        facts=_facts(statement, shown),
        now=now,
    )


def _facts(statement: Statement, counted: Count) -> dict[str, Any]:
    translations = list(statement.translations.all())
    return {
        "statement": statement.slug,
        "organiser": statement.organiser,
        "titles": {translation.language: translation.title for translation in translations},
        "texts": {translation.language: translation.version.text for translation in translations},
        "versions": {translation.language: translation.version.digest for translation in translations},
        "count": {
            "all": counted.all,
            "people": counted.people,
            "organisations": counted.organisations,
            "named": counted.listed,
            "not_named": counted.without_name_count,
        },
    }
