"""The trends page: submitted and confirmed signatures by hour, and what those of one hour have in common."""

from contextlib import suppress
from datetime import UTC, datetime
from typing import Any

from cryptography.fernet import InvalidToken
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import formats, timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from signatures.desk import drilldown, overview_queries
from signatures.desk import trend_queries as trending
from signatures.desk.overview import HOUR, from_cache, hourly_chart, sector_labels
from signatures.identity import mail_provider
from signatures.mail.mailbox_access import may_see_mailboxes
from signatures.signing.models.signature import Signature
from signatures.web.languages import localized_numbers


def trends_page(request: HttpRequest, site: Any) -> HttpResponse:
    if not request.user.has_perm("signatures.view_signature"):
        raise PermissionDenied
    now = timezone.now()
    hours = from_cache("hours", lambda: overview_queries.hourly_counts(now=now))
    begin, end = _selected_hour(request, [hour.at for hour in hours]) or (now - HOUR, now)
    is_now = end == now
    trends = from_cache(f"trends {'now' if is_now else begin}", lambda: trending.trends(begin=begin, end=end))
    context = {
        **site.each_context(request),
        "title": _("Trending"),
        "is_now": is_now,
        "begin": formats.date_format(begin, "SHORT_DATETIME_FORMAT"),
        "hours": hourly_chart(
            hours, lambda hour: f"{reverse('admin:trends')}?{urlencode({'hour': _iso_format(hour.at)})}"
        ),
        "tables": _tables(request, trends, begin, end),
        "may_write_rules": request.user.has_perm("signatures.add_rule"),
    }
    return TemplateResponse(request, "desk/trends.html", context)


def _selected_hour(request: HttpRequest, hours: list[datetime]) -> tuple[datetime, datetime] | None:
    """Returns begin and end of the requested hour, or None if it is not an hour of the chart."""
    matching = [hour for hour in hours if _iso_format(hour) == request.GET.get("hour")]
    return (matching[0], matching[0] + HOUR) if matching else None


def _iso_format(hour: datetime) -> str:
    return f"{hour.astimezone(UTC):%Y-%m-%dT%H}"


def _tables(request: HttpRequest, trends: dict[str, list[trending.Trend]], begin: datetime, end: datetime) -> list[Any]:
    labels = sector_labels()
    titles = {
        "domain": _("Mail domains"),
        "network": _("Networks"),
        "name": _("First words of names"),
        "sector": _("Sectors"),
    }
    return [
        (titles[name], [_row(request, name, trend, labels, begin, end) for trend in rows])
        for name, rows in trends.items()
    ]


def _row(
    request: HttpRequest, name: str, trend: trending.Trend, labels: dict[str, str], begin: datetime, end: datetime
) -> dict[str, Any]:
    label, rule_fields = _label_and_rule_fields(request, name, trend, labels)
    same = {"trend": f"{name}|{trend.key}"}
    return {
        "label": label,
        "created": (trend.created, f"{drilldown.drilldown_url('submitted', begin, end)}&{urlencode(same)}"),
        "confirmed": (trend.confirmed, f"{drilldown.drilldown_url('confirmed', begin, end)}&{urlencode(same)}"),
        "usual": localized_numbers.decimal(trend.hourly_average),
        "is_new": trend.created > 3 * max(trend.hourly_average, 1),
        "rule": f"{reverse('admin:signatures_rule_add')}?{urlencode(rule_fields)}" if rule_fields else "",
    }


def _label_and_rule_fields(
    request: HttpRequest, name: str, trend: trending.Trend, labels: dict[str, str]
) -> tuple[str, dict[str, str]]:
    """Returns the label and the initial fields of a rule. Only users who may see mailboxes see the domain."""
    if name == "domain":
        address = _address_of(trend.sample)
        domain = address.rpartition("@")[2]
        if domain and may_see_mailboxes(request):
            return domain, {"domain": domain}
        return mail_provider.provider_name(mail_provider.provider_key(address)) or trend.key[:8], {}
    if name == "network":
        return trend.key[:8], {"network": trend.key}
    if name == "name":
        return trend.key, {"pattern": trend.key.split("9")[0] + "*"}
    return labels.get(trend.key, ""), {}


def _address_of(signature_id: int) -> str:
    """Returns the address of a signature, or an empty string if it was erased or its key is gone."""
    signature = Signature.objects.filter(pk=signature_id).first()
    with suppress(InvalidToken):
        return signature.address if signature else ""
    return ""
