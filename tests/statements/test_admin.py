"""Tests how an organiser writes a statement and changes its text with a reason."""

import pytest
from bs4 import BeautifulSoup
from django.contrib.admin.models import LogEntry
from django.urls import reverse

from signatures.audit.models import AuditEntry
from signatures.public.fold_tally import fold
from signatures.signing.models.signature import Signature
from signatures.statements.admin import versions
from signatures.statements.models.sector import OfferedSector, Sector
from signatures.statements.models.statement import Statement
from signatures.statements.models.version import Translation, Version
from tests.organisers import form_values, logged_in_client, make_moderator, make_organiser
from tests.people import make_signature, make_statement

pytestmark = pytest.mark.django_db

LIST = reverse("admin:signatures_statement_changelist")
ADD = reverse("admin:signatures_statement_add")
FORM = "#statement_form"


@pytest.fixture
def organiser():
    return make_organiser()


@pytest.fixture
def desk(organiser):
    return logged_in_client(organiser)


@pytest.fixture
def statement():
    return make_statement(text="First.\n\nSecond.")


def page_of(statement):
    return reverse("admin:signatures_statement_change", args=[statement.pk])


def save(desk, statement, **changes):
    page = page_of(statement)
    sent = form_values(desk.get(page), FORM)
    changes = {name.replace("__", "-"): value for name, value in changes.items()}
    return desk.post(page, {**sent, **changes})


def errors(response):
    """Returns each error message with the name of its field."""
    soup = BeautifulSoup(response.content, "html.parser")
    messages = []
    for message in soup.select("ul.errorlist li"):
        field = message.find_parent(class_="form-row") or message.find_parent(class_="errors")
        input_ = field.select_one("[name]") if field else None
        messages.append((input_["name"] if input_ else "", message.text))
    return messages


class TestANewOne:
    def write(self, desk, **changes):
        Sector.objects.get_or_create(slug="music", name="Music")
        form = form_values(desk.get(ADD), FORM)
        texts = {
            "slug": "makers",
            "organiser": "A working group",
            "contact": "press@letter.example.org",
            "offers-0-sector": str(Sector.objects.get().pk),
            "translations-0-language": "en",
            "translations-0-title": "Makers’ Letter",
            "translations-0-addressee": "To those who train",
            "translations-0-text": "Work is *not* raw material.\r\n\r\nSigned.\r\n",
        }
        return desk.post(ADD, {**form, **texts, **changes})

    def test_has_its_words_as_a_version(self, desk, organiser):
        response = self.write(desk)

        assert response.status_code == 302
        translation = Translation.objects.get()
        assert (translation.title, translation.addressee) == ("Makers’ Letter", "To those who train")
        assert translation.version.text == "Work is *not* raw material.\n\nSigned."
        assert "<em>not</em>" in translation.version.html
        assert list(Statement.objects.get().sectors.values_list("slug", flat=True)) == ["music"]
        assert LogEntry.objects.get().user == organiser

    def test_begins_as_a_draft_that_nobody_else_can_read(self, desk, client):
        self.write(desk)

        assert Statement.objects.get().state == Statement.State.DRAFT
        assert client.get("/makers/").status_code == 404
        assert "View on site" not in desk.get(page_of(Statement.objects.get())).content.decode()

    def test_once_open_is_read_and_signed(self, desk, client):
        self.write(desk, state="open")

        text = client.get("/makers/").content.decode()

        assert "raw material" in text
        assert "<form" in text

    def test_without_its_original_is_refused(self, desk):
        response = self.write(desk, language="fr")

        assert ("", "The original is missing: write title and text in Français.") in errors(response)
        assert not Statement.objects.exists()

    def test_without_any_words_is_refused(self, desk):
        words = ("language", "title", "addressee", "text")
        response = self.write(desk, **{f"translations-0-{name}": "" for name in words})

        assert ("", "The original is missing: write title and text in English.") in errors(response)

    def test_open_without_a_sector_is_refused(self, desk):
        response = self.write(desk, state="open", **{"offers-0-sector": ""})

        assert ("", "Offer at least one sector. Nobody can sign without choosing one.") in errors(response)

    @pytest.mark.parametrize("slug", ["admin", "fr", "confirm", "a b", "", "x" * 81])
    def test_at_an_address_that_is_taken_or_none_is_refused(self, desk, slug):
        response = self.write(desk, slug=slug)

        assert [field for field, _message in errors(response)] == ["slug"]

    def test_that_closes_before_it_opens_is_refused(self, desk):
        response = self.write(
            desk, opens_at_0="2026-11-03", opens_at_1="12:00", closes_at_0="2026-11-02", closes_at_1="1:00"
        )

        assert "A statement closes after it opens." in [message for _field, message in errors(response)]

    def test_beside_another_one_at_the_front_is_refused(self, desk):
        make_statement(is_featured=True)
        Sector.objects.exclude(slug="music").exclude(offers__isnull=False).delete()
        form = form_values(desk.get(ADD), FORM)

        response = desk.post(
            ADD, {**form, "is_featured": "on", "slug": "b", "organiser": "c", "contact": "d@example.org"}
        )

        messages = [message for _field, message in errors(response)]
        assert "Another statement is already shown on the front page. Remove it from there first." in messages


