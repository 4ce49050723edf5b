"""Tests what the retention task deletes and what stays. Numbers in test names are those of docs/security.md."""

from dataclasses import fields
from datetime import timedelta
from io import StringIO
from threading import Event

import pytest
from axes.models import AccessAttempt
from django.contrib.sessions.models import Session
from django.core.exceptions import ValidationError
from django.core.management import call_command
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.urls import reverse

from signatures.audit.models import AuditEntry
from signatures.identity import mailbox
from signatures.mail.models.email import Mail, Suppression
from signatures.privacy import retention
from signatures.privacy.erase import anonymise, not_me
from signatures.privacy.retention import RetentionCounts, apply_retention
from signatures.public.fold_tally import recount
from signatures.public.models.tally import count
from signatures.review.moderate import approve, resend_link
from signatures.signing.confirm import LinkStatus, confirm
from signatures.signing.correct import correct
from signatures.signing.models.signature import Signature
from signatures.signing.personal_data import collect_personal_data
from signatures.signing.resend import queue_own_page_email
from signatures.signing.withdraw import withdraw
from signatures.statements.models.statement import Statement
from signatures.web.tokens import LinkToken
from tests.organisers import form_values, logged_in_client, make_organiser, make_staff, messages_of, run_admin_action
from tests.people import NOON, make_signature, make_statement, sign
from tests.threads import at_once
from tests.waiting import wait_for

State, Status = Signature.State, Mail.Status
DAY = timedelta(days=1)


@pytest.fixture
def statement(db):
    return make_statement()


def deliver(statement, *, at=NOON, **fields) -> Statement:
    Statement.objects.filter(id=statement.id).update(state="closed", delivered_at=at, **fields)
    statement.refresh_from_db()
    return statement


def finish_mails(status: str = Status.SENT, **fields) -> None:
    Mail.objects.update(status=status, sent_at=NOON if status == Status.SENT else None, **fields)


def everything() -> str:
    """Returns every text and every byte of our tables."""
    with connection.cursor() as cursor:
        tables = [name for name in connection.introspection.table_names(cursor) if name.startswith("signatures_")]
        rows = []
        for table in tables:
            cursor.execute(f'SELECT t::text FROM "{table}" AS t')
            rows += [row[0] for row in cursor.fetchall()]
    return "\n".join(rows)


class TestTheDesk:
    """Without these deletions, the tables of Django and axes would grow for ever."""

    def test_row_30_logins_that_are_over_go_and_others_stay(self, db):
        desk = logged_in_client(make_organiser())
        old = logged_in_client(make_staff("another")).session
        Session.objects.filter(session_key=old.session_key).update(expire_date=NOON)

        assert apply_retention(now=NOON - timedelta(seconds=1)).sessions == 0
        assert apply_retention(now=NOON).sessions == 1
        assert [session.session_key for session in Session.objects.all()] == [desk.session.session_key]

    def test_row_30_counts_of_wrong_passwords_go_when_their_lock_is_over(self, db):
        make_organiser()
        Client().post(reverse("admin:login"), {"username": "ilse@example.org", "password": "not that"})
        at = AccessAttempt.objects.get().attempt_time

        assert apply_retention(now=at + timedelta(minutes=15) - timedelta(seconds=1)).failed_logins == 0
        assert apply_retention(now=at + timedelta(minutes=15)).failed_logins == 1
        assert AccessAttempt.objects.count() == 0


