"""Tests mail scanners, which open every link in an email and may run scripts. None of that confirms a signature."""

import pytest
from django.utils import timezone

from signatures.mail.models.email import Suppression
from signatures.public.models.tally import count
from signatures.signing.models.signature import Signature
from tests.people import sign
from tests.smtp import link_in

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

PREFETCH = {"Sec-Purpose": "prefetch;prerender", "Purpose": "prefetch"}


def test_row_14_a_scanner_that_opens_every_link_confirms_and_refuses_nobody(come, read_mail, statement):
    sign(statement, "scanned@example.org", now=timezone.now())
    mail = read_mail("scanned@example.org")
    links = [link_in(mail, "confirm"), link_in(mail, "not-me")]
    scanner = come()

    for link in links:
        assert scanner.context.request.head(link).status == 200
        assert scanner.context.request.get(link).status == 200
        assert scanner.context.request.get(link, headers=PREFETCH).status == 200
        scanner.open(link)
        scanner.page.wait_for_load_state("networkidle")
        for button in scanner.page.get_by_role("button").all():
            button.hover()
        for address in set(scanner.page.locator("a[href^='/']").evaluate_all("links => links.map(link => link.href)")):
            assert scanner.context.request.get(address).status == 200
    assert states() == ["pending"]
    assert (count(statement.id).all, Suppression.objects.count()) == (0, 0)

    person = come()
    person.open(links[0])
    person.click_button("Confirm my signature")
    assert person.heading == "You are signatory number 1"
    assert states() == ["confirmed"]


def test_a_link_that_was_pressed_says_so_for_ever(come, read_mail, statement):
    sign(statement, "twice@example.org", now=timezone.now())
    link = link_in(read_mail("twice@example.org"), "confirm")
    first, second = come(), come()
    first.open(link), second.open(link)
    first.click_button("Confirm my signature")
    second.click_button("Confirm my signature")

    assert second.heading == "You have already signed"
    assert count(statement.id).all == 1


def states() -> list[str]:
    return list(Signature.objects.values_list("state", flat=True))
