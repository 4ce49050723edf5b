"""The fill command makes a large test site with consistent rows, and refuses a site with real signatures."""

import unicodedata
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.utils import timezone

from signatures.demo import fill as filling
from signatures.demo.copy_rows import address
from signatures.identity import mailbox, search_keys
from signatures.identity.names import clean_credit, clean_name
from signatures.mail.models.email import Mail
from signatures.privacy.retention import apply_retention
from signatures.public.fold_tally import recount
from signatures.public.models.tally import TallyEntry, count
from signatures.signing.models.signature import Signature
from signatures.statements.models.statement import Statement
from tests.people import make_signature, make_statement

State = Signature.State
SIGNATURE_COUNT = 3000


def fill(*arguments: str, number: int = SIGNATURE_COUNT) -> str:
    out = StringIO()
    call_command("fill", "--signatures", str(number), *arguments, stdout=out)
    return out.getvalue()


def structure() -> set[tuple[str, str]]:
    """Returns the definition of every index and constraint of the two tables."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT indexname, indexdef FROM pg_indexes WHERE tablename IN ('signatures_signature', 'signatures_mail')"
            " UNION ALL SELECT conname, pg_get_constraintdef(oid) || convalidated FROM pg_constraint"
            " WHERE conrelid IN ('signatures_signature'::regclass, 'signatures_mail'::regclass)"
        )
        return set(cursor.fetchall())


def script(name: str) -> str:
    return unicodedata.name(name[0]).split()[0]


@pytest.mark.django_db
class TestPeople:
    @pytest.fixture
    def statement(self) -> Statement:
        now = timezone.now()
        statement = filling.statement_to_fill(None, now=now)
        filling.fill(statement=statement, count=SIGNATURE_COUNT, seed=1, now=now)
        return statement

    def test_the_counts_are_true_and_folded(self, statement):
        confirmed = Signature.objects.filter(state=State.CONFIRMED).count()
        assert SIGNATURE_COUNT * 0.94 < confirmed < SIGNATURE_COUNT * 0.98
        assert count(statement.id).all == confirmed
        assert (recount(), TallyEntry.objects.count()) == ([], 0)

    def test_every_state_sector_kind_and_visibility_is_among_them(self, statement):
        rows = Signature.objects.of(statement)
        assert set(rows.values_list("state", flat=True)) == set(State.values)
        assert set(rows.values_list("kind", flat=True)) == set(Signature.Kind.values)
        assert set(rows.values_list("visibility", flat=True)) == set(Signature.Visibility.values)
        assert rows.values("sector").distinct().count() == 6
        assert rows.values("version").distinct().count() == rows.values("version__language").distinct().count() >= 4

    def test_names_are_of_many_scripts_and_found_by_their_keys(self, statement):
        rows = list(Signature.objects.of(statement))
        assert {script(row.name) for row in rows} >= {"LATIN", "ARABIC", "DEVANAGARI", "CJK", "CYRILLIC", "HANGUL"}
        assert [row.search_key for row in rows] == [search_keys.search_key(row.name) for row in rows]

    def test_all_that_is_shown_would_pass_the_form(self, statement):
        for row in Signature.objects.of(statement):
            assert clean_name(row.name) == row.name
            assert (clean_credit(row.credit), clean_credit(row.organisation)) == (row.credit, row.organisation)

    def test_each_signed_at_a_moment_of_their_own_in_order(self, statement):
        moments = list(Signature.objects.order_by("id").values_list("created_at", flat=True))
        assert moments == sorted(set(moments))
        assert statement.opens_at <= moments[0]
        assert moments[-1] <= timezone.now()

    def test_each_mailbox_is_sealed_and_found_by_its_address(self, statement):
        for number in (0, 7, SIGNATURE_COUNT - 1):
            by = mailbox.parse(address(statement.slug, number))
            assert Signature.objects.of(statement).from_mailbox(by).get().address == by.address

    def test_each_was_sent_a_mail_whose_digest_is_forgotten_in_time(self, statement):
        assert Mail.objects.filter(status=Mail.Status.SENT).values("signature").distinct().count() == SIGNATURE_COUNT
        assert 0 < Mail.objects.filter(mailbox_digest__isnull=False).count() < SIGNATURE_COUNT / 4
        assert apply_retention(now=timezone.now()).email_digests == 0

    def test_the_same_seed_makes_the_same_people(self, statement):
        names = list(Signature.objects.order_by("id").values_list("name", flat=True))
        Mail.objects.all().delete()
        Signature.objects.all().delete()
        with connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        filling.fill(statement=statement, count=SIGNATURE_COUNT, seed=1, now=timezone.now())
        assert list(Signature.objects.order_by("id").values_list("name", flat=True)) == names

    def test_where_it_stops_early_nothing_has_changed(self, statement, monkeypatch):
        before, existing = structure(), Signature.objects.count()

        def fail():
            raise KeyboardInterrupt

        monkeypatch.setattr(filling, "fold", fail)
        with pytest.raises(KeyboardInterrupt):
            filling.fill(statement=statement, count=2 * SIGNATURE_COUNT, seed=2, now=timezone.now())
        assert (structure(), Signature.objects.count()) == (before, existing)


@pytest.mark.django_db(transaction=True)
class TestTheCommand:
    def test_it_writes_in_several_processes_and_leaves_every_index_as_it_was(self, monkeypatch):
        monkeypatch.setattr(filling, "CHUNK", 400)
        monkeypatch.setattr(filling, "MIN_FOR_PROCESSES", 400)
        before = structure()

        assert fill().startswith(f"/makers-letter/  {SIGNATURE_COUNT:,} more signatures, all invented, in ")
        assert Signature.objects.count() == SIGNATURE_COUNT
        assert structure() == before
        assert recount() == []

    def test_it_fills_the_statement_that_is_named_and_adds_to_what_it_filled(self):
        statement = make_statement()
        fill("--statement", "letter")
        fill("--statement", "letter", "--add", number=500)
        fill("--statement", "letter", "--add", number=5000)

        assert Signature.objects.of(statement).with_mailbox().count() == SIGNATURE_COUNT + 5500
        assert recount() == []

    def test_it_leaves_a_site_alone_on_which_somebody_signed(self):
        make_signature(make_statement())
        with pytest.raises(CommandError, match="There are signatures here already"):
            fill("--statement", "letter")
        assert Signature.objects.count() == 1

    def test_errors_are_one_line(self, monkeypatch):
        with pytest.raises(CommandError, match="no statement at /elsewhere/"):
            fill("--statement", "elsewhere")
        with pytest.raises(CommandError, match="1 or more"):
            fill(number=0)
        monkeypatch.setattr("signatures.management.commands.fill.find_spec", lambda name: None)
        with pytest.raises(CommandError, match="needs Faker"):
            fill()
