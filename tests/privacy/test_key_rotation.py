"""This module tests that keys can be rotated while people sign."""

import threading
from collections import Counter
from datetime import timedelta
from io import StringIO

import pytest
from cryptography.fernet import InvalidToken
from django.apps import apps
from django.core.management import call_command
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from signatures.desk.models import Authenticator
from signatures.identity import mailbox
from signatures.identity.mailbox import decrypt_address
from signatures.mail.bounces import DeliveryReport, store_mail_events
from signatures.mail.models.email import Mail, Suppression, lock_mailbox
from signatures.mail.models.mail_event import MailEvent
from signatures.mail.send import send_emails
from signatures.privacy import key_rotation
from signatures.privacy.erase import erase, not_me
from signatures.privacy.key_rotation import keys_in_use, rotate_signatures
from signatures.privacy.subject_access import find_person
from signatures.public.fold_tally import fold, recount, recount_referrals
from signatures.signing.models.share import Share, brought
from signatures.signing.models.signature import Signature
from signatures.signing.referrals import create_share_link
from signatures.signing.resend import queue_own_page_email
from signatures.signing.withdraw import withdraw
from signatures.transfers.imports.manage import start_import
from tests.importing import make_checked_import, run_import_worker
from tests.organisers import make_authenticator, make_organiser
from tests.people import NOON, make_details, make_signature, make_statement, sign
from tests.threads import at_once

OLD_FIELD, NEW_FIELD = "an-old-field-key-" + "0" * 32, "a-new-field-key-" + "1" * 32
OLD_DIGEST, NEW_DIGEST = "an-old-digest-key-" + "0" * 32, "a-new-digest-key-" + "1" * 32
Reason = Suppression.Reason


@pytest.fixture(autouse=True)
def quick(monkeypatch):
    monkeypatch.setattr("signatures.management.commands.rotate_keys.PAUSE", 0)


@pytest.fixture
def keys(settings):
    """Changes the keys in the settings: only the old ones, new ones before the old ones, or only the new ones."""

    def use(*which: str) -> None:
        settings.FIELD_KEYS = [{"old": OLD_FIELD, "new": NEW_FIELD}[name] for name in which]
        settings.DIGEST_KEYS = [{"old": OLD_DIGEST, "new": NEW_DIGEST}[name] for name in which]

    use("old")
    return use


@pytest.fixture
def statement(keys, db):
    return make_statement()


def rotate_keys() -> tuple[int, str]:
    """Returns the exit code and the output of the command."""
    out = StringIO()
    try:
        call_command("rotate_keys", stdout=out)
    except SystemExit as stop:
        return int(stop.code or 0), out.getvalue()
    return 0, out.getvalue()


def digest_under(key: str, address: str) -> bytes:
    return mailbox.digest(mailbox.parse(address).canonical, key.encode())


