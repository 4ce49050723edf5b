"""Tests the page with all notable signatories by sector."""

import pytest
from bs4 import BeautifulSoup
from django.test import Client

from signatures.review.moderate import hide
from signatures.signing.models.signature import Signature
from signatures.statements.models.statement import Statement
from signatures.statements.models.switch import Switch
from signatures.statements.turn_switch import turn_on
from tests.organisers import make_moderator
from tests.people import NOON, make_signature, make_statement

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def statement(settings):
    settings.ALLOWED_HOSTS = ["testserver"]
    return make_statement()


def page(address="/letter/notable/"):
    return BeautifulSoup(Client().get(address).content, "html.parser")


def walls(address="/letter/notable/"):
    """Returns the names on the page by the heading of their sector."""
    return {
        section.h2.get_text(strip=True): [name.get_text() for name in section.select(".wall .name")]
        for section in page(address).select(".part")
    }


def test_they_stand_by_sector_in_the_order_of_the_statement_and_nobody_else_does(statement):
    make_signature(statement, name="Wren Holt", sector="literature", notable=True)
    make_signature(statement, name="Ilse Varga", sector="music", notable=True)
    make_signature(statement, name="Ada Nobody", sector="music")
    make_signature(statement, name="Odile Held", sector="music", notable=False, state=Signature.State.HELD)

    assert walls() == {"Music": ["Ilse Varga"], "Literature": ["Wren Holt"]}
    assert [(link["href"], link.get_text(strip=True)) for link in page().select(".part > p a")] == [
        ("/letter/signatories/music/", "2 signatories"), ("/letter/signatories/literature/", "1 signatory"),
    ]  # fmt: skip


def test_more_than_the_front_has_room_for_are_all_there(statement):
    for number in range(70):
        make_signature(statement, name=f"Ilse Varga {number:03}", notable=True)

    assert len(page("/letter/").select(".wall .name")) == 60
    assert page("/letter/").select_one(".wall-more a")["href"] == "/letter/notable/"
    assert len(walls()["Music"]) == 70


def test_what_they_say_stands_below_their_sector(statement):
    make_signature(statement, notable=True, quotation="Ask first.")

    assert [quotation.get_text(strip=True) for quotation in page().select(".part .quotation blockquote")] == [
        "Ask first."
    ]


def test_a_name_that_is_hidden_is_gone(statement):
    signature = make_signature(statement, notable=True)
    hide(signature_id=signature.id, actor=make_moderator(), reason="asked", now=NOON)

    assert walls() == {}
    assert "No name here yet." in page().main.get_text()


def test_while_all_names_are_hidden_nobody_stands_there(statement):
    make_signature(statement, notable=True)
    turn_on(name=Switch.Name.HIDE_NAMES, statement=None, actor=None, reason="a flood", now=NOON)

    assert walls() == {}
    for address in ("/letter/notable/", "/letter/signatories/", "/letter/organisations/"):
        assert "No name here yet." not in page(address).main.get_text()


@pytest.mark.parametrize("address", ["/letter/notable/", "/letter/organisations/"])
@pytest.mark.parametrize("may", [True, False])
def test_search_engines_find_it_only_where_organisers_want_it(address, may):
    Statement.objects.update(names_in_search_engines=may)
    assert bool(page(address).head.select("meta[name=robots][content=noindex]")) is not may


def test_of_no_statement_it_is_a_404():
    assert Client().get("/nobody/notable/").status_code == 404
