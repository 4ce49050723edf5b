"""Tests invitations: a link works once, until it expires or is revoked, and only under the invited name."""

from datetime import timedelta

import pytest
from bs4 import BeautifulSoup
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from signatures.audit.models import AuditEntry
from signatures.identity import mailbox
from signatures.mail.limits import MIN_TIME_BETWEEN_EMAILS
from signatures.mail.models.email import Mail, Suppression
from signatures.mail.send import send_emails
from signatures.privacy.erase import erase
from signatures.privacy.key_rotation import rotate_invitations
from signatures.privacy.retention import apply_retention
from signatures.privacy.subject_access import find_person
from signatures.review.models.identity_check import Check
from signatures.review.models.protected_name import ProtectedName
from signatures.signing.confirm import confirm
from signatures.signing.correct import correct
from signatures.signing.invite import invite_no_more, mail_invitations, revoke
from signatures.signing.models.flag import Flag
from signatures.signing.models.invitation import Invitation
from signatures.signing.models.signature import Signature
from signatures.statements.models.switch import Switch
from signatures.statements.turn_switch import turn_on
from signatures.web import tokens
from signatures.web.tokens import LinkToken, Purpose
from tests.organisers import logged_in_client, make_moderator, make_organiser
from tests.people import NOON, make_invitation, make_statement, sign
from tests.smtp import mail_server
from tests.threads import at_once

pytestmark = pytest.mark.django_db

State = Signature.State
EXPIRED = {"created_at": NOON - timedelta(days=9), "expires_at": NOON}
LIST, FILE = reverse("admin:signatures_invitation_changelist"), reverse("admin:signatures_invitation_file")


@pytest.fixture
def statement():
    return make_statement()


def path_of(invitation):
    token = tokens.make(Purpose.INVITATION, subject_id=invitation.id, generation=1, issued_at=invitation.created_at)
    return f"/invitation/{token}/"


def signed_by(invitation, address="ilse@example.org", **details):
    """Signs with the form of the invitation, confirms the signature, and returns it."""
    signature = sign(invitation.statement, address, invitation_id=invitation.id, **details)
    ticket = LinkToken(signature.id, signature.generation, NOON)
    confirm(ticket=ticket, generation=signature.generation, now=NOON)
    signature.refresh_from_db()
    return signature


