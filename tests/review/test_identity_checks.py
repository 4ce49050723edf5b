"""A signatory is notable after an identity check: its method, its moderator, and a second moderator if needed."""

import pytest
from bs4 import BeautifulSoup
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse

from signatures.audit.models import AuditEntry
from signatures.privacy.erase import erase
from signatures.review.models.canned_reply import Phrase
from signatures.review.models.identity_check import Check
from signatures.review.models.protected_name import ProtectedName
from signatures.review.moderate import approve, reject
from signatures.review.notable import give_second_approval, mark_notable, unmark_notable
from signatures.review.queue import request_proof
from signatures.signing.correct import correct
from signatures.signing.models.flag import Flag
from signatures.signing.models.signature import Signature
from signatures.signing.withdraw import withdraw
from signatures.web import tokens
from signatures.web.tokens import Purpose
from tests.organisers import SIGNATURES, logged_in_client, make_staff, messages_of, run_admin_action
from tests.people import NOON, make_signature, make_statement

pytestmark = pytest.mark.django_db

State = Signature.State


def mark(signature, actor, *, method="agent", **more):
    return mark_notable(signature_id=signature.id, actor=actor, reason="as agreed", method=method, now=NOON, **more)


def now_is(signature):
    signature.refresh_from_db()
    return signature.notable, signature.checked_how


class TestACheck:
    def test_who_how_and_when_are_kept(self, statement, moderator):
        signature = make_signature(statement)

        assert mark(signature, moderator, method="guild") is True

        check = Check.objects.get()
        assert (check.signature, check.method, check.made_by, check.made_at) == (signature, "guild", moderator, NOON)
        assert now_is(signature) == (True, "guild")
        entry = AuditEntry.objects.get()
        assert (entry.action, entry.after) == ("mark_notable", "guild")

    def test_a_public_post_has_its_address(self, statement, moderator):
        signature = make_signature(statement)

        with pytest.raises(IntegrityError), transaction.atomic():
            mark(signature, moderator, method="public_post")
        assert mark(signature, moderator, method="public_post", url="https://example.org/post") is True

    def test_an_unknown_method_is_none(self, statement, moderator):
        with pytest.raises(ValueError, match="rumour"):
            mark(make_signature(statement), moderator, method="rumour")

    @pytest.mark.parametrize("state", [State.PENDING, State.HELD, State.REJECTED, State.WITHDRAWN])
    def test_only_a_confirmed_signatory_is_checked(self, statement, moderator, state):
        assert mark(make_signature(statement, state=state), moderator) is False
        assert Check.objects.count() == 0

    @pytest.mark.parametrize(
        "leave",
        [
            lambda signature, actor: correct(signature_id=signature.id, name="Ilse Holt", credit="", now=NOON),
            lambda signature, actor: withdraw(signature_id=signature.id, now=NOON),
            lambda signature, actor: erase(signature_id=signature.id, now=NOON),
            lambda signature, actor: unmark_notable(
                signature_id=signature.id, actor=actor, reason="a mistake", now=NOON
            ),
        ],
        ids=["another name", "withdrawn", "erased", "taken off"],
    )
    def test_it_goes_with_what_it_was_about(self, statement, moderator, leave):
        signature = make_signature(statement)
        mark(signature, moderator)

        leave(Signature.objects.get(), moderator)

        assert now_is(signature) == (False, "")
        assert Check.objects.count() == 0


class TestASecondYes:
    @pytest.fixture
    def statement(self):
        return make_statement(needs_second_yes=True)

    def test_one_is_not_enough(self, statement, moderator):
        signature = make_signature(statement)

        mark(signature, moderator)

        assert now_is(signature) == (False, "")
        assert AuditEntry.objects.get().action == "check_identity"
        assert ProtectedName.objects.filter(signature=signature).count() == 0

    def test_nobody_seconds_their_own(self, statement, moderator):
        signature = make_signature(statement)
        mark(signature, moderator)

        done = give_second_approval(signature_id=signature.id, actor=moderator, reason="again", now=NOON)

        assert (done, now_is(signature)) == (False, (False, ""))
        with pytest.raises(IntegrityError), transaction.atomic():
            Check.objects.update(seconded_by=moderator)

    def test_a_colleague_does(self, statement, moderator):
        signature, colleague = make_signature(statement), make_staff("colleague", "Moderator")
        mark(signature, moderator)

        done = give_second_approval(signature_id=signature.id, actor=colleague, reason="saw it too", now=NOON)

        assert (done, now_is(signature)) == (True, (True, "agent"))
        assert Check.objects.get().seconded_by == colleague
        assert ProtectedName.objects.filter(signature=signature).count() == 1

    def test_a_name_changed_in_between_needs_both_again(self, statement, moderator):
        signature = make_signature(statement)
        mark(signature, moderator)
        correct(signature_id=signature.id, name="Ilse Holt", credit="", now=NOON)

        done = give_second_approval(
            signature_id=signature.id, actor=make_staff("colleague", "Moderator"), reason="saw it", now=NOON
        )

        assert (done, now_is(signature)) == (False, (False, ""))