class TestPending:
    def test_row_30_who_never_confirms_is_erased_after_thirty_days(self, statement):
        sign(statement, "ilse@example.org", credit="composer", organisation="Choir", updates=True)
        by = mailbox.parse("ilse@example.org")

        assert apply_retention(now=NOON + 30 * DAY - timedelta(seconds=1)).pending == 0
        assert apply_retention(now=NOON + 30 * DAY).pending == 1

        row = Signature.objects.get()
        assert (row.state, row.erased_at, row.name, row.credit) == (State.WITHDRAWN, NOON + 30 * DAY, "", "")
        assert by.digest.hex() not in everything()
        assert "Ilse" not in everything()

    def test_row_30_their_mail_that_still_waits_goes_nowhere(self, statement):
        sign(statement)
        apply_retention(now=NOON + 30 * DAY)

        assert list(Mail.objects.values_list("status", "mailbox_digest")) == [(Status.CANCELLED, None)]

    def test_who_signs_again_later_has_thirty_days_more(self, statement):
        sign(statement)
        sign(statement, now=NOON + 29 * DAY)

        assert apply_retention(now=NOON + 40 * DAY).pending == 0
        assert apply_retention(now=NOON + 59 * DAY).pending == 1

    def test_a_link_that_was_erased_says_so_and_its_mailbox_may_sign_again(self, statement):
        signature = sign(statement)
        apply_retention(now=NOON + 30 * DAY)
        ticket = LinkToken(signature.id, signature.generation, NOON)

        assert confirm(ticket=ticket, generation=1, now=NOON + 30 * DAY)[1] == LinkStatus.GONE
        assert sign(statement, now=NOON + 31 * DAY).state == State.PENDING

    @pytest.mark.parametrize("state", [State.CONFIRMED, State.HELD, State.REJECTED, State.WITHDRAWN])
    def test_nobody_else_is_touched(self, statement, state):
        make_signature(statement, state=state)
        before = Signature.objects.values().get()

        assert apply_retention(now=NOON + 3000 * DAY) == RetentionCounts()
        assert Signature.objects.values().get() == before


class TestMails:
    def test_row_30_a_finished_mail_loses_its_digest_when_no_cap_needs_it(self, statement):
        signature = make_signature(statement)
        queue_own_page_email(signature_id=signature.id, now=NOON)
        finish_mails()

        assert apply_retention(now=NOON + 2 * DAY - timedelta(seconds=1)).email_digests == 0
        assert apply_retention(now=NOON + 2 * DAY).email_digests == 1
        assert Mail.objects.get().mailbox_digest is None
        assert Signature.objects.get().mailbox_digest is not None

    def test_the_caps_hold_over_a_run(self, statement):
        sign(statement, now=NOON)
        finish_mails()
        apply_retention(now=NOON + timedelta(seconds=60))
        sign(statement, now=NOON + timedelta(seconds=61))

        assert Mail.objects.count() == 1

    def test_a_mail_that_waits_keeps_its_digest(self, statement):
        signature = make_signature(statement)
        queue_own_page_email(signature_id=signature.id, now=NOON)

        assert apply_retention(now=NOON + 300 * DAY).email_digests == 0
        assert Mail.objects.get().mailbox_digest is not None

    def test_row_30_the_mail_servers_words_stay_for_thirty_days(self, statement):
        signature = make_signature(statement)
        queue_own_page_email(signature_id=signature.id, now=NOON)
        finish_mails(Status.FAILED, last_error="550 no such user ilse")

        assert apply_retention(now=NOON + 29 * DAY).smtp_replies == 0
        assert apply_retention(now=NOON + 30 * DAY).smtp_replies == 1
        assert Mail.objects.get().last_error == ""