class TestRotating:
    def test_after_it_the_new_keys_alone_are_enough(self, statement, keys):
        signature = make_signature(statement, address="Ilse.Varga+x@gmail.com")
        queue_own_page_email(signature_id=signature.id, now=NOON)
        keys("new", "old")

        code, output = rotate_keys()

        assert (code, output.splitlines()[0]) == (0, "1 mailboxes: 1 renewed")
        assert output.count("not needed any more: remove it") == 2
        keys("new")
        row = Signature.objects.from_mailbox(mailbox.parse("ilsevarga@gmail.com")).get()
        assert row.address == "Ilse.Varga+x@gmail.com"
        assert row.digest_key == mailbox.key_id(NEW_DIGEST)
        assert bytes(Mail.objects.get().mailbox_digest) == bytes(row.mailbox_digest)

    def test_without_it_the_old_keys_are_needed(self, statement, keys):
        signature = make_signature(statement)
        keys("new")

        with pytest.raises(InvalidToken):
            Signature.objects.get(id=signature.id).address  # noqa: B018

    def test_a_second_run_renews_nothing(self, statement, keys):
        make_signature(statement)
        keys("new", "old")
        rotate_keys()
        before = Signature.objects.values().get()

        code, output = rotate_keys()

        assert (code, output.splitlines()[0]) == (0, "1 mailboxes: 0 renewed")
        assert Signature.objects.values().get() == before

    def test_with_one_key_there_is_nothing_to_do(self, statement):
        make_signature(statement)

        assert rotate_keys() == (0, "1 mailboxes: 0 renewed\n")

    def test_an_empty_site_has_nothing_to_renew(self, statement, keys):
        keys("new", "old")

        assert rotate_keys()[0] == 0

    def test_one_key_can_change_without_the_other(self, statement, keys, settings):
        signature = make_signature(statement)
        before = bytes(signature.mailbox_digest)
        settings.FIELD_KEYS = [NEW_FIELD, OLD_FIELD]

        assert rotate_keys()[0] == 0
        row = Signature.objects.get()
        assert mailbox.is_under_newest_key(row.mailbox)
        assert bytes(row.mailbox_digest) == before

    def test_an_interrupted_run_is_taken_up_again(self, statement, keys, monkeypatch):
        monkeypatch.setattr(key_rotation, "BATCH", 2)
        for _ in range(5):
            make_signature(statement)
        keys("new", "old")
        done = rotate_signatures()
        assert (done.seen, done.renewed) == (2, 2)

        code, output = rotate_keys()

        assert (code, output.splitlines()[0]) == (0, "5 mailboxes: 3 renewed")

    def test_progress_is_told(self, statement, keys, monkeypatch):
        monkeypatch.setattr(key_rotation, "BATCH", 2)
        monkeypatch.setattr("signatures.management.commands.rotate_keys.REPORT_EVERY", 4)
        for _ in range(9):
            make_signature(statement)
        keys("new", "old")

        assert rotate_keys()[1].splitlines()[:2] == ["checked 4, renewed 4", "checked 8, renewed 8"]

    def test_by_which_link_somebody_came_moves_along_without_its_number(self, statement, keys):
        sharer, came = make_signature(statement), make_signature(statement, via="0123456789")
        Share.objects.create(signature=sharer, code="0123456789")
        create_share_link(came)
        fold()
        keys("new", "old")

        code, output = rotate_keys()

        assert (code, "1 links that signatures came by renewed" in output) == (0, True)
        fold()
        keys("new")
        came.refresh_from_db()
        assert decrypt_address(came.came_by) == "0123456789"
        assert (brought(sharer.id), recount_referrals()) == (("0123456789", 1), {})

    def test_who_is_erased_stays_erased(self, statement, keys):
        signature = make_signature(statement)
        erase(signature_id=signature.id, now=NOON)
        before = Signature.objects.values().get()
        keys("new", "old")

        assert rotate_keys()[1].splitlines()[0] == "0 mailboxes: 0 renewed"
        assert Signature.objects.values().get() == before

    def test_the_counts_do_not_move(self, statement, keys):
        for _ in range(3):
            make_signature(statement)
        fold()
        keys("new", "old")
        rotate_keys()

        assert recount() == []

    def test_a_change_of_the_rules_is_brought_in_too(self, statement, keys, monkeypatch):
        """A new rule treats two spellings as one mailbox: the digest changes although no key does."""
        make_signature(statement, address="ilse.varga@example.org")
        monkeypatch.setattr(mailbox, "canonical_form", lambda address: address.replace("e.v", "ev"))

        assert rotate_keys() == (0, "1 mailboxes: 1 renewed\n")
        assert Signature.objects.from_mailbox(mailbox.parse("ilsevarga@example.org")).count() == 1


class TestOrganisersAuthenticators:
    def test_work_under_the_new_key_alone(self, statement, keys):
        phone = make_authenticator(make_organiser())
        secret = phone.bin_key
        keys("new", "old")

        code, output = rotate_keys()

        assert (code, output.splitlines()[1]) == (0, "1 authenticators of organisers renewed")
        keys("new")
        assert Authenticator.objects.get().bin_key == secret
        assert "authenticators" not in rotate_keys()[1]

    def test_that_no_key_reads_are_told_and_kept(self, statement, keys):
        phone = make_authenticator(make_organiser())
        keys("new")

        code, output = rotate_keys()

        assert code == 1
        assert "1 authenticators of organisers: no listed FIELD_KEY decrypts them" in output
        assert Authenticator.objects.get().key == phone.key

    def test_one_with_a_secret_that_is_none_is_told(self, statement, keys):
        phone = make_authenticator(make_organiser())
        Authenticator.objects.filter(id=phone.id).update(key="not hexadecimal")
        keys("new", "old")

        assert "1 authenticators of organisers: no listed FIELD_KEY decrypts them" in rotate_keys()[1]


