"""Tests each line of the table of mailboxes: the resulting row and email."""

from datetime import timedelta

import pytest
from django.db import DataError, connection, transaction

from signatures.identity import mailbox
from signatures.mail.models.email import Mail, Suppression
from signatures.privacy.erase import erase
from signatures.signing import sign as sign_action
from signatures.signing.confirm import confirm
from signatures.signing.fast_sql.prepared import PreparedStatement, prepared
from signatures.signing.models.flag import Flag, in_words
from signatures.signing.models.signature import Signature
from signatures.signing.resend import resend_last_email
from signatures.signing.withdraw import withdraw
from signatures.web.tokens import LinkToken
from tests.people import NOON, make_details, make_signature, make_statement, sign

pytestmark = pytest.mark.django_db

LATER = NOON + timedelta(minutes=3)
State = Signature.State


@pytest.fixture
def statement():
    return make_statement()


def mails(signature):
    return list(signature.mails.order_by("id").values_list("kind", "generation"))


def test_an_unknown_mailbox_gets_a_pending_row_and_a_link(statement):
    signature = sign(statement, credit="composer", organisation="Choir of Lund")

    assert (signature.state, signature.name, signature.credit, signature.organisation) == (
        State.PENDING, "Ilse Varga", "composer", "Choir of Lund",
    )  # fmt: skip
    assert signature.version == statement.translation_for("en").version
    assert signature.address == "ilse@example.org"
    assert mails(signature) == [("confirm", 1)]


@pytest.mark.parametrize(
    ("standing", "round_trips"),
    [(None, 1), (State.REJECTED, 1), (State.PENDING, 2), (State.CONFIRMED, 2), (State.WITHDRAWN, 2)],
)
def test_takes_one_round_trip_and_one_more_where_something_known_changes(
    statement, standing, round_trips, django_assert_num_queries
):
    sign(make_statement("another"), "somebody@example.org")
    make_signature(statement, address="withdrawn@example.org", state=State.WITHDRAWN)
    sign(statement, "withdrawn@example.org")  # from here on, both statements are prepared
    if standing:
        make_signature(statement, address="ilse@example.org", state=standing)
    by, details = mailbox.parse("ilse@example.org"), make_details(statement)

    with django_assert_num_queries(round_trips):
        sign_action.sign(statement=statement, by=by, details=details, language="en", now=NOON)


def test_goes_on_behind_a_pool_that_gives_each_transaction_another_connection(
    statement, monkeypatch, django_assert_num_queries
):
    monkeypatch.setattr(PreparedStatement, "is_pooled", True)
    first = sign(statement)
    again = sign(statement, now=LATER)

    assert (again.id, again.generation, mails(again)) == (first.id, 2, [("confirm", 1), ("confirm", 2)])


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("is_forgotten", [True, False], ids=["that forgot it", "where another process made it"])
def test_notices_such_a_pool_and_loses_nothing(statement, monkeypatch, is_forgotten):
    """Uses the first connection of the pool to sign."""
    monkeypatch.setattr(PreparedStatement, "is_pooled", False)
    sign(statement)
    if is_forgotten:
        with connection.cursor() as cursor:
            cursor.execute("DEALLOCATE ALL")
    else:
        prepared.clear()
    signature = sign(statement, "eva@example.org")

    assert (PreparedStatement.is_pooled, mails(signature)) == (True, [("confirm", 1)])


@pytest.mark.django_db(transaction=True)
def test_behind_such_a_pool_a_transaction_of_the_callers_own_goes_on(statement, monkeypatch):
    monkeypatch.setattr(PreparedStatement, "is_pooled", False)
    sign(statement)
    with connection.cursor() as cursor:
        cursor.execute("DEALLOCATE ALL")
    with transaction.atomic():
        signature = sign(statement, "eva@example.org")

    assert mails(signature) == [("confirm", 1)]


def seq_scans_of_mails():
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_stat_force_next_flush()")
        cursor.execute("SELECT seq_scan FROM pg_stat_user_tables WHERE relname = 'signatures_mail'")
        return cursor.fetchone()[0]


@pytest.mark.django_db(transaction=True)
def test_a_plan_of_the_first_minute_does_not_read_all_mails_in_the_second(statement):
    sign(statement)
    with connection.cursor() as cursor:
        cursor.execute(
            "ANALYZE signatures_mail, signatures_signature"
        )  # so few rows that a sequential scan seems cheapest
    before = seq_scans_of_mails()
    for number in range(8):  # PostgreSQL plans a prepared statement five times, then keeps a plan
        sign(statement, f"signer-{number}@example.org")

    assert seq_scans_of_mails() == before


