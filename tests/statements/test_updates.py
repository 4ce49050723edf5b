"""Tests when and in which language updates are public, and how organisers manage them in the admin."""

from datetime import timedelta
from xml.etree import ElementTree

import pytest
from bs4 import BeautifulSoup
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from signatures.audit.models import AuditEntry
from signatures.statements.models.update import Update
from signatures.statements.publish_update import save_update_translation
from tests.organisers import form_values, logged_in_client, make_moderator, make_organiser
from tests.people import NOON, make_statement, make_update

pytestmark = pytest.mark.django_db

PAGES = ["/letter/", "/letter/updates/", "/letter/updates/1/", "/letter/feed/"]
ADD = reverse("admin:signatures_update_add")


@pytest.fixture(autouse=True)
def statement(settings):
    settings.ALLOWED_HOSTS = ["testserver"]
    return make_statement()


def text_of(address):
    return Client().get(address).content.decode()


def soup(address):
    return BeautifulSoup(text_of(address), "html.parser")


class TestReading:
    @pytest.mark.parametrize("page", PAGES)
    def test_what_is_published_is_told_in_four_places(self, statement, page):
        make_update(statement, title="We met the minister")

        assert "We met the minister" in text_of(page)

    @pytest.mark.parametrize("page", PAGES)
    @pytest.mark.parametrize("at", [None, timezone.now() + timedelta(hours=1)], ids=["draft", "scheduled"])
    def test_what_is_not_yet_published_is_nowhere(self, statement, page, at):
        make_update(statement, title="We met the minister", at=at)

        assert "minister" not in text_of(page)

    def test_it_appears_at_its_time_by_itself(self, statement):
        update = make_update(statement, at=NOON)

        moments = [NOON - timedelta(seconds=1), NOON]
        assert [list(Update.objects.published(moment)) for moment in moments] == [[], [update]]

    def test_the_newest_stands_first_and_alone_beside_the_statement(self, statement):
        for days, title in enumerate(["First", "Second", "Third"]):
            make_update(statement, title=title, at=NOON + timedelta(days=days - 5))

        assert [heading.get_text() for heading in soup("/letter/updates/").select(".updates h2")] == [
            "Third",
            "Second",
            "First",
        ]
        assert [title.get_text() for title in soup("/letter/").select(".newest-update-title")] == ["Third"]

    def test_another_statements_are_not_its_own(self, statement):
        make_update(make_statement("other"), title="Elsewhere")

        assert Client().get("/letter/updates/1/").status_code == 404
        assert "Elsewhere" not in text_of("/letter/updates/")

    def test_without_any_no_page_leads_there(self):
        assert soup("/letter/").select("a[href='/letter/updates/']") == []
        assert "There is no news yet." in text_of("/letter/updates/")

    def test_each_reader_gets_their_language_else_the_statements_own(self, statement):
        make_update(statement, title="We met", ar="التقينا", fr="Nous nous sommes vus")

        assert soup("/ar/letter/updates/1/").h1.get_text() == "التقينا"
        assert soup("/fr/letter/updates/").select_one(".updates h2").get_text() == "Nous nous sommes vus"
        original = soup("/hi/letter/updates/1/").article
        assert (original.h1.get_text(), original["lang"], original["dir"]) == ("We met", "en", "ltr")
        assert soup("/ar/letter/updates/1/").article["dir"] == "rtl"

    @pytest.mark.parametrize(
        ("text", "gone"),
        [
            ("<script>alert(1)</script> Ours", "<script>alert"),
            ("[click](javascript:alert(1)) Ours", 'href="javascript'),
            ('<img src=x onerror="alert(1)"> Ours', "<img src=x"),
        ],
    )
    def test_nothing_in_its_text_acts(self, statement, text, gone):
        make_update(statement, text=text)

        for page in PAGES:
            assert gone not in text_of(page)
        assert "Ours" in text_of("/letter/updates/1/")

    @pytest.mark.parametrize("number", ["0", "2", "99999999999999999999", "9" * 5000, "-1", "one", "١"])
    def test_a_number_that_is_none_is_a_404_in_the_visitors_language(self, statement, number):
        make_update(statement)
        response = Client().get(f"/fr/letter/updates/{number}/")

        assert response.status_code == 404
        assert '<html lang="fr"' in response.content.decode()

    def test_a_page_of_them_takes_the_same_queries_with_one_and_with_three(self, statement, django_assert_num_queries):
        for count in (1, 2):
            for _ in range(count):
                make_update(statement, fr="En français")
            for page, queries in {"/letter/updates/": 3, "/fr/letter/updates/1/": 3}.items():
                with django_assert_num_queries(queries):
                    Client().get(page)

    def test_a_feed_tells_it_whole_and_by_its_kind(self, statement):
        make_update(statement, text="First.\n\nSecond.")
        atom = {"a": "http://www.w3.org/2005/Atom"}
        entry = ElementTree.fromstring(Client().get("/letter/feed/").content).find("a:entry", atom)

        assert "<p>Second.</p>" in entry.findtext("a:summary", namespaces=atom)
        assert entry.find("a:category", atom).get("term") == "update"
        assert entry.find("a:link", atom).get("href").endswith("/letter/updates/1/")
        assert entry.findtext("a:published", namespaces=atom) == NOON.isoformat()


