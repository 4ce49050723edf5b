"""One page of the public list, the same for people and for programs."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from signatures.identity.keys import Query, fold_query
from signatures.models import Count, SectorCount, Signature
from signatures.models.listing import BadCursor, Cursor, Listing
from signatures.views.reading import Reading, Signatory


class CursorField(forms.CharField):
    def to_python(self, value: Any) -> Any:
        """The cursor, or None where none was sent."""
        text = super().to_python(value)
        try:
            return Cursor.parse(text) if text else None
        except BadCursor:
            raise ValidationError(_("This is no cursor of ours. Take it from `next`, unchanged.")) from None

    def run_validators(self, value: Any) -> None:
        """Whatever was read as a cursor is one."""


class ListForm(forms.Form):
    """What an address may ask of the list."""

    q = forms.CharField(required=False, max_length=100)
    kind = forms.ChoiceField(required=False, choices=Signature.Kind.choices)
    after = CursorField(required=False)


@dataclass(frozen=True)
class Page:
    signatories: list[Signatory]
    next_url: str | None = None
    is_nearest: bool = False


def page(
    reading: Reading, asked: Mapping[str, Any], *, address: str, size: int, sector: SectorCount | None = None
) -> Page:
    """What was `asked` of a ListForm (nothing, where a value was odd), in one query, or two where names only resemble.

    `address` is the list's own, to which the next page adds what was asked and a cursor.
    """
    listed = Signature.objects.listed().of(reading.statement)
    if sector:
        listed = listed.filter(sector=sector.sector_id)
    if kind := asked.get("kind"):
        listed = listed.of_kind(kind)
    query = fold_query(asked.get("q", ""))
    if asked.get("q") and not query.letters:
        return Page([])
    found, cursor = listed.matching(query) if query.letters else listed, asked.get("after")
    rows = list((found.after(cursor) if cursor else found).notables_first()[: size + 1])
    if not rows and query.letters and not cursor:
        return _nearest(reading, listed, query, size)
    following = _following(address, asked, rows[size - 1]) if len(rows) > size else None
    return Page([reading.signatory(row) for row in rows[:size]], following)


def count_of(reading: Reading, sector: str, kind: str) -> Count:
    """The counts of what is looked at; both empty for all."""
    count = reading.count.in_sector(sector) if sector else reading.count
    return count.of_kind(kind) if kind else count


def _nearest(reading: Reading, listed: Listing, query: Query, size: int) -> Page:
    near = [reading.signatory(row) for row in listed.nearest(query)[:size]]
    return Page(near, is_nearest=bool(near))


def _following(address: str, asked: Mapping[str, Any], last: Signature) -> str:
    kept = {name: value for name, value in asked.items() if value and name != "after"}
    return f"{address}?{urlencode({**kept, 'after': Cursor.of(last)})}"