class TestWhoSignsByIt:
    def test_is_notable_without_a_second_look(self, statement):
        ProtectedName.objects.protect([ProtectedName(name="Ilse Varga", written="Ilse Varga")])
        invitation = make_invitation(statement)

        signature = signed_by(invitation, flags=[Flag.BURST])

        assert (signature.state, signature.notable, signature.checked_how) == (State.CONFIRMED, True, "invitation")
        assert signature.flags == []
        assert Check.objects.get().made_by == invitation.invited_by
        assert AuditEntry.objects.get().action == "mark_notable"
        invitation.refresh_from_db()
        assert invitation.signature == signature

    def test_under_another_name_is_one_like_all(self, statement):
        ProtectedName.objects.protect([ProtectedName(name="Zora Kline", written="Zora Kline")])

        signature = signed_by(make_invitation(statement), name="Zora Kline")

        assert (signature.state, signature.notable) == (State.HELD, False)
        assert Invitation.objects.get().signature is None

    def test_may_write_the_name_in_their_own_way(self, statement):
        assert signed_by(make_invitation(statement), name="ILSE  Várga").notable is True

    def test_waits_for_a_second_yes_where_the_statement_asks_for_it(self):
        signature = signed_by(make_invitation(make_statement(needs_second_yes=True)))

        assert (signature.state, signature.notable) == (State.CONFIRMED, False)

    @pytest.mark.parametrize("over", [EXPIRED, {"revoked_at": NOON}], ids=["expired", "taken back"])
    def test_when_it_is_over_is_one_like_all(self, statement, over):
        assert signed_by(make_invitation(statement, **over)).notable is False

    def test_on_another_statement_is_one_like_all(self, statement):
        invitation = make_invitation(statement)
        invitation.statement = make_statement("other")

        assert signed_by(invitation).notable is False

    def test_is_the_first_of_two(self, statement):
        invitation = make_invitation(statement)

        first, second = signed_by(invitation), signed_by(invitation, "zofia@example.org")

        assert (first.notable, second.notable) == (True, False)

    def test_is_one_where_two_confirm_at_the_same_moment(self, transactional_db):
        invitation = make_invitation(make_statement())
        rows = [sign(invitation.statement, f"{n}@example.org", invitation_id=invitation.id) for n in range(2)]

        at_once(2, lambda n: confirm(ticket=LinkToken(rows[n].id, 1, NOON), generation=1, now=NOON))

        assert sorted(Signature.objects.values_list("notable", flat=True)) == [False, True]

    def test_loses_it_with_another_name(self, statement):
        signature = signed_by(make_invitation(statement))

        correct(signature_id=signature.id, name="Zora Kline", credit="", now=NOON)

        signature.refresh_from_db()
        assert (signature.name, signature.notable) == ("Zora Kline", False)

    def test_is_forgotten_in_it_when_they_erase_themselves(self, statement):
        erase(signature_id=signed_by(make_invitation(statement, credit="composer")).id, now=NOON)

        assert Invitation.objects.values_list("name", "credit").get() == ("", "")

    def test_and_so_is_where_it_was_mailed(self, statement):
        invitation = mailed(make_invitation(statement))
        mail_invitations(ids=[invitation.id], actor=invitation.invited_by, now=NOON)
        of = mailbox.from_address(invitation.address)
        signature = signed_by(invitation, invitation.address)
        assert find_person(person_mailbox=of)["mails"]

        erase(signature_id=signature.id, now=NOON)

        assert not any(find_person(person_mailbox=of).values())
        assert not Mail.objects.filter(mailbox_digest__isnull=False).exists()


class TestTheLink:
    def test_a_look_changes_nothing_and_the_form_opens_by_a_press(self, statement):
        invitation, visitor = make_invitation(statement, credit="composer"), Client()
        path = path_of(invitation)

        for address in (path, f"{path}?form"):
            assert visitor.get(address).status_code == 200
        assert Invitation.objects.get().opened_at is None
        response = visitor.post(path)

        assert (response.status_code, response["Location"]) == (303, f"{path}?form#sign")
        assert Invitation.objects.get().opened_at is not None

    def test_the_form_has_name_credit_and_the_link(self, statement):
        path = path_of(make_invitation(statement, credit="composer"))

        form = BeautifulSoup(Client().get(f"{path}?form").content, "html.parser").select_one("form.sign")

        sent = {field["name"]: field.get("value") for field in form.select("input[name]")}
        assert (sent["name"], sent["credit"]) == ("Ilse Varga", "composer")
        assert sent["invitation"] == path.split("/")[2]

    def test_what_was_typed_wrong_keeps_the_invitation(self, statement):
        token = path_of(make_invitation(statement)).split("/")[2]

        response = Client().post("/letter/sign/", {"name": "Ilse", "invitation": token})

        assert response.status_code == 422
        kept = BeautifulSoup(response.content, "html.parser").select_one("[name=invitation]")
        assert kept["value"] == token

    def test_signing_with_it_is_signing_by_it(self, statement):
        invitation = make_invitation(statement)
        fields = {"name": "Ilse Varga", "email": "ilse@example.org", "sector": "music"}

        Client().post("/letter/sign/", {**fields, "invitation": path_of(invitation).split("/")[2]})

        assert Signature.objects.get().invitation == invitation

    @pytest.mark.parametrize("token", ["", "x", "W10.x", "a" * 5000])
    def test_a_made_up_one_is_as_good_as_none(self, statement, token):
        fields = {"name": "Ilse Varga", "email": "ilse@example.org", "sector": "music"}

        response = Client().post("/letter/sign/", {**fields, "invitation": token})

        assert response.status_code in (303, 422)
        assert not Signature.objects.filter(invitation__isnull=False).exists()

    def test_a_link_of_another_purpose_is_none(self, statement):
        invitation = make_invitation(statement)
        token = tokens.make(Purpose.OWN_PAGE, subject_id=invitation.id, generation=1, issued_at=NOON)

        assert Client().get(f"/invitation/{token}/").status_code == 404

    @pytest.mark.parametrize("over", [EXPIRED, {"revoked_at": NOON}])
    def test_it_says_when_it_is_over(self, statement, over):
        path = path_of(make_invitation(statement, **over))

        assert [Client().get(path).status_code, Client().post(path).status_code] == [410, 410]
        assert "Ilse" not in Client().get(path).content.decode()

    def test_it_stands_nowhere_in_the_database(self, statement):
        token = path_of(make_invitation(statement)).split("/")[2]

        assert token not in str(Invitation.objects.values().get())


