"""Exports: which users get which columns, and that no spreadsheet computes what a signer typed."""

import csv
import tracemalloc
from datetime import timedelta
from io import BytesIO, StringIO
from zipfile import ZipFile

import pytest
from django.contrib.auth.models import Permission
from django.urls import reverse
from openpyxl import load_workbook
from openpyxl.utils.escape import unescape

from signatures.audit.models import AuditEntry
from signatures.signing.models.signature import Signature
from signatures.signing.withdraw import withdraw
from signatures.statements.models.statement import Statement
from signatures.statements.models.switch import Switch
from signatures.statements.turn_switch import turn_on
from signatures.transfers.exports import formula_injection, rows
from signatures.transfers.exports.columns import columns_for
from signatures.transfers.exports.csv_file import csv_file
from signatures.transfers.exports.rows import RowSelection, row_batches
from signatures.transfers.exports.xlsx_file import xlsx_file
from tests.organisers import logged_in_client, make_moderator, make_organiser, make_staff, move_login_back
from tests.people import NOON, make_signature, make_statement
from tests.threads import at_once

pytestmark = pytest.mark.django_db

EXPORT = reverse("admin:signature_export")
OF_PUBLIC = ["statement", "name", "credit", "organisation", "website", "kind", "sector", "notable"]
OF_DESK = [
    "state", "officer", "officer_post", "list", "language", "version", "signed_at", "confirmed_at", "updates", "flags",
]  # fmt: skip
DANGEROUS = [
    "=1+1",
    "+44 20",
    "-2+3",
    "@SUM(A1)",
    "\t=1+1",
    "\r=1+1",
    "\n=1+1",
    "  =1+1",
    "\u00a0=1+1",
    "＝1+1",
    "＋1",
    "－1",
    "＠SUM(A1)",
    "﹦1",
    "﹢1",
    "﹣1",
    "﹫A1",
    "−1",
    '=HYPERLINK("https://evil.example","x")',
    "=cmd|' /C calc'!A0",
]


@pytest.fixture
def statement() -> Statement:
    return make_statement()


@pytest.fixture
def organiser():
    return logged_in_client(make_organiser())


def form_data(**more):
    return {"format": "csv", "whom": "all", "reason": "for the printers", **more}


def exported(client, **more) -> bytes:
    response = client.post(EXPORT, form_data(**more))
    assert response.status_code == 200, response.content
    return b"".join(response.streaming_content)


def table(content: bytes) -> list[list[str]]:
    return list(csv.reader(StringIO(content.decode("utf-8-sig"), newline="")))


def records(content: bytes) -> list[dict[str, str]]:
    headings, *cells = table(content)
    return [dict(zip(headings, row, strict=True)) for row in cells]


def names(content: bytes) -> list[str]:
    return [record["name"] for record in records(content)]


def exporter():
    """Returns a client that may export but may not see signatures in the admin."""
    person = make_staff("exporter")
    person.user_permissions.add(Permission.objects.get(codename="export_signature"))
    return logged_in_client(person)


class TestRow27:
    @pytest.mark.parametrize("text", DANGEROUS)
    def test_row_27_no_cell_of_a_csv_begins_as_a_formula(self, text):
        content = b"".join(csv_file(["name"], [[[text], ["Ilse"]]]))

        assert table(content) == [["name"], [f"'{text}"], ["Ilse"]]

    @pytest.mark.parametrize("text", DANGEROUS)
    def test_row_27_every_cell_of_a_workbook_is_a_text_even_when_it_is_edited(self, text):
        content = b"".join(xlsx_file(["name"], [[[text], ["Ilse"]]]))
        sheet = load_workbook(BytesIO(content)).active

        [formula], [plain] = sheet.iter_rows(min_row=2)
        assert (unescape(formula.value), formula.data_type, formula.number_format) == (text, "s", "@")
        assert (formula.quotePrefix, plain.quotePrefix) == (True, False)
        assert b"<f>" not in ZipFile(BytesIO(content)).read("xl/worksheets/sheet1.xml")

    def test_row_27_a_name_that_is_a_formula_leaves_as_a_text(self, statement, organiser):
        make_signature(statement, credit='=HYPERLINK("https://evil.example")')

        assert [record["credit"] for record in records(exported(organiser))] == ['\'=HYPERLINK("https://evil.example")']

    @pytest.mark.parametrize(
        "text", ["", "Ilse Varga", "Jean-Luc", "a=b", "李小龙", "ليلى الحداد", "1984", "O’Neill", "&Sons"]
    )
    def test_row_27_other_table_rowsstay_as_they_are(self, text):
        assert formula_injection.escape_formula(text) == text


