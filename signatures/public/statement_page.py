"""Reads what a public page shows, as plain values without personal data, in a small fixed number of queries."""

import time
from collections.abc import Hashable
from dataclasses import dataclass
from datetime import datetime
from threading import Lock

from cachetools import TLRUCache, cached
from django.conf import settings
from django.http import Http404
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.safestring import SafeString, mark_safe
from django.utils.text import Truncator
from django.utils.translation import get_language, override

from signatures.identity.website import display_host
from signatures.public.models.tally import Count, SectorCount, count
from signatures.public.published_updates import UpdatePage, published_updates
from signatures.signing.models.identity_check_method import PUBLIC_LABELS
from signatures.signing.models.signature import Signature
from signatures.statements.colours import Palette
from signatures.statements.models.statement import Statement
from signatures.statements.models.version import Translation
from signatures.web.languages.text_direction import direction_of

PAGE_SIZE = 60
NEWEST_SHOWN = 12
NOTABLES_SHOWN = 60
MAX_NOTABLES = 500  # the list shows the rest


@dataclass(frozen=True)
class Signatory:
    """Holds the public values of a signature."""

    name: str
    credit: str
    organisation: str
    sector: str
    notable: bool
    kind: str
    sector_slug: str
    checked: str = ""
    """How the identity of a notable signatory was checked, as a code of `Method`."""
    quotation: str = ""
    website: str = ""
    logo_url: str = ""

    @property
    def website_host(self) -> str:
        return display_host(self.website) if self.website else ""

    @property
    def checked_in_words(self) -> str:
        return str(PUBLIC_LABELS[self.checked]) if self.notable else ""


@dataclass(frozen=True)
class NotableWall:
    """The notable signatories of one sector. `counted` is the number of all signatures in it."""

    slug: str
    label: str
    counted: int
    signatories: list[Signatory]


@dataclass(frozen=True)
class TextChange:
    """One version of the text. The first has no `reason`."""

    date: datetime
    reason: str
    signed: int
    current: bool


