"""Delivery bundles: their content, who is left out, and who may download one."""

import csv
import hashlib
import json
from datetime import timedelta
from io import BytesIO, StringIO
from zipfile import ZipFile

import pytest
from django.core.files.storage import default_storage
from django.urls import reverse

from signatures.audit.models import AuditEntry
from signatures.privacy.retention import apply_retention
from signatures.review.moderate import reject
from signatures.signing.models.signature import Signature
from signatures.statements.models.switch import Switch
from signatures.statements.turn_switch import turn_on
from signatures.transfers.delivery_bundle import archive as packs
from signatures.transfers.delivery_bundle import book as setting
from signatures.transfers.delivery_bundle import fonts, markdown_tree
from signatures.transfers.delivery_bundle.contents import read_contents
from signatures.transfers.delivery_bundle.request import build_delivery_packs, request_delivery_pack
from signatures.transfers.models.delivery_bundle import DeliveryPack
from tests.organisers import logged_in_client, make_moderator, make_organiser, make_owner, move_login_back
from tests.people import NOON, make_signature, make_statement

pytestmark = pytest.mark.django_db

MAKE = reverse("admin:pack_make")
CODE = '#import "evil.typ": *  $x$ *bold* @ref <label> \\ ` // "'


@pytest.fixture
def statement():
    return make_statement()


def made(statement) -> dict[str, bytes]:
    """Returns the files of a bundle by the end of their name."""
    archive = BytesIO()
    packs.write_archive(archive, statement, lambda: NOON, lambda percent: None)
    with ZipFile(archive) as opened:
        return {name.partition("/")[2].removeprefix("letter"): opened.read(name) for name in opened.namelist()}


def names(files) -> list[str]:
    return [record["name"] for record in json.loads(files["-signatories.json"])["signatories"]]


class TestContents:
    def test_the_manifest_knows_each_file_and_each_version_by_its_digest(self, statement):
        make_signature(statement)

        files = made(statement)
        manifest = json.loads(files["manifest.json"])

        assert sorted(files) == [
            "-corrections.json", "-signatories.csv", "-signatories.json", ".pdf", "manifest.json",
        ]  # fmt: skip
        assert {name.removeprefix("letter"): entry["sha256"] for name, entry in manifest["files"].items()} == {
            name: hashlib.sha256(content).hexdigest() for name, content in files.items() if name != "manifest.json"
        }
        assert manifest["version_sha256"] == {"en": statement.translation_for("en").version.digest}
        assert manifest["as_of"] == "2026-11-03T12:00+00:00"
        assert files[".pdf"].startswith(b"%PDF-")

    def test_it_has_public_names_and_counts_the_others(self, statement):
        make_signature(statement, name="Ilse Varga")
        make_signature(statement, name="Not Named", visibility=Signature.Visibility.ANONYMOUS)
        make_signature(statement, name="Put Away", hidden_at=NOON)
        make_signature(statement, name="Not Yet", state=Signature.State.PENDING)

        files = made(statement)

        assert names(files) == ["Ilse Varga"]
        assert json.loads(files["manifest.json"])["count"] == {
            "all": 3, "people": 3, "organisations": 0, "named": 1, "not_named": 2,
        }  # fmt: skip
        assert b"Not Named" not in b"".join(files.values())

    def test_while_all_names_are_hidden_it_has_none_and_says_so(self, statement):
        make_signature(statement, name="Ilse Varga")
        turn_on(name=Switch.Name.HIDE_NAMES, statement=statement, actor=None, reason="a threat", message="!", now=NOON)

        assert names(made(statement)) == []
        assert "The organisers hide all names at this time; everybody still counts." in setting._counting_rules(
            read_contents(statement, lambda: NOON)
        )

    def test_its_table_runs_no_formula(self, statement):
        make_signature(statement, name="Ilse Varga", credit="=1+1")

        table = list(csv.reader(StringIO(made(statement)["-signatories.csv"].decode("utf-8-sig"))))

        assert table[1] == ["Ilse Varga", "'=1+1", "", "person", "music", "no", ""]

    def test_acts_by_which_the_count_went_down_are_in_it(self, statement):
        signature = make_signature(statement)
        reject(signature_id=signature.id, actor=make_organiser(), reason="a slip", now=NOON)

        [act] = json.loads(made(statement)["-corrections.json"])

        assert (act["day"], act["action"]) == ("2026-11-03", "reject")


