"""Tests the proof of work in a browser under the site's own content security policy: everybody can sign."""

from urllib.parse import urlsplit

import pytest
from django.utils import timezone

from signatures.signing.models.signature import Signature
from tests.people import make_signature

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

WORKING = "Very many are signing. Your browser is computing for a few seconds, which keeps machines away."


@pytest.fixture
def statement(statement):
    """Returns a statement that asks for a proof above one signature a minute."""
    statement.proof_above = 1
    statement.save()
    return statement


def make_two_signatures(statement):
    for _ in range(2):
        make_signature(statement, now=timezone.now())


def fill(visitor, statement, address="ilse@example.org"):
    visitor.open(f"/{statement.slug}/")
    visitor.fill(name="Ilse Varga", email=address, sector="music")


def send(visitor):
    visitor.click_button("Sign the statement")
    assert visitor.heading == visitor.words("Check your inbox")


def flags(statement):
    return list(Signature.objects.of(statement).filter(state="pending").order_by("id").values_list("flags", flat=True))


def asked_of_site(visitor):
    """Returns the paths that the browser asks for, from now on."""
    paths = []
    visitor.page.on("request", lambda request: paths.append(urlsplit(request.url).path))
    return paths


@pytest.mark.parametrize("language", ["en", "ar"])
def test_the_proof_is_worked_out_while_a_person_writes(come, statement, language):
    make_two_signatures(statement)
    visitor = come(language)
    fill(visitor, statement)
    send(visitor)

    assert flags(statement) == [[]]


def test_it_is_worked_out_too_where_many_came_after_the_person_began(come, statement):
    visitor = come()
    fill(visitor, statement)
    make_two_signatures(statement)
    send(visitor)

    assert flags(statement) == [[]]


def test_going_back_and_signing_for_somebody_else_takes_a_proof_of_its_own(come, statement):
    make_two_signatures(statement)
    visitor = come()
    fill(visitor, statement)
    send(visitor)
    visitor.page.go_back()
    visitor.fill(name="Eva Holt", email="eva@example.org", sector="music")
    send(visitor)

    assert flags(statement) == [[], []]


@pytest.mark.parametrize("language", ["en", "ar"])
def test_whoever_is_quicker_than_their_browser_is_told_why_they_wait(come, statement, language):
    make_two_signatures(statement)
    visitor = come(language)
    held = []
    visitor.page.route("**/altcha/*.js", lambda route: held.append(route))
    fill(visitor, statement)
    visitor.page.get_by_role("button", name=visitor.words("Sign the statement")).click()
    visitor.page.get_by_role("status").get_by_text(visitor.words(WORKING)).wait_for()

    held[0].continue_()
    visitor.page.wait_for_url("**/check-your-inbox/")
    assert flags(statement) == [[]]


def test_without_scripts_people_sign_too(come, statement):
    make_two_signatures(statement)
    visitor = come(javascript=False)
    fill(visitor, statement)
    send(visitor)

    assert flags(statement) == [["no_proof"]]


@pytest.mark.parametrize("missing", ["**/challenge/", "**/altcha/*.js"])
def test_what_does_not_come_keeps_nobody_from_signing(come, statement, missing):
    make_two_signatures(statement)
    visitor = come()
    visitor.page.route(missing, lambda route: route.abort())
    fill(visitor, statement)
    send(visitor)

    assert flags(statement) == [["no_proof"]]


def test_without_pressure_nothing_heavy_loads(come, statement):
    visitor = come()
    paths = asked_of_site(visitor)
    fill(visitor, statement)
    send(visitor)

    assert f"/{statement.slug}/challenge/" in paths
    assert [path for path in paths if "altcha" in path] == []
    assert flags(statement) == [[]]


def test_where_no_proof_is_ever_asked_nothing_of_it_loads(come, statement):
    statement.proof_above = None
    statement.save()
    visitor = come()
    paths = asked_of_site(visitor)
    fill(visitor, statement)
    send(visitor)

    assert [path for path in paths if "challenge" in path or "proof" in path] == []
