"""Tests the signer's own page, which only an emailed link opens."""

import json
from datetime import timedelta
from pathlib import Path

import pytest
from django.contrib.auth.models import User
from django.utils import timezone

from signatures.mail.models.email import Mail
from signatures.mail.outbox import wake_mailer
from signatures.public.models.tally import count
from signatures.review.moderate import hide
from signatures.signing.models.signature import Signature
from signatures.signing.resend import queue_own_page_email
from tests.browser.visitor import cookies
from tests.outbox import move_clock_of_outbox
from tests.people import make_signature, sign
from tests.smtp import link_in
from tests.waiting import wait_for

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def open_own_page(come, read_mail):
    """Opens the page in a browser of the signer."""

    def open_own_page(signature, **browser):
        address = signature.address
        queue_own_page_email(signature_id=signature.id, now=timezone.now())
        visitor = come(**browser)
        visitor.open(link_in(read_mail(address), "signature"))
        assert visitor.heading == "Your signature"
        return visitor

    return open_own_page


def listed(statement) -> list[str]:
    return list(Signature.objects.listed().of(statement).values_list("name", flat=True))


def unfold(visitor, words: str) -> None:
    visitor.page.locator("summary", has_text=visitor.words(words)).click()


@pytest.mark.parametrize("javascript", [True, False], ids=["with-scripts", "without"])
def test_a_signer_corrects_the_name_hides_it_and_takes_the_data_away(statement, open_own_page, javascript):
    address = f"corrects-{javascript}@example.org"
    signer = open_own_page(make_signature(statement, address=address), javascript=javascript)

    signer.fill(name="Ilse Varga-Holt", credit="conductor")
    signer.click_button("Save the correction")
    signer.shoot("own-page")
    assert "Saved." in signer.page.inner_text("main")
    assert listed(statement) == ["Ilse Varga-Holt"]

    signer.fill(name="https://buy.example")
    signer.click_button("Save the correction")
    assert signer.page.input_value("main [name=name]") == "https://buy.example"
    assert listed(statement) == ["Ilse Varga-Holt"]

    signer.fill(visibility="anonymous")
    signer.click_button("Save the choice")
    assert (listed(statement), count(statement.id).all) == ([], 1)

    with signer.page.expect_download() as download:
        signer.page.get_by_role("button", name="Download my data").click()
    kept = json.loads(Path(download.value.path()).read_text())
    assert (kept["name"], kept["credit"], kept["email"]) == ("Ilse Varga-Holt", "conductor", address)
    assert cookies([signer]) == []


def test_a_signer_withdraws_and_may_sign_again(come, read_mail, statement, open_own_page):
    signer = open_own_page(make_signature(statement, address="leaves@example.org"))
    unfold(signer, "Withdraw my signature")
    signer.click_button("Yes, withdraw it")
    assert "You have withdrawn." in signer.page.inner_text("main")
    assert (listed(statement), count(statement.id).all) == ([], 0)

    sign_again(signer, statement, "leaves@example.org")
    signer.open(link_in(read_mail("leaves@example.org", nth=2), "confirm"))
    signer.click_button("Confirm my signature")
    assert (listed(statement), count(statement.id).all) == (["Ilse V."], 1)


def test_a_signer_erases_everything(statement, open_own_page):
    signer = open_own_page(make_signature(statement, address="erased@example.org"))
    unfold(signer, "Erase everything about me")
    signer.click_button("Yes, erase everything")

    assert "Everything about you is erased" in signer.page.inner_text("main")
    assert "Ilse Varga" not in signer.page.content()
    row = Signature.objects.get()
    assert (row.name, row.mailbox, row.mailbox_digest, count(statement.id).all) == ("", None, None, 0)


def test_the_owner_of_a_mailbox_says_not_me_and_hears_no_more(come, read_mail, statement):
    sign(statement, "not-me@example.org", now=timezone.now())
    owner, stranger = come(), come()
    owner.open(link_in(read_mail("not-me@example.org"), "not-me"))
    owner.click_button("It was not me. Delete it")
    assert owner.heading == "Done. You hear no more from us."
    assert Signature.objects.get().name == ""

    mails = Mail.objects.count()
    stranger.open(f"/{statement.slug}/")
    stranger.fill(name="Ilse Varga", email="not-me@example.org", sector="music")
    stranger.click_button("Sign the statement")
    assert stranger.heading == "Check your inbox"
    assert (Mail.objects.count(), Signature.objects.count()) == (mails, 1)


def test_nothing_that_a_signer_does_shows_again_what_a_moderator_hid(come, read_mail, statement, open_own_page):
    signature = make_signature(statement, address="hidden@example.org")
    moderator = User.objects.create_user("moderator")
    hide(signature_id=signature.id, actor=moderator, reason="asked by phone", now=timezone.now())
    signer = open_own_page(signature)
    signer.fill(visibility="public")
    signer.click_button("Save the choice")
    assert "The organisers have hidden your name" in signer.page.inner_text("main")
    signer.fill(name="Ilse V.", credit="composer")
    signer.click_button("Save the correction")
    assert listed(statement) == []

    unfold(signer, "Withdraw my signature")
    signer.click_button("Yes, withdraw it")
    sign_again(signer, statement, "hidden@example.org")
    signer.open(link_in(read_mail("hidden@example.org", nth=2), "confirm"))
    signer.click_button("Confirm my signature")
    assert (listed(statement), count(statement.id).all) == ([], 1)

    reader = come()
    for page in (f"/{statement.slug}/", f"/{statement.slug}/signatories/", f"/{statement.slug}/signatories/?q=ilse"):
        reader.open(page)
        assert reader.names == []


def sign_again(visitor, statement, address: str) -> None:
    """Signs again with a mailbox that just got an email: the next one waits, so two minutes pass."""
    wait_for(lambda: not Mail.objects.filter(status=Mail.Status.QUEUED).exists())
    visitor.open(f"/{statement.slug}/")
    visitor.fill(name="Ilse V.", email=address, sector="music")
    visitor.click_button("Sign the statement")
    move_clock_of_outbox(timedelta(minutes=2))
    wake_mailer()