def test_too_long_a_name_is_refused_and_not_cut(statement, monkeypatch):
    for is_pooled in (False, True):
        monkeypatch.setattr(PreparedStatement, "is_pooled", is_pooled)
        with pytest.raises(DataError), transaction.atomic():
            sign(statement, name="x" * 121)


def test_pending_takes_the_newest_details_and_a_new_link(statement):
    sign(statement, name="Ilse Varga")
    signature = sign(statement, name="Ilse Varga-Holt", now=LATER)

    assert (signature.name, signature.generation) == ("Ilse Varga-Holt", 2)
    assert signature.search_key == " ilse varga holt |ilsevargaholt"
    assert mails(signature) == [("confirm", 1), ("confirm", 2)]


def test_pending_past_a_cap_changes_nothing_at_all(statement):
    sign(statement, name="Ilse Varga")
    signature = sign(statement, name="Somebody Else", now=NOON + timedelta(seconds=119))

    assert (signature.name, signature.generation) == ("Ilse Varga", 1)
    assert mails(signature) == [("confirm", 1)]


@pytest.mark.parametrize("state", [State.CONFIRMED, State.HELD])
def test_who_has_signed_is_told_so_and_nothing_changes(statement, state):
    make_signature(statement, address="ilse@example.org", state=state)
    signature = sign(statement, name="Somebody Else")

    assert (signature.state, signature.name, signature.generation) == (state, "Ilse Varga", 1)
    assert mails(signature) == [("already_signed", 1)]


def test_who_has_signed_is_told_so_under_the_caps(statement):
    make_signature(statement, address="ilse@example.org")
    sign(statement)
    signature = sign(statement, now=NOON + timedelta(minutes=1))

    assert mails(signature) == [("already_signed", 1)]


def test_withdrawn_begins_again(statement):
    before = make_signature(statement, address="ilse@example.org", notable=True)
    withdraw(signature_id=before.id, now=NOON)
    signature = sign(statement, name="Ilse V.", now=LATER)

    assert (signature.id, signature.state, signature.name, signature.generation) == (
        before.id, State.PENDING, "Ilse V.", 2,
    )  # fmt: skip
    assert signature.notable is False
    assert mails(signature) == [("confirm", 2)]


def test_withdrawing_does_not_wash_off_what_a_moderator_hid(statement):
    before = make_signature(statement, address="ilse@example.org", hidden_at=NOON)
    withdraw(signature_id=before.id, now=NOON)

    assert sign(statement, now=LATER).hidden_at == NOON


def test_who_begins_again_is_not_kept_out_of_the_queue_by_an_old_question(statement):
    before = make_signature(statement, address="ilse@example.org", state=State.HELD, asked_at=NOON)
    withdraw(signature_id=before.id, now=NOON)

    assert sign(statement, now=LATER).asked_at is None


def test_rejected_stays_rejected_without_a_word(statement):
    make_signature(statement, address="ilse@example.org", state=State.REJECTED)
    signature = sign(statement, name="Somebody Else")

    assert (signature.state, signature.name) == (State.REJECTED, "Ilse Varga")
    assert mails(signature) == []


def test_a_suppressed_mailbox_gets_no_row_and_no_mail(statement):
    by = mailbox.parse("ilse@example.org")
    Suppression.objects.create(mailbox_digest=by.digest, reason="not_me", created_at=NOON)
    sign_action.sign(statement=statement, by=by, details=make_details(statement), language="en", now=NOON)

    assert (Signature.objects.count(), Mail.objects.count()) == (0, 0)


def test_an_erased_signer_may_sign_again(statement):
    before = make_signature(statement, address="ilse@example.org")
    erase(signature_id=before.id, now=NOON)
    signature = sign(statement, now=LATER)

    assert signature.id != before.id
    assert (signature.state, mails(signature)) == (State.PENDING, [("confirm", 1)])


def test_one_mailbox_under_two_spellings_is_one_signature(statement):
    sign(statement, "ilse.varga@gmail.com")
    signature = sign(statement, "IlseVarga+letters@googlemail.com", now=LATER)

    assert Signature.objects.count() == 1
    assert signature.generation == 2