class TestBook:
    def test_people_stand_by_sector_organisations_and_notables_apart(self, statement):
        make_signature(statement, name="Ilse Varga", notable=True)
        make_signature(statement, name="Omar Holt", sector="literature")
        make_signature(statement, name="A Guild", kind="organisation", website="https://www.guild.example.org/")

        book = setting._book(read_contents(statement, lambda: NOON))

        names_by_title = {title: [entry[0] for entry in entries] for title, entries in book["sections"]}
        names_by_title |= {label: [entry[0] for entry in entries] for label, _count, entries in book["people"]}
        assert book["sections"][1][1][0][1] == "guild.example.org"
        assert names_by_title == {
            "Notables": ["Ilse Varga"],
            "Organisations": ["A Guild"],
            "Music": ["Ilse Varga"],
            "Literature": ["Omar Holt"],
        }

    def test_it_is_set_at_any_moment(self, statement):
        """Typst refuses a time with fractions of a second, and every real time has them."""
        assert setting.render_book(read_contents(statement, lambda: NOON + timedelta(microseconds=1))).startswith(
            b"%PDF-"
        )

    def test_no_text_of_anybody_is_code(self):
        statement = make_statement(text=f"{CODE}\n\n- {CODE}", organiser=CODE)
        make_signature(statement, name=CODE, credit=CODE, organisation=CODE, notable=True)

        assert setting.render_book(read_contents(statement, lambda: NOON)).startswith(b"%PDF-")

    def test_marks_of_the_text_become_shapes(self):
        assert markdown_tree.markdown_tree("One *two* **three**\n\n- #four\n\n<b>") == [
            ["p", [["t", "One "], ["em", [["t", "two"]]], ["t", " "], ["strong", [["t", "three"]]]]],
            ["ul", [["li", [["p", [["t", "#four"]]]]]]],
            ["p", [["t", "<b>"]]],
        ]

    @pytest.mark.parametrize(
        "name",
        [
            "Ilse Varga", "Đặng Nguyễn", "Αλέξανδρος", "Наталья", "ליאור כהן", "ليلى الحداد", "अनिता शर्मा", "李小龍",
            "佐藤 美咲", "さとう", "김민준",
            "স্মিতা", "தமிழ்", "ქეთევან", "Արամ", "สมชาย", "O’Neill", "ሰላም", "မြန်မာ", "ខ្មែរ",
        ],
    )  # fmt: skip
    def test_our_fonts_have_the_letters(self, name):
        assert fonts.printable_form(name) == (name, True)

    def test_a_letter_that_they_have_not_is_spelled_and_told(self, statement):
        make_signature(statement, name="𐎠𐎡 Ilse")

        book = setting._book(read_contents(statement, lambda: NOON))

        [[_label, _count, [[shown, *_more]]]] = book["people"]
        assert fonts.has_glyphs(shown)
        assert shown.endswith("Ilse")
        assert "Names that have letters which none of our fonts has: 1." in book["colophon"][2]

    @pytest.mark.parametrize(
        ("text", "expected"), [("ليلى", True), ("כהן", True), ("Ilse", False), ("1 ليلى", True), ("", False)]
    )
    def test_each_name_runs_its_own_way(self, text, expected):
        assert fonts.is_rtl(text) is expected


