"""The numbers on the desk's front page, and what is trending, beside the rules. Kept for seconds in each process."""

import time
from collections.abc import Callable
from datetime import timedelta
from typing import Any, TypeVar

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse
from django.utils import formats, timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from signatures import charts
from signatures.actions import health, overview
from signatures.admin.mailboxes import may_see_mailboxes
from signatures.identity import provider
from signatures.models import Sector, Signature

T = TypeVar("T")

KEPT_FOR = 5  # seconds
KEPT: dict[str, tuple[float, Any]] = {}


def front(request: HttpRequest) -> dict[str, Any]:
    """For who may see signatures; of mail, for who may see that."""
    if not request.user.has_perm("signatures.view_signature"):
        return {}
    found = {**_kept("signatures", _signatures)}
    if request.user.has_perm("signatures.view_mail"):
        found |= _kept("mail", _mail)
    labels = {sector.pk: sector.label for sector in Sector.objects.prefetch_related("translations")}
    hours = [
        charts.Figure(formats.date_format(hour.at, "SHORT_DATETIME_FORMAT"), hour.created, short=f"{hour.at:%H}")
        for hour in found["hours"]
    ]
    return {
        "overview": {
            **found,
            "chart": charts.columns(hours, head=_("Hour"), value_head=_("Signatures")),
            "sectors": [(labels.get(pk, ""), many, _list(sector__id__exact=pk)) for pk, many in found["sectors"]],
            "languages": [(dict(settings.LANGUAGES).get(each.label, each.label), each) for each in found["languages"]],
            "today": _list(created_at__gte=(timezone.now() - timedelta(days=1)).date().isoformat()),
        }
    }


def trends(request: HttpRequest) -> list[tuple[str, list[dict[str, Any]]]]:
    """Each with the way to a rule about it; a domain is named to who may see mailboxes."""
    found = _kept("trends", lambda: overview.trends(now=timezone.now()))
    labels = {str(sector.pk): sector.label for sector in Sector.objects.prefetch_related("translations")}
    rows = {name: [_row(request, name, each, labels) for each in some] for name, some in found.items()}
    titles = {
        "domain": _("Mail domains"),
        "network": _("Networks"),
        "name": _("First words of names"),
        "sector": _("Sectors"),
    }
    return [(titles[name], some) for name, some in rows.items()]


def _row(request: HttpRequest, name: str, trend: overview.Trend, labels: dict[str, str]) -> dict[str, Any]:
    said, wanted = trend.key[:8], {}
    if name == "domain":
        address = Signature.objects.get(pk=trend.sample).address
        known = provider.name_of(provider.key_of(address))
        if may_see_mailboxes(request):
            said = address.rpartition("@")[2]
            wanted = {"domain": said}
        else:
            said = known or said
    elif name == "network":
        wanted = {"network": trend.key}
    elif name == "name":
        said, wanted = trend.key, {"pattern": trend.key.split("9")[0] + "*"}
    else:
        said = labels.get(trend.key, "")
    rule = f"{reverse('admin:signatures_rule_add')}?{urlencode(wanted)}" if wanted else ""
    return {"said": said, "created": trend.created, "counted": trend.counted, "rule": rule}


def _signatures() -> dict[str, Any]:
    now = timezone.now()
    languages, providers = overview.funnel(now=now)
    return {
        "hours": overview.by_hour(now=now),
        "languages": languages,
        "providers": providers,
        "sectors": overview.by_sector(),
        "links": overview.best_links(),
    }


def _mail() -> dict[str, Any]:
    now = timezone.now()
    return {
        "oldest": health.outbox_health(now=now).oldest_due_at,
        "failures": overview.failures(),
        "failed": reverse("admin:signatures_mail_changelist") + "?status__exact=failed",
        "queued": reverse("admin:signatures_mail_changelist") + "?status__exact=queued",
        "reminded": overview.reminded(),
        "reminders": reverse("admin:signatures_mail_changelist") + "?kind__exact=reminder",
    }


def _kept(name: str, read: Callable[[], T]) -> T:
    at, found = KEPT.get(name, (0.0, None))
    if found is None or not 0 <= time.monotonic() - at < KEPT_FOR:
        KEPT[name] = at, found = time.monotonic(), read()
    return found


def _list(**filters: Any) -> str:
    return f"{reverse('admin:signatures_signature_changelist')}?{urlencode(filters)}"