class TestWhoGetsWhat:
    def test_an_organiser_gets_what_the_desk_shows(self, statement, organiser):
        make_signature(statement, name="Ilse Varga", credit="composer", address="ilse@example.org")

        content = exported(organiser)

        assert content.startswith(b"\xef\xbb\xbf")
        assert table(content)[0] == OF_PUBLIC + OF_DESK
        [record] = records(content)
        version = statement.translation_for("en").version.digest
        assert record == {
            "statement": "letter", "name": "Ilse Varga", "credit": "composer", "organisation": "", "website": "",
            "kind": "person", "sector": "music", "notable": "no", "state": "confirmed", "officer": "",
            "officer_post": "", "list": "shown", "language": "en",
            "version": version, "signed_at": "2026-11-03 12:00:00+00:00", "confirmed_at": "2026-11-03 12:00:00+00:00",
            "updates": "no", "flags": "",
        }  # fmt: skip
        assert b"ilse@example.org" not in content

    def test_mailboxes_are_there_when_they_are_asked_for(self, statement, organiser):
        make_signature(statement, address="ilse@example.org")

        assert [record["mailbox"] for record in records(exported(organiser, with_mailboxes="on"))] == [
            "ilse@example.org"
        ]

    def test_who_may_not_see_mailboxes_gets_none_by_asking(self, statement):
        make_signature(statement, address="ilse@example.org")
        person = make_staff("archivist")
        person.user_permissions.set(Permission.objects.filter(codename__in=["export_signature", "view_signature"]))

        content = exported(logged_in_client(person), with_mailboxes="on")

        assert table(content)[0] == OF_PUBLIC + OF_DESK
        assert b"ilse@example.org" not in content

    def test_who_reads_no_signatures_at_the_desk_gets_what_the_public_sees(self, statement):
        make_signature(statement, name="Ilse Varga")
        make_signature(statement, name="Not Named", visibility=Signature.Visibility.ANONYMOUS)
        make_signature(statement, name="Not Yet", state=Signature.State.PENDING)
        make_signature(statement, name="Put Away", hidden_at=NOON)

        content = exported(exporter(), whom="all", state="pending")

        assert (table(content)[0], names(content)) == (OF_PUBLIC, ["Ilse Varga"])

    def test_while_all_names_are_hidden_they_get_none(self, statement):
        make_signature(statement, name="Ilse Varga")
        turn_on(name=Switch.Name.HIDE_NAMES, statement=None, actor=None, reason="a threat", message="!", now=NOON)

        assert names(exported(exporter())) == []

    def test_each_row_says_whether_the_public_sees_it_and_why_not(self, statement, organiser):
        other = make_statement("other")
        make_signature(statement, name="Shown")
        make_signature(statement, name="Not Named", visibility=Signature.Visibility.ANONYMOUS)
        make_signature(statement, name="Put Away", hidden_at=NOON)
        make_signature(statement, name="Not Yet", state=Signature.State.PENDING)
        make_signature(other, name="All Hidden")
        turn_on(name=Switch.Name.HIDE_NAMES, statement=other, actor=None, reason="a threat", message="!", now=NOON)

        assert {record["name"]: record["list"] for record in records(exported(organiser))} == {
            "Shown": "shown",
            "Not Named": "anonymous",
            "Put Away": "hidden",
            "Not Yet": "not counted",
            "All Hidden": "names hidden",
        }

    def test_a_moderator_does_not_export(self):
        desk = logged_in_client(make_moderator())

        assert [desk.get(EXPORT).status_code, desk.post(EXPORT, form_data()).status_code] == [403, 403]

    def test_only_who_may_is_led_there(self):
        address = reverse("admin:signatures_signature_changelist")
        offers = [
            EXPORT.encode() in logged_in_client(who).get(address).content
            for who in (make_organiser(), make_moderator())
        ]

        assert offers == [True, False]


class TestOnRecord:
    def test_an_export_is_written_down_before_it_leaves(self, statement, organiser):
        music = statement.sectors.get(slug="music")

        organiser.post(EXPORT, form_data(statement=statement.id, sector=music.id, with_mailboxes="on", format="xlsx"))

        entry = AuditEntry.objects.get(action="export")
        assert (entry.actor.username, entry.statement, entry.reason) == ("organiser", statement, "for the printers")
        assert entry.details == {"whom": "all", "sector": "music", "format": "xlsx", "mailboxes": True}

    def test_without_a_reason_nothing_leaves(self, organiser):
        response = organiser.post(EXPORT, form_data(reason=" "))

        assert (response.status_code, AuditEntry.objects.filter(action="export").count()) == (422, 0)
        assert b"Write the reason." in response.content

    def test_the_password_is_asked_for_again_when_it_is_old(self, organiser):
        move_login_back(organiser, timedelta(minutes=16), ["password_at"])

        response = organiser.post(EXPORT, form_data())

        assert response["Location"].partition("?")[0] == reverse("admin:again")
        assert AuditEntry.objects.filter(action="export").count() == 0