class TestDeliveredStatement:
    def test_row_30_every_mailbox_goes_and_every_signature_stays(self, statement):
        public = make_signature(statement, address="ilse@example.org", updates=True, notable=True)
        make_signature(statement, visibility="anonymous")
        make_signature(statement, state=State.HELD)
        deliver(statement, keep_mailboxes_for=90)

        assert apply_retention(now=NOON + 90 * DAY - timedelta(seconds=1)) == RetentionCounts()
        assert apply_retention(now=NOON + 90 * DAY) == RetentionCounts(mailboxes=3)

        assert not Signature.objects.with_mailbox().exists()
        assert (count(statement.id).all, count(statement.id).listed) == (2, 1)
        public.refresh_from_db()
        assert (public.name, public.listed, public.notable, public.updates) == ("Ilse Varga", True, True, False)
        assert (public.mailbox, public.digest_key, public.is_erased) == (None, "", False)
        assert recount() == []

    def test_a_year_is_kept_unless_the_organisers_choose(self, statement):
        make_signature(statement)
        deliver(statement)

        assert apply_retention(now=NOON + 364 * DAY).mailboxes == 0
        assert apply_retention(now=NOON + 365 * DAY).mailboxes == 1

    def test_who_keeps_mailboxes_keeps_them(self, statement):
        make_signature(statement)
        deliver(statement, keep_mailboxes_for=None)

        assert apply_retention(now=NOON + 9000 * DAY) == RetentionCounts()

    def test_another_statement_keeps_its_own(self, statement):
        make_signature(make_statement("other"))
        deliver(statement, keep_mailboxes_for=0)

        assert apply_retention(now=NOON) == RetentionCounts()

    @pytest.mark.parametrize("state", [State.WITHDRAWN, State.REJECTED])
    def test_row_30_who_is_not_counted_is_erased_whole(self, statement, state):
        make_signature(statement, state=state)
        deliver(statement, keep_mailboxes_for=0)

        assert apply_retention(now=NOON) == RetentionCounts(uncounted_signatures=1)
        row = Signature.objects.get()
        assert (row.state, row.name, row.mailbox, row.erased_at) == (state, "", None, NOON)

    def test_who_is_pending_can_still_confirm(self, statement):
        signature = sign(statement)
        deliver(statement, keep_mailboxes_for=0)
        apply_retention(now=NOON)

        ticket = LinkToken(signature.id, signature.generation, NOON)
        assert confirm(ticket=ticket, generation=1, now=NOON + DAY)[1] == LinkStatus.READY
        assert apply_retention(now=NOON + DAY).mailboxes == 1

    def test_whose_mailbox_is_gone_can_still_correct_withdraw_and_erase(self, statement):
        signature = make_signature(statement)
        deliver(statement, keep_mailboxes_for=0)
        apply_retention(now=NOON)

        correct(signature_id=signature.id, name="Ilse V.", credit="", now=NOON)
        assert Signature.objects.get().name == "Ilse V."
        assert collect_personal_data(signature=Signature.objects.get())["email"] == ""
        withdraw(signature_id=signature.id, now=NOON)
        assert Signature.objects.get().state == State.WITHDRAWN
        not_me(signature_id=signature.id, now=NOON)
        assert Signature.objects.get().is_erased
        assert not Suppression.objects.exists()

    def test_whose_mailbox_is_gone_gets_no_mail(self, statement, django_user_model):
        moderator = django_user_model.objects.create_user("moderator")
        held = make_signature(statement, state=State.HELD)
        deliver(statement, keep_mailboxes_for=0)
        apply_retention(now=NOON)

        assert approve(signature_id=held.id, actor=moderator, reason="known", now=NOON)
        queue_own_page_email(signature_id=held.id, now=NOON)
        assert not resend_link(signature_id=held.id, actor=moderator, reason="asked", now=NOON)
        assert Mail.objects.count() == 0
        assert list(AuditEntry.objects.values_list("action", flat=True)) == ["approve"]

    def test_a_mail_that_waited_for_it_is_cancelled(self, statement):
        signature = make_signature(statement)
        queue_own_page_email(signature_id=signature.id, now=NOON)
        deliver(statement, keep_mailboxes_for=0)
        apply_retention(now=NOON)

        assert list(Mail.objects.values_list("status", "mailbox_digest")) == [(Status.CANCELLED, None)]


