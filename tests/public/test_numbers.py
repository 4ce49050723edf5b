"""Tests that the page of numbers, its JSON and its CSV have the same figures and no personal data."""

import csv
from datetime import UTC, datetime, timedelta

import pytest
from bs4 import BeautifulSoup
from django.test import Client

from signatures.public.count_days import update_daily_counts
from signatures.public.models.daily_count import Growth
from signatures.public.views.numbers import MAX_POINTS
from tests.people import NOON, make_signature, make_statement

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def statement(settings):
    settings.ALLOWED_HOSTS = ["testserver"]
    return make_statement()


@pytest.fixture
def crowd(statement):
    """Makes five signatures on three days out of four, one of an organisation, and some that do not count."""
    for days, count in ((0, 2), (1, 1), (3, 2)):
        for _ in range(count):
            make_signature(statement, now=NOON + timedelta(days=days), sector="music" if days else "literature")
    last = statement.signatures.latest("id")
    last.kind, last.visibility = "organisation", "anonymous"
    last.save()
    for state in ("pending", "held", "withdrawn", "rejected"):
        make_signature(statement, state=state)
    update_daily_counts(now=NOON + timedelta(days=4))


def get(address):
    return Client().get(address)


def page(address="/letter/numbers/"):
    return BeautifulSoup(get(address).content, "html.parser")


def tables(soup):
    """Returns the rows of each chart's table by the title of the chart."""
    return {
        figure.strong.get_text(): [
            tuple(cell.get_text() for cell in row.find_all(["th", "td"])) for row in figure.select("tbody tr")
        ]
        for figure in soup.select("figure")
    }


def test_every_figure_stands_in_a_table(crowd):
    assert tables(page()) == {
        "Signatures by the end of each day": [
            ("3 November 2026", "2"),
            ("4 November 2026", "3"),
            ("5 November 2026", "3"),
            ("6 November 2026", "5"),
        ],
        "Signatures by field of work": [("Music", "3", "60%"), ("Literature", "2", "40%")],
        "Signatures of people and of organisations": [("People", "4", "80%"), ("Organisations", "1", "20%")],
    }


def test_it_says_how_many_and_as_of_when(crowd):
    soup = page()
    numbers = {row.dt.get_text(): row.dd.get_text() for row in soup.select(".tallies div")}

    assert numbers == {"signatures": "5", "people": "4", "organisations": "1", "not named": "1"}
    assert "(universal time)" in soup.select_one(".list-head p").get_text()
    assert "Counted on 7 November 2026, 12:00 (universal time)" in soup.select_one("figcaption").get_text()


def test_the_files_tell_the_same(crowd):
    answer = get("/letter/numbers.json").json()
    rows = list(csv.reader(get("/letter/numbers.csv").content.decode().splitlines()))

    assert {name: answer[name] for name in ("count", "people", "organisations", "listed", "unnamed")} == {
        "count": 5, "people": 4, "organisations": 1, "listed": 4, "unnamed": 1,
    }  # fmt: skip
    assert [(sector["slug"], sector["count"]) for sector in answer["sectors"]] == [("music", 3), ("literature", 2)]
    assert [(day["day"], day["count"], day["total"]) for day in answer["days"]] == [
        ("2026-11-03", 2, 2), ("2026-11-04", 1, 3), ("2026-11-05", 0, 3), ("2026-11-06", 2, 5),
    ]  # fmt: skip
    assert answer["days_as_of"] == "2026-11-07T12:00:00+00:00"
    assert rows == [
        ["counted", "of", "signatures"], ["all", "", "5"], ["kind", "person", "4"], ["kind", "organisation", "1"],
        ["sector", "music", "3"], ["sector", "literature", "2"],
        ["day", "2026-11-03", "2"], ["day", "2026-11-04", "1"], ["day", "2026-11-05", "0"], ["day", "2026-11-06", "2"],
    ]  # fmt: skip


def test_before_anybody_signed_there_is_nothing_to_draw():
    soup = page()
    assert (soup.find_all("figure"), "Nobody has signed yet." in soup.get_text()) == ([], True)
    assert get("/letter/numbers.json").json()["days"] == []


def test_one_day_is_no_growth_yet(statement):
    make_signature(statement)
    update_daily_counts(now=NOON)

    assert "Growth" not in [heading.get_text() for heading in page().find_all("h2")]


def test_a_statement_open_for_long_is_drawn_by_weeks_up_to_its_last_day(statement):
    for day in (0, MAX_POINTS):
        make_signature(statement, now=NOON + timedelta(days=day))
    update_daily_counts(now=NOON)
    (rows,) = [rows for title, rows in tables(page()).items() if "each day" in title]

    assert (rows[-1], len(rows)) == (("3 March 2027", "2"), MAX_POINTS // 7 + 1)
    assert len(get("/letter/numbers.json").json()["days"]) == MAX_POINTS + 1


def test_the_worker_counts_again_only_what_has_changed(statement, crowd, django_assert_num_queries):
    later = NOON + timedelta(days=4, minutes=1)
    update_daily_counts(now=later)
    assert Growth.objects.get().counted_at == NOON + timedelta(days=4)

    make_signature(statement, now=NOON + timedelta(days=4))
    update_daily_counts(now=later)
    growth = Growth.objects.get()
    assert (growth.counted_at, growth.total) == (later, 6)


def test_a_new_signature_that_replaces_a_deleted_one_is_counted_within_an_hour(statement, crowd):
    statement.signatures.filter(state="confirmed").first().delete()
    make_signature(statement, now=NOON + timedelta(days=4))
    update_daily_counts(now=NOON + timedelta(days=4, minutes=59))
    assert Growth.objects.get().days[-1] == ["2026-11-06", 2]

    update_daily_counts(now=NOON + timedelta(days=4, hours=1))
    assert Growth.objects.get().days[-1] == ["2026-11-07", 1]


def test_days_are_those_of_universal_time(statement):
    make_signature(statement, now=datetime(2026, 11, 3, 23, 59, tzinfo=UTC))
    make_signature(statement, now=datetime(2026, 11, 4, 0, 0, tzinfo=UTC))
    update_daily_counts(now=NOON)

    assert Growth.objects.get().days == [["2026-11-03", 1], ["2026-11-04", 1]]


def test_a_draft_has_no_numbers(statement):
    statement.state = "draft"
    statement.save()
    update_daily_counts(now=NOON)

    assert [get(f"/letter/numbers{end}").status_code for end in ("/", ".json", ".csv")] == [404, 404, 404]
    assert not Growth.objects.exists()


@pytest.mark.parametrize("count", [1, 3])
def test_the_page_takes_the_same_queries_however_many_signed(statement, django_assert_num_queries, count):
    for day in range(count):
        make_signature(statement, now=NOON + timedelta(days=day))
    update_daily_counts(now=NOON)
    client = Client()
    client.get("/letter/numbers/")
    with django_assert_num_queries(4):
        client.get("/letter/numbers/")
