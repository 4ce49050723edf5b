"""Links the figures of the overview and the trends page to the rows behind them, and filters the lists for that."""

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
    """Returns the list URL of signatures that reached a step: all, or those of one language or email provider."""
    return signature_list_url(
        figure="|".join([step, _format_moment(begin), _format_moment(end) if end else "", by, label])
    )


def signature_list_url(**filters: Any) -> str:
    return f"{reverse('admin:signatures_signature_changelist')}?{urlencode(filters)}"


def email_list_url(**filters: Any) -> str:
    return f"{reverse('admin:signatures_mail_changelist')}?{urlencode(filters)}"


def _format_moment(moment: datetime) -> str:
    return moment.astimezone(UTC).replace(tzinfo=None).isoformat() + "Z"


def _parse_moment(text: str) -> datetime:
    moment = datetime.fromisoformat(text)
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


class FigureFilter(DrilldownFilter):
    title = _("figure")
    parameter_name = "figure"

    def filter_rows(self, queryset: QuerySet[Signature], value: str) -> QuerySet[Signature]:
        with suppress(ValueError):  # a URL that was edited by hand
            step, begin, end, by, label = value.split("|")
            until = _parse_moment(end) if end else None
            return queryset.filter(id__in=overview_queries.drilldown_rows(step, _parse_moment(begin), until, by, label))
        return queryset.none()


class TrendFilter(DrilldownFilter):
    title = _("trend")
    parameter_name = "trend"

    def filter_rows(self, queryset: QuerySet[Signature], value: str) -> QuerySet[Signature]:
        name, _bar, key = value.partition("|")
        return trending.rows_in_common(queryset, name, key) if name in trending.KEYS else queryset.none()
