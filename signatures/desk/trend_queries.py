"""Queries of the trends page: what signatures of one hour have in common, compared with the day before."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import connection
from django.db.models import CharField, F, Func, QuerySet, Value

from signatures.desk.overview_queries import published_statement_ids
from signatures.signing.models.signature import Signature
from signatures.web import params

HOUR, DAY_BEFORE = timedelta(hours=1), timedelta(hours=24)

# A family of names: "User1 Free", "User27 Coins"
FIRST_WORD = "regexp_replace(regexp_replace(name, '[0-9]', '9', 'g'), ' .*', '')"
FIRST_WORD_OF = Func(
    Func(F("name"), Value("[0-9]"), Value("9"), Value("g"), function="regexp_replace"), Value(" .*"), Value(""),
    function="regexp_replace", output_field=CharField(),
)  # fmt: skip
KEYS = {"domain": "domain", "network": "network", "name": FIRST_WORD, "sector": "sector_id::text"}
HOUR_SQL = """
    SELECT {key} AS key, count(*) AS created,
           count(*) FILTER (WHERE confirmed_at IS NOT NULL OR state = 'held'), min(id)
    FROM signatures_signature
    WHERE statement_id = ANY (%(statements)s) AND created_at >= %(begin)s AND created_at < %(end)s AND {key} <> ''
    GROUP BY key HAVING count(*) > 1 ORDER BY created DESC, key LIMIT 8
"""
DAY_BEFORE_SQL = """
    SELECT {key} AS key, count(*) FROM signatures_signature
    WHERE statement_id = ANY (%(statements)s) AND created_at >= %(before)s AND created_at < %(begin)s
          AND {key} = ANY (%(keys)s)
    GROUP BY key
"""


@dataclass(frozen=True)
class Trend:
    """A property that several signatures share.

    `sample` is the id of one of them; `previous_count` counts those of the 24 hours before.
    """

    key: str
    created: int
    confirmed: int
    sample: int
    previous_count: int

    @property
    def hourly_average(self) -> float:
        """Returns the average for an hour of the day before."""
        return self.previous_count / (DAY_BEFORE / HOUR)


def trends(*, begin: datetime, end: datetime) -> dict[str, list[Trend]]:
    return {name: _trends_by(key, begin, end) for name, key in KEYS.items()}


def rows_in_common(rows: QuerySet[Signature], name: str, key: str) -> QuerySet[Signature]:
    """Filters the rows by a shared property."""
    if name == "name":
        return rows.annotate(first_word=FIRST_WORD_OF).filter(first_word=key)
    if name == "sector":
        return rows.filter(sector=params.parse_row_id(key))
    return rows.filter(**{name: key})


def _trends_by(key: str, begin: datetime, end: datetime) -> list[Trend]:
    parameters: dict[str, Any] = {
        "statements": published_statement_ids(),
        "begin": begin,
        "end": end,
        "before": begin - DAY_BEFORE,
    }
    with connection.cursor() as cursor:
        cursor.execute(HOUR_SQL.format(key=key), parameters)
        rows = cursor.fetchall()
        cursor.execute(DAY_BEFORE_SQL.format(key=key), {**parameters, "keys": [row[0] for row in rows]})
        earlier: dict[Any, Any] = dict(cursor.fetchall())
    return [
        Trend(key, created, confirmed, sample, previous_count=earlier.get(key, 0))
        for key, created, confirmed, sample in rows
    ]
