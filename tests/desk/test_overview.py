"""Tests that the overview and the trends page show the right numbers."""

from datetime import timedelta

import pytest
from bs4 import BeautifulSoup
from django.utils import timezone

from signatures.desk import overview as shown
from signatures.desk import overview_queries
from signatures.desk import trend_queries as trending
from signatures.identity import network_key
from signatures.mail.models.email import Mail
from signatures.public.count_days import update_daily_counts
from signatures.public.fold_tally import recount
from signatures.signing.models.share import Share
from signatures.signing.models.signature import Signature
from tests.organisers import logged_in_client, make_moderator, make_organiser, make_staff
from tests.people import make_signature, make_statement, sign

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def nothing_kept():
    shown.CACHE.clear()


@pytest.fixture
def now():
    return timezone.now()


@pytest.fixture
def statement(now):
    return make_statement(now=now - timedelta(days=30))


def tables(page):
    rows_by_caption = {}
    for table in BeautifulSoup(page.content, "html.parser").select(".overview-tables table, .overview-funnels table"):
        rows = [[cell.get_text(" ", strip=True) for cell in row.select("th, td")] for row in table.select("tbody tr")]
        rows_by_caption[table.caption.get_text(strip=True)] = rows
    return rows_by_caption


def figures(page, selector):
    """Yields each figure with the number of rows in the list that it links to."""
    client = page.client
    links = BeautifulSoup(page.content, "html.parser").select(selector)
    for link in (link_ for link_ in links if link_.text.isdigit()):
        listed = client.get(link["href"])
        assert listed.status_code == 200
        yield int(link.text), len(BeautifulSoup(listed.content, "html.parser").select("#result_list tbody tr"))


def remind(signature, sent_at):
    Mail.objects.create(
        signature=signature, kind="reminder", status="sent", sent_at=sent_at, language=signature.language, generation=1,
        due_at=sent_at, next_attempt_at=sent_at, created_at=sent_at, message_id=f"{signature.id}",
        provider=signature.provider,
    )  # fmt: skip


@pytest.fixture
def a_day(statement, now):
    """Creates signatures at each step, with several languages and providers."""
    sign(statement, "a@gmail.com", now=now)
    mailed = sign(statement, "b@gmail.com", now=now)
    Mail.objects.filter(signature=mailed).update(status="sent", sent_at=now)
    make_signature(statement, language="fr", now=now)
    make_signature(statement, state="held", now=now)
    make_signature(statement, now=now - timedelta(days=2))
    for address in ("c@gmail.com", "d@elsewhere.example"):
        old = sign(statement, address, now=now - timedelta(days=3))
        remind(old, now - timedelta(hours=3))
    type(old).objects.filter(id=old.id).update(state="confirmed", confirmed_at=now)
    remind(sign(statement, "e@gmail.com", now=now - timedelta(days=9)), now - timedelta(days=8))


def test_how_far_people_came_by_language_and_provider(a_day):
    page = tables(logged_in_client(make_organiser()).get("/admin/"))

    assert page["By language, the last day"] == [
        ["English", "3", "1", "1", "0", "2", "1"], ["Français", "1", "0", "1", "1", "0", "0"],
        ["all together", "4", "1", "2", "1", "2", "1"],
    ]  # fmt: skip
    assert page["By mail provider, the last day"] == [
        ["Gmail", "2", "1", "0", "0", "1", "0"], ["all others", "2", "0", "2", "1", "1", "1"],
        ["all together", "4", "1", "2", "1", "2", "1"],
    ]  # fmt: skip
    assert page["Sectors, all that count"] == [["Music", "3"]]


def test_every_figure_leads_to_its_rows(statement, a_day, now):
    update_daily_counts(now=now)
    page = logged_in_client(make_organiser()).get("/admin/")

    for place in (".overview-funnels td a", ".overview-charts td a", ".overview-tables caption ~ tbody td a"):
        pairs = list(figures(page, place))
        assert len(pairs) >= 3
        assert [figure for figure, _rows in pairs] == [rows for _figure, rows in pairs]


@pytest.mark.parametrize(
    "wrong", ["figure=x", "figure=submitted|x|||", "figure=nosuch|2026-01-01||||", "figure=submitted|2026-01-01||by|x",
              "trend=nosuch|x", "trend=sector|x", "trend=sector|99999999999999999999", "answer=nobody said so"],
)  # fmt: skip
def test_an_address_written_by_hand_finds_nobody(statement, now, wrong):
    make_signature(statement, now=now)
    noun = "mail" if wrong.startswith("answer") else "signature"
    page = logged_in_client(make_organiser()).get(f"/admin/signatures/{noun}/?{wrong}")

    assert page.status_code == 200
    assert BeautifulSoup(page.content, "html.parser").select("#result_list tbody tr") == []


def test_hours_in_which_nobody_signed_are_there_too(statement, now):
    make_signature(statement, now=now)
    make_signature(statement, now=now, state="pending")
    make_signature(statement, now=now, state="held")
    hours = overview_queries.hourly_counts(now=now)

    assert (len(hours), hours[-1].created, hours[-1].confirmed) == (24, 3, 2)
    assert {hour.created for hour in hours[:-1]} == {0}


def test_days_on_which_nobody_confirmed_are_there_too(statement, now):
    make_signature(statement, now=now)
    make_signature(statement, now=now - timedelta(days=29))
    make_signature(statement, now=now - timedelta(days=31))
    update_daily_counts(now=now)
    days = overview_queries.daily_counts(now=now)

    assert (len(days), [count for _day, count in days if count]) == (30, [1, 1])
    assert (days[0][0], days[-1][0]) == ((now - timedelta(days=29)).date(), now.date())


