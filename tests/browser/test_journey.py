"""From the statement to the list and off it again, as people do it."""

import pytest

from signatures.models import AuditEntry
from tests.browser.visitor import cookies
from tests.people import make_signature
from tests.smtp import link_in
from tests.waiting import wait_for

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

NAME = {"en": "Nguyễn Thị Minh Ánh", "ar": "ليلى الحداد"}


@pytest.mark.parametrize("javascript", [True, False], ids=["with-scripts", "without"])
@pytest.mark.parametrize("language", ["en", "ar"])
def test_a_creator_signs_and_is_listed_until_an_organiser_hides_the_name(
    come, read_mail, statement, organiser, language, javascript
):
    name, address = NAME[language], f"creator-{language}-{javascript}@example.org"
    make_signature(statement), make_signature(statement, sector="literature")
    creator = come(language, javascript=javascript)

    creator.open(f"/{statement.slug}/")
    assert_in_language(creator)
    creator.shoot("statement")
    creator.fill(name=name, email=address, sector="music", credit="composer")
    creator.press("Sign the statement")
    assert creator.heading == creator.words("Check your inbox")
    assert_in_language(creator)
    creator.shoot("check-your-inbox")

    creator.open(link_in(read_mail(address), "confirm"))
    assert creator.heading == creator.words("One press, and you have signed")
    assert creator.page.inner_text(".appearance-name") == name
    assert_in_language(creator)
    creator.shoot("confirm")
    creator.press("Confirm my signature")
    assert creator.heading == " ".join(thanks(creator, 3).split())
    assert_in_language(creator)
    creator.shoot("thanks")

    reader = come(language, javascript=javascript)
    for page in lists_of(statement, name):
        wait_for(lambda: name in names_at(reader, page))  # noqa: B023
        assert_in_language(reader)
    reader.shoot("signatories")
    assert counts(reader, statement) == {"count": 3, "sectors": {"music": 2, "literature": 1}}

    come(language, javascript=javascript).hide(name, reason="asked by phone")
    assert [(entry.action, entry.reason) for entry in AuditEntry.objects.all()] == [("hide", "asked by phone")]
    for page in lists_of(statement, name):
        wait_for(lambda: name not in names_at(reader, page))  # noqa: B023
    assert counts(reader, statement) == {"count": 3, "sectors": {"music": 2, "literature": 1}}

    assert cookies([creator, reader]) == []


def assert_in_language(visitor) -> None:
    """What is not Arabic on an Arabic page is what people wrote."""
    assert visitor.direction == ("rtl" if visitor.language == "ar" else "ltr")
    if visitor.language == "ar":
        assert visitor.letters_of_others == ""


def thanks(visitor, place: int) -> str:
    sentence = visitor.words("You are signatory number <b>%(shown)s</b>") % {"shown": visitor.number(place)}
    return sentence.replace("<b>", "").replace("</b>", "")


def lists_of(statement, name: str) -> list[str]:
    """Every public page that shows the name; the last one because it was asked for."""
    below = f"/{statement.slug}/signatories/"
    return [f"/{statement.slug}/", below, f"{below}music/", f"{below}?q={name}"]


def names_at(visitor, page: str) -> list[str]:
    visitor.open(page)
    return visitor.names


def counts(visitor, statement) -> dict:
    told = visitor.context.request.get(f"{visitor.site}/{statement.slug}/count.json").json()
    return {part: told[part] for part in ("count", "sectors")}


def test_a_page_that_broke_its_own_policy_would_be_noticed(come, statement):
    visitor = come()
    visitor.open(f"/{statement.slug}/")
    visitor.page.evaluate("document.body.insertAdjacentHTML('beforeend', '<p style=\"color: red\">loud</p>')")
    visitor.page.evaluate("document.head.append(Object.assign(document.createElement('script'), {text: 'loud()'}))")

    assert ["Content Security Policy" in complaint for complaint in visitor.complaints] == [True, True]
    visitor.complaints.clear()