class TestAtTheDesk:
    def test_an_organiser_writes_one(self, statement):
        desk = logged_in_client(make_organiser())
        expires = timezone.now() + timedelta(days=9)
        fields = {"statement": statement.id, "name": " Ilse Varga ", "credit": "composer"}
        desk.post(
            reverse("admin:signatures_invitation_add"),
            {**fields, "expires_at_0": f"{expires:%Y-%m-%d}", "expires_at_1": "12:00:00"},
        )

        row = Invitation.objects.get()
        assert (row.name, row.credit, row.invited_by.username) == ("Ilse Varga", "composer", "organiser")
        assert path_of(row) in desk.get(LIST).content.decode()
        assert AuditEntry.objects.get().action == "invite"

    def test_one_that_is_over_already_is_not_written(self, statement):
        fields = {
            "statement": statement.id,
            "name": "Ilse Varga",
            "expires_at_0": "2001-01-01",
            "expires_at_1": "12:00",
        }
        page = logged_in_client(make_organiser()).post(reverse("admin:signatures_invitation_add"), fields)

        assert "This time is in the past: choose a later one." in page.content.decode()
        assert not Invitation.objects.exists()

    def test_they_note_that_it_is_sent_and_take_it_back(self, statement):
        desk, invitation = logged_in_client(make_organiser()), make_invitation(statement)

        desk.post(LIST, {"action": "note_sent", "_selected_action": [invitation.id], "index": "0"})
        desk.post(LIST, {"action": "revoke", "_selected_action": [invitation.id], "index": "0"})

        row = Invitation.objects.get()
        assert None not in (row.sent_at, row.revoked_at)
        entry = AuditEntry.objects.get(action="revoke")
        assert (entry.reason, entry.object_type, entry.object_id) == ("", "invitation", row.id)
        assert path_of(row) not in desk.get(LIST).content.decode()

    def test_what_was_used_is_not_taken_back(self, statement):
        invitation = make_invitation(statement)
        signed_by(invitation)

        count = revoke(ids=[invitation.id], actor=invitation.invited_by, now=NOON)

        assert (count, Invitation.objects.get().revoked_at) == (0, None)

    def test_a_moderator_sees_no_link(self, statement):
        make_invitation(statement)

        assert logged_in_client(make_moderator()).get(LIST).status_code == 403


