"""Renders the PDF of a delivery bundle: data for signatures/data/pack/book.typ, which Typst compiles.

Text that people wrote is passed as JSON and shown as text, so it is never run as code. Typst sees one folder with these
two files and nothing else.
"""

import json
import shutil
import tempfile
from pathlib import Path
from typing import Any

from django.utils import translation
from django.utils.translation import gettext as _

from signatures.data import DATA
from signatures.identity.website import display_host
from signatures.statements.colours import DEFAULT_PALETTE
from signatures.transfers.delivery_bundle.contents import Contents
from signatures.transfers.delivery_bundle.fonts import FONTS, is_rtl, printable_form
from signatures.transfers.delivery_bundle.markdown_tree import markdown_tree
from signatures.transfers.delivery_bundle.typst_process import run_typst
from signatures.web.languages.localized_numbers import day, number, time_of_day

TYPST_SCRIPT = DATA / "pack" / "book.typ"
MAX_NAMES = 100_000  # Typst needs some 15 MB for each thousand names; the tables contain all of them


def render_book(contents: Contents) -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        shutil.copy(TYPST_SCRIPT, folder)
        (Path(folder) / "book.json").write_text(json.dumps(_book(contents), ensure_ascii=False), encoding="utf-8")
        return run_typst(Path(folder), TYPST_SCRIPT.name, FONTS, contents.now)


def _book(contents: Contents) -> dict[str, Any]:
    statement, wording, rows = contents.statement, contents.wording, contents.rows
    names = _NameEntries()
    notables = [names.entry(row) for row in rows if row[5]]
    organisations = [names.entry(row) for row in rows if row[3] == "organisation"]
    people = [] if len(rows) > MAX_NAMES else _by_sector(contents, names)
    return {
        "language": wording.language,
        "title": printable_form(wording.title)[0],
        "addressee": printable_form(wording.addressee)[0],
        "organiser": printable_form(statement.organiser)[0],
        "text": markdown_tree(wording.version.text),
        "is_short": wording.version.is_short,
        "accent": statement.accent or DEFAULT_PALETTE.accent,
        "number": number(contents.count.all),
        "count": _count(contents),
        "rule": _counting_rules(contents),
        "sections": [[_("Notables"), notables], [_("Organisations"), organisations]],
        "people_title": _("Signatories by sector"),
        "people": people,
        "colophon": _colophon(contents, names.respelled, is_cut=len(rows) > MAX_NAMES),
        "digest_title": _("SHA-256 of this text"),
        "digest": wording.version.digest,
        "is_rtl": translation.get_language_bidi(),
    }


class _NameEntries:
    """Builds the entries of the lists and counts the names that had to be transliterated."""

    def __init__(self) -> None:
        self.respelled = 0

    def entry(self, row: tuple[Any, ...]) -> list[Any]:
        """Returns the name, the details after it, and for each whether it is written from right to left."""
        name, is_own = printable_form(row[0])
        self.respelled += not is_own
        host = display_host(row[6]) if row[6] else ""
        details = printable_form(", ".join(filter(None, [*row[1:3], host])))[0]
        return [name, details, is_rtl(name), is_rtl(details)]


def _by_sector(contents: Contents, names: _NameEntries) -> list[list[Any]]:
    entries: dict[str, list[Any]] = {}
    for row in contents.rows:
        if row[3] == "person":
            entries.setdefault(row[4], []).append(names.entry(row))
    labels = {sector.slug: sector.label for sector in contents.count.sectors()}
    return [[label, number(len(entries[slug])), entries[slug]] for slug, label in labels.items() if slug in entries]


def _count(contents: Contents) -> str:
    if contents.count.organisations:
        return _("people and organisations have signed")
    return _("people have signed")


def _counting_rules(contents: Contents) -> list[str]:
    """Returns sentences that explain the number."""
    counted = contents.count
    moment = {"day": day(contents.now), "clock": time_of_day(contents.now)}
    sentences = [
        _("As of %(day)s, %(clock)s UTC.") % moment,
        _("Counted is who confirmed by a link in their own mailbox, once for each mailbox, and was not found to be "
          "somebody else."),
    ]  # fmt: skip
    if counted.organisations:
        numbers = {"people": number(counted.people), "organisations": number(counted.organisations)}
        sentences.append(_("%(people)s of them are people, %(organisations)s are organisations.") % numbers)
    if contents.names_are_hidden:
        sentences.append(_("The organisers hide all names at this time; everybody still counts."))
    elif counted.without_name_count:
        sentences.append(_("Named here are %(named)s; %(unnamed)s count without being named.")
                    % {"named": number(counted.listed), "unnamed": number(counted.without_name_count)})  # fmt: skip
    return sentences


def _colophon(contents: Contents, respelled: int, *, is_cut: bool) -> list[str]:
    sentences = [
        _("This book shows what the public saw at the minute that it names. Who has since left, or chosen not to be "
          "named, is to be left out of whatever is published from it."),
        _("The same names stand as tables in the files beside it, with every act by which the count went down; "
          "manifest.json has the SHA-256 of each."),
    ]  # fmt: skip
    if respelled:
        values = {"many": number(respelled)}
        sentences.append(_("Names that have letters which none of our fonts has: %(many)s. They are spelled in Latin "
                      "letters here, and as they were written in the tables.") % values)  # fmt: skip
    if is_cut:
        sentences.append(_("There are too many names for one book: people stand in the tables alone."))
    return sentences