class TestMaking:
    def test_an_organiser_asks_the_worker_makes_and_it_is_taken_away(self, statement):
        make_signature(statement)
        desk = logged_in_client(make_organiser())

        desk.post(MAKE, {"statement": statement.id, "reason": "for the ministry"})
        assert build_delivery_packs(clock=lambda: NOON) == 1
        pack = DeliveryPack.objects.get()
        response = desk.post(reverse("admin:pack_download", args=[pack.id]), {"reason": "handing it over"})

        content = b"".join(response.streaming_content)
        assert (pack.status, pack.progress, pack.size) == ("ready", 100, len(content))
        assert hashlib.sha256(content).hexdigest() == pack.digest
        entries = AuditEntry.objects.filter(action__in=["make_pack", "download_pack"]).order_by("id")
        assert [(entry.action, entry.reason) for entry in entries] == [
            ("make_pack", "for the ministry"), ("download_pack", "handing it over"),
        ]  # fmt: skip
        assert {(entry.object_type, entry.object_id) for entry in entries} == {("deliverypack", pack.id)}

    def test_when_it_was_ready_is_told_apart_from_the_moment_of_its_names(self, statement):
        """The clock is read when a bundle is claimed, when its names are read and when it is ready; then again for the
        second bundle."""
        _request_pack(statement)
        request_delivery_pack(statement=statement, actor=make_owner(), reason="again", now=NOON)
        minutes = iter(NOON + timedelta(minutes=row) for row in range(9))

        build_delivery_packs(clock=lambda: next(minutes))

        rows = DeliveryPack.objects.order_by("id").values_list("begun_at", "as_of", "ready_at")
        assert [[moment.minute for moment in row] for row in rows] == [[0, 1, 2], [3, 4, 5]]
        with default_storage.open(DeliveryPack.objects.latest("id").file) as file, ZipFile(file) as archive:
            assert json.loads(archive.read("letter/manifest.json"))["as_of"] == "2026-11-03T12:04+00:00"

    def test_its_page_comes_again_by_itself_until_it_is_ready(self, statement):
        pack = _request_pack(statement)
        page, desk = reverse("admin:signatures_deliverypack_change", args=[pack.id]), logged_in_client(make_owner())

        assert desk.get(page)["Refresh"] == "3"
        build_delivery_packs(clock=lambda: NOON)
        assert "Refresh" not in desk.get(page)

    def test_no_reason_no_pack(self, statement):
        desk = logged_in_client(make_organiser())

        assert desk.post(MAKE, {"statement": statement.id}).status_code == 422
        assert DeliveryPack.objects.count() == 0

    def test_it_is_for_organisers_with_a_fresh_password(self, statement):
        organiser = logged_in_client(make_organiser())
        move_login_back(organiser, timedelta(minutes=16), ["password_at"])

        assert (
            logged_in_client(make_moderator()).post(MAKE, {"statement": statement.id, "reason": "x"}).status_code == 403
        )
        assert organiser.post(MAKE, {"statement": statement.id, "reason": "x"}).status_code == 302
        assert DeliveryPack.objects.count() == 0

    def test_what_a_killed_worker_left_is_made_again(self, statement):
        pack = _request_pack(statement)
        DeliveryPack.objects.update(status="making", begun_at=NOON, tries=1)

        assert build_delivery_packs(clock=lambda: NOON + timedelta(minutes=5)) == 0
        assert build_delivery_packs(clock=lambda: NOON + timedelta(minutes=7)) == 1
        pack.refresh_from_db()
        assert (pack.status, pack.tries) == ("ready", 2)

    def test_what_fails_three_times_is_given_up(self, statement, monkeypatch, caplog):
        def full(*given):
            raise OSError("no space left")

        pack = _request_pack(statement)
        monkeypatch.setattr("signatures.transfers.delivery_bundle.request.default_storage.save", full)

        for _try in range(2):
            with pytest.raises(OSError, match="no space"):
                build_delivery_packs(clock=lambda: NOON)
        build_delivery_packs(clock=lambda: NOON)

        pack.refresh_from_db()
        assert (pack.status, pack.tries) == ("failed", 3)

    def test_after_thirty_days_it_is_gone_with_its_file(self, statement):
        _request_pack(statement)
        build_delivery_packs(clock=lambda: NOON)
        file = DeliveryPack.objects.get().file

        assert apply_retention(now=NOON + timedelta(days=29)).packs == 0
        assert default_storage.exists(file)
        assert apply_retention(now=NOON + timedelta(days=30)).packs == 1
        assert not default_storage.exists(file)
        assert DeliveryPack.objects.count() == 0


def _request_pack(statement) -> DeliveryPack:
    return request_delivery_pack(statement=statement, actor=make_organiser(), reason="for the ministry", now=NOON)
