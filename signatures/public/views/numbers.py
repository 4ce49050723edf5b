"""Shows the numbers of a statement, as a page with charts, as JSON and as CSV."""

import csv
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext

from signatures.public import charts
from signatures.public.models.daily_count import Day, Growth
from signatures.public.statement_page import StatementPage, statement_or_404
from signatures.web.decorators import public_data, public_page, require_methods
from signatures.web.languages import localized_numbers
from signatures.web.page_cache import cached_page

MAX_POINTS = 120
"""The number of days that one chart shows. A longer time is drawn by weeks."""


@dataclass(frozen=True)
class DailyCounts:
    """The signatures per day as the worker last counted them; empty before the first count."""

    days: list[Day]
    counted_at: datetime | None

    def rows(self) -> list[tuple[str, int, int]]:
        """Returns each day with its number of signatures and the total at its end."""
        total, rows = 0, []
        for day, count in self.days:
            total += count
            rows.append((day.isoformat(), count, total))
        return rows


@public_page
@require_methods("GET")
@cached_page
def numbers(request: HttpRequest, slug: str) -> HttpResponse:
    reading = statement_or_404(slug, timezone.now())
    days = _days(reading)
    context: dict[str, Any] = {
        "statement": reading,
        "count": reading.count,
        "now": reading.now,
        "days": days,
        "growth": _growth(days) if len(days.days) > 1 else None,
        "sectors": _sectors(reading),
        "kinds": _kinds(reading),
    }
    return render(request, "public/numbers.html", context)


@public_data
@cached_page
def numbers_json(request: HttpRequest, slug: str) -> HttpResponse:
    reading = statement_or_404(slug, timezone.now())
    count, days = reading.count, _days(reading)
    data = {
        "statement": slug,
        "as_of": reading.now.isoformat(timespec="seconds"),
        "count": count.all,
        "people": count.people,
        "organisations": count.organisations,
        "listed": count.listed,
        "unnamed": count.without_name_count,
        "sectors": [
            {"slug": sector.slug, "label": sector.label, "count": count.in_sector(sector.slug).all}
            for sector in count.sectors()
        ],
        "days_as_of": days.counted_at.isoformat(timespec="seconds") if days.counted_at else None,
        "days": [{"day": day, "count": day_count, "total": total} for day, day_count, total in days.rows()],
    }
    return JsonResponse(data, json_dumps_params={"ensure_ascii": False})


@public_data
@cached_page
def numbers_csv(request: HttpRequest, slug: str) -> HttpResponse:
    """Writes one table with three columns, which is easy to sort and filter."""
    reading = statement_or_404(slug, timezone.now())
    count = reading.count
    response = HttpResponse(content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{slug}-numbers.csv"'
    table = csv.writer(response)
    table.writerow(["counted", "of", "signatures"])
    table.writerow(["all", "", count.all])
    table.writerows([["kind", "person", count.people], ["kind", "organisation", count.organisations]])
    table.writerows([["sector", sector.slug, count.in_sector(sector.slug).all] for sector in count.sectors()])
    table.writerows([["day", day, day_count] for day, day_count, _total in _days(reading).rows()])
    return response


def _days(reading: StatementPage) -> DailyCounts:
    growth = Growth.objects.filter(statement=reading.statement).first()
    return DailyCounts(growth.all_days(), growth.counted_at) if growth else DailyCounts([], None)


def _growth(days: DailyCounts) -> charts.Chart:
    """Draws the total at the end of each day, or of each week if there are too many days."""
    step = 1 if len(days.days) <= MAX_POINTS else 7
    drawn = list(zip(days.days, days.rows(), strict=True))[::-1][::step][::-1]
    figures = [
        charts.Figure(localized_numbers.day(day), total, short=localized_numbers.short_day(day))
        for (day, _), (_, _, total) in drawn
    ]
    return charts.line(figures, head=gettext("By the end of"), value_head=gettext("Signatures"))


def _sectors(reading: StatementPage) -> charts.Chart:
    """Draws the sectors, the largest first."""
    counts = [(sector.label, reading.count.in_sector(sector.slug).all) for sector in reading.count.sectors()]
    ordered = sorted(counts, key=lambda labelled: -labelled[1])
    return charts.bars(charts.with_shares(ordered), head=gettext("Field of work"), value_head=gettext("Signatures"))


def _kinds(reading: StatementPage) -> charts.Chart:
    counts = [(gettext("People"), reading.count.people), (gettext("Organisations"), reading.count.organisations)]
    return charts.bars(charts.with_shares(counts), head=gettext("Who"), value_head=gettext("Signatures"))
