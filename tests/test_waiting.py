"""Organisers see for whom mail waits, and are told how long it may take, or that nobody can tell."""

from datetime import timedelta

import pytest
from bs4 import BeautifulSoup
from django.urls import reverse
from django.utils import timezone

from signatures.actions.health import beat
from signatures.actions.waiting import waiting_by_provider
from signatures.identity import provider
from signatures.models import Mail, Pace
from tests.desk import at_desk, make_organiser
from tests.people import NOON, make_statement, sign

pytestmark = pytest.mark.django_db

MINUTE = timedelta(minutes=1)


@pytest.fixture
def statement():
    return make_statement()


def sign_many(statement, many, domain, *, now=NOON):
    for number in range(many):
        sign(statement, f"signer-{number}@{domain}", now=now)


def set_pace(domain, **values):
    values = {"reckoned_at": NOON, **values}
    Pace.objects.update_or_create(key=provider.key_of(f"x@{domain}"), defaults=values)


def waiting(now=NOON):
    return {each.name: each for each in waiting_by_provider(now=now)}


def test_large_providers_stand_by_name_and_all_others_together(statement):
    sign_many(statement, 1, "private.example")
    sign_many(statement, 3, "gmail.com")
    sign_many(statement, 2, "googlemail.com")
    sign_many(statement, 2, "web.de")
    sign_many(statement, 1, "another.example")

    found = [(each.name, each.mails) for each in waiting_by_provider(now=NOON)]
    assert found == [("Gmail", 3), ("GMX, WEB.DE and mail.com", 2), ("", 2)]  # at googlemail.com were the same people


def test_what_is_not_due_or_gone_does_not_wait(statement):
    sign_many(statement, 3, "gmail.com")
    first, second, _third = Mail.objects.order_by("id")
    Mail.objects.filter(id=first.id).update(status="sent", sent_at=NOON)
    Mail.objects.filter(id=second.id).update(due_at=NOON + MINUTE)

    assert waiting()["Gmail"].mails == 1


def test_the_last_mail_leaves_when_the_pace_says_and_its_rest_is_over(statement):
    sign_many(statement, 30, "gmail.com")
    set_pace("gmail.com", rate=10, allowance=0, rests_until=NOON + MINUTE, slowed_in_a_row=1)

    assert waiting()["Gmail"].done_at == NOON + MINUTE + 3 * MINUTE


def test_who_takes_nothing_has_no_time_at_all(statement):
    sign_many(statement, 30, "gmail.com")
    set_pace("gmail.com", rate=10, rests_until=NOON + MINUTE, slowed_in_a_row=2)

    assert (waiting()["Gmail"].takes_nothing, waiting()["Gmail"].done_at) == (True, None)


def test_a_budget_of_the_site_is_part_of_the_answer(statement, settings):
    settings.MAILS_PER_MINUTE = 4
    sign_many(statement, 9, "private.example")
    Mail.objects.claim(now=NOON, until=NOON, many=1)  # all that may go at once

    assert waiting()[""].done_at == NOON + MINUTE * 9 / 4


def test_a_mail_that_was_put_off_for_longer_is_the_last(statement):
    sign_many(statement, 2, "gmail.com")
    set_pace("gmail.com", rate=600, allowance=100)
    Mail.objects.filter(id=Mail.objects.first().id).update(next_attempt_at=NOON + 40 * MINUTE)

    assert waiting()["Gmail"].done_at == NOON + 40 * MINUTE


def test_without_any_pace_nobody_claims_to_know(statement):
    sign_many(statement, 2, "private.example")

    assert waiting()[""].done_at is None


def outbox():
    page = BeautifulSoup(
        at_desk(make_organiser()).get(reverse("admin:signatures_mail_changelist")).content, "html.parser"
    )
    rows = page.select("#content .module table:has(caption) tbody tr")
    return [[" ".join(cell.text.split()) for cell in row.find_all(["th", "td"])] for row in rows]


def test_the_outbox_shows_it(statement):
    now = timezone.now()
    beat(now=now)
    sign_many(statement, 20, "gmail.com", now=now - 5 * MINUTE)
    sign_many(statement, 2, "private.example", now=now - 5 * MINUTE)
    set_pace("gmail.com", rate=10, allowance=0, reckoned_at=now, rests_until=now + MINUTE)

    assert outbox() == [
        ["Gmail", "20", "5 minutes", "10", "in about 2 minutes, if nothing changes"],
        ["all others", "2", "5 minutes", "", "as soon as the mail server takes it"],
    ]


def test_without_a_worker_it_says_so(statement):
    sign_many(statement, 1, "gmail.com", now=timezone.now() - MINUTE)

    assert outbox()[0][-1] == "when a worker runs again: none does at the moment"


def test_an_empty_outbox_has_no_table(statement):
    assert outbox() == []
