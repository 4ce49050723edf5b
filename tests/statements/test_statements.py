"""Tests versions, translations, states and opening times of a statement, and how its page shows them."""

import hashlib
from datetime import timedelta

import pytest
from bs4 import BeautifulSoup
from django.core.exceptions import ValidationError
from django.test import Client
from django.utils import timezone

from signatures.audit.models import AuditEntry
from signatures.signing.confirm import confirm
from signatures.signing.models.signature import Signature
from signatures.statements import edit_text as edit_text_action
from signatures.statements.edit_text import ReasonRequired
from signatures.statements.models.sector import Sector
from signatures.statements.models.statement import Statement
from signatures.statements.models.version import Version
from signatures.web.tokens import LinkToken
from tests.people import NOON, TEXT, make_signature, make_statement, sign

pytestmark = pytest.mark.django_db

NEW = "Work made by people is never raw material."


@pytest.fixture(autouse=True)
def statement(settings):
    settings.ALLOWED_HOSTS = ["testserver"]
    return make_statement()


def reword(statement, text=NEW, **changes):
    values = {"language": "en", "title": "Makers’ Letter", "text": text, "now": NOON, **changes}
    return edit_text_action.edit_text(statement=statement, **values)


def page(address):
    return BeautifulSoup(Client().get(address).content, "html.parser")


class TestVersions:
    def test_a_wording_is_known_by_the_sha256_of_its_text(self, statement):
        assert Version.objects.get().digest == hashlib.sha256(TEXT.encode()).hexdigest()

    def test_a_changed_text_is_a_version_of_its_own(self, statement):
        reword(statement)

        assert list(Version.objects.order_by("id").values_list("text", flat=True)) == [TEXT, NEW]
        assert statement.translation_for("en").version.text == NEW

    def test_a_changed_title_is_not(self, statement):
        reword(statement, TEXT, title="Another title")

        assert Version.objects.count() == 1

    def test_once_somebody_confirmed_a_change_needs_a_reason(self, statement):
        make_signature(statement)
        with pytest.raises(ReasonRequired):
            reword(statement)
        reword(statement, TEXT, title="A title needs none")

        reword(statement, reason="“never” is clearer")
        assert Version.objects.latest("id").reason == "“never” is clearer"
        assert AuditEntry.objects.get().action == "reword"

    def test_a_new_translation_needs_none(self, statement):
        make_signature(statement)
        reword(statement, "Le travail n’est pas une matière première.", language="fr")

        assert statement.versions.filter(language="fr").count() == 1

    def test_the_page_tells_the_change_and_who_signed_what(self, statement):
        for _ in range(3):
            make_signature(statement)
        reword(statement, reason="“never” is clearer")
        make_signature(Statement.objects.get())
        text = page("/letter/").main.get_text(" ", strip=True)

        assert "“never” is clearer" in text
        assert "3 November 2026" in text or "November 3, 2026" in text

    def test_a_signature_stays_with_the_version_that_its_signer_was_shown(self, statement):
        signature = sign(statement)
        reword(statement)
        confirm(ticket=ticket(signature), generation=1, now=NOON)

        assert Signature.objects.get().version.text == TEXT

    def test_signing_a_replaced_wording_shows_the_new_one_with_all_that_was_typed(self, statement):
        shown = page("/letter/").select_one("input[name=version]")["value"]
        reword(statement)
        typed = {"name": "Ilse Varga", "email": "ilse@example.org", "sector": "music", "credit": "composer of much"}
        response = Client().post("/letter/sign/", {**typed, "version": shown})
        form = BeautifulSoup(response.content, "html.parser")

        assert response.status_code == 422
        assert NEW in form.get_text()
        assert form.select_one("input[name=credit]")["value"] == "composer of much"
        again = {field["name"]: field.get("value", "") for field in form.select("input[name=version]")}
        assert Client().post("/letter/sign/", {**typed, **again}).status_code == 303
        assert Signature.objects.get().version.text == NEW

    def test_a_form_without_a_version_signs_the_current_one(self, statement):
        Client().post("/letter/sign/", {"name": "Ilse", "email": "ilse@example.org", "sector": "music"})

        assert Signature.objects.get().version.text == TEXT


def ticket(signature):
    return LinkToken(signature.id, signature.generation, NOON)


