"""Makes one page of the public list, for the web page and for the API."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from signatures.identity.search_keys import SearchQuery, fold_query
from signatures.public.cursor import BadCursor, Cursor, NameCursor, after, parse_cursor
from signatures.public.models.tally import Count, SectorCount
from signatures.public.search import matching, most_similar
from signatures.public.statement_page import Signatory, StatementPage
from signatures.signing.models.public_queryset import PublicQuerySet
from signatures.signing.models.signature import Signature

NEWEST, BY_NAME = "newest", "name"
NO_CURSOR = _("This is no cursor of ours. Take it from `next`, unchanged.")


class CursorField(forms.CharField):
    def to_python(self, value: Any) -> Any:
        """Returns the cursor, or None if none was sent."""
        text = super().to_python(value)
        try:
            return parse_cursor(text) if text else None
        except BadCursor:
            raise ValidationError(NO_CURSOR) from None

    def run_validators(self, value: Any) -> None:
        """Skips the validators of text: `to_python` has already checked the cursor."""


class ListForm(forms.Form):
    """Checks the parameters of the list in an address."""

    q = forms.CharField(required=False, max_length=100)
    kind = forms.ChoiceField(required=False, choices=Signature.Kind.choices)
    order = forms.ChoiceField(required=False, choices=[(NEWEST, _("newest first")), (BY_NAME, _("from A to Z"))])
    after = CursorField(required=False)


@dataclass(frozen=True)
class ListPage:
    signatories: list[Signatory]
    next_url: str | None = None
    is_nearest: bool = False


def page(
    reading: StatementPage,
    params: Mapping[str, Any],
    *,
    address: str,
    size: int,
    sector: SectorCount | None = None,
    left_out: Collection[str] = (),
) -> ListPage:
    """Makes the page for `params`, the cleaned data of a ListForm, in one query, or in two if only similar names exist.

    The link to the next page is `address` with the same parameters and a cursor, without the names in `left_out`, which
    the address already implies.
    """
    listed = Signature.objects.listed().of(reading.statement)
    if sector:
        listed = listed.filter(sector=sector.sector_id)
    if kind := params.get("kind"):
        listed = listed.of_kind(kind)
    query = fold_query(params.get("q", ""))
    if params.get("q") and not query.letters:
        return ListPage([])
    signatures, cursor = matching(listed, query) if query.letters else listed, params.get("after")
    following = after(signatures, cursor) if cursor else signatures
    is_by_name = _is_by_name(params)
    rows = list((following.by_name() if is_by_name else following.notables_first())[: size + 1])
    if not rows and query.letters and not cursor:
        return _similar_names(reading, listed, query, size)
    next_url = _next_url(address, params, rows[size - 1], left_out) if len(rows) > size else None
    return ListPage([reading.signatory(row) for row in rows[:size]], next_url)


def filtered_count(reading: StatementPage, sector: str, kind: str) -> Count:
    """Returns the counts of one sector and one kind; an empty value means all."""
    count = reading.count.in_sector(sector) if sector else reading.count
    return count.of_kind(kind) if kind else count


def _is_by_name(params: Mapping[str, Any]) -> bool:
    """Returns whether the order is by name. A cursor is a position in one order and decides it."""
    cursor = params.get("after")
    return isinstance(cursor, NameCursor) if cursor else params.get("order") == BY_NAME


def _similar_names(reading: StatementPage, listed: PublicQuerySet, query: SearchQuery, size: int) -> ListPage:
    near = [reading.signatory(row) for row in most_similar(listed, query)[:size]]
    return ListPage(near, is_nearest=bool(near))


def _next_url(address: str, params: Mapping[str, Any], last: Signature, left_out: Collection[str]) -> str:
    cursor = NameCursor.of(last) if _is_by_name(params) else Cursor.of(last)
    excluded = {"after", *left_out}
    same = {name: value for name, value in params.items() if value and name not in excluded}
    return f"{address}?{urlencode({**same, 'after': cursor})}"
