"""Tests the command that shows what is stored about a person."""

import io
import json
import sys

import pytest
from django.contrib.auth.models import User
from django.core.management import CommandError, call_command

from signatures.identity import mailbox
from signatures.mail.models.email import Suppression
from signatures.privacy import field_classes
from signatures.privacy.erase import erase, not_me
from signatures.review.models.protected_name import ProtectedName
from signatures.review.moderate import hide
from signatures.signing.models.signature import Signature
from signatures.signing.resend import queue_own_page_email
from tests.people import NOON, make_signature, make_statement, sign

pytestmark = pytest.mark.django_db

Reason = Suppression.Reason


def ask(address: str) -> tuple[int, str]:
    """Returns the exit code and the output of the command."""
    out = io.StringIO()
    try:
        call_command("find_person", address, stdout=out)
    except SystemExit as stop:
        return int(stop.code or 0), out.getvalue()
    except CommandError as error:
        return error.returncode, str(error)
    return 0, out.getvalue()


def stored_rows(address: str) -> dict[str, list[dict]]:
    code, output = ask(address)
    assert code == 0
    return json.loads(output)


@pytest.fixture
def moderator():
    return User.objects.create_user("moderator", email="someone@letter.example.org")


def test_everything_is_told_over_all_statements(moderator):
    letter, other = make_statement("letter"), make_statement("other")
    signature = make_signature(letter, address="Ilse.Varga@gmail.com", credit="composer", name="Ilse Värga")
    make_signature(other, address="ilsevarga+x@googlemail.com", visibility="anonymous")
    make_signature(letter, address="somebody.else@example.org", name="Somebody Else")
    queue_own_page_email(signature_id=signature.id, now=NOON)
    hide(signature_id=signature.id, actor=moderator, reason="asked by phone", now=NOON)
    Suppression.objects.suppress(signature, Reason.REFUSED, now=NOON)

    rows_by_kind = stored_rows("ILSE.VARGA@gmail.com")

    assert {kind: len(rows) for kind, rows in rows_by_kind.items()} == {
        "signatures": 2, "mails": 1, "suppressions": 1, "audit": 1,
    }  # fmt: skip
    first, second = rows_by_kind["signatures"]
    assert (first["name"], first["credit"], first["mailbox"]) == ("Ilse Värga", "composer", "Ilse.Varga@gmail.com")
    assert (first["statement"], second["statement"], second["visibility"]) == ("letter", "other", "anonymous")
    assert rows_by_kind["mails"][0]["kind"] == "own_page"
    assert rows_by_kind["audit"][0]["reason"] == "asked by phone"
    assert "moderator" not in json.dumps(rows_by_kind)
    assert "Somebody Else" not in json.dumps(rows_by_kind)


def test_by_which_link_somebody_came_and_whom_they_resemble_is_told_as_far_as_it_is_known():
    statement = make_statement()
    known = ProtectedName.objects.create(name="Zelda Quill", written="Zelda Quill")
    make_signature(
        statement, address="ilse@example.org", came_by=mailbox.encrypt_address("0123456789"), resembles=known
    )
    [row] = stored_rows("ilse@example.org")["signatures"]
    assert (row["came_by"], row["resembles"]) == ("0123456789", "Zelda Quill")

    known.delete()
    assert stored_rows("ilse@example.org")["signatures"][0]["resembles"] is None


def test_no_stored_field_of_a_signer_is_left_out():
    make_signature(make_statement(), address="ilse@example.org")
    row = stored_rows("ilse@example.org")["signatures"][0]
    classed = field_classes.FIELD_CLASSES["Signature"]

    assert set(" ".join(classed.values()).split()) == set(row)


def test_an_organisers_account_and_a_statements_contact_are_told(moderator):
    make_statement(contact="Someone@letter.example.org")

    rows_by_kind = stored_rows("someone@letter.example.org")

    assert [account["username"] for account in rows_by_kind["accounts"]] == ["moderator"]
    assert rows_by_kind["contact_of"] == [{"statement": "letter"}]


def test_what_a_moderator_wrote_of_an_address_is_told(moderator):
    signature = make_signature(make_statement(), address="somebody.else@example.org")
    reason = "wrote to us from ilse@example.org"
    hide(signature_id=signature.id, actor=moderator, reason=reason, now=NOON)

    assert [entry["reason"] for entry in stored_rows("ilse@example.org")["audit"]] == [reason]


def test_an_erasure_is_proved_by_finding_nothing():
    signature = make_signature(make_statement(), address="ilse@example.org")
    queue_own_page_email(signature_id=signature.id, now=NOON)
    assert ask("ilse@example.org")[0] == 0
    erase(signature_id=signature.id, now=NOON)

    assert ask("ilse@example.org") == (1, "Nothing is stored about this mailbox.\n")


def test_who_said_not_me_is_known_by_a_digest_alone():
    not_me(signature_id=sign(make_statement(), "ilse@example.org").id, now=NOON)

    rows_by_kind = stored_rows("ilse@example.org")

    assert list(rows_by_kind) == ["suppressions"]
    assert rows_by_kind["suppressions"][0]["reason"] == "not_me"


def test_the_mail_of_an_erased_signer_is_not_theirs_any_more():
    statement = make_statement()
    signature = sign(statement, "ilse@example.org")
    erase(signature_id=signature.id, now=NOON)
    sign(statement, "ilse@example.org", now=NOON.replace(hour=18))

    rows_by_kind = stored_rows("ilse@example.org")

    assert [row["id"] for row in rows_by_kind["signatures"]] == [Signature.objects.get(erased_at=None).id]
    assert [row["signature"] for row in rows_by_kind["mails"]] == [rows_by_kind["signatures"][0]["id"]]


def test_an_old_key_that_is_listed_finds_them(settings):
    make_signature(make_statement(), address="ilse@example.org")
    settings.DIGEST_KEYS = ["a new key " * 5, *settings.DIGEST_KEYS]

    assert len(stored_rows("ilse@example.org")["signatures"]) == 1


def test_with_a_key_missing_nothing_is_proved(settings):
    make_signature(make_statement(), address="ilse@example.org")
    settings.DIGEST_KEYS = ["a new key " * 5]

    code, output = ask("ilse@example.org")

    assert (code, output.partition(":")[0]) == (
        2,
        "Nothing found, but 1 digests are under a DIGEST_KEY that is not listed",
    )


def test_what_no_key_reads_is_said(settings):
    make_signature(make_statement(), address="ilse@example.org")
    settings.FIELD_KEYS = ["a new key " * 5]

    assert ask("ilse@example.org") == (2, "No listed FIELD_KEY decrypts this mailbox.")


def test_an_odd_address_is_no_proof_either():
    assert ask("ilse")[0] == 2


def test_the_address_can_come_by_the_input(monkeypatch):
    make_signature(make_statement(), address="ilse@example.org")
    monkeypatch.setattr(sys, "stdin", io.StringIO("ilse@example.org\n"))

    assert len(stored_rows("-")["signatures"]) == 1
