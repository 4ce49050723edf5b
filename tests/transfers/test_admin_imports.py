"""Tests the admin pages of an import. The browser runs no scripts."""

from datetime import timedelta

import pytest
from bs4 import BeautifulSoup
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone

from signatures.audit.models import AuditEntry
from signatures.mail.models.email import Mail
from signatures.signing.models.signature import Signature
from signatures.statements.models.statement import Statement
from signatures.transfers.imports import tables
from signatures.transfers.imports.run import work_on_imports
from signatures.transfers.models.imports import Import, ImportLine
from tests.organisers import form_values, logged_in_client, make_moderator, make_organiser, messages_of, move_login_back
from tests.people import make_statement
from tests.transfers.test_import_files import PEOPLE, SHEET, with_part

pytestmark = pytest.mark.django_db

ADD, LIST = reverse("admin:signatures_import_add"), reverse("admin:signatures_import_changelist")
CSV = "Name,E-mail,Field of work\nIlse Varga,ilse@example.org,music\n=1+1,zora@example.org,music\n"


@pytest.fixture
def statement():
    return make_statement(now=timezone.now())


@pytest.fixture
def desk(statement):
    return logged_in_client(make_organiser())


def soup(response):
    return BeautifulSoup(response.content, "html.parser")


def bring(desk, content=CSV, *, name="fair.csv", source="on paper at the book fair"):
    content = content if isinstance(content, bytes) else content.encode()
    file = SimpleUploadedFile(name, content)
    return desk.post(ADD, {"statement": statement_id(), "source": source, "file": file})


def statement_id():
    return Statement.objects.get().pk


def page_of(import_=None):
    return reverse("admin:signatures_import_change", args=[(import_ or Import.objects.get()).pk])


def problems_of_it():
    return reverse("admin:import_problems", args=[Import.objects.get().pk])


def work():
    work_on_imports(clock=timezone.now)


def submit(desk, name, **more):
    page = page_of()
    return desk.post(page, {**form_values(desk.get(page), "#import_form"), name: "1", **more})


def checked(desk, content=CSV):
    bring(desk, content)
    work()
    submit(desk, "_columns")
    work()