class TestAtTheDesk:
    def test_the_list_asks_how_before_it_marks(self, statement, moderator):
        desk, signature = logged_in_client(moderator), make_signature(statement)

        response = run_admin_action(desk, "mark_notable", signature, method="")

        assert response.status_code == 422
        assert BeautifulSoup(response.content, "html.parser").select_one("select[name=method]")
        assert now_is(signature) == (False, "")
        assert messages_of(run_admin_action(desk, "mark_notable", signature, method="video_call")) == [
            "Marked as notable: <bdi>Ilse Varga</bdi>"
        ]
        assert now_is(signature) == (True, "video_call")

    def test_a_post_without_its_address_is_asked_for(self, statement, moderator):
        desk, signature = logged_in_client(moderator), make_signature(statement)

        assert run_admin_action(desk, "mark_notable", signature, method="public_post").status_code == 422
        how = {"method": "public_post", "url": "https://example.org/post", "reason": "saw it"}
        desk.post(SIGNATURES, {"action": "mark_notable", "index": "0", "_selected_action": [signature.id], **how})

        assert Check.objects.get().url == "https://example.org/post"

    def test_so_does_the_review_queue(self, statement, moderator):
        desk = logged_in_client(moderator)
        signature = make_signature(statement, state=State.HELD)
        desk.post(reverse("admin:review_next"))
        page = reverse("admin:review_case", args=[signature.id])

        refused = desk.post(page, {"press": "notable public_post", "note": "javascript:alert(1)"})

        assert messages_of(refused) == ["Nothing was decided: first enter the address of the public post as the note."]
        desk.post(page, {"press": "notable public_post", "note": "https://example.org/post"})
        assert now_is(signature) == (True, "public_post")

    def test_the_page_of_one_says_who_checked_and_how(self, statement, moderator):
        signature = make_signature(statement)
        mark(signature, moderator, method="guild")

        page = logged_in_client(moderator).get(reverse("admin:signatures_signature_change", args=[signature.id]))

        shown = " ".join(BeautifulSoup(page.content, "html.parser").select_one("#content").text.split())
        assert "Identity: their guild confirmed it · moderator, " in shown


def test_the_public_reads_how_in_words(statement, moderator):
    mark(make_signature(statement), moderator, method="guild")
    make_signature(statement, name="Somebody Else")

    page = BeautifulSoup(Client().get("/letter/signatories/").content, "html.parser")

    assert [element.text for element in page.select(".checked")] == ["Identity checked: their guild confirmed it"]
    [row, other] = Client().get("/api/v1/statements/letter/signatories/").json()["signatories"]
    assert (row["identity_checked"], other["identity_checked"]) == ("guild", "")


class TestTheSignersOwnPage:
    def own_page(self, signature, language=""):
        token = tokens.make(Purpose.OWN_PAGE, subject_id=signature.id, generation=1, issued_at=NOON)
        page = Client().get(f"{language}/signature/{token}/")
        return " ".join(BeautifulSoup(page.content, "html.parser").select_one("main").text.split())

    def test_says_what_speeds_up_a_check_of_the_name(self, statement):
        flagged = make_signature(statement, state=State.HELD, flags=[Flag.PROTECTED_NAME])
        other = make_signature(statement, state=State.HELD, flags=[Flag.BURST])

        assert "a word from your agent, or from your guild or union" in self.own_page(flagged)
        assert "/letter/" in self.own_page(flagged)
        assert "your agent" not in self.own_page(other)

    def test_says_why_it_was_not_accepted_in_the_readers_language(self, statement, moderator):
        signature = make_signature(statement, state=State.HELD)
        phrase = Phrase.objects.filter(use="reject").earliest("id")
        reject(signature_id=signature.id, actor=moderator, reason="x", phrase=phrase, now=NOON)

        assert phrase.text in self.own_page(signature)
        assert phrase.translations.get(language="fr").text in self.own_page(signature, "/fr")

    def test_says_what_was_asked_until_it_is_decided(self, statement, moderator):
        signature = make_signature(statement, state=State.HELD)
        phrase = Phrase.objects.filter(use="ask").earliest("id")
        request_proof(signature_id=signature.id, actor=moderator, reason="x", phrase=phrase, now=NOON)
        assert phrase.text in self.own_page(signature)

        approve(signature_id=signature.id, actor=moderator, reason="x", now=NOON)

        assert phrase.text not in self.own_page(signature)


def test_the_list_of_the_desk_offers_it(statement, moderator):
    make_signature(statement)

    page = BeautifulSoup(logged_in_client(moderator).get(SIGNATURES).content, "html.parser")

    assert "second_notable" in [option["value"] for option in page.select("select[name=action] option")]