class TestLinesOfImports:
    def test_a_file_that_waits_for_its_turn_goes_out_under_the_new_keys_alone(self, statement, keys):
        import_ = make_checked_import(
            statement, make_organiser(), "name,email,sector\nIlse Varga,ilse@example.org,music\n"
        )
        keys("new", "old")
        code, output = rotate_keys()
        assert (code, "2 lines of imports renewed" in output) == (0, True)
        keys("new")

        [line] = find_person(person_mailbox=mailbox.parse("ilse@example.org"))["imports"]
        assert line["cells"] == ["Ilse Varga", "ilse@example.org", "music"]
        start_import(import_id=import_.id, pace=5, actor=import_.author, now=NOON)
        run_import_worker()
        assert Signature.objects.get().name == "Ilse Varga"

    def test_that_no_key_reads_are_told(self, statement, keys):
        make_checked_import(statement, make_organiser(), "name,email,sector\nIlse Varga,ilse@example.org,music\n")
        keys("new")

        code, output = rotate_keys()

        assert code == 1
        assert "2 lines of imports: no listed FIELD_KEY decrypts them" in output
        assert f"DIGEST_KEY {mailbox.key_id(OLD_DIGEST)} is not listed, but: needed by 1 lines of imports" in output

    @pytest.mark.parametrize(
        "odd_cells", ['["Ilse Varga", "nobody", "music"]', '["Ilse Varga"]', "[]", '"not a list', ""]
    )
    def test_one_that_holds_no_address_is_told_and_does_not_stop_the_others(self, statement, keys, odd_cells):
        people = "Ilse Varga,ilse@example.org,music\nAda Okafor,ada@example.org,music\n"
        import_ = make_checked_import(statement, make_organiser(), f"name,email,sector\n{people}")
        odd, sound = import_.rows.people().order_by("line")
        import_.rows.filter(id=odd.pk).update(sealed=mailbox.encrypt_address(odd_cells))
        keys("new", "old")

        code, output = rotate_keys()

        assert code == 1
        assert "3 lines of imports renewed" in output
        assert f"DIGEST_KEY {mailbox.key_id(OLD_DIGEST)}: needed by 1 lines of imports" in output
        sound.refresh_from_db()
        assert bytes(sound.mailbox_digest) == digest_under(NEW_DIGEST, "ada@example.org")
        keys("new")
        odd.refresh_from_db()
        assert decrypt_address(odd.sealed) == odd_cells

    def test_one_under_an_old_key_keeps_the_key_needed(self, statement, keys):
        make_checked_import(statement, make_organiser(), "name,email,sector\nIlse Varga,ilse@example.org,music\n")
        keys("new", "old")

        assert keys_in_use().lines == {mailbox.key_id(OLD_DIGEST): 1}
        rotate_keys()
        assert keys_in_use().lines == {mailbox.key_id(NEW_DIGEST): 1}


def test_whatever_stores_the_key_of_a_digest_is_asked_before_the_key_is_called_unneeded(statement, keys):
    """A new model with such a field must be counted; otherwise this test fails."""
    models = [model for model in apps.get_models() if "digest_key" in {field.name for field in model._meta.fields}]
    with CaptureQueriesContext(connection) as queries:
        keys_in_use()
    sql = " ".join(query["sql"] for query in queries)
    assert [model.__name__ for model in models if f'"{model._meta.db_table}"' not in sql] == []


def test_a_report_of_a_mail_service_that_waits_keeps_its_key_needed(statement, keys):
    report = DeliveryReport(event_id="1", kind=MailEvent.Kind.BOUNCED, recipient="ilse@example.org")
    store_mail_events(reports=[report], now=NOON)
    keys("new", "old")

    code, output = rotate_keys()

    assert code == 1
    assert f"DIGEST_KEY {mailbox.key_id(OLD_DIGEST)}: needed by 1 reports of a mail service" in output


