"""Tests that an erased person is in no table, and that no unfinished import brings them back."""

from datetime import timedelta

import pytest
from django.urls import reverse

from signatures.identity import mailbox
from signatures.mail.models.email import Mail
from signatures.privacy.erase import erase, not_me
from signatures.review.models.protected_name import ProtectedName
from signatures.signing import confirm as confirm_action
from signatures.signing.fast_sql.confirm import look
from signatures.signing.invite import Invitee, invite, mail_invitations
from signatures.signing.models.invitation import Invitation
from signatures.signing.models.signature import Signature
from signatures.transfers.imports import apply
from signatures.transfers.imports.manage import choose_columns, start_import
from signatures.transfers.models.imports import Import, ImportLine
from signatures.web.tokens import LinkToken
from tests.dumps import dump_database
from tests.importing import make_checked_import, reload, run_import_worker
from tests.organisers import SIGNATURES, logged_in_client, make_organiser, make_owner, run_admin_action
from tests.people import NOON, make_signature, make_statement, sign
from tests.privacy.test_subject_access import ask
from tests.site import database_url

NAME, MAILBOX = "Quendolyn Xystrakis", "quendolyn@example.org"
LATER = NOON + timedelta(hours=1)
TRACES = "quendolyn", "xystrakis", "harpist of"


@pytest.fixture
def statement(db):
    return make_statement()


@pytest.fixture
def organiser(db):
    return make_organiser()


def confirm(signature):
    ticket = LinkToken(signature.id, signature.generation, NOON)
    confirm_action.confirm(ticket=ticket, generation=signature.generation, now=LATER, signature=look(signature.id))


def left_in_a_dump():
    text = dump_database(database_url()).lower()
    return [trace for trace in TRACES if trace in text]


@pytest.mark.django_db(transaction=True)
def test_after_all_that_the_desk_can_do_a_dump_tells_nothing(settings):
    statement, owner = make_statement(), make_owner()
    desk = logged_in_client(owner)
    invited = {"statement": statement.pk, "name": NAME, "credit": "harpist of renown", "email": MAILBOX}
    moment = {"expires_at_0": "2099-01-01", "expires_at_1": "12:00"}
    assert desk.post("/admin/signatures/invitation/add/", {**invited, **moment}).status_code == 302
    invitation = Invitation.objects.get()
    mail_invitations(ids=[invitation.id], actor=owner, now=NOON)
    signature = sign(statement, MAILBOX, name=NAME, credit="harpist of renown", invitation_id=invitation.id)
    confirm(signature)
    name = ProtectedName.objects.get(signature=signature)
    desk.get(f"/admin/signatures/signature/{signature.id}/change/")
    assert desk.post(f"/admin/signatures/protectedname/{name.id}/delete/", {"post": "yes"}).status_code == 302
    for act in ("hide", "show", "unmark_notable", "mark_notable"):
        run_admin_action(desk, act, signature)
        desk.get(SIGNATURES)
    quotation = reverse("admin:signature_quotation", args=[signature.id])
    desk.post(quotation, {"quotation": "A harpist of many years.", "reason": "by mail"})
    assert left_in_a_dump() == list(TRACES)

    erase(signature_id=signature.id, now=LATER)
    assert left_in_a_dump() == []


class TestAnInvitation:
    def test_that_nobody_used_goes_with_its_mailbox(self, statement, organiser):
        """The person did not use the invitation, but signed with the public form."""
        by = Invitee(NAME, mailbox=_mailbox())
        [invitation] = invite(
            statement=statement, people=[by], actor=organiser, expires_at=LATER + timedelta(days=60), now=NOON
        )
        signature = sign(statement, MAILBOX, name=NAME)
        erase(signature_id=signature.id, now=LATER)

        invitation.refresh_from_db()
        assert (invitation.name, invitation.mailbox, invitation.is_usable(LATER)) == ("", None, False)
        assert ask(MAILBOX)[0] == 1

    def test_of_another_statement_gets_no_mail_once_its_owner_says_not_me(self, statement, organiser):
        other = make_statement("other")
        invite(
            statement=other, people=[Invitee(NAME, mailbox=_mailbox())], actor=organiser, now=NOON,
            expires_at=LATER + timedelta(days=60),
        )  # fmt: skip
        signature = sign(statement, MAILBOX, name="Somebody Else")
        not_me(signature_id=signature.id, now=LATER)

        assert not Invitation.objects.filter(mailbox__isnull=False).exists()


class TestAFileThatWaits:
    PEOPLE = f"name,email,sector\n{NAME},{MAILBOX},Music\nEva Brandt,eva@example.org,Music\n"

    def test_does_not_bring_back_who_was_here_already(self, statement, organiser):
        signature = make_signature(statement, address=MAILBOX)
        import_ = make_checked_import(statement, organiser, self.PEOPLE)
        assert (import_.known, import_.ready) == (1, 1)
        erase(signature_id=signature.id, now=LATER)
        assert left_sealed(import_) == 2  # the heading and Eva

        settings_ = {"sector": None, "language": "en", "visibility": "public"}
        choose_columns(import_id=import_.id, columns=import_.columns, **settings_, now=LATER)
        run_import_worker(LATER)
        start_import(import_id=import_.id, pace=500, actor=organiser, now=LATER)
        run_import_worker(LATER + timedelta(hours=1))
        import_ = reload(import_)
        assert (import_.brought, import_.silent, import_.known, import_.bad) == (1, 1, 0, 0)
        assert Mail.objects.count() == 1

    def test_keeps_nobody_from_going_while_it_is_looked_at_anew(self, statement, organiser):
        other = make_statement("other")
        signature = make_signature(other, address=MAILBOX)
        import_ = make_checked_import(statement, organiser, self.PEOPLE)
        settings_ = {"sector": None, "language": "en", "visibility": "public"}
        choose_columns(import_id=import_.id, columns=import_.columns, **settings_, now=LATER)
        erase(signature_id=signature.id, now=LATER)
        run_import_worker(LATER)

        import_ = reload(import_)
        assert (import_.ready, import_.silent, import_.status) == (1, 1, Import.Status.CHECKED)

    def test_nor_who_goes_at_the_moment_when_it_is_their_turn(self, statement, organiser, monkeypatch):
        other = make_statement("other")
        signature = make_signature(other, address=MAILBOX)
        import_ = make_checked_import(statement, organiser, self.PEOPLE)
        start_import(import_id=import_.id, pace=100_000, actor=organiser, now=LATER)
        _erase_between_look_and_turn(monkeypatch, signature)
        run_import_worker(LATER + timedelta(hours=1))

        import_ = reload(import_)
        assert not Signature.objects.of(statement).from_mailbox(_mailbox()).exists()
        assert (import_.brought, import_.silent, import_.ready) == (1, 1, 0)


def left_sealed(import_):
    return ImportLine.objects.filter(of=import_, sealed__isnull=False).count()


def _mailbox():
    return mailbox.parse(MAILBOX)


def _erase_between_look_and_turn(monkeypatch, signature):
    """Erases the signature after the lines of the import are read and before the first one is imported."""
    form = apply.LineForms.form

    def slow(self, cells):
        erase(signature_id=signature.id, now=LATER)
        return form(self, cells)

    monkeypatch.setattr(apply.LineForms, "form", slow)