class TestTheWay:
    def test_from_the_file_to_the_mails(self, desk):
        response = bring(desk)
        assert (response.status_code, response["Location"]) == (302, page_of())
        assert "The file is being read" in desk.get(page_of()).content.decode()
        work()

        columns = soup(desk.get(page_of())).select(".import-columns tbody tr")
        assert [row.select_one("option[selected]")["value"] for row in columns] == ["name", "email", "sector"]
        assert [row.select_one("bdi").text for row in columns] == ["Name", "E-mail", "Field of work"]
        submit(desk, "_columns")
        work()

        page = soup(desk.get(page_of()))
        figures = {row.th.text: row.td.text for row in page.select(".import-figures tr")}
        assert figures == {"ready": "1", "has a problem": "1"}
        [problem] = page.select(".import-problems tbody tr")
        assert problem.select_one("th").text == "3"
        assert "Begin with a letter or a number" in problem.text
        assert Mail.objects.count() == 0

        submit(desk, "_send", pace="100")
        assert Import.objects.get().pace == 100
        work()
        assert Signature.objects.values_list("name", "state").get() == ("Ilse Varga", "pending")
        [stands] = soup(desk.get(page_of())).select("a[href*='import=']")
        assert stands.text == "pending"
        assert len(soup(desk.get(stands["href"])).select("#result_list tbody tr")) == 1

    def test_it_shows_how_far_it_is_without_scripts(self, desk):
        bring(desk)

        assert desk.get(page_of())["Refresh"] == "2"
        work()
        assert "Refresh" not in desk.get(page_of())

    def test_columns_that_make_no_sense_are_refused(self, desk):
        bring(desk)
        work()

        response = submit(desk, "_columns", **{"column-1": "name"})

        assert response.status_code == 422
        assert "Two columns have the same meaning" in soup(response).select_one(".errornote").text
        assert Import.objects.get().status == "read"

    def test_columns_can_be_chosen_again_until_mails_go_out(self, desk):
        checked(desk)

        assert soup(desk.get(page_of() + "?columns=1")).select(".import-columns")
        submit(desk, "_send", pace="100")
        assert not soup(desk.get(page_of() + "?columns=1")).select(".import-columns")

    @pytest.mark.parametrize("pace", ["0", "-1", "x", "", "100001"])
    def test_an_odd_pace_is_refused(self, desk, pace):
        checked(desk)

        assert submit(desk, "_send", pace=pace).status_code == 422
        assert Import.objects.get().status == "checked"

    def test_it_pauses_goes_on_and_stops(self, desk):
        checked(desk)
        for name, status in (("_send", "running"), ("_pause", "paused"), ("_send", "running"), ("_stop", "stopped")):
            submit(desk, name, pace="5")
            assert Import.objects.get().status == status

    def test_what_somebody_else_has_done_meanwhile_is_told(self, desk):
        checked(desk)

        response = desk.post(page_of(), {"_pause": "1"})

        assert messages_of(response) == [
            "Nothing was changed: this import has changed in the meantime. The page shows its current state."
        ]

    def test_the_same_file_is_known_again(self, desk):
        checked(desk)
        submit(desk, "_send", pace="5")
        bring(desk)
        work()
        second = Import.objects.latest("id")
        desk.post(page_of(second), {**form_values(desk.get(page_of(second)), "#import_form"), "_columns": "1"})
        work()

        assert "The same file was already sent on" in desk.get(page_of(second)).content.decode()

    def test_problems_come_a_hundred_at_a_time(self, desk, monkeypatch):
        checked(desk, "name,email\n" + "Ilse,x\n" * 150)

        first = soup(desk.get(page_of()))
        [more] = [link["href"] for link in first.select("a[href^='?after=']")]
        second = soup(desk.get(page_of() + more))

        lines = [[row.th.text for row in page.select(".import-problems tbody tr")] for page in (first, second)]
        assert (len(lines[0]), lines[0][-1], lines[1][0], len(lines[1])) == (100, "101", "102", 50)

    def test_all_problems_leave_as_csv_that_computes_nothing(self, desk):
        checked(desk)

        response = desk.post(problems_of_it(), {"reason": "to mend them"})

        lines = b"".join(response).decode("utf-8-sig").splitlines()
        assert lines[0] == "Line,Problem,Name,E-mail,Field of work"
        assert lines[1].endswith(",'=1+1,zora@example.org,music")
        assert len(lines) == 2

    def test_who_takes_the_problems_is_written_down_before_they_leave(self, desk):
        checked(desk)

        assert "1 line of fair.csv as it is in the file" in " ".join(soup(desk.get(problems_of_it())).text.split())
        assert desk.post(problems_of_it(), {"reason": ""}).status_code == 422
        assert not AuditEntry.objects.filter(action="export").exists()

        desk.post(problems_of_it(), {"reason": "to mend them"})
        entry = AuditEntry.objects.get(action="export")
        import_ = Import.objects.get()
        assert (entry.actor.username, entry.reason, entry.statement) == ("organiser", "to mend them", import_.statement)
        assert (entry.subject, entry.object_type, entry.object_id) == (
            f"import {import_.pk}: fair.csv",
            "import",
            import_.pk,
        )
        assert entry.details == {"lines": 1, "format": "csv", "mailboxes": True}


