"""The rows behind a figure of the front page or of the page of trends: where each links to, and what the list of
signatures makes of that."""

from contextlib import suppress
from datetime import UTC, datetime
from typing import Any

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext_lazy as _

from signatures.desk import overview_queries
from signatures.desk import trend_queries as trending
from signatures.signing.models.signature import Signature
from signatures.web.admin.drilldown_filter import DrilldownFilter


def drilldown_url(step: str, begin: datetime, end: datetime | None = None, *, by: str = "", label: str = "") -> str:
    """The address of those who came so far: of all, or of one language or mail provider."""
    return signatures(figure="|".join([step, _format_moment(begin), _format_moment(end) if end else "", by, label]))


def signatures(**filters: Any) -> str:
    return f"{reverse('admin:signatures_signature_changelist')}?{urlencode(filters)}"


def mails(**filters: Any) -> str:
    return f"{reverse('admin:signatures_mail_changelist')}?{urlencode(filters)}"


def _format_moment(moment: datetime) -> str:
    return moment.astimezone(UTC).replace(tzinfo=None).isoformat() + "Z"


def _parse_moment(text: str) -> datetime:
    moment = datetime.fromisoformat(text)
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


class FigureFilter(DrilldownFilter):
    title = _("figure")
    parameter_name = "figure"

    def behind(self, queryset: QuerySet[Signature], asked: str) -> QuerySet[Signature]:
        with suppress(ValueError):  # written by hand
            step, begin, end, by, label = asked.split("|")
            until = _parse_moment(end) if end else None
            return queryset.filter(id__in=overview_queries.behind(step, _parse_moment(begin), until, by, label))
        return queryset.none()


class TrendFilter(DrilldownFilter):
    title = _("trend")
    parameter_name = "trend"

    def behind(self, queryset: QuerySet[Signature], asked: str) -> QuerySet[Signature]:
        name, _bar, key = asked.partition("|")
        return trending.rows_in_common(queryset, name, key) if name in trending.KEYS else queryset.none()
