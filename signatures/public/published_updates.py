"""Reads published updates in the form that pages, feeds and emails show."""

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
        """Returns the beginning of its first paragraph."""
        _before, has_paragraph, rest = self.html.partition("<p>")
        first = rest.partition("</p>")[0] if has_paragraph else self.html
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


def published_updates(
    statement: Statement, *, now: datetime, limit: int, number: int | None = None
) -> list[UpdatePage]:
    """Returns the newest updates, or the one with this number. Each is in the active language if it is translated."""
    texts = UpdateTranslation.objects.read_in(get_language() or "", statement=statement, now=now)
    if number is not None:
        texts = texts.filter(update__number=number)
    return [update_page(text, statement.slug, text.update.published_at) for text in texts[:limit]]  # type: ignore[arg-type]