class TestAFile:
    def upload(self, statement, data):
        file = SimpleUploadedFile("people.csv", data, content_type="text/csv")
        return logged_in_client(make_organiser()).post(FILE, {"statement": statement.id, "file": file})

    @pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"], ids=["without a BOM", "with one"])
    def test_each_line_is_an_invitation(self, statement, mark):
        self.upload(statement, mark + "name,credit\nIlse Varga,composer\n\nزوفيا,\n".encode())

        assert list(Invitation.objects.order_by("id").values_list("name", "credit")) == [
            ("Ilse Varga", "composer"),
            ("زوفيا", ""),
        ]

    @pytest.mark.parametrize("encoding", ["utf-16", "utf-8-sig"])
    def test_as_a_spreadsheet_writes_it(self, statement, encoding):
        self.upload(statement, 'Name;Credit\r\nZoë Holt;"composer; pianist"\r\n'.encode(encoding))

        assert list(Invitation.objects.values_list("name", "credit")) == [("Zoë Holt", "composer; pianist")]

    @pytest.mark.parametrize(
        ("data", "problem"),
        [
            ("name\nZoë\n".encode("latin-1"), "This is not UTF-8."),
            (b"Ilse Varga\n", "one of them must be “name”"),
            (b"", "The submitted file is empty."),
            (b"name\n\n", "at least"),
            (b"name\n" + b"Ilse Varga\n" * 2001, "at most 2,000"),
            (b"name," + b"x," * 300 + b"\nIlse Varga\n", "more than 50 columns"),
            (b"name,credit\nIlse Varga,composer\n=1+1,x\n", "Line 3: Begin with a letter or a number"),
            (b"name,credit\nIlse Varga,+SUM(A1)\n", "Line 2: Begin with a letter or a number"),
            (b"name,credit\nIlse Varga," + b"x" * 200_000 + b"\n", "Line 2: A cell has more than"),
            (b"name,credit\nIlse Varga," + b"x" * 20_000 + b"\n", "Line 2: Shorten this to 160 characters"),
            (b"name\n" + b"x" * (1024 * 1024), "larger than 1 MB"),
            (b'name\n"Ilse Varga\n', "quotation mark"),
            (b"name\nIlse Varga\nhttps://example.org\n", "Line 3:"),
            (b"PK\x03\x04\x00\x00name", "This is not a CSV file, although"),
        ],
    )
    def test_a_bad_one_gets_a_clear_word_and_stores_nothing(self, statement, data, problem):
        response = self.upload(statement, data)

        [error] = [note.text for note in BeautifulSoup(response.content, "html.parser").select(".errornote")]
        assert problem in error
        assert (response.status_code, Invitation.objects.count()) == (422, 0)


def mailed(invitation, **more):
    """Creates an invitation that the site can email."""
    invitation.set_mailbox(mailbox.parse(more.pop("address", "ilse@varga.example.org")))
    for field, value in more.items():
        setattr(invitation, field, value)
    invitation.save()
    return invitation