class TestWhatTheDatabaseRefuses:
    def test_a_statement_without_mailboxes_never_opens_again(self, statement):
        """After reopening, everyone could sign a second time."""
        make_signature(statement)
        deliver(statement, keep_mailboxes_for=0)
        apply_retention(now=NOON)
        statement.refresh_from_db()
        statement.state, statement.delivered_at = "open", None

        with pytest.raises(ValidationError, match="everyone could sign a second time"):
            statement.full_clean()
        with pytest.raises(IntegrityError, match="without_mailboxes_is_closed_for_good"), transaction.atomic():
            statement.save()

    def test_an_open_statement_is_not_delivered(self, statement):
        statement.delivered_at = NOON

        with pytest.raises(ValidationError, match="Close the statement before"):
            statement.full_clean()
        with pytest.raises(IntegrityError, match="delivered_is_closed"), transaction.atomic():
            statement.save()

    @pytest.mark.parametrize(
        ("fields", "name"),
        [
            ({"mailbox": None}, "mailbox_and_digest_go_together"),
            ({"mailbox_digest": None}, "mailbox_and_digest_go_together"),
            ({"mailbox": None, "mailbox_digest": None, "state": "pending"}, "pending_has_its_mailbox"),
            ({"erased_at": NOON, "state": "withdrawn", "name": ""}, "erased_leaves_no_mailbox_and_no_name"),
            (
                {"erased_at": NOON, "state": "withdrawn", "mailbox": None, "mailbox_digest": None},
                "erased_leaves_no_mailbox_and_no_name",
            ),
            (
                {"erased_at": NOON, "mailbox": None, "mailbox_digest": None, "name": ""},
                "erased_is_not_counted",
            ),
        ],
    )
    def test_half_an_erasure(self, statement, fields, name):
        signature = make_signature(statement)

        with pytest.raises(IntegrityError, match=name), transaction.atomic():
            Signature.objects.filter(id=signature.id).update(**fields)


class TestTheOrganisersPage:
    @pytest.fixture
    def desk(self):
        return logged_in_client(make_organiser())

    def save(self, desk, statement, **changes):
        page = reverse("admin:signatures_statement_change", args=[statement.pk])
        return desk.post(page, {**form_values(desk.get(page), "#statement_form"), **changes})

    def test_notes_a_delivery_and_how_long_mailboxes_are_kept(self, statement, desk):
        delivered = {"delivered_at_0": "2026-11-03", "delivered_at_1": "12:00:00", "keep_mailboxes_for": "90"}

        assert self.save(desk, statement, state="closed", **delivered).status_code == 302
        assert Statement.objects.get().mailboxes_erased_after() == NOON + 90 * DAY
        assert self.save(desk, statement, keep_mailboxes_for="").status_code == 302
        assert Statement.objects.get().mailboxes_erased_after() is None

    def test_says_why_it_does_not_open_again(self, statement, desk):
        make_signature(statement)
        deliver(statement, keep_mailboxes_for=0)
        apply_retention(now=NOON)
        refused = self.save(desk, statement, state="open", delivered_at_0="", delivered_at_1="")

        assert "everyone could sign a second time" in refused.content.decode()
        assert Statement.objects.get().state == "closed"

    def test_offers_no_mail_to_an_erased_mailbox(self, statement, desk):
        signature = make_signature(statement)
        page = reverse("admin:signatures_signature_change", args=[signature.pk])
        assert "resend_link" in desk.get(page).content.decode()
        deliver(statement, keep_mailboxes_for=0)
        apply_retention(now=NOON)

        assert "resend_link" not in desk.get(page).content.decode()
        assert "or whose mailbox is erased" in messages_of(run_admin_action(desk, "resend_link", signature))[0]