class TestWhatStays:
    def test_two_rows_of_one_mailbox_are_both_kept_and_told(self, statement, keys):
        """A process without the new key has let the same mailbox sign again."""
        first = make_signature(statement, address="ilse@example.org")
        keys("new")
        second = make_signature(statement, address="ilse@example.org")
        keys("new", "old")

        code, output = rotate_keys()

        assert code == 1
        assert f"1 signatures (id {first.id}): another signature of the same statement has the same mailbox" in output
        assert f"DIGEST_KEY {mailbox.key_id(OLD_DIGEST)}: needed by 1 signatures" in output
        assert [row.address for row in Signature.objects.all()] == ["ilse@example.org"] * 2
        keys("new")
        assert Signature.objects.get(id=first.id).address == "ilse@example.org"  # the FIELD_KEY is not needed any more

        keys("new", "old")
        erase(signature_id=second.id, now=NOON)
        assert rotate_keys()[0] == 0

    def test_what_no_key_reads_is_kept_and_told(self, statement, keys):
        signature = make_signature(statement)
        before = Signature.objects.values().get()
        keys("new")

        code, output = rotate_keys()

        assert code == 1
        assert f"1 signatures (id {signature.id}): no listed FIELD_KEY decrypts the mailbox" in output
        assert f"DIGEST_KEY {mailbox.key_id(OLD_DIGEST)} is not listed, but: needed by 1 signatures" in output
        assert Signature.objects.values().get() == before

    def test_many_of_them_are_not_all_listed(self, statement, keys, monkeypatch):
        monkeypatch.setattr("signatures.management.commands.rotate_keys.MAX_SHOWN", 2)
        ids = [make_signature(statement).id for _ in range(3)]
        keys("new")

        assert f"3 signatures (id {ids[0]}, {ids[1]}, ...): no listed" in rotate_keys()[1]

    def test_a_suppressed_mailbox_without_an_address_keeps_its_old_digest(self, statement, keys):
        signature = sign(statement, "ilse@example.org")
        not_me(signature_id=signature.id, now=NOON)
        keys("new", "old")

        code, output = rotate_keys()

        assert code == 1
        assert f"DIGEST_KEY {mailbox.key_id(OLD_DIGEST)}: needed by 1 suppressed mailboxes" in output
        assert Suppression.objects.cover(mailbox.parse("ilse@example.org").digests)

    def test_a_suppression_from_before_keys_were_noted_is_told_too(self, statement, keys):
        Suppression.objects.create(mailbox_digest=b"0" * 32, reason=Reason.NOT_ME, created_at=NOON)

        code, output = rotate_keys()

        assert code == 1
        assert "an unknown DIGEST_KEY: needed by 1 suppressed mailboxes" in output

    def test_a_suppressed_mailbox_with_an_address_moves_along(self, statement, keys):
        signature = make_signature(statement, address="ilse@example.org")
        Suppression.objects.suppress(signature, Reason.REFUSED, now=NOON)
        keys("new", "old")

        assert rotate_keys()[0] == 0
        suppression = Suppression.objects.get()
        assert bytes(suppression.mailbox_digest) == digest_under(NEW_DIGEST, "ilse@example.org")
        assert suppression.digest_key == mailbox.key_id(NEW_DIGEST)

    def test_a_mailbox_suppressed_under_both_keys_is_suppressed_once(self, statement, keys):
        signature = make_signature(statement, address="ilse@example.org")
        Suppression.objects.suppress(signature, Reason.REFUSED, now=NOON)
        new = digest_under(NEW_DIGEST, "ilse@example.org")
        Suppression.objects.create(mailbox_digest=new, reason=Reason.NOT_ME, created_at=NOON)
        keys("new", "old")

        assert rotate_keys()[0] == 0
        assert Suppression.objects.values_list("reason", flat=True).get() == Reason.NOT_ME
        assert bytes(Suppression.objects.get().mailbox_digest) == new

    def test_a_suppressed_mailbox_gets_no_mail_whichever_key_says_so(self, statement, keys):
        signature = make_signature(statement, address="ilse@example.org")
        Suppression.objects.suppress(signature, Reason.REFUSED, now=NOON)
        keys("new", "old")
        make_signature(make_statement("other"), address="ilse@example.org")
        for row in Signature.objects.all():
            queue_own_page_email(signature_id=row.id, now=NOON)
        later = NOON + timedelta(hours=1)

        assert send_emails(clock=lambda: later).cancelled == 2


