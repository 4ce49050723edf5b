"""The Atom feed of a statement: its updates and new notable signatories.

A signatory's entry has a date and no time, because the exact time of signing is not public.
"""

from datetime import UTC, datetime, time
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.crypto import salted_hmac
from django.utils.feedgenerator import Atom1Feed
from django.utils.html import format_html
from django.utils.translation import get_language, gettext

from signatures.public.published_updates import UpdatePage, published_updates
from signatures.public.statement_page import StatementPage, statement_or_404
from signatures.signing.models.signature import Signature
from signatures.web.absolute_urls import absolute_url
from signatures.web.decorators import public_data
from signatures.web.page_cache import cached_page

ENTRIES = 30  # of each kind


class NewsFeed(Atom1Feed):
    def latest_post_date(self) -> datetime:
        """Returns the opening date for an empty feed. Django's default, now, would change the ETag each time."""
        return super().latest_post_date() if self.items else self.feed["since"]


@public_data
@cached_page
def news_feed(request: HttpRequest, slug: str) -> HttpResponse:
    reading = statement_or_404(slug, timezone.now())
    feed = NewsFeed(
        title=gettext("News of “%(title)s”") % {"title": reading.title},
        link=reading.address,
        description="",
        language=get_language(),
        feed_url=absolute_url("signatures:feed", slug),
        author_name=reading.organiser,
        since=_day(reading.opens_at),
    )
    notables = Signature.objects.listed().of(reading.statement).newly_notable()[:ENTRIES]
    updates = published_updates(reading.statement, now=reading.now, limit=ENTRIES)
    entries = [_notable_entry(reading, signature) for signature in notables]
    entries += [_update_entry(slug, update) for update in updates]
    for entry in sorted(entries, key=lambda entry: entry["pubdate"], reverse=True):
        feed.add_item(**entry)
    return HttpResponse(feed.writeString("utf-8"), content_type=feed.content_type)


def _notable_entry(reading: StatementPage, signature: Signature) -> dict[str, Any]:
    signatory, day = reading.signatory(signature), _day(signature.noted_at)  # type: ignore[attr-defined]
    return {
        "title": signatory.name,
        "link": f"{settings.SITE_URL}{reading.list_url}?{urlencode({'q': signatory.name})}",
        "description": " · ".join(filter(None, (signatory.credit, signatory.organisation))) or signatory.sector,
        "unique_id": _entry_id(signature),
        "pubdate": day,
        "updateddate": day,
        "categories": ["signatory"],
    }


def _update_entry(slug: str, update: UpdatePage) -> dict[str, Any]:
    """Has the full text, because feed readers show it in place."""
    return {
        "title": update.title,
        "link": settings.SITE_URL + update.url,
        "description": format_html('<div lang="{}" dir="{}">{}</div>', update.language, update.direction, update.html),
        "unique_id": _urn(f"update {slug} {update.number}"),
        "pubdate": update.date,
        "updateddate": update.date,
        "categories": ["update"],
    }


def _entry_id(signature: Signature) -> str:
    """Returns an id that stays the same for feed readers and does not reveal the row."""
    return _urn(str(signature.id))


def _urn(text: str) -> str:
    digest = salted_hmac("signatures.feed", text, algorithm="sha256").digest()
    return UUID(bytes=digest[:16], version=5).urn


def _day(moment: datetime) -> datetime:
    return datetime.combine(moment.astimezone(UTC).date(), time.min, tzinfo=UTC)
