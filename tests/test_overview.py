"""The numbers on the desk's front page, and what is trending."""

from datetime import timedelta

import pytest
from bs4 import BeautifulSoup
from django.utils import timezone

from signatures import actions
from signatures.actions import overview
from signatures.admin import overview as shown
from signatures.identity import origin
from signatures.models import Mail, Share
from tests.desk import at_desk, make_moderator, make_organiser, make_staff
from tests.people import make_signature, make_statement, sign

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def nothing_kept():
    shown.KEPT.clear()


@pytest.fixture
def now():
    return timezone.now()


@pytest.fixture
def statement(now):
    return make_statement(now=now - timedelta(days=30))


def tables(page):
    found = {}
    for table in BeautifulSoup(page.content, "html.parser").select(".overview-tables table"):
        rows = [[cell.get_text(" ", strip=True) for cell in row.select("th, td")] for row in table.select("tbody tr")]
        found[table.caption.get_text(strip=True)] = rows
    return found


def test_how_far_people_came_by_language_and_provider(statement, now):
    sign(statement, "a@gmail.com", now=now)
    mailed = sign(statement, "b@gmail.com", now=now)
    Mail.objects.filter(signature=mailed).update(status="sent", sent_at=now)
    make_signature(statement, language="fr", now=now)
    make_signature(statement, now=now - timedelta(days=2))

    page = tables(at_desk(make_organiser()).get("/admin/"))
    assert page["By language, the last day"] == [["English", "2", "1", "0", "0"], ["Français", "1", "0", "1", "1"]]
    assert page["By mail provider, the last day"][0] == ["Gmail", "2", "1", "0", "0"]
    assert page["Sectors, all that count"] == [["Music", "2"]]


def test_hours_in_which_nobody_signed_are_there_too(statement, now):
    make_signature(statement, now=now)
    make_signature(statement, now=now, state="pending")
    hours = overview.by_hour(now=now)

    assert (len(hours), hours[-1].created, hours[-1].counted) == (24, 2, 1)
    assert {hour.created for hour in hours[:-1]} == {0}


def test_mail_that_waits_fails_or_reminds(statement, now):
    signature = sign(statement, now=now - timedelta(hours=2))
    for kind, status in (("own_page", "failed"), ("reminder", "sent")):
        Mail.objects.create(
            signature=signature, kind=kind, status=status, sent_at=now - timedelta(hours=1), language="en",
            generation=1, due_at=now, next_attempt_at=now, created_at=now, message_id=kind, last_error="550 no",
        )  # fmt: skip
    type(signature).objects.filter(id=signature.id).update(state="confirmed", confirmed_at=now)

    rows = dict(tables(at_desk(make_organiser()).get("/admin/"))["Mail"])
    assert rows["The oldest that waits"].startswith("2\xa0hours")
    assert (rows["Reminders sent"], rows["Confirmed after one"], rows["Failed: 550 no"]) == ("1", "1", "1")


def test_whose_links_brought_the_most(statement, now):
    for name, brought in (("Wren Holt", 7), ("Ilse Varga", 9), ("Idle Hand", 0)):
        Share.objects.create(signature=make_signature(statement, name=name, now=now), brought=brought)

    page = tables(at_desk(make_organiser()).get("/admin/"))
    assert page["Whose links brought the most"] == [["Ilse Varga", "9"], ["Wren Holt", "7"]]


def test_who_may_see_nothing_sees_no_numbers(statement, now):
    make_signature(statement, now=now)

    assert tables(at_desk(make_staff("new")).get("/admin/")) == {}


class TestTrends:
    PAGE = "/admin/signatures/rule/"

    @pytest.fixture(autouse=True)
    def farm(self, statement, now):
        network = origin.network_key("192.0.2.0/24")
        for number in range(3):
            make_signature(
                statement, name=f"User{number} Free", address=f"a{number}@farm.example", network=network, now=now,
                state="confirmed" if number else "pending",
            )  # fmt: skip
        make_signature(statement, name="Wren Holt", now=now - timedelta(hours=2))

    def test_each_leads_to_a_rule_about_it(self):
        page = at_desk(make_organiser()).get(self.PAGE)
        found = tables(page)

        assert found["Mail domains"] == [["farm.example", "3", "2", "Write a rule"]]
        assert found["First words of names"] == [["User9", "3", "2", "Write a rule"]]
        assert found["Sectors"] == [["Music", "3", "2", ""]]
        assert found["Networks"][0][1:] == ["3", "2", "Write a rule"]
        links = [link["href"] for link in BeautifulSoup(page.content, "html.parser").select(".overview-tables a")]
        assert f"{self.PAGE}add/?domain=farm.example" in links

    def test_a_moderator_reads_no_domain(self):
        assert "farm.example" not in at_desk(make_moderator()).get(self.PAGE).content.decode()


def test_they_cost_the_same_few_queries_for_one_and_for_many(statement, now, django_assert_num_queries):
    for many in (1, 20):
        for _ in range(many):
            make_signature(statement, now=now)
        with django_assert_num_queries(8):
            overview.by_hour(now=now), overview.funnel(now=now), overview.by_sector(), overview.best_links()
            overview.failures()
    assert actions.recount() == []