def test_a_rotated_digest_key_hides_nobody(statement, settings):
    sign(statement)
    settings.DIGEST_KEYS = ["a newer key of more than thirty-two characters", *settings.DIGEST_KEYS]
    sign(statement, now=LATER)

    assert Signature.objects.count() == 1


def test_the_second_statement_of_an_impatient_signer_gets_its_mail_in_turn(statement):
    other = make_statement("another")
    sign(statement)
    signature = sign(other, now=NOON + timedelta(seconds=10))

    assert signature.state == State.PENDING
    assert signature.mails.get().due_at == NOON + timedelta(minutes=2)


def test_a_mailbox_gets_five_mails_in_a_day_over_all_statements():
    statements = [make_statement(f"letter-{n}") for n in range(6)]
    signatures = [sign(statement, now=NOON + n * timedelta(minutes=10)) for n, statement in enumerate(statements)]
    due = [signature.mails.get().due_at for signature in signatures]

    assert due[:5] == [NOON + n * timedelta(minutes=10) for n in range(5)]
    assert due[5] == NOON + timedelta(hours=24)


class TestSendingAgain:
    def test_pending_gets_the_same_link_again(self, statement):
        sign(statement)
        resend_last_email(statement=statement, recipient_mailbox=mailbox.parse("ilse@example.org"), now=LATER)

        assert mails(Signature.objects.get()) == [("confirm", 1), ("confirm", 1)]

    def test_past_a_cap_nothing_is_sent(self, statement):
        sign(statement)
        resend_last_email(statement=statement, recipient_mailbox=mailbox.parse("ilse@example.org"), now=NOON)

        assert mails(Signature.objects.get()) == [("confirm", 1)]

    def test_who_has_signed_gets_the_link_to_their_page(self, statement):
        signature = make_signature(statement, address="ilse@example.org")
        resend_last_email(statement=statement, recipient_mailbox=mailbox.parse("ilse@example.org"), now=NOON)

        assert mails(signature) == [("already_signed", 1)]

    @pytest.mark.parametrize("state", [State.REJECTED, State.WITHDRAWN])
    def test_who_is_out_gets_nothing(self, statement, state):
        signature = make_signature(statement, address="ilse@example.org", state=state)
        resend_last_email(statement=statement, recipient_mailbox=mailbox.parse("ilse@example.org"), now=NOON)

        assert mails(signature) == []

    def test_a_stranger_gets_nothing(self, statement):
        resend_last_email(statement=statement, recipient_mailbox=mailbox.parse("nobody@example.org"), now=NOON)

        assert Mail.objects.count() == 0


class TestFlags:
    def test_are_kept_with_the_signature_and_its_mail_goes_out_as_always(self, statement):
        signature = sign(statement, flags=[Flag.BURST, Flag.NO_PROOF])

        assert (signature.flags, mails(signature)) == (["burst", "no_proof"], [("confirm", 1)])

    def test_are_not_washed_off_by_signing_again(self, statement):
        sign(statement, flags=[Flag.BURST])
        signature = sign(statement, now=LATER, flags=[Flag.HONEYPOT, Flag.BURST])
        assert signature.flags == ["burst", "honeypot"]

        withdraw(signature_id=signature.id, now=NOON)
        assert sign(statement, now=LATER + timedelta(minutes=3)).flags == ["burst", "honeypot"]

    @pytest.mark.parametrize("state", [State.CONFIRMED, State.HELD, State.REJECTED])
    def test_say_nothing_of_a_signature_that_somebody_else_tries_to_repeat(self, statement, state):
        make_signature(statement, address="ilse@example.org", state=state)

        assert sign(statement, flags=[Flag.HONEYPOT]).flags == []

    def test_past_a_cap_change_nothing_at_all(self, statement):
        sign(statement)

        assert sign(statement, now=NOON + timedelta(seconds=30), flags=[Flag.BURST]).flags == []

    def test_hold_the_signature_once_it_is_confirmed(self, statement):
        signature = sign(statement, flags=[Flag.NO_PROOF])
        confirmed, _ = confirm(ticket=LinkToken(signature.id, 1, NOON), generation=1, now=NOON)

        assert (confirmed.state, confirmed.confirmed_at) == (State.HELD, None)

    @pytest.mark.parametrize("flag", Flag)
    def test_are_told_to_organisers_in_words(self, flag):
        assert in_words([flag.value]) == [flag.label] != [flag.value]

    def test_that_nobody_knows_any_more_are_told_as_they_are(self):
        assert in_words(["older_code"]) == ["older_code"]