@pytest.mark.django_db(transaction=True)
class TestMeanwhile:
    def test_people_sign_again_and_stay_one_each(self, keys):
        statement, other = make_statement(), make_statement("other")
        addresses = [f"signer-{number}@example.org" for number in range(48)]
        for address in addresses:
            sign(statement, address)
        keys("new", "old")
        later = NOON + timedelta(hours=1)

        def work(number):
            if number < 2:
                return rotate_keys()[0]
            for address in addresses[number - 2 :: 4]:
                sign(statement, address, now=later)
                sign(other, address, now=later)
            return 0

        at_once(6, work)
        assert rotate_keys()[0] == 0
        keys("new")

        for signed in (statement, other):
            rows = Signature.objects.of(signed)
            assert sorted(row.address for row in rows) == sorted(addresses)
            assert Counter(rows.values_list("generation", flat=True)) == {2 if signed == statement else 1: 48}
        # Both got an email at noon. The first one gets another an hour later; the cap delays that of the second one
        due = Counter(Mail.objects.values_list("due_at", flat=True))
        assert due == {NOON: 48, later: 48, later + timedelta(minutes=2): 48}

    def test_links_erasures_and_retention_go_on(self, keys):
        statement = make_statement()
        signatures = [make_signature(statement) for _ in range(40)]
        keys("new", "old")

        def work(number):
            if number == 0:
                rotate_keys()
            for signature in signatures[number::5]:
                if number == 1:
                    erase(signature_id=signature.id, now=NOON)
                elif number == 2:
                    withdraw(signature_id=signature.id, now=NOON)
                elif number > 2:
                    queue_own_page_email(signature_id=signature.id, now=NOON)

        at_once(5, work)
        assert rotate_keys()[0] == 0

        assert Signature.objects.with_mailbox().count() == 32
        assert not Mail.objects.exclude(mailbox_digest__in=Signature.objects.values("mailbox_digest")).exists()
        assert Mail.objects.count() == 16
        assert recount() == []

    def test_whatever_somebody_holds_is_left_for_later(self, keys):
        statement = make_statement()
        row, locked, _free = (make_signature(statement) for _ in range(3))
        keys("new", "old")
        held, done = threading.Event(), threading.Event()

        def work(number):
            if number == 0:
                with transaction.atomic():
                    Signature.objects.select_for_update().get(id=row.id)
                    lock_mailbox(locked.digests())
                    held.set()
                    assert done.wait(30)
                return None
            assert held.wait(30)
            try:
                return rotate_signatures()
            finally:
                done.set()

        rotated = at_once(2, work)[1]

        assert (rotated.renewed, sorted(rotated.busy)) == (1, [row.id, locked.id])
        assert rotate_keys()[0] == 0

    def test_a_run_that_finds_it_busy_to_the_end_says_so(self, keys):
        statement = make_statement()
        row = make_signature(statement)
        keys("new", "old")
        held, done = threading.Event(), threading.Event()

        def work(number):
            if number == 0:
                with transaction.atomic():
                    Signature.objects.select_for_update().get(id=row.id)
                    held.set()
                    assert done.wait(30)
                return None
            assert held.wait(30)
            try:
                return rotate_keys()
            finally:
                done.set()

        code, output = at_once(2, work)[1]

        assert code == 1
        assert f"1 signatures (id {row.id}): rows were locked: run this again" in output
        assert f"FIELD_KEY {mailbox.key_id(OLD_FIELD)}: needed until this is finished" in output

    def test_the_database_settles_what_no_lock_foresaw(self, keys):
        """A process with only the new keys accepts a signature for a mailbox while its row is renewed."""
        statement = make_statement()
        sign(statement, "ilse@example.org")
        details = make_details(statement)
        keys("new", "old")
        by, new = mailbox.parse("ilse@example.org"), digest_under(NEW_DIGEST, "ilse@example.org")

        def work(number):
            if number == 0:
                return rotate_signatures()
            Signature.objects.bulk_create(
                [
                    Signature(
                        statement=statement, sector_id=details.sector_id, version=details.version, language="en",
                        name="Ilse Varga", mailbox=mailbox.encrypt_address(by.address), mailbox_digest=new,
                        digest_key=mailbox.key_id(NEW_DIGEST), created_at=NOON,
                    )
                ],
                ignore_conflicts=True,
            )  # fmt: skip
            return None

        at_once(2, work)

        rows = Signature.objects.all()
        assert {row.address for row in rows} == {"ilse@example.org"}
        assert rows.filter(mailbox_digest=new).count() == 1
        assert connection.is_usable()
