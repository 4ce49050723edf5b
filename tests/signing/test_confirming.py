from datetime import timedelta

import pytest
from django.test import Client

from signatures.public.fold_tally import fold
from signatures.public.models.tally import count
from signatures.review.moderate import approve
from signatures.signing.confirm import LinkStatus, confirm
from signatures.signing.limits import CONFIRMATION_VALID_FOR
from signatures.signing.models.signature import Signature
from signatures.web import tokens
from signatures.web.tokens import LinkToken, Purpose
from tests.people import NOON, make_signature, make_statement, sign

pytestmark = pytest.mark.django_db

SOON = NOON + timedelta(minutes=5)
State = Signature.State


@pytest.fixture
def statement():
    return make_statement()


def ticket(signature, issued_at=NOON):
    return LinkToken(signature.id, signature.generation, issued_at)


def press_button(signature, *, now=SOON, **changed):
    arguments = {"ticket": ticket(signature), "generation": signature.generation, "now": now, **changed}
    confirmed, standing = confirm(**arguments)
    return confirmed.state, standing


def test_the_button_confirms_and_counts(statement):
    signature = sign(statement)

    assert press_button(signature) == (State.CONFIRMED, LinkStatus.READY)
    assert count(statement.id).all == 1
    assert Signature.objects.listed().get().confirmed_at == SOON


def test_a_second_press_says_used_and_counts_no_more(statement):
    signature = sign(statement)
    press_button(signature)

    assert press_button(signature, now=SOON + timedelta(hours=1)) == (State.CONFIRMED, LinkStatus.USED)
    assert count(statement.id).all == 1
    assert Signature.objects.get().confirmed_at == SOON


def test_an_older_link_is_told_of_the_newer_mail(statement):
    older = sign(statement)
    newer = sign(statement, name="Ilse V.", now=NOON + timedelta(minutes=3))

    assert press_button(older) == (State.PENDING, LinkStatus.SUPERSEDED)
    assert press_button(newer) == (State.CONFIRMED, LinkStatus.READY)


def test_a_page_left_open_while_newer_details_came_confirms_nothing(statement):
    """The link is the newest, but the page with its button showed older details."""
    sign(statement)
    newer = sign(statement, name="Ilse V.", now=NOON + timedelta(minutes=3))

    assert press_button(newer, generation=1) == (State.PENDING, LinkStatus.SUPERSEDED)


def test_row_15_a_link_lives_for_fourteen_days(statement):
    signature = sign(statement)

    assert timedelta(days=14) == CONFIRMATION_VALID_FOR
    assert press_button(signature, now=NOON + timedelta(days=14, seconds=1)) == (State.PENDING, LinkStatus.EXPIRED)
    assert press_button(signature, now=NOON + timedelta(days=14)) == (State.CONFIRMED, LinkStatus.READY)


def test_a_link_mailed_before_closing_confirms_after_it(statement):
    signature = sign(statement)
    statement.state = "closed"
    statement.save()

    assert press_button(signature) == (State.CONFIRMED, LinkStatus.READY)


@pytest.mark.parametrize("state", [State.WITHDRAWN, State.REJECTED])
def test_who_is_out_comes_in_by_no_old_link(statement, state):
    signature = make_signature(statement, state=state)

    assert press_button(signature) == (state, LinkStatus.GONE)


class TestReviewEverything:
    @pytest.fixture
    def statement(self):
        return make_statement(review_everything=True)

    def test_confirming_leads_to_held_neither_counted_nor_shown(self, statement):
        signature = sign(statement)

        assert press_button(signature) == (State.HELD, LinkStatus.READY)
        assert count(statement.id).all == 0
        assert list(Signature.objects.listed()) == []

    def test_approval_counts_it_and_tells_the_signer(self, statement, django_user_model):
        signature = sign(statement)
        press_button(signature)
        moderator = django_user_model.objects.create_user("mod")

        assert approve(signature_id=signature.id, actor=moderator, reason="known to us", now=SOON) is True
        assert approve(signature_id=signature.id, actor=moderator, reason="again", now=SOON) is False
        assert count(statement.id).all == 1
        assert list(signature.mails.order_by("id").values_list("kind", flat=True)) == ["confirm", "approved"]
        assert list(signature.audit.values_list("action", "actor__username", "reason", "before", "after")) == [
            ("approve", "mod", "known to us", "held", "confirmed")
        ]

    def test_a_flag_holds_on_any_statement(self):
        signature = sign(make_statement("another"))
        Signature.objects.update(flags=["protected_name"])

        assert press_button(signature) == (State.HELD, LinkStatus.READY)


def test_the_place_is_counted_by_the_moment_of_confirming(statement):
    first, second, third = (make_signature(statement, confirmed_at=NOON + timedelta(minutes=n)) for n in range(3))
    make_signature(make_statement("another"))

    assert [signature.place() for signature in (first, second, third)] == [1, 2, 3]


def test_who_comes_back_after_very_many_others_is_thanked_without_a_number(statement, monkeypatch):
    first, second, third = (make_signature(statement, now=NOON + timedelta(minutes=at)) for at in range(3))
    fold()
    make_signature(statement, now=NOON + timedelta(hours=1), visibility="anonymous")
    monkeypatch.setattr("signatures.signing.models.signature.MAX_COUNTED_AFTER", 2)

    assert [signature.place() for signature in (first, second, third)] == [None, 2, 3]
    address = tokens.make(Purpose.THANKS, subject_id=first.id, generation=1, issued_at=NOON)
    page = Client().get(f"/thanks/{address}/").content.decode()
    assert "Your signature counts." in page
    assert "signatory number" not in page