class TestFilters:
    @pytest.mark.parametrize(
        ("chosen", "expected"),
        [
            ({}, ["Ilse", "Guild", "Omar", "Later"]),
            ({"whom": "shown"}, ["Ilse", "Guild", "Omar"]),
            ({"kind": "organisation"}, ["Guild"]),
            ({"state": "pending"}, ["Later"]),
            ({"sector": "literature"}, ["Omar"]),
            ({"statement": "letter"}, ["Ilse", "Guild", "Later"]),
        ],
    )
    def test_as_in_the_list(self, statement, organiser, chosen, expected):
        make_signature(statement, name="Ilse")
        make_signature(statement, name="Guild", kind="organisation")
        make_signature(make_statement("other"), name="Omar", sector="literature")
        make_signature(statement, name="Later", state=Signature.State.PENDING)
        chosen = dict(chosen)
        if "sector" in chosen:
            chosen["sector"] = statement.sectors.get(slug=chosen["sector"]).id
        if "statement" in chosen:
            chosen["statement"] = statement.id

        assert names(exported(organiser, **chosen)) == expected

    def test_what_is_chosen_in_the_list_is_chosen_here(self, statement, organiser):
        page = organiser.get(EXPORT, {"statement__id__exact": statement.id, "state__exact": "held"})

        assert page.context["form"].initial == {"statement": str(statement.id), "state": "held"}

    @pytest.mark.parametrize(
        "odd", [{"statement": "x"}, {"kind": "robot"}, {"format": "exe"}, {"sector": "99999999999999999999"}]
    )
    def test_what_is_no_choice_is_told(self, organiser, odd):
        assert organiser.post(EXPORT, form_data(**odd)).status_code == 422


class TestFiles:
    def test_batches_follow_each_other_without_a_gap(self, statement, organiser, monkeypatch):
        monkeypatch.setattr(rows, "BATCH", 3)
        made = [make_signature(statement, name=f"Person {n}").name for n in range(7)]

        assert names(exported(organiser)) == made

    def test_a_workbook_has_every_row_as_another_program_reads_it(self, statement, organiser):
        make_signature(statement, name="ليلى الحداد", credit='a < b & "c"')
        make_signature(statement, name="李小龙")

        sheet = load_workbook(BytesIO(exported(organiser, format="xlsx"))).active

        table_rows = [[cell.value for cell in row][:3] for row in sheet.iter_rows()]
        assert table_rows == [
            ["statement", "name", "credit"], ["letter", "ليلى الحداد", "a < b & \"c\""], ["letter", "李小龙", None],
        ]  # fmt: skip

    def test_past_what_a_sheet_can_hold_another_begins(self):
        batches = [[[f"{batch}-{n}"] for n in range(4)] for batch in range(3)]

        book = load_workbook(BytesIO(b"".join(xlsx_file(["name"], batches, max_rows=6))))

        sheets = [[row[0].value for row in sheet.iter_rows()] for sheet in book.worksheets]
        flat = [cell for batch in batches for [cell] in batch]
        assert sheets == [["name", *flat[:5]], ["name", *flat[5:10]], ["name", *flat[10:]]]

    def test_a_sheet_that_is_just_full_is_the_last(self):
        book = load_workbook(BytesIO(b"".join(xlsx_file(["name"], [[["a"], ["b"]]], max_rows=3))))

        assert len(book.worksheets) == 1

    def test_nobody_is_a_file_with_its_headings(self, organiser):
        assert table(exported(organiser)) == [OF_PUBLIC + OF_DESK]
        assert load_workbook(BytesIO(exported(organiser, format="xlsx"))).active.max_row == 1

    @pytest.mark.parametrize("text", ["_x003D_1", "a\x00b", "line\rline", "\ud800"])
    def test_what_xml_cannot_say_breaks_no_workbook(self, text):
        sheet = load_workbook(BytesIO(b"".join(xlsx_file(["name"], [[[text]]])))).active

        assert sheet["A2"].data_type == "s"

    @pytest.mark.parametrize("write", [csv_file, xlsx_file])
    def test_rows_that_have_left_are_not_kept(self, write):
        """A hundred times as many rows need the same memory."""

        def peak(batch_count: int) -> int:
            tracemalloc.start()
            for _part in write(["name"], ([["Ilse Varga"] * 10] * 500 for _ in range(batch_count))):
                pass
            most = tracemalloc.get_traced_memory()[1]
            tracemalloc.stop()
            return most

        assert peak(100) < 2 * peak(1) + 100_000


@pytest.mark.django_db(transaction=True)
def test_an_export_is_as_of_one_moment(monkeypatch):
    """A person signs and another withdraws after the first batch was sent."""
    monkeypatch.setattr(rows, "BATCH", 2)
    statement = make_statement()
    made = [make_signature(statement, name=f"Person {n}") for n in range(5)]
    columns = columns_for(for_desk=False, with_mailboxes=False)
    source = row_batches(RowSelection(), columns)
    first = next(source)

    def meanwhile(_number):
        make_signature(statement, name="Too Late")
        withdraw(signature_id=made[4].id, now=NOON)

    at_once(1, meanwhile)

    assert [row[1] for row in [*first, *(row for batch in source for row in batch)]] == [
        f"Person {n}" for n in range(5)
    ]
