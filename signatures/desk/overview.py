"""The numbers on the overview, the first page of the admin. Each process caches them for seconds."""

from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime, timedelta
from threading import Lock
from typing import Any

from cachetools import TTLCache, cached
from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse
from django.utils import formats, timezone
from django.utils.translation import gettext as _

from signatures.desk import drilldown, overview_queries
from signatures.mail.models.email import Mail
from signatures.mail.outbox_health import outbox_health
from signatures.public import charts
from signatures.statements.models.sector import Sector
from signatures.web.languages import localized_numbers

CACHE_SECONDS = 5
CACHE: TTLCache[str, Any] = TTLCache(100, CACHE_SECONDS)
STEPS = "submitted", "mailed", "confirmed", "listed", "reminded", "brought"
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def overview_context(request: HttpRequest) -> dict[str, Any]:
    """Returns the numbers that the user may see: signatures, emails, or none."""
    if not request.user.has_perm("signatures.view_signature"):
        return {}
    data = {**from_cache("signatures", _signature_context)}
    if request.user.has_perm("signatures.view_mail"):
        data |= from_cache("mail", _email_context)
    return {
        "overview": {
            **data,
            "hours": hourly_chart(data["hours"], lambda hour: _hour_url("submitted", hour.at)),
            "days": _daily_chart(data["days"]),
            "funnels": _funnel_tables(data),
            "sectors": [(label, count, address) for label, count, address in _sector_rows(data["sectors"])],
            "trends": reverse("admin:trends"),
        }
    }


def hourly_chart(
    hours: Sequence[overview_queries.HourCounts], address: Callable[[overview_queries.HourCounts], str]
) -> charts.Chart:
    """Draws submitted forms and confirmations by hour. `address` returns the link of an hour."""
    figures = [
        charts.Figure(
            formats.date_format(hour.at, "SHORT_DATETIME_FORMAT"), hour.created, short=f"{hour.at:%H}",
            second=hour.confirmed, address=address(hour), second_address=_hour_url("confirmed", hour.at),
        )
        for hour in hours
    ]  # fmt: skip
    return charts.columns(figures, head=_("Hour"), value_head=_("Signed"), second_head=_("Confirmed so far"))


def _hour_url(step: str, begin: datetime) -> str:
    return drilldown.drilldown_url(step, begin, begin + HOUR)


def _daily_chart(days: Sequence[tuple[date, int]]) -> charts.Chart:
    figures = [
        charts.Figure(localized_numbers.day(day), count, short=localized_numbers.short_day(day), address=_day_url(day))
        for day, count in days
    ]
    return charts.columns(figures, head=_("Day"), value_head=_("Confirmed and counted"))


def _day_url(day: date) -> str:
    begin = datetime(day.year, day.month, day.day, tzinfo=UTC)
    return drilldown.drilldown_url("counted", begin, begin + DAY)


def _funnel_tables(data: dict[str, Any]) -> list[dict[str, Any]]:
    names = dict(settings.LANGUAGES)
    languages = [(names.get(row.label, row.label), row) for row in data["languages"]]
    providers = [(row.label or _("all others"), row) for row in data["providers"]]
    return [
        {"caption": _("By language, the last day"), "rows": _rows("language", languages, data["since"])},
        {"caption": _("By mail provider, the last day"), "rows": _rows("provider", providers, data["since"])},
    ]


def _rows(by: str, labelled: list[tuple[str, overview_queries.FunnelRow]], since: datetime) -> list[dict[str, Any]]:
    rows: list[tuple[str, overview_queries.FunnelRow, Any]]
    rows = [(label, steps, {"by": by, "label": steps.label}) for label, steps in labelled]
    rows.append((_("all together"), overview_queries.sum_of_rows([steps for _label, steps in labelled]), {}))
    return [
        {
            "label": label,
            "cells": [(getattr(steps, step), drilldown.drilldown_url(step, since, **about)) for step in STEPS],
        }
        for label, steps, about in rows
    ]


def _sector_rows(numbers: list[tuple[int, int]]) -> list[tuple[str, int, str]]:
    labels = sector_labels()
    counted = {"state__exact": "confirmed"}
    return [
        (labels.get(str(pk), ""), count, drilldown.signature_list_url(sector__id__exact=pk, **counted))
        for pk, count in numbers
    ]


def _signature_context() -> dict[str, Any]:
    now = timezone.now()
    languages, providers = overview_queries.funnel(now=now)
    return {
        "since": now - DAY,
        "hours": overview_queries.hourly_counts(now=now),
        "days": overview_queries.daily_counts(now=now),
        "languages": languages,
        "providers": providers,
        "sectors": overview_queries.sector_counts(),
        "links": overview_queries.top_referrers(),
    }


def _email_context() -> dict[str, Any]:
    now = timezone.now()
    sent, brought = overview_queries.reminder_counts()
    failed = {"status__exact": Mail.Status.FAILED}
    return {
        "oldest": outbox_health(now=now).oldest_due_at,
        "failures": [
            (why, count, drilldown.email_list_url(**failed, answer=why))
            for why, count in overview_queries.failed_email_replies()
        ],
        "queued": drilldown.email_list_url(status__exact=Mail.Status.QUEUED),
        "reminded": (sent, drilldown.email_list_url(kind__exact=Mail.Kind.REMINDER, status__exact=Mail.Status.SENT)),
        "brought": (brought, drilldown.drilldown_url("brought", datetime(2000, 1, 1, tzinfo=UTC))),
    }


def sector_labels() -> dict[str, str]:
    """Returns the sector names in the current language, by id."""
    return {str(sector.pk): sector.label for sector in Sector.objects.prefetch_related("translations")}


@cached(CACHE, key=lambda name, _read: name, lock=Lock())
def from_cache(_name: str, read: Callable[[], Any]) -> Any:
    return read()
