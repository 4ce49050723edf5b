"""An update as a page, a feed or a mail shows it."""

from dataclasses import dataclass
from datetime import datetime
from html import unescape

from django.conf import settings
from django.urls import reverse
from django.utils.html import strip_tags
from django.utils.safestring import SafeString, mark_safe
from django.utils.text import Truncator
from django.utils.translation import get_language

from signatures.statements.models.statement import Statement
from signatures.statements.models.update import UpdateTranslation

EXCERPT_LENGTH = 240  # characters


@dataclass(frozen=True)
class UpdatePage:
    number: int
    date: datetime
    title: str
    html: SafeString
    language: str
    direction: str
    url: str

    @property
    def is_translated(self) -> bool:
        return self.language == get_language()

    @property
    def language_name(self) -> str:
        return dict(settings.LANGUAGES)[self.language]

    @property
    def excerpt(self) -> str:
        """How its first paragraph begins."""
        _before, begins, rest = self.html.partition("<p>")
        first = rest.partition("</p>")[0] if begins else self.html
        return Truncator(" ".join(unescape(strip_tags(first)).split())).chars(EXCERPT_LENGTH)


def update_page(translation: UpdateTranslation, slug: str, date: datetime) -> UpdatePage:
    return UpdatePage(
        number=translation.update.number,
        date=date,
        title=translation.title,
        html=mark_safe(translation.html),  # noqa: S308 - sanitised when it was saved
        language=translation.language,
        direction=translation.direction,
        url=reverse("signatures:update", args=[slug, translation.update.number]),
    )


def published_updates(statement: Statement, *, now: datetime, most: int, number: int | None = None) -> list[UpdatePage]:
    """In the active language where there is a translation, the newest first; of `number` alone where it is given."""
    found = UpdateTranslation.objects.read_in(get_language() or "", statement=statement, now=now)
    if number is not None:
        found = found.filter(update__number=number)
    return [update_page(each, statement.slug, each.update.published_at) for each in found[:most]]  # type: ignore[arg-type]
