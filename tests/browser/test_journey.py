"""Tests the way from the statement to the list and off it again: in each language, with scripts and without."""

from datetime import timedelta

import pytest
from django.utils import timezone

from signatures.audit.models import AuditEntry
from signatures.mail.outbox import wake_mailer
from signatures.signing.models.signature import Signature
from tests.browser.visitor import cookies
from tests.outbox import is_all_sent, move_clock_of_outbox
from tests.people import make_signature
from tests.smtp import link_in
from tests.waiting import wait_for

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

NAME = {
    "en": "Nguyễn Thị Minh Ánh",
    "fr": "Élodie Garcin-Lemaître",
    "id": "Ratna Kusumawardhani",
    "hi": "मीरा कुलकर्णी",
    "ar": "ليلى الحداد",
}
CREDIT = {"en": "composer", "fr": "compositrice", "id": "komponis", "hi": "संगीतकार", "ar": "ملحّنة"}


@pytest.mark.parametrize("javascript", [True, False], ids=["with-scripts", "without"])
@pytest.mark.parametrize("language", NAME)
def test_a_creator_signs_confirms_corrects_and_is_listed(come, read_mail, statement, language, javascript):
    name, address = NAME[language], f"creator-{language}-{javascript}@example.org"
    title = statement.translation_for(language).title
    make_signature(statement), make_signature(statement, sector="literature")
    creator = come(language, javascript=javascript)

    creator.open(f"/{statement.slug}/")
    assert_in_language(creator, statement)
    creator.shoot("statement")
    send_what_is_wrong(creator)
    assert_in_language(creator, statement)
    creator.shoot("errors")
    creator.fill(name=name, email=address, sector="music")
    creator.click_button("Sign the statement")
    assert creator.heading == creator.words("Check your inbox")
    assert_in_language(creator, statement)
    creator.shoot("check-your-inbox")

    mail = read_mail(address)
    assert subject_of(mail) == plain(creator.words("Confirm your signature: %(title)s") % {"title": title})
    creator.open(link_in(mail, "confirm"))
    assert creator.heading == creator.words("One press, and you have signed")
    assert creator.page.inner_text(".appearance-name") == name
    assert_in_language(creator, statement)
    creator.shoot("confirm")
    creator.click_button("Confirm my signature")
    assert creator.heading == plain(thanks(creator, 3))
    assert_in_language(creator, statement)
    creator.shoot("thanks")

    creator.click_button("Mail me the link")
    end_the_wait_for_another_mail()
    mail = read_mail(address, nth=2)
    assert subject_of(mail) == plain(creator.words("Your own page: %(title)s") % {"title": title})
    creator.open(link_in(mail, "signature"))
    assert creator.heading == creator.words("Your signature")
    assert_in_language(creator, statement)
    creator.fill(credit=CREDIT[language])
    creator.click_button("Save the correction")
    assert creator.page.inner_text("main [role=status]") == creator.words("Saved.")
    creator.shoot("own-page")

    reader = come(language, javascript=javascript)
    for page in lists_of(statement, name):
        wait_for(lambda: (name, CREDIT[language]) in entries_at(reader, page))  # noqa: B023
        assert_in_language(reader, statement)
    reader.shoot("signatories")
    assert counts(reader, statement) == {"count": 3, "sectors": {"music": 2, "literature": 1}}
    assert cookies([creator, reader]) == []


@pytest.mark.parametrize(("language", "javascript"), [("en", True), ("ar", False)], ids=["with-scripts", "without"])
def test_an_organiser_hides_a_name_and_it_is_gone_from_every_list(come, statement, organiser, language, javascript):
    name = NAME[language]
    make_signature(statement, name=name, now=timezone.now()), make_signature(statement, sector="literature")
    reader = come(language, javascript=javascript)
    for page in lists_of(statement, name):
        assert name in [shown for shown, _ in entries_at(reader, page)]

    come(language, javascript=javascript).hide(name, reason="asked by phone")
    assert list(AuditEntry.objects.filter(action="hide").values_list("reason", flat=True)) == ["asked by phone"]
    for page in lists_of(statement, name):
        wait_for(lambda: name not in [shown for shown, _ in entries_at(reader, page)])  # noqa: B023
    assert counts(reader, statement) == {"count": 2, "sectors": {"music": 1, "literature": 1}}


