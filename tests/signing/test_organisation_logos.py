"""Tests logos: organisers upload them, pages show them with the organisation, and they are deleted with it."""

import pytest
from bs4 import BeautifulSoup
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from PIL import Image

from signatures.audit.models import AuditEntry
from signatures.privacy.erase import erase
from signatures.review.moderate import hide
from signatures.signing.models.signature import Signature
from signatures.signing.set_visibility import set_visibility
from signatures.signing.withdraw import withdraw
from signatures.statements.models.switch import Switch
from signatures.statements.turn_switch import turn_on
from signatures.web import tokens
from tests.organisers import logged_in_client, make_moderator, make_staff, messages_of
from tests.people import NOON, make_signature, make_statement
from tests.statements.test_appearance import picture


@pytest.fixture
def choir(db):
    return make_signature(make_statement(), name="Choir of Lund", kind="organisation")


@pytest.fixture
def desk(db):
    return logged_in_client(make_moderator())


def send(desk, signature, content=None, name="logo.png", reason="mailed by their chair"):
    logo = SimpleUploadedFile(name, content) if content else ""
    return desk.post(page(signature), {"logo": logo, "reason": reason})


def page(signature):
    return reverse("admin:signature_logo", args=[signature.id])


def shown(address="/letter/organisations/"):
    return [image["src"] for image in BeautifulSoup(Client().get(address).content, "html.parser").select(".emblem")]


def stored(signature):
    signature.refresh_from_db()
    return signature.logo


def test_it_stands_beside_the_name_made_anew(choir, desk):
    exif = Image.Exif()
    exif[0x010E] = "a place"
    assert messages_of(send(desk, choir, picture((3000, 1000), exif=exif))) == ["Saved."]
    [address] = shown()
    response = Client().get(address)
    assert (response.status_code, response["Content-Type"]) == (200, "image/png")
    assert response.content.startswith(b"\x89PNG")
    assert b"a place" not in response.content
    assert len(response.content) < 20_000
    told_to_programs = Client().get("/api/v1/statements/letter/signatories/").json()["signatories"][0]["logo"]
    assert told_to_programs.endswith(address)
    entry = AuditEntry.objects.get(action="set_logo")
    assert (entry.signature, entry.actor.username, entry.reason) == (choir, "moderator", "mailed by their chair")


def test_a_picture_whose_notes_are_broken_is_taken_as_it_is(choir, desk):
    assert messages_of(send(desk, choir, picture(exif=b"Exif\x00\x00broken"))) == ["Saved."]


@pytest.mark.parametrize(
    ("content", "why"),
    [(b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>", "This is an SVG"),
     (b"\x89PNG\r\n\x1a\n" + b"x" * 1_000_001, "Upload a file of at most 1,000"),
     (b"GIF89a and then nothing", "This file is not a picture that the site can read"),
     (b"%PDF-1.7 x", "This file is not a picture that the site can read")],
)  # fmt: skip
def test_what_is_no_picture_is_refused_with_a_word_why(choir, desk, content, why):
    response = send(desk, choir, content)
    assert response.status_code == 422
    assert why in response.content.decode()
    assert (stored(choir), shown()) == ("", [])


def test_it_needs_a_reason(choir, desk):
    assert send(desk, choir, picture(), reason="").status_code == 422
    assert stored(choir) == ""


def test_a_new_one_takes_the_place_of_the_old_file(choir, desk, django_capture_on_commit_callbacks):
    send(desk, choir, picture())
    old = stored(choir)
    with django_capture_on_commit_callbacks(execute=True):
        send(desk, choir, picture((200, 100)))
    assert [default_storage.exists(name) for name in (old, stored(choir))] == [False, True]


def test_sent_empty_it_is_taken_off(choir, desk, django_capture_on_commit_callbacks):
    send(desk, choir, picture())
    old = stored(choir)
    with django_capture_on_commit_callbacks(execute=True):
        send(desk, choir)
    assert (stored(choir), default_storage.exists(old), shown()) == ("", False, [])
    other = logged_in_client(make_staff("another", "Moderator"))
    assert messages_of(send(other, choir)) == [
        "Nothing was changed: this is not an organisation that counts, or it has no logo."
    ]


@pytest.mark.parametrize("fields", [{"kind": "person"}, {"state": Signature.State.HELD}])
def test_only_an_organisation_that_counts_has_one(choir, desk, fields):
    other = make_signature(choir.statement, **{"kind": "organisation", **fields})
    send(desk, other, picture())
    assert stored(other) == ""


@pytest.mark.parametrize("way_out", ["hide", "withdraw", "erase", "anonymous", "all names"])
def test_who_is_not_in_the_list_has_no_picture_there_either(choir, desk, way_out, django_capture_on_commit_callbacks):
    send(desk, choir, picture())
    [address] = shown()
    name = stored(choir)
    with django_capture_on_commit_callbacks(execute=True):
        if way_out == "hide":
            hide(signature_id=choir.id, actor=make_staff("a"), reason="x", now=NOON)
        elif way_out == "anonymous":
            set_visibility(signature_id=choir.id, visibility="anonymous")
        elif way_out == "all names":
            turn_on(name=Switch.Name.HIDE_NAMES, statement=None, actor=None, reason="x", now=NOON)
        else:
            {"withdraw": withdraw, "erase": erase}[way_out](signature_id=choir.id, now=NOON)
    assert Client().get(address).status_code == 404
    assert default_storage.exists(name) == (way_out in ("hide", "anonymous", "all names"))


def test_caches_keep_it_for_less_than_a_minute(choir, desk):
    send(desk, choir, picture())
    [address] = shown()
    assert Client().get(address)["Cache-Control"] == "public, max-age=25, s-maxage=25"


def test_two_with_the_same_picture_do_not_share_a_file(choir, desk, django_capture_on_commit_callbacks):
    other = make_signature(choir.statement, name="Guild", kind="organisation")
    for organisation in (choir, other):
        send(desk, organisation, picture())
    with django_capture_on_commit_callbacks(execute=True):
        erase(signature_id=choir.id, now=NOON)
    assert default_storage.exists(stored(other))


def test_a_viewer_adds_none(choir):
    desk = logged_in_client(make_staff("viewer", "Viewer"))
    assert send(desk, choir, picture()).status_code == 403


def test_a_signature_that_is_not_there_has_none(db, desk):
    assert desk.get(reverse("admin:signature_logo", args=[0])).status_code == 404


def test_the_own_page_says_where_to_send_it(choir):
    token = tokens.make(tokens.Purpose.OWN_PAGE, subject_id=choir.id, generation=1, issued_at=NOON)
    page = " ".join(BeautifulSoup(Client().get(f"/signature/{token}/").content, "html.parser").text.split())
    assert "mail it to press@letter.example.org, from an address at its website" in page