class TestTheRun:
    def test_row_30_all_of_it_leaves_no_mailbox_and_no_name_that_is_not_published(self, statement):
        sign(statement, "never.confirmed@example.org", name="Never Confirmed")
        sign(statement, "shown@example.org", name="Shown Signer")
        shown = Signature.objects.get(name="Shown Signer")
        confirm(ticket=LinkToken(shown.id, 1, NOON), generation=1, now=NOON)
        make_signature(statement, name="Gone Again", state=State.WITHDRAWN, address="gone@example.org")
        finish_mails()
        deliver(statement, at=NOON, keep_mailboxes_for=30)

        apply_retention(now=NOON + 30 * DAY)

        left = everything()
        assert "Shown Signer" in left
        for secret in ("Never Confirmed", "Gone Again", "never confirmed", "gone again"):
            assert secret not in left
        for address in ("never.confirmed", "shown", "gone"):
            assert mailbox.parse(f"{address}@example.org").digest.hex() not in left
        assert not Signature.objects.with_mailbox().exists()
        assert count(statement.id).all == 1

    def test_a_second_run_finds_nothing(self, statement):
        sign(statement)
        apply_retention(now=NOON + 40 * DAY)

        assert apply_retention(now=NOON + 40 * DAY) == RetentionCounts()

    def test_many_go_in_batches(self, statement, monkeypatch):
        monkeypatch.setattr(retention, "BATCH", 2)
        for number in range(5):
            sign(statement, f"signer-{number}@example.org")

        assert apply_retention(now=NOON + 30 * DAY).pending == 5

    def test_a_run_has_an_end_and_the_next_goes_on(self, statement, monkeypatch):
        monkeypatch.setattr(retention, "BATCH", 2)
        monkeypatch.setattr(retention, "MAX_ROWS_PER_RUN", 3)
        for number in range(6):
            sign(statement, f"signer-{number}@example.org")

        assert apply_retention(now=NOON + 30 * DAY).pending == 4
        assert apply_retention(now=NOON + 30 * DAY).pending == 2

    def test_the_command_goes_on_until_nothing_is_left(self, statement, monkeypatch):
        monkeypatch.setattr(retention, "BATCH", 2)
        monkeypatch.setattr(retention, "MAX_ROWS_PER_RUN", 2)
        for number in range(5):
            sign(statement, f"signer-{number}@example.org", now=NOON - 3000 * DAY)
        out = StringIO()
        call_command("forget", stdout=out)

        assert out.getvalue().splitlines()[0] == "erased 5 unconfirmed signatures"
        assert Signature.objects.with_mailbox().count() == 0

    def test_the_command_tells_every_kind_of_row_that_it_erased(self, statement):
        make_signature(statement, network="a-network", now=NOON - 3000 * DAY)
        out = StringIO()
        call_command("forget", stdout=out)

        lines = out.getvalue().splitlines()
        assert "erased 1 networks of signatures" in lines
        assert len(lines) == len(set(lines)) == len(fields(RetentionCounts))


@pytest.mark.django_db(transaction=True)
def test_who_signs_again_while_their_old_signature_is_being_erased_signs_anew():
    statement = make_statement()
    sign(statement, "ilse@example.org")
    old, later = Signature.objects.get(), NOON + 31 * DAY
    is_erased = Event()

    def work(number):
        if number == 0:
            with transaction.atomic():
                Signature.objects.select_for_update().get(id=old.id)
                anonymise(Signature.objects.filter(id=old.id), later)
                is_erased.set()
                wait_for(somebody_waits_for_a_lock)
        else:
            assert is_erased.wait(30)
            sign(statement, "ilse@example.org", now=later)

    at_once(2, work)

    old.refresh_from_db()
    assert (old.is_erased, old.state) == (True, State.WITHDRAWN)
    assert Signature.objects.get(state=State.PENDING).address == "ilse@example.org"
    assert Mail.objects.filter(status=Status.QUEUED, signature__state=State.PENDING).count() == 1


def somebody_waits_for_a_lock() -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_locks WHERE NOT granted")
        return cursor.fetchone() != (0,)


@pytest.mark.django_db(transaction=True)
def test_two_runs_at_once_while_people_sign_again_lose_nobody():
    """Half of the stale signers sign again at the same moment: each is pending again, or erased and has a new
    signature."""
    statement = make_statement()
    addresses = [f"signer-{number}@example.org" for number in range(40)]
    for address in addresses:
        sign(statement, address)
    later = NOON + 31 * DAY

    def work(number):
        if number < 2:
            return apply_retention(now=later).pending
        for address in addresses[number - 2 : 20 : 4]:
            sign(statement, address, now=later)
        return 0

    forgotten = sum(at_once(6, work)) + apply_retention(now=later).pending

    kept = Signature.objects.filter(state=State.PENDING)
    assert {row.address for row in kept} == set(addresses[:20])
    assert kept.count() == 20
    assert Signature.objects.filter(erased_at__isnull=False).count() == forgotten >= 20
    assert Mail.objects.filter(status=Status.QUEUED, signature__in=kept).count() >= 20