def test_mail_that_waits_fails_or_reminds(statement, now):
    signature = sign(statement, now=now - timedelta(hours=2))
    for kind, status in (("own_page", "failed"), ("reminder", "sent")):
        Mail.objects.create(
            signature=signature, kind=kind, status=status, sent_at=now - timedelta(hours=1), language="en",
            generation=1, due_at=now, next_attempt_at=now, created_at=now, message_id=kind, last_error="550 no",
        )  # fmt: skip
    type(signature).objects.filter(id=signature.id).update(state="confirmed", confirmed_at=now)

    rows = dict(tables(logged_in_client(make_organiser()).get("/admin/"))["Mail"])
    assert rows["Oldest waiting email"].startswith("2\xa0hours")
    assert (rows["Reminders sent"], rows["Confirmed after one"], rows["Failed: 550 no"]) == ("1", "1", "1")


def test_whose_links_brought_the_most(statement, now):
    for name, brought in (("Wren Holt", 7), ("Ilse Varga", 9), ("Idle Hand", 0)):
        Share.objects.create(signature=make_signature(statement, name=name, now=now), brought=brought)

    page = tables(logged_in_client(make_organiser()).get("/admin/"))
    assert page["Most successful share links"] == [["Ilse Varga", "9"], ["Wren Holt", "7"]]


def test_who_may_see_nothing_sees_no_numbers(statement, now):
    make_signature(statement, now=now)

    assert tables(logged_in_client(make_staff("new")).get("/admin/")) == {}


class TestTrends:
    PAGE = "/admin/trends/"

    @pytest.fixture(autouse=True)
    def farm(self, statement, now):
        network = network_key.network_key("192.0.2.0/24")
        for number in range(3):
            make_signature(
                statement, name=f"User{number} Free", address=f"a{number}@farm.example", network=network, now=now,
                state="confirmed" if number else "pending",
            )  # fmt: skip
        for _ in range(12):
            make_signature(statement, name="Wren Holt", now=now - timedelta(hours=2), sector="music")

    def test_each_leads_to_a_rule_about_it(self):
        page = logged_in_client(make_organiser()).get(self.PAGE)
        rows = tables(page)

        assert rows["Mail domains"] == [["farm.example", "3", "2", "0", "Write a rule"]]
        assert rows["First words of names"] == [["User9", "3", "2", "0", "Write a rule"]]
        assert rows["Sectors"] == [["Music", "3", "2", "0.5", ""]]
        assert rows["Networks"][0][1:] == ["3", "2", "0", "Write a rule"]
        links = [link["href"] for link in BeautifulSoup(page.content, "html.parser").select(".overview-tables a")]
        assert "/admin/signatures/rule/add/?domain=farm.example" in links

    def test_each_figure_leads_to_its_rows(self):
        page = logged_in_client(make_organiser()).get(self.PAGE)
        pairs = list(figures(page, ".overview-tables td.figure a"))

        assert [figure for figure, _rows in pairs] == [rows for _figure, rows in pairs] == [3, 2] * 4

    def test_an_hour_of_the_chart_shows_what_was_trending_then(self, now):
        desk = logged_in_client(make_organiser())
        links = BeautifulSoup(desk.get(self.PAGE).content, "html.parser").select(".chart tbody tr")
        [hour] = [row.a["href"] for row in links if row.select("td")[0].text.strip() == "12"]

        assert tables(desk.get(hour))["First words of names"] == [["Wren", "12", "12", "0", "Write a rule"]]

    @pytest.mark.parametrize("hour", ["x", "2020-01-01T00", ""])
    def test_an_hour_that_is_not_there_is_the_last(self, hour):
        page = logged_in_client(make_organiser()).get(self.PAGE, {"hour": hour})

        assert tables(page)["Sectors"][0][1] == "3"

    def test_a_moderator_reads_no_domain(self):
        page = logged_in_client(make_moderator()).get(self.PAGE).content.decode()

        assert "User9" in page
        assert "farm.example" not in page

    def test_a_domain_whose_key_is_gone_has_no_name(self, settings):
        desk = logged_in_client(make_organiser())
        settings.FIELD_KEYS = ["another-key-of-the-fields-0123456789-abcd"]
        [[label, *figures, rule]] = tables(desk.get(self.PAGE))["Mail domains"]

        assert (figures, rule) == (["3", "2", "0"], "")
        assert "farm" not in label

    def test_what_is_kept_for_a_moment_may_be_about_somebody_who_is_gone(self):
        desk = logged_in_client(make_organiser())
        desk.get(self.PAGE)
        Signature.objects.all().delete()

        assert tables(desk.get(self.PAGE))["Mail domains"][0][1:] == ["3", "2", "0", ""]

    def test_the_page_of_rules_leads_here(self):
        page = logged_in_client(make_organiser()).get("/admin/signatures/rule/")

        assert BeautifulSoup(page.content, "html.parser").select(f"a[href='{self.PAGE}']")


def test_they_cost_the_same_few_queries_for_one_and_for_many(statement, now, django_assert_num_queries):
    for count in (1, 20):
        for _ in range(count):
            make_signature(statement, now=now)
        with django_assert_num_queries(11):
            (
                overview_queries.hourly_counts(now=now),
                overview_queries.funnel(now=now),
                overview_queries.sector_counts(),
                overview_queries.top_referrers(),
            )
            overview_queries.failed_email_replies(), overview_queries.daily_counts(now=now)
        with django_assert_num_queries(12):
            trending.trends(begin=now - timedelta(hours=1), end=now + timedelta(seconds=1))
    assert recount() == []