def send_what_is_wrong(visitor) -> None:
    """Sends invalid values. The form says so beside each field, focuses the summary, and keeps what was typed."""
    page = visitor.page
    typed = {"name": "www.buy.example", "email": "ilse at example", "credit": CREDIT[visitor.language]}
    visitor.fill(**typed, visibility="anonymous")
    visitor.click_button("Sign the statement")

    wait_for(lambda: visitor.focus == "errors")
    assert visitor.words("Not sent yet. Please look at this:") in page.inner_text("#errors")
    assert page.locator("#errors li").count() == 3
    assert error_of(page, "sector") == visitor.words("Choose your field of work.")
    assert "" not in [error_of(page, "name"), error_of(page, "email")]
    assert {field: page.input_value(f"main [name={field}]") for field in typed} == typed
    assert page.is_checked("[value=anonymous]")
    assert not Signature.objects.filter(state=Signature.State.PENDING).exists()

    page.locator("#errors a").first.click()
    wait_for(lambda: visitor.focus == page.get_attribute("main [name=name]", "id"))
    visitor.fill(credit="", visibility="public")


def error_of(page, field: str) -> str:
    """Returns the message that a screen reader announces with a field."""
    ids = (page.get_attribute(f"main [name={field}]", "aria-describedby") or "").split()
    return " ".join(page.inner_text(f"#{element_id}") for element_id in ids if element_id.endswith("_error"))


def end_the_wait_for_another_mail() -> None:
    """Ends the pause before another email to the same mailbox."""
    move_clock_of_outbox(timedelta(minutes=2))
    wake_mailer()
    wait_for(is_all_sent)


def subject_of(mail) -> str:
    """Returns the subject. A folded line has one more space."""
    return plain(mail["Subject"])


def plain(text: str) -> str:
    """Replaces any white space by single spaces."""
    return " ".join(text.split())


def assert_in_language(visitor, statement) -> None:
    """Checks that only what people wrote is not in Arabic on an Arabic page, or not in Hindi on a Hindi one."""
    assert visitor.page.get_attribute("html", "lang") == visitor.language
    assert visitor.direction == ("rtl" if visitor.language == "ar" else "ltr")
    assert statement.translation_for(visitor.language).title in visitor.page.title()
    if visitor.language in ("ar", "hi"):
        assert visitor.untranslated_text == ""


def thanks(visitor, place: int) -> str:
    sentence = visitor.words("You are signatory number <b>%(shown)s</b>") % {"shown": visitor.number(place)}
    return sentence.replace("<b>", "").replace("</b>", "")


def lists_of(statement, name: str) -> list[str]:
    """Returns every public page that shows the name. The last one shows it because it was asked for."""
    below = f"/{statement.slug}/signatories/"
    return [f"/{statement.slug}/", below, f"{below}music/", f"{below}?q={name}"]


def entries_at(visitor, page: str) -> list[tuple[str, str]]:
    """Returns names and credits, including the first names, which are one paragraph."""
    visitor.open(page)
    shown = visitor.page.locator(".signatory").evaluate_all(
        "all => all.map(one => ['.name', '.credit'].map(part => one.querySelector(part).innerText.trim()))"
    )
    return [(name, credit) for name, credit in shown]


def counts(visitor, statement) -> dict:
    answer = visitor.context.request.get(f"{visitor.site}/{statement.slug}/count.json").json()
    return {name: answer[name] for name in ("count", "sectors")}


def test_a_page_that_broke_its_own_policy_would_be_noticed(come, statement):
    visitor = come()
    visitor.open(f"/{statement.slug}/")
    visitor.page.evaluate("document.body.insertAdjacentHTML('beforeend', '<p style=\"color: red\">loud</p>')")
    visitor.page.evaluate("document.head.append(Object.assign(document.createElement('script'), {text: 'loud()'}))")

    assert ["Content Security Policy" in complaint for complaint in visitor.complaints] == [True, True]
    visitor.complaints.clear()
