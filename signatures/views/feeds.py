"""What feed readers follow. Days, never moments: when exactly somebody signed is nobody's business."""

from datetime import UTC, datetime, time
from urllib.parse import urlencode
from uuid import UUID

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.crypto import salted_hmac
from django.utils.feedgenerator import Atom1Feed
from django.utils.translation import get_language, gettext

from signatures.models import Signature
from signatures.views.addresses import absolute
from signatures.views.guards import for_programs
from signatures.views.reading import Reading, read_or_404

ENTRIES = 30


class Notables(Atom1Feed):
    def latest_post_date(self) -> datetime:
        """An empty feed has not changed since the statement opened; Django says now, and no ETag would hold."""
        return super().latest_post_date() if self.items else self.feed["since"]


@for_programs
def notables(request: HttpRequest, slug: str) -> HttpResponse:
    reading = read_or_404(slug, timezone.now())
    feed = Notables(
        title=gettext("Notable signatories of “%(title)s”") % {"title": reading.title},
        link=reading.address,
        description="",
        language=get_language(),
        feed_url=absolute("signatures:feed", slug),
        author_name=reading.organiser,
        since=_day(reading.opens_at),
    )
    for signature in Signature.objects.listed().of(reading.statement).newly_notable()[:ENTRIES]:
        _add(feed, reading, signature)
    return HttpResponse(feed.writeString("utf-8"), content_type=feed.content_type)


def _add(feed: Notables, reading: Reading, signature: Signature) -> None:
    shown, day = reading.signatory(signature), _day(signature.noted_at)  # type: ignore[attr-defined]
    feed.add_item(
        title=shown.name,
        link=f"{settings.SITE_URL}{reading.list_url}?{urlencode({'q': shown.name})}",
        description=" · ".join(filter(None, (shown.credit, shown.organisation))) or shown.sector,
        unique_id=_name_of_entry(signature),
        pubdate=day,
        updateddate=day,
    )


def _name_of_entry(signature: Signature) -> str:
    """Always the same for a reader to know it by, and no way back to the row."""
    digest = salted_hmac("signatures.feed", str(signature.id), algorithm="sha256").digest()
    return UUID(bytes=digest[:16], version=5).urn


def _day(moment: datetime) -> datetime:
    return datetime.combine(moment.astimezone(UTC).date(), time.min, tzinfo=UTC)