class StatementPage:
    """A statement as a page shows it, in one language and at one time."""

    def __init__(self, translation: Translation, now: datetime):
        self.translation = translation
        self.wording, self.version, self.now = translation.version, translation.version.digest, now
        self.statement: Statement = translation.statement
        self.slug, self.organiser, self.contact = (
            self.statement.slug,
            self.statement.organiser,
            self.statement.contact,
        )
        self.title, self.addressee, self.language = (
            translation.title,
            translation.addressee,
            translation.language,
        )
        self.opens_at, self.closes_at, self.goal = (
            self.statement.opens_at,
            self.statement.closes_at,
            self.statement.goal,
        )
        self.logo_width, self.logo_height = self.statement.logo_width, self.statement.logo_height
        self.names_in_search_engines = self.statement.names_in_search_engines
        self.look = Palette(self.statement.accent, self.statement.accent_dark) if self.statement.accent else None
        self.languages: list[str] = getattr(translation, "languages", [])
        self.is_translated = translation.language == get_language()
        self.is_short = self.wording.is_short
        self.may_ask_for_proof = self.statement.proof_above is not None
        self.is_open = self.statement.is_open(now)
        self.switches = translation.switches()
        self.is_upcoming = self.statement.is_upcoming(now)
        self.is_closed = self.statement.is_closed(now)

    @property
    def direction(self) -> str:
        return direction_of(self.language)

    @property
    def language_name(self) -> str:
        return dict(settings.LANGUAGES)[self.language]

    @property
    def html(self) -> SafeString:
        """The text as HTML. It was sanitised when it was saved."""
        return mark_safe(self.wording.inline_html if self.is_short else self.wording.html)  # noqa: S308

    @property
    def description(self) -> str:
        """Returns the beginning of the text, for previews of a link."""
        return Truncator(self.wording.plain_text).chars(180)

    @property
    def url(self) -> str:
        return reverse("signatures:statement", args=[self.slug])

    @property
    def address(self) -> str:
        """Returns the complete URL, for use outside the site."""
        return settings.SITE_URL + self.url

    @property
    def canonical(self) -> str:
        """Returns the complete URL of the page in the language of the text."""
        with override(self.language):
            return self.address

    @property
    def look_url(self) -> str:
        """The path of the style sheet with its own colour; empty if it has none."""
        return reverse("signatures:look", args=[self.slug, self.look.digest]) if self.look else ""

    @property
    def logo_url(self) -> str:
        return self._file_url(self.statement.logo.name)

    @property
    def share_picture_url(self) -> str:
        return self._file_url(self.statement.share_picture.name)

    def _file_url(self, name: str | None) -> str:
        return reverse("signatures:file", args=[self.slug, name.rpartition("/")[2]]) if name else ""

    @property
    def list_url(self) -> str:
        return reverse("signatures:signatories", args=[self.slug])

    @property
    def takes_signatures(self) -> bool:
        return self.is_open and self.switches.takes_signatures

    @cached_property
    def count(self) -> Count:
        counts = count(self.statement.id, get_language() or "")
        return counts.without_names() if self.switches.hides_names else counts

    def sector(self, slug: str) -> SectorCount | None:
        """Returns the sector if it is offered or has signatures, otherwise None."""
        return next((sector for sector in self.count.parts if sector.slug == slug), None)

    @property
    def progress(self) -> int | None:
        """Returns the percentage of the goal, at most 100, or None without a goal."""
        return min(100, self.count.all * 100 // self.goal) if self.goal else None

    @cached_property
    def changes(self) -> list[TextChange]:
        """Returns all versions, the newest first. The list is empty if the text never changed."""
        if not self.wording.reason:
            return []
        versions = self.statement.versions.filter(language=self.language).with_signed()
        return [
            TextChange(version.created_at, version.reason, version.signed, version.id == self.wording.id)
            for version in versions
        ]

    @cached_property
    def newest_update(self) -> UpdatePage | None:
        return next(iter(published_updates(self.statement, now=self.now, limit=1)), None)

    def signatory(self, signature: Signature) -> Signatory:
        sector = self._sectors.get(signature.sector_id)
        return Signatory(
            signature.name,
            signature.credit,
            signature.organisation,
            sector.label if sector else "",
            signature.notable,
            signature.kind,
            sector.slug if sector else "",
            signature.checked_how if signature.notable else "",
            signature.quotation if signature.notable else "",
            signature.website,
            self._file_url(signature.logo),
        )

    def front_page_names(self) -> tuple[list[Signatory], list[Signatory]]:
        """Returns the notable signatories and the newest others, in one query."""
        listed = Signature.objects.listed().of(self.statement)
        notables = listed.filter(notable=True).notables_first()[:NOTABLES_SHOWN]
        newest = listed.filter(notable=False).notables_first()[:NEWEST_SHOWN]
        signatures = sorted(notables.union(newest, all=True), key=lambda s: (s.confirmed_at, s.id), reverse=True)
        return (
            [self.signatory(signature) for signature in signatures if signature.notable],
            [self.signatory(signature) for signature in signatures if not signature.notable],
        )

    def walls(self) -> list[NotableWall]:
        """Returns all notable signatories by sector, in the statement's order, in one query."""
        notables = Signature.objects.listed().of(self.statement).filter(notable=True).notables_first()[:MAX_NOTABLES]
        by_sector: dict[int, list[Signatory]] = {}
        for signature in notables:
            by_sector.setdefault(signature.sector_id, []).append(self.signatory(signature))
        return [
            NotableWall(sector.slug, sector.label, self.count.in_sector(sector.slug).all, by_sector[sector.sector_id])
            for sector in self.count.sectors()
            if sector.sector_id in by_sector
        ]

    @cached_property
    def _sectors(self) -> dict[int, SectorCount]:
        return {sector.sector_id: sector for sector in self.count.parts}


MAX_CACHED = 200  # statements, in each language
page_cache = TLRUCache[Hashable, tuple[Translation, Count]](
    MAX_CACHED, lambda _name, _value, now: now + settings.PAGE_CACHE_SECONDS, time.monotonic
)


def cached_statement_or_404(slug: str, now: datetime) -> StatementPage:
    """Returns a StatementPage whose text and counts may be one second old, for answers to the form. Its sender has
    read the statement before. Whether the statement is open is computed for `now`."""
    translation, count = _text_and_count(slug, get_language() or settings.LANGUAGE_CODE, now)
    reading = StatementPage(translation, now)
    reading.count = count
    return reading


@cached(page_cache, key=lambda slug, language, now: (slug, language), lock=Lock())
def _text_and_count(slug: str, language: str, now: datetime) -> tuple[Translation, Count]:
    reading = statement_or_404(slug, now)
    return reading.translation, reading.count


def statement_or_404(slug: str, now: datetime) -> StatementPage:
    translation = Translation.objects.for_page(slug, get_language() or settings.LANGUAGE_CODE)
    if translation is None:
        raise Http404
    return StatementPage(translation, now)