class TestItsWords:
    def test_saving_them_unchanged_writes_no_version(self, desk, statement):
        make_signature(statement)

        response = save(desk, statement, goal="500")

        assert response.status_code == 302
        assert Statement.objects.get().goal == 500
        assert Version.objects.count() == 1
        assert list(AuditEntry.objects.values_list("action", "after")) == [("change", "Goal: 500")]

    def test_a_title_changes_without_a_version(self, desk, statement):
        make_signature(statement)

        save(desk, statement, translations__0__title="A Makers’ Letter")

        assert (Translation.objects.get().title, Version.objects.count()) == ("A Makers’ Letter", 1)

    def test_before_anybody_confirmed_they_change_freely(self, desk, statement):
        make_signature(statement, state=Signature.State.PENDING)

        response = save(desk, statement, translations__0__text="Other words.")

        assert response.status_code == 302
        assert statement.translation_for("en").version.text == "Other words."

    def test_afterwards_a_reason_is_asked_for_beside_its_field(self, desk, statement):
        make_signature(statement)

        response = save(desk, statement, translations__0__text="Other words.")

        message = "People have confirmed the current text. Give a reason for the change."
        assert errors(response) == [("translations-0-reason", message)]
        assert "Other words." in response.content.decode()
        assert Version.objects.count() == 1

    def test_with_the_reason_they_change_and_everybody_reads_it(self, desk, organiser, statement, client):
        make_signature(statement)

        reason = "A slip in the second paragraph"
        response = save(desk, statement, translations__0__text="Other words.", translations__0__reason=reason)

        assert response.status_code == 302
        assert Version.objects.first().reason == reason
        entry = AuditEntry.objects.get(action=AuditEntry.Action.REWORD)
        assert (entry.actor, entry.reason) == (organiser, reason)
        assert reason in client.get("/letter/").content.decode()

    def test_a_reason_is_also_asked_for_when_somebody_confirms_in_that_very_moment(self, desk, statement, monkeypatch):
        checked_texts = []

        def first_confirms_after_the_look(translation, text):
            checked_texts.append(text)
            return len(checked_texts) > 1

        monkeypatch.setattr(versions, "needs_reason", first_confirms_after_the_look)
        make_signature(statement)

        response = save(desk, statement, translations__0__text="Other words.")

        assert [field for field, _message in errors(response)] == ["translations-0-reason"]
        assert len(checked_texts) == 2

    def test_a_colleagues_change_is_not_written_over(self, desk, statement):
        sent = form_values(desk.get(page_of(statement)), FORM)
        save(desk, statement, translations__0__text="What a colleague wrote.")

        response = desk.post(page_of(statement), {**sent, "translations-0-text": "My words."})

        assert [field for field, _message in errors(response)] == ["translations-0-text"]
        assert statement.translation_for("en").version.text == "What a colleague wrote."

    def test_nor_by_one_who_changed_only_a_date(self, desk, statement):
        sent = form_values(desk.get(page_of(statement)), FORM)
        save(desk, statement, translations__0__text="What a colleague wrote.")

        response = desk.post(page_of(statement), {**sent, "goal": "7"})

        assert [field for field, _message in errors(response)] == ["translations-0-text"]

    def test_a_long_letter_in_hindi_is_taken(self, desk, statement):
        response = save(desk, statement, translations__0__text="क" * 40_000)

        assert response.status_code == 302

    def test_more_are_refused_with_a_number(self, desk, statement):
        response = save(desk, statement, translations__0__text="x" * 100_001)

        message = "This text has 100,001 characters: shorten it to 100,000."
        assert errors(response) == [("translations-0-text", message)]
        assert 'name="translations-0-text" maxlength' not in response.content.decode()

    def test_nothing_is_not_enough(self, desk, statement):
        assert errors(save(desk, statement, translations__0__text=" \r\n ")) == [
            ("translations-0-text", "This field is required.")
        ]

    def test_raw_html_and_scripts_do_not_pass(self, desk, statement):
        save(desk, statement, translations__0__text="<script>alert(1)</script> [x](javascript:alert(1))")

        assert "<script" not in statement.translation_for("en").version.html
        assert "href" not in statement.translation_for("en").version.html


