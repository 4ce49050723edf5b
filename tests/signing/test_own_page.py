"""Tests which changes signers can make to their own signature, and which only moderators can."""

from datetime import timedelta

import pytest

from signatures.identity import mailbox
from signatures.mail.models.email import Mail, Suppression
from signatures.privacy.erase import erase, not_me
from signatures.public.models.tally import count
from signatures.review.decide_correction import accept_correction, refuse_correction
from signatures.review.moderate import hide, show
from signatures.signing import correct as correct_action
from signatures.signing.models.signature import Signature
from signatures.signing.personal_data import collect_personal_data
from signatures.signing.resend import queue_own_page_email
from signatures.signing.set_visibility import set_visibility
from signatures.signing.withdraw import withdraw
from tests.people import NOON, make_signature, make_statement

pytestmark = pytest.mark.django_db

State = Signature.State


@pytest.fixture
def statement():
    return make_statement()


@pytest.fixture
def moderator(django_user_model):
    return django_user_model.objects.create_user("mod")


def correct(signature, name="Ilse Varga-Holt", credit="composer"):
    return correct_action.correct(signature_id=signature.id, name=name, credit=credit, now=NOON)


def shown(statement):
    return list(Signature.objects.listed().of(statement).values_list("name", "credit"))


def test_a_correction_shows_at_once_where_nothing_is_reviewed(statement):
    correct(make_signature(statement))

    assert shown(statement) == [("Ilse Varga-Holt", "composer")]


def test_a_changed_name_is_no_longer_notable(statement):
    signature = make_signature(statement, notable=True)
    correct(signature, name=signature.name, credit="conductor")
    assert Signature.objects.get().notable is True

    correct(signature)
    assert Signature.objects.get().notable is False


class TestUnderReview:
    @pytest.fixture
    def statement(self):
        return make_statement(review_everything=True)

    def test_the_old_name_stays_shown_while_the_new_one_is_looked_at(self, statement):
        signature = correct(make_signature(statement))

        assert shown(statement) == [("Ilse Varga", "")]
        assert signature.proposed_name == "Ilse Varga-Holt"
        assert list(Signature.objects.awaiting_review()) == [signature]

    def test_a_moderator_accepts_it(self, statement, moderator):
        signature = correct(make_signature(statement, notable=True))
        accept_correction(signature_id=signature.id, actor=moderator, reason="her agent wrote", now=NOON)

        assert shown(statement) == [("Ilse Varga-Holt", "composer")]
        assert Signature.objects.get().notable is False
        assert Mail.objects.get().kind == Mail.Kind.CORRECTION_DECIDED

    def test_a_moderator_refuses_it(self, statement, moderator):
        signature = correct(make_signature(statement))
        refuse_correction(signature_id=signature.id, actor=moderator, reason="not a name", now=NOON)

        assert shown(statement) == [("Ilse Varga", "")]
        assert list(Signature.objects.awaiting_review()) == []

    def test_going_back_to_the_old_name_leaves_nothing_to_look_at(self, statement):
        signature = correct(make_signature(statement, credit="composer"))
        correct(signature, name="Ilse Varga")

        assert list(Signature.objects.awaiting_review()) == []

    def test_a_held_signature_is_corrected_before_anyone_looks(self, statement):
        signature = correct(make_signature(statement, state=State.HELD))

        assert (signature.name, signature.proposed_at) == ("Ilse Varga-Holt", None)


def test_a_signer_cannot_show_again_what_a_moderator_hid(statement, moderator):
    signature = make_signature(statement)
    hide(signature_id=signature.id, actor=moderator, reason="asked by her agent", now=NOON)
    for visibility in ("anonymous", "public"):
        set_visibility(signature_id=signature.id, visibility=visibility)
    correct(signature)

    assert shown(statement) == []
    assert (count(statement.id).all, count(statement.id).listed) == (1, 0)


def test_a_moderator_cannot_name_who_chose_not_to_be_named(statement, moderator):
    signature = make_signature(statement, visibility="anonymous")
    hide(signature_id=signature.id, actor=moderator, reason="mistake", now=NOON)
    show(signature_id=signature.id, actor=moderator, reason="mistake mended", now=NOON)

    assert shown(statement) == []


def test_anonymous_is_counted_and_not_shown(statement):
    signature = make_signature(statement)
    set_visibility(signature_id=signature.id, visibility="anonymous")

    assert shown(statement) == []
    assert (count(statement.id).all, count(statement.id).without_name_count) == (1, 1)


def test_withdrawing_takes_the_name_and_the_count_away(statement):
    signature = make_signature(statement)
    withdraw(signature_id=signature.id, now=NOON)

    assert (count(statement.id).all, shown(statement)) == (0, [])


def test_withdrawing_does_not_lift_a_rejection(statement):
    signature = make_signature(statement, state=State.REJECTED)
    withdraw(signature_id=signature.id, now=NOON)

    assert Signature.objects.get().state == State.REJECTED


def test_erasing_leaves_nothing_that_says_who(statement):
    signature = make_signature(statement, credit="composer", organisation="Choir", updates=True, notable=True)
    queue_own_page_email(signature_id=signature.id, now=NOON)
    erase(signature_id=signature.id, now=NOON)
    erase(signature_id=signature.id, now=NOON + timedelta(days=1))

    row = Signature.objects.get()
    assert (row.name, row.credit, row.organisation, row.search_key) == ("", "", "", "")
    assert (row.mailbox, row.mailbox_digest, row.digest_key, row.erased_at) == (None, None, "", NOON)
    assert (count(statement.id).all, shown(statement)) == (0, [])
    assert list(Mail.objects.values_list("status", "mailbox_digest")) == [("cancelled", None)]


def test_not_me_erases_and_keeps_the_mailbox_quiet(statement):
    signature = make_signature(statement, state=State.PENDING, address="ilse@example.org")
    not_me(signature_id=signature.id, now=NOON)
    not_me(signature_id=signature.id, now=NOON)

    assert Signature.objects.get().is_erased
    assert Suppression.objects.cover(mailbox.parse("Ilse@example.org").digests)


def test_the_link_to_ones_own_page_is_mailed_in_turn_and_waits_once(statement):
    signature = make_signature(statement)
    for _ in range(3):
        queue_own_page_email(signature_id=signature.id, now=NOON)

    assert list(Mail.objects.values_list("kind", "due_at")) == [("own_page", NOON)]


def test_what_is_kept_is_given_out_whole(statement):
    signature = make_signature(statement, address="ilse@example.org", credit="composer")
    kept = collect_personal_data(signature=signature)

    assert kept["email"] == "ilse@example.org"
    assert (kept["name"], kept["credit"], kept["sector"]) == ("Ilse Varga", "composer", "music")
    assert kept["version"] == {"language": "en", "sha256": signature.version.digest}