class TestABadFile:
    @pytest.mark.parametrize(
        ("name", "content", "words"),
        [
            ("fair.pdf", CSV.encode(), "Choose a CSV or XLSX file"),
            ("fair.csv", b"", "The submitted file is empty."),
            ("fair.csv", PEOPLE, "This is not a CSV file"),
            ("fair.csv", b"name,email\nIl\0se,i@example.org\n", "This is not a CSV file"),
            ("fair.xlsx", CSV.encode(), "This is not an XLSX file"),
            ("fair.xlsx", PEOPLE[:2000], "The file is damaged"),
            ("fair.xlsx", with_part(PEOPLE, SHEET, bytes(160_000_000)), "larger than 150 MB"),
        ],
        ids=["ending", "empty", "xlsx as csv", "nul", "csv as xlsx", "cut off", "bomb"],
    )
    def test_what_can_be_told_at_once_is_told_at_once(self, desk, name, content, words):
        response = bring(desk, content, name=name)

        assert response.status_code == 422
        assert words in soup(response).select_one(".errornote").text
        assert Import.objects.count() == 0

    def test_one_that_is_too_large(self, desk, monkeypatch):
        monkeypatch.setattr(tables, "MAX_IMPORT_BYTES", 50)

        assert "larger than 25 MB" in bring(desk).content.decode()
        assert Import.objects.count() == 0

    @pytest.mark.parametrize(
        ("content", "words"),
        [
            (CSV.encode() + "Zoë,z@example.org,music".encode("latin-1"), "This is not UTF-8."),
            (b"name," + b"x," * 300 + b"\n", "There are more than 50 columns."),
            (b"name,email\nIlse," + b"x" * 10_000_000, "Line 2: A cell has more than 32,767 characters."),
            (b"Ilse Varga,ilse@example.org\n", "The first line has to name the columns"),
            (b"name,email\n" + b"Ilse,i@example.org\n" * 1_001, "There are more than 100,000 people in it."),
            (b"name,email\n", "There are no people below the column names."),
        ],
        ids=["latin-1", "300 columns", "10 MB in a cell", "no heading", "too many lines", "nobody"],
    )
    def test_what_the_worker_finds_is_told_on_its_page(self, desk, content, words, monkeypatch):
        monkeypatch.setattr(tables, "MAX_IMPORT_LINES", 1_000)  # the real limit, named on the page, is slow to reach
        bring(desk, content)
        work()

        page = soup(desk.get(page_of()))
        assert words in page.select_one(".errornote").text
        assert (ImportLine.objects.count(), Signature.objects.count()) == (0, 0)

    def test_a_formula_in_each_cell_is_a_problem_of_each_line(self, desk):
        checked(desk, "name,email,sector\n" + "=A1,=A1,=A1\n" * 3)

        import_ = Import.objects.get()
        assert (import_.ready, import_.bad) == (0, 3)
        assert "Send the emails" not in desk.get(page_of()).content.decode()

    def test_for_a_statement_that_never_opens_again(self, desk, statement):
        Statement.objects.update(state="closed", mailboxes_erased_at=timezone.now())

        assert bring(desk).status_code == 422
        assert Import.objects.count() == 0

    @pytest.mark.parametrize("source", ["", "see https://example.org", "=cmd", "x" * 121, "a\nb"])
    def test_what_everybody_reads_in_their_mail_has_a_names_hygiene(self, desk, source):
        assert bring(desk, source=source).status_code == 422
        assert Import.objects.count() == 0


class TestWhoMay:
    def test_a_moderator_may_not(self, desk):
        checked(desk)
        other = logged_in_client(make_moderator())

        for page in (LIST, ADD, page_of(), problems_of_it()):
            assert other.get(page).status_code == 403, page
        assert other.post(problems_of_it(), {"reason": "to mend them"}).status_code == 403
        assert other.post(page_of(), {"_send": "1", "pace": "5"}).status_code == 403
        assert Import.objects.get().status == "checked"

    def test_the_password_is_asked_for_again(self, desk):
        checked(desk)
        move_login_back(desk, timedelta(minutes=16), ["password_at"])

        assert desk.get(page_of()).status_code == 200
        answers = [desk.get(ADD), desk.get(problems_of_it()), desk.post(problems_of_it(), {"reason": "to mend them"})]
        answers += [desk.post(page_of(), {"_send": "1", "pace": "5"})]
        assert not AuditEntry.objects.filter(action="export").exists()
        assert {answer["Location"].partition("?")[0] for answer in answers} == {reverse("admin:again")}
        assert Import.objects.get().status == "checked"

    def test_a_line_cannot_speak_html(self, desk):
        checked(desk, "name,email,sector\n<script>alert(1)</script>,<b>x</b>,<i>\n")

        assert not soup(desk.get(page_of())).select("table script, table td b, table td i")

    def test_a_button_that_is_none_does_nothing(self, desk):
        checked(desk)

        assert desk.post(page_of(), {"_nothing": "1"}).status_code == 403
