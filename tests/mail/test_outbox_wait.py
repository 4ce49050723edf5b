"""Tests that organisers see which mail providers delay emails, and until when."""

from datetime import timedelta

import pytest
from bs4 import BeautifulSoup
from django.urls import reverse
from django.utils import timezone

from signatures.identity import mail_provider
from signatures.mail.models.email import Mail
from signatures.mail.models.provider_cooldown import MailServer, ProviderCooldown
from signatures.mail.outbox_wait import backlog_by_provider, budget_lasts_until
from signatures.operations.heartbeat import stamp_heartbeat
from tests.organisers import logged_in_client, make_organiser
from tests.people import NOON, make_statement, sign

pytestmark = pytest.mark.django_db

MINUTE = timedelta(minutes=1)


@pytest.fixture
def statement():
    return make_statement()


def sign_many(statement, count, domain, *, now=NOON):
    for number in range(count):
        sign(statement, f"signer-{number}@{domain}", now=now)


def cool_down(domain, until):
    ProviderCooldown.objects.create(key=mail_provider.provider_key(f"x@{domain}"), refusals=1, resume_at=until)


def backlogs(now=NOON):
    return {backlog.name: backlog for backlog in backlog_by_provider(now=now)}


def test_large_providers_stand_by_name_and_all_others_together(statement):
    sign_many(statement, 1, "private.example")
    sign_many(statement, 3, "gmail.com")
    sign_many(statement, 2, "googlemail.com")
    sign_many(statement, 2, "web.de")
    sign_many(statement, 1, "another.example")

    counts = [(backlog.name, backlog.mails) for backlog in backlog_by_provider(now=NOON)]
    assert counts == [("Gmail", 3), ("GMX, WEB.DE and mail.com", 2), ("", 2)]  # googlemail.com counts as Gmail


def test_what_is_not_due_or_gone_does_not_wait(statement):
    sign_many(statement, 3, "gmail.com")
    first, second, _third = Mail.objects.order_by("id")
    Mail.objects.filter(id=first.id).update(status="sent", sent_at=NOON)
    Mail.objects.filter(id=second.id).update(due_at=NOON + MINUTE)

    assert backlogs()["Gmail"].mails == 1


def test_a_provider_in_cooldown_has_the_time_of_its_next_try(statement):
    sign_many(statement, 3, "gmail.com")
    cool_down("gmail.com", NOON + MINUTE)

    gmail = backlogs()["Gmail"]
    assert (gmail.in_cooldown, gmail.resume_at) == (3, NOON + MINUTE)
    gmail = backlogs(NOON + MINUTE)["Gmail"]
    assert (gmail.in_cooldown, gmail.resume_at) == (0, None)


def test_of_all_others_it_says_how_many_wait_for_a_cooldown_and_when_the_last_one_ends(statement):
    sign_many(statement, 1, "private.example")
    sign_many(statement, 2, "slow.example")
    sign_many(statement, 3, "slower.example")
    cool_down("slow.example", NOON + MINUTE)
    cool_down("slower.example", NOON + 2 * MINUTE)

    others = backlogs()[""]
    assert (others.mails, others.in_cooldown, others.resume_at) == (6, 5, NOON + 2 * MINUTE)


def test_with_a_budget_it_says_how_long_the_emails_need(statement, settings):
    sign_many(statement, 9, "private.example")
    emails = backlog_by_provider(now=NOON)
    assert budget_lasts_until(emails, now=NOON) is None

    settings.MAILS_PER_MINUTE = 4
    assert budget_lasts_until(emails, now=NOON) == NOON + MINUTE * 9 / 4


def outbox_page(desk=None):
    page = (desk or logged_in_client(make_organiser())).get(reverse("admin:signatures_mail_changelist"))
    return BeautifulSoup(page.content, "html.parser")


def outbox():
    rows = outbox_page().select("#content .module table:has(caption) tbody tr")
    return [[" ".join(cell.text.split()) for cell in row.find_all(["th", "td"])] for row in rows]


def notes(desk):
    return [" ".join(note.text.split()) for note in outbox_page(desk).select("#content .module:has(caption) p")]


def test_the_outbox_shows_it(statement):
    now = timezone.now()
    stamp_heartbeat(now=now)
    sign_many(statement, 20, "gmail.com", now=now - 5 * MINUTE)
    sign_many(statement, 2, "private.example", now=now - 5 * MINUTE)
    sign_many(statement, 1, "icloud.com", now=now - 5 * MINUTE)
    cool_down("gmail.com", now + 5 * MINUTE)
    cool_down("icloud.com", now + MINUTE / 2)

    assert outbox() == [
        ["Gmail", "20", "5 minutes", "20", "in 4 minutes, because the provider refused an email"],
        ["iCloud", "1", "5 minutes", "1", "within a minute, because the provider refused an email"],
        ["all others", "2", "5 minutes", "0", "as soon as the mail server accepts it"],
    ]


def test_the_outbox_says_why_all_email_waits(statement, settings):
    now, desk = timezone.now(), logged_in_client(make_organiser())
    sign_many(statement, 9, "private.example", now=now - 5 * MINUTE)
    assert notes(desk) == []

    settings.MAILS_PER_MINUTE = 1
    MailServer.objects.pause(until=now + MINUTE / 2)
    assert notes(desk) == [
        "The mail server does not work. The next attempt is within a minute. No email is sent until then.",
        "MAILS_PER_MINUTE limits how many emails are sent."
        " With this limit alone, the last of these is sent in about 9 minutes.",
    ]


def test_without_a_worker_it_says_so(statement):
    sign_many(statement, 1, "gmail.com", now=timezone.now() - MINUTE)

    assert outbox()[0][-1] == "when a worker runs again: none is running now"


def test_an_empty_outbox_has_no_table(statement):
    assert outbox() == []