class TestTheDatabase:
    def test_two_of_a_statement_never_have_one_number(self, statement):
        first = make_update(statement)
        with pytest.raises(IntegrityError), transaction.atomic():
            Update.objects.create(statement=statement, number=first.number, created_at=NOON)

    def test_a_language_has_one_wording(self, statement):
        update = make_update(statement)
        save_update_translation(update=update, language="en", title="Again", text="Again.")

        assert list(update.translations.values_list("title", "html")) == [("Again", "<p>Again.</p>\n")]


class TestTheDesk:
    @pytest.fixture
    def desk(self):
        return logged_in_client(make_organiser())

    def write(self, desk, statement, **changes):
        page = form_values(desk.get(ADD), "#update_form")
        values = {"language": "en", "title": "We met", "text": "It went *well*."}
        fields = {f"translations-0-{name}": value for name, value in values.items()}
        return desk.post(ADD, {**page, "statement": statement.pk, **fields, **changes})

    def test_it_is_written_as_a_draft_with_the_next_number(self, statement, desk):
        make_update(statement)
        response = self.write(desk, statement)

        update = Update.objects.latest("id")
        assert (response.status_code, update.number, update.published_at) == (302, 2, None)
        assert list(update.translations.values_list("language", "title", "html")) == [
            ("en", "We met", "<p>It went <em>well</em>.</p>\n")
        ]

    @pytest.mark.parametrize("language", ["fr", ""])
    def test_without_the_original_it_is_refused(self, statement, desk, language):
        response = self.write(desk, statement, **{"translations-0-language": language})

        assert (response.status_code, Update.objects.count()) == (200, 0)
        assert "errorlist" in response.content.decode()

    def test_a_text_without_end_is_refused_with_its_length(self, statement, desk):
        response = self.write(desk, statement, **{"translations-0-text": "x" * 30_000})

        assert "This text has 30,000 characters" in response.content.decode()
        assert Update.objects.count() == 0

    def test_it_is_changed_and_a_translation_added(self, statement, desk):
        update = make_update(statement, fr="Vus")
        page = reverse("admin:signatures_update_change", args=[update.pk])
        form = form_values(desk.get(page), "#update_form")
        desk.post(page, {**form, "translations-0-title": "We met again"})

        update.refresh_from_db()
        assert sorted(update.translations.values_list("language", "title")) == [("en", "We met again"), ("fr", "Vus")]

    def test_a_preview_shows_every_language_and_publishes_nothing(self, statement, desk):
        update = make_update(statement, at=None, ar="التقينا")
        page = desk.get(reverse("admin:update_preview", args=[update.pk])).content.decode()

        assert [words in page for words in ("We met", "التقينا", "<em>well</em>")] == [True] * 3
        assert Update.objects.published(timezone.now()).count() == 0

    def test_put_on_the_page_it_is_read_and_the_log_says_by_whom(self, statement, desk):
        update = make_update(statement, at=None)
        address = reverse("admin:update_publish", args=[update.pk])
        assert desk.get(address).status_code == 200
        assert Client().get("/letter/updates/1/").status_code == 404

        desk.post(address)
        assert Client().get("/letter/updates/1/").status_code == 200
        entry = AuditEntry.objects.get()
        assert (entry.action, entry.actor.username, entry.reason) == ("publish_update", "organiser", "We met")
        assert (entry.object_type, entry.object_id) == ("update", update.id)

    def test_it_can_wait_for_its_time(self, statement, desk):
        update = make_update(statement, at=None)
        desk.post(reverse("admin:update_publish", args=[update.pk]), {"at_0": "2031-05-01", "at_1": "09:30"})

        update.refresh_from_db()
        assert update.published_at.isoformat() == "2031-05-01T09:30:00+00:00"

    def test_a_time_that_is_none_is_said(self, statement, desk):
        update = make_update(statement, at=None)
        response = desk.post(reverse("admin:update_publish", args=[update.pk]), {"at_0": "soon", "at_1": "x"})

        assert (response.status_code, Update.objects.get().published_at) == (422, None)

    def test_taken_off_the_page_it_is_gone_and_the_log_says_so(self, statement, desk):
        update = make_update(statement)
        desk.post(reverse("admin:update_retract", args=[update.pk]))
        desk.post(reverse("admin:update_retract", args=[update.pk]))

        assert Client().get("/letter/updates/1/").status_code == 404
        assert AuditEntry.objects.get().action == "retract_update"

    def test_only_a_draft_is_deleted(self, statement, desk):
        shown, draft = make_update(statement), make_update(statement, at=None)
        for update in (shown, draft):
            desk.post(reverse("admin:signatures_update_delete", args=[update.pk]), {"post": "yes"})

        assert list(Update.objects.all()) == [shown]

    def test_a_moderator_reads_and_does_nothing(self, statement):
        desk, update = logged_in_client(make_moderator()), make_update(statement, at=None)

        assert desk.get(reverse("admin:update_preview", args=[update.pk])).status_code == 200
        assert desk.post(reverse("admin:update_publish", args=[update.pk])).status_code == 403
        assert Update.objects.get().published_at is None