class TestTranslations:
    def add(self, desk, statement, language="fr", **changes):
        words = {"language": language, "title": "Lettre", "addressee": "", "text": "Texte."} | changes
        return save(desk, statement, **{f"translations__1__{name}": value for name, value in words.items()})

    def test_one_more_language(self, desk, statement, client):
        make_signature(statement)

        response = self.add(desk, statement)

        assert response.status_code == 302
        assert "Texte." in client.get("/fr/letter/").content.decode()

    def test_the_same_language_twice_is_refused(self, desk, statement):
        response = self.add(desk, statement, language="en")

        assert response.status_code == 200
        assert Translation.objects.count() == 1

    def test_a_language_that_the_site_lacks_is_refused(self, desk, statement):
        assert [field for field, _message in errors(self.add(desk, statement, language="xx"))] == [
            "translations-1-language"
        ]

    def test_one_that_is_written_does_not_change_its_language(self, desk, statement):
        save(desk, statement, translations__0__language="fr")

        assert Translation.objects.get().language == "en"

    def test_one_goes_but_its_versions_stay(self, desk, statement):
        self.add(desk, statement)

        save(desk, statement, translations__1__DELETE="on")

        assert list(Translation.objects.values_list("language", flat=True)) == ["en"]
        assert Version.objects.filter(language="fr").exists()

    def test_the_original_does_not_go(self, desk, statement):
        self.add(desk, statement)

        response = save(desk, statement, translations__0__DELETE="on")

        assert ("", "The original is missing: write title and text in English.") in errors(response)

    def test_the_original_may_become_another(self, desk, statement):
        self.add(desk, statement)

        assert save(desk, statement, language="fr").status_code == 302


class TestWhatIsShownOfIt:
    def test_the_list_counts_folded_and_unfolded_signatures(self, desk, statement):
        make_signature(statement)
        fold()
        make_signature(statement)
        make_signature(statement, state=Signature.State.HELD)

        soup = BeautifulSoup(desk.get(LIST).content, "html.parser")

        assert soup.select_one(".field-title").text == "Makers’ Letter"
        assert soup.select_one(".field-signed").text == "2"
        assert soup.select_one(".field-page a")["href"] == "/letter/"

    def test_the_list_needs_as_many_queries_for_three_as_for_one(
        self, desk, statement, django_assert_num_queries, django_assert_max_num_queries
    ):
        with django_assert_max_num_queries(12) as one:
            desk.get(LIST)
        for slug in ("b", "c"):
            make_signature(make_statement(slug))

        with django_assert_num_queries(len(one)):
            desk.get(LIST)

    def test_its_page_says_how_many_signed_which_version(self, desk, statement):
        make_signature(statement)
        save(desk, statement, translations__0__text="Other words.", translations__0__reason="A slip")
        make_signature(Statement.objects.get())
        make_signature(Statement.objects.get())

        soup = BeautifulSoup(desk.get(page_of(statement)).content, "html.parser")

        assert [cell.text.strip() for cell in soup.select("#versions-group .field-signed")] == ["2", "1"]
        assert soup.select_one(".field-tally a").text == "3 counted, 3 of them shown, 0 organisations"

    def test_a_version_is_read_and_never_changed(self, desk, statement):
        version = Version.objects.get()
        page = reverse("admin:signatures_version_change", args=[version.pk])

        assert "<p>First.</p>" in desk.get(page).content.decode()
        assert desk.post(page, {"text": "Other"}).status_code == 403

    def test_a_moderator_reads_it_all_and_changes_nothing(self, statement):
        desk = logged_in_client(make_moderator())

        text = desk.get(page_of(statement)).content.decode()

        assert "<p>First.</p>" in text
        assert "Makers’ Letter" in text
        assert desk.post(page_of(statement), {"slug": "mine"}).status_code == 403
        assert desk.get(ADD).status_code == 403


class TestSectors:
    ADD = reverse("admin:signatures_sector_add")

    def test_with_their_translations(self, desk):
        form = form_values(desk.get(self.ADD), "#sector_form")
        words = {"name": "Dance", "slug": "dance", "translations-0-language": "fr", "translations-0-name": "Danse"}

        assert desk.post(self.ADD, {**form, **words}).status_code == 302
        assert Sector.objects.get(slug="dance").translations.get().name == "Danse"

    def test_not_at_an_address_that_means_something_else(self, desk):
        form = form_values(desk.get(self.ADD), "#sector_form")

        response = desk.post(self.ADD, {**form, "name": "Organisations", "slug": "organisations"})

        assert [field for field, _message in errors(response)] == ["slug"]

    def test_a_statement_offers_each_once(self, desk, statement):
        taken = OfferedSector.objects.first().sector

        response = save(desk, statement, offers__2__sector=str(taken.pk))

        assert response.status_code == 200
        assert OfferedSector.objects.count() == 2

    def test_one_that_nobody_offers_can_go(self, desk, statement):
        unused = Sector.objects.create(slug="dance", name="Dance")

        desk.post(reverse("admin:signatures_sector_delete", args=[unused.pk]), {"post": "yes"})

        assert not Sector.objects.filter(slug="dance").exists()