class TestByMail:
    @pytest.fixture
    def organiser(self):
        return make_organiser()

    def post(self, *invitations, now=NOON):
        ids = [invitation.id for invitation in invitations]
        return mail_invitations(ids=ids, actor=invitations[0].invited_by, now=now)

    def send(self, now=NOON):
        return send_emails(clock=lambda: now + timedelta(minutes=1))

    def test_it_comes_in_the_language_of_the_invited_with_their_link_and_the_way_out(self, statement, mailoutbox):
        invitation = mailed(make_invitation(statement, credit="composer"), language="fr")

        assert self.post(invitation) == 1
        self.send()

        [message] = mailoutbox
        assert (message.to, message.reply_to) == (["ilse@varga.example.org"], ["press@letter.example.org"])
        assert message.subject == "A working group vous invite à signer : Makers’ Letter"
        assert "Ilse Varga" in message.body
        assert f"/fr{path_of(invitation)}" in message.body
        [html] = [alternative.content for alternative in message.alternatives]
        assert 'lang="fr"' in html
        assert message.extra_headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
        invitation.refresh_from_db()
        assert invitation.sent_at == NOON + timedelta(minutes=1)

    def test_it_goes_behind_confirmations(self, statement):
        self.post(mailed(make_invitation(statement)))

        assert Mail.objects.get().priority == Mail.Priority.LAST

    def test_it_is_sent_once_and_once_again_after_three_days(self, statement):
        invitation = mailed(make_invitation(statement))
        days = [0, 2, 3, 6, 30]

        sent = [self.post(invitation, now=NOON + timedelta(days=day)) for day in days]

        assert sent == [1, 0, 1, 0, 0]
        assert list(Mail.objects.order_by("id").values_list("generation", flat=True)) == [1, 2]

    def test_two_invitations_of_one_mailbox_are_one_mail(self, statement):
        first, second = (mailed(make_invitation(statement)) for _ in range(2))

        assert self.post(first, second) == 1

    def test_it_waits_for_the_mailbox_s_turn(self, statement):
        sign(make_statement("other"), "ilse@varga.example.org")

        self.post(mailed(make_invitation(statement)))

        assert Mail.objects.get(kind="invitation").due_at == NOON + MIN_TIME_BETWEEN_EMAILS

    def test_to_whom_none_goes(self, statement):
        signed = mailed(make_invitation(statement), address="signed@example.org")
        sign(statement, "signed@example.org")
        silent = mailed(make_invitation(statement), address="silent@example.org")
        invite_no_more(invitation_id=mailed(make_invitation(statement), address="silent@example.org").id, now=NOON)
        mailed(silent, address="silent@example.org")
        closed = mailed(make_invitation(make_statement("closed", closes_at=NOON)), address="c@example.org")
        over = mailed(make_invitation(statement, **EXPIRED), address="o@example.org")
        back = mailed(make_invitation(statement, revoked_at=NOON), address="r@example.org")
        without = make_invitation(statement)

        assert self.post(signed, silent, closed, over, back, without) == 0
        assert not Mail.objects.filter(kind="invitation").exists()

    @pytest.mark.parametrize("change", [{"revoked_at": NOON}, EXPIRED, {"mailbox": None, "mailbox_digest": None}])
    def test_what_was_taken_back_meanwhile_does_not_leave(self, statement, mailoutbox, change):
        invitation = mailed(make_invitation(statement))
        self.post(invitation)
        Invitation.objects.update(**change)
        self.send()

        assert (mailoutbox, Mail.objects.get().status) == ([], "cancelled")

    def test_while_mail_is_paused_it_waits(self, statement, mailoutbox):
        self.post(mailed(make_invitation(statement)))
        turn_on(name=Switch.Name.PAUSE_MAIL, statement=statement, actor=None, reason="a flood", now=NOON)
        self.send()

        assert (mailoutbox, Mail.objects.get().status) == ([], "queued")

    def test_the_way_out_ends_all_mail_and_forgets_the_mailbox(self, statement):
        invitation, other = mailed(make_invitation(statement)), mailed(make_invitation(make_statement("other")))
        self.post(invitation, other)
        address, visitor = f"/unsubscribe/{invitation.token(Purpose.NO_INVITATIONS)}/", Client()

        assert visitor.get(address).status_code == 200
        assert Suppression.objects.count() == 0
        assert "Nothing was signed in your name" in visitor.post(address).content.decode()
        assert Suppression.objects.get().reason == "no_mail"
        assert set(Invitation.objects.values_list("mailbox", "mailbox_digest")) == {(None, None)}
        assert set(Mail.objects.values_list("status", "mailbox_digest")) == {("cancelled", None)}
        assert visitor.post(address).status_code == 200

    @pytest.mark.parametrize("over", [EXPIRED, {"revoked_at": NOON}])
    def test_when_it_is_over_the_mailbox_goes(self, statement, over):
        kept = mailed(make_invitation(statement))
        mailed(make_invitation(statement, **over))

        assert apply_retention(now=NOON).invitations == 1
        assert [row.id for row in Invitation.objects.filter(mailbox__isnull=False)] == [kept.id]

    def test_a_refusal_for_good_suppresses_the_mailbox(self, statement, settings):
        self.post(mailed(make_invitation(statement)))
        with mail_server(settings, at_rcpt=lambda address: "550 5.1.1 nobody here"):
            self.send()

        assert (Mail.objects.get().status, Suppression.objects.get().reason) == ("failed", "refused")

    def test_the_database_refuses_a_third_way(self, statement):
        invitation = mailed(make_invitation(statement))
        self.post(invitation)
        again = Mail.objects.get()
        again.pk, again.message_id = None, "another"

        with pytest.raises(IntegrityError, match="an_invitation_is_mailed_once_and_again"), transaction.atomic():
            again.save(force_insert=True)
        again.kind = Mail.Kind.CONFIRM
        with pytest.raises(IntegrityError, match="a_mail_is_to_a_signer_or_an_invited"), transaction.atomic():
            again.save(force_insert=True)

    def test_it_moves_to_new_keys(self, statement, settings):
        invitation = mailed(make_invitation(statement))
        self.post(invitation)
        for keys in ("FIELD_KEYS", "DIGEST_KEYS"):
            setattr(settings, keys, ["new-key-" + "n" * 32, *getattr(settings, keys)])

        assert [rotate_invitations(), rotate_invitations()] == [(1, 0), (0, 0)]
        settings.FIELD_KEYS, settings.DIGEST_KEYS = settings.FIELD_KEYS[:1], settings.DIGEST_KEYS[:1]
        row, mail = Invitation.objects.get(), Mail.objects.get()
        assert (row.address, row.digests()) == ("ilse@varga.example.org", [bytes(mail.mailbox_digest)])

    def test_find_person_finds_them(self, statement):
        self.post(mailed(make_invitation(statement)))

        records = find_person(person_mailbox=mailbox.parse("Ilse@varga.example.org"))

        assert {kind: len(rows) for kind, rows in records.items()} == {"invitations": 1, "mails": 1}

    def test_the_whole_way_at_the_desk(self, statement, organiser, mailoutbox):
        desk = logged_in_client(organiser)
        file = SimpleUploadedFile("people.csv", b"name,email,language\nIlse Varga,ilse@varga.example.org,fr\nZora,,\n")
        desk.post(FILE, {"statement": statement.id, "file": file})
        ids = list(Invitation.objects.values_list("id", flat=True))
        page = desk.post(LIST, {"action": "mail", "_selected_action": ids, "index": "0"}, follow=True).content.decode()

        assert "1 invitation will be emailed." in page
        assert "1 was not changed: the site has no mailbox" in page
        assert "ilse@varga.example.org" in page
        assert list(AuditEntry.objects.order_by("id").values_list("action", "details", "object_id")) == [
            ("invite", {"invitations": 2}, None),
            ("mail_invitations", {"invitations": 1}, ids[1]),
        ]
        self.send(now=timezone.now())
        assert len(mailoutbox) == 1
        assert desk.get(reverse("admin:signatures_mail_changelist")).status_code == 200
        mail_page = reverse("admin:signatures_mail_change", args=[Mail.objects.get().id])
        assert "ilse@varga.example.org" in desk.get(mail_page).content.decode()

    @pytest.mark.parametrize(
        ("line", "problem"),
        [
            ("Ilse,nobody,", "Line 2: "), ("Ilse,a@b.example,xx", "this site does not have this language"),
            ("Ilse,a@b.example,\nZora,A@b.example,", "Line 3: this mailbox is in the file twice"),
        ],
    )  # fmt: skip
    def test_a_bad_line_is_named(self, statement, organiser, line, problem):
        file = SimpleUploadedFile("people.csv", f"name,email,language\n{line}\n".encode())
        response = logged_in_client(organiser).post(FILE, {"statement": statement.id, "file": file})

        assert problem in BeautifulSoup(response.content, "html.parser").select_one(".errornote").text
        assert Invitation.objects.count() == 0