class TestText:
    def test_it_is_rendered_once_and_is_safe(self, statement):
        reword(
            statement,
            "# Head\n\nA **strong** [link](https://letter.example.org).\n\n<script>alert(1)</script>\n\n"
            "[bad](javascript:alert(1)) ![pic](https://x.example/p.png)",
        )
        html = Version.objects.latest("id").html

        assert "<h2>Head</h2>" in html
        assert "<strong>strong</strong>" in html
        assert '<a href="https://letter.example.org" rel="noopener noreferrer">link</a>' in html
        assert "<script" not in html
        assert "javascript:alert" not in html.replace("[bad](javascript:alert(1))", "")
        assert "<img" not in html

    def test_a_sentence_is_set_large_and_a_letter_is_not(self, statement):
        assert page("/letter/").h1.get_text(strip=True) == TEXT

        reword(statement, "## Why\n\n" + "We write because. " * 40)
        assert page("/letter/").h1.get_text(strip=True) == "Makers’ Letter"


class TestMoments:
    def test_open_means_open_now(self, statement):
        hour = timedelta(hours=1)
        statement.opens_at, statement.closes_at = NOON, NOON + hour

        assert [statement.is_open(NOON + n * hour) for n in (-0.1, 0, 0.9, 1)] == [False, True, True, False]
        assert statement.is_upcoming(NOON - hour) is True
        assert statement.is_closed(NOON + hour) is True

    def test_before_it_opens_the_page_says_when_and_takes_nothing(self):
        make_statement("soon", opens_at=timezone.now() + timedelta(days=2))

        assert "Not open yet" in page("/soon/").main.get_text()
        assert page("/soon/").select_one("input[name=email]") is None
        assert Client().post("/soon/sign/", {}).status_code == 410

    def test_a_closed_one_keeps_its_page_its_count_and_its_names(self, statement):
        make_signature(statement, name="Wren Holt")
        statement.state = "closed"
        statement.save()

        assert "Closed" in page("/letter/").main.get_text()
        assert "Wren Holt" in page("/letter/signatories/").main.get_text()
        assert Client().get("/letter/count.json").json()["count"] == 1

    def test_a_closed_one_says_from_when_until_when_it_could_be_signed(self):
        make_statement("past", opens_at=NOON, closes_at=NOON + timedelta(days=9))

        assert "Signatures were taken from 3 November 2026 until 12 November 2026." in page("/past/").main.get_text()


class TestLanguages:
    def test_a_missing_translation_shows_the_original_and_says_so(self, statement):
        arabic = page("/ar/letter/")

        assert (arabic.html["lang"], arabic.html["dir"]) == ("ar", "rtl")
        assert arabic.h1.get_text(strip=True) == TEXT
        assert arabic.select_one('[lang="en"][dir="ltr"]') is not None

    def test_a_translation_is_shown_and_signed(self, statement):
        reword(statement, "ما يصنعه الناس ليس مادة خامًا.", language="ar", title="رسالة المبدعين")
        Client().post("/ar/letter/sign/", {"name": "ليلى", "email": "l@example.org", "sector": "music"})
        signature = Signature.objects.get()

        assert page("/ar/letter/").h1.get_text(strip=True) == "ما يصنعه الناس ليس مادة خامًا."
        assert (signature.language, signature.version.language) == ("ar", "ar")

    def test_sectors_are_named_in_the_readers_language(self, statement):
        Sector.objects.get(slug="music").translations.create(language="fr", name="Musique")

        assert "Musique" in page("/fr/letter/").get_text()
        assert "Musique" not in page("/letter/").get_text()

    def test_numbers_are_written_with_the_readers_digits(self, statement):
        for _ in range(12):
            make_signature(statement)

        assert "١٢" in page("/ar/letter/").main.get_text()


class TestFront:
    def test_the_featured_statement_stands_at_the_front(self, statement):
        statement.is_featured = True
        statement.save()

        assert page("/").h1.get_text(strip=True) == TEXT

    def test_without_one_the_open_ones_are_listed(self, statement):
        make_statement("draft", state="draft")
        text = page("/").main.get_text(" ", strip=True)

        assert "Makers’ Letter" in text
        assert len(page("/").select("a[href='/letter/']")) >= 1
        assert page("/").select("a[href='/draft/']") == []


@pytest.mark.parametrize("slug", ["admin", "confirm", "fr", "ar", "en", "api", "static", "embed"])
def test_an_address_of_the_sites_own_is_no_statements(slug):
    with pytest.raises(ValidationError):
        Statement(slug=slug, organiser="x", contact="a@letter.example.org", opens_at=NOON).full_clean()


def test_no_sector_is_called_organisations():
    with pytest.raises(ValidationError):
        Sector(slug="organisations", name="x").full_clean()


def test_the_count_is_told_to_machines(statement):
    make_signature(statement)
    make_signature(statement, sector="literature", kind="organisation")
    answer = Client().get("/letter/count.json").json()

    assert answer.pop("as_of").endswith("+00:00")
    assert answer == {"statement": "letter", "count": 2, "sectors": {"music": 1, "literature": 1}, "organisations": 1}
