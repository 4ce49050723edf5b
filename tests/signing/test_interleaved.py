"""A signer and an organiser change the same signature between the other's GET and POST: neither change is lost."""

from datetime import UTC, datetime, timedelta

import pytest
from django.urls import reverse

from signatures.public.fold_tally import recount
from signatures.public.models.tally import count
from signatures.review.apply_rule import apply_rule, undo_rule, work_on_rules
from signatures.review.batches import start_bulk_decision, work_on_bulk_decisions
from signatures.review.models.protected_name import ProtectedName
from signatures.review.models.rule import Rule
from signatures.signing.confirm import LinkStatus, confirm
from signatures.signing.correct import correct
from signatures.signing.fast_sql.confirm import look
from signatures.signing.models.signature import Signature
from signatures.statements.models.switch import Switch
from signatures.statements.turn_switch import turn_on
from signatures.web.tokens import LinkToken
from tests.organisers import SIGNATURES, form_values, logged_in_client, make_moderator, make_organiser
from tests.people import NOON, make_invitation, make_signature, make_statement, sign

pytestmark = pytest.mark.django_db

State = Signature.State
LATER = NOON + timedelta(hours=1)
STAR = "Zelda Quill"


@pytest.fixture
def statement():
    return make_statement()


@pytest.fixture
def organiser():
    return make_organiser()


@pytest.fixture(autouse=True)
def star():
    ProtectedName.objects.protect([ProtectedName(name=STAR, written=STAR)])


def hold(organiser, **about):
    rule = Rule.objects.create(act="hold", reason="a farm", author=organiser, created_at=NOON, **about)
    assert apply_rule(rule_id=rule.id, actor=organiser, now=LATER)
    work()
    return rule


def undo(rule):
    assert undo_rule(rule_id=rule.id, actor=rule.author, reason="a mistake", now=LATER)
    work()


def work():
    while work_on_rules(clock=lambda: LATER):
        pass


def press_button(signature):
    ticket = LinkToken(signature.id, signature.generation, NOON)
    return confirm(ticket=ticket, generation=signature.generation, now=LATER, signature=signature)[1]


def rename(signature, name):
    correct(signature_id=signature.id, name=name, credit="", now=LATER)


def stands(signature):
    signature.refresh_from_db()
    return signature.state, signature.flags


class TestARuleAndAPress:
    def test_who_presses_while_a_rule_takes_hold_is_held(self, statement, organiser):
        seen = look(sign(statement, "a@farm.example").id)
        rule = hold(organiser, domain="farm.example")

        assert press_button(seen) == LinkStatus.READY
        assert stands(seen) == (State.HELD, [rule.flag])
        assert (count(statement.id).all, recount()) == (0, [])

    def test_who_presses_while_a_rule_is_undone_is_in(self, statement, organiser):
        signature = sign(statement, "a@farm.example")
        rule = hold(organiser, domain="farm.example")
        seen = look(signature.id)
        undo(rule)

        assert press_button(seen) == LinkStatus.READY
        assert stands(seen) == (State.CONFIRMED, [])


class TestARuleThatIsUndone:
    def test_a_famous_name_that_was_put_in_meanwhile_waits_on(self, statement, organiser):
        signature = make_signature(statement, address="a@farm.example")
        rule = hold(organiser, domain="farm.example")
        rename(signature, STAR)
        undo(rule)

        assert stands(signature) == (State.HELD, ["protected_name"])
        assert (rule.marks.get().is_restored, count(statement.id).all) == (False, 0)

    def test_nor_does_one_of_whom_it_alone_kept(self, statement, organiser):
        signature = sign(statement, "a@farm.example")
        rule = hold(organiser, domain="farm.example")
        press_button(look(signature.id))
        rename(signature, STAR)
        undo(rule)

        assert stands(signature) == (State.HELD, ["protected_name"])

    def test_a_name_that_became_famous_meanwhile_waits_on(self, statement, organiser):
        signature = sign(statement, "a@farm.example", name="Nora Vell")
        rule = hold(organiser, domain="farm.example")
        press_button(look(signature.id))
        ProtectedName.objects.protect([ProtectedName(name="Nora Vell", written="Nora Vell")])
        undo(rule)

        assert stands(signature) == (State.HELD, ["protected_name"])

    def test_where_everything_is_reviewed_it_lets_nobody_in(self, statement, organiser):
        signature = sign(statement, "a@farm.example")
        rule = hold(organiser, domain="farm.example")
        press_button(look(signature.id))
        by = {"actor": organiser, "reason": "as agreed", "now": LATER}
        turn_on(name=Switch.Name.REVIEW_EVERYTHING, statement=statement, **by)
        undo(rule)

        assert stands(signature) == (State.HELD, [])


class TestACorrection:
    def test_to_an_invited_name_is_looked_at_where_the_invitation_was_not_used_to_sign(self, statement):
        """The link may have been passed on, and an invitation is for one person."""
        invitation = make_invitation(statement, STAR, expires_at=datetime(2100, 1, 1, tzinfo=UTC))
        for number in range(3):
            signature = sign(statement, f"{number}@example.org", name="Ilse Holt", invitation_id=invitation.id)
            press_button(look(signature.id))
            rename(signature, STAR)

        assert not Signature.objects.listed().filter(name=STAR).exists()
        assert Signature.objects.filter(proposed_name=STAR).count() == 3


class TestADecision:
    """A moderator decides only about the version that they were shown."""

    @pytest.fixture
    def desk(self):
        return logged_in_client(make_moderator())

    @pytest.fixture
    def held_signature(self, statement):
        return make_signature(statement, state=State.HELD, flags=["burst"])

    @pytest.mark.parametrize("pressed", ["approve", "notable agent"])
    def test_in_the_queue(self, desk, held_signature, pressed):
        page = desk.post(reverse("admin:review_next"), follow=True)
        rename(held_signature, STAR)
        answer = desk.post(
            page.redirect_chain[-1][0], {**form_values(page, "form.presses"), "press": pressed}, follow=True
        )

        assert stands(held_signature) == (State.HELD, ["burst", "protected_name"])
        assert "The signer changed this signature after you opened it" in answer.content.decode()
        again = desk.post(reverse("admin:review_next"), follow=True)
        desk.post(again.redirect_chain[-1][0], {**form_values(again, "form.presses"), "press": pressed})
        assert stands(held_signature) == (State.CONFIRMED, [])

    def test_about_a_correction(self, desk, statement):
        signature = make_signature(statement)
        rename(signature, STAR)
        page = desk.post(reverse("admin:review_next"), follow=True)
        rename(signature, "Zelda Qu1ll")
        desk.post(page.redirect_chain[-1][0], {**form_values(page, "form.presses"), "press": "approve"})

        signature.refresh_from_db()
        assert (signature.name, signature.proposed_name) == ("Ilse Varga", "Zelda Qu1ll")

    @pytest.mark.parametrize("act", ["approve", "mark_notable"])
    @pytest.mark.parametrize("where", ["the list", "its page"])
    def test_in_the_list_or_on_its_page(self, desk, statement, act, where):
        signature = make_signature(statement, state=State.HELD if act == "approve" else State.CONFIRMED)
        address = SIGNATURES if where == "the list" else f"{SIGNATURES}{signature.id}/change/"
        sent = form_values(desk.get(address), "#changelist-form" if where == "the list" else "form.decide")
        fields = {**sent, "_selected_action": signature.id, "action": act, "method": "agent"}
        rename(signature, "Somebody Else")
        asking = desk.post(SIGNATURES, {**fields, "reason": ""})
        answer = desk.post(SIGNATURES, {**form_values(asking, "form.decide"), **fields, "reason": "known"}, follow=True)

        signature.refresh_from_db()
        assert (signature.notable, signature.checked_name) == (False, "")
        assert "The signer changed this signature after you opened it" in answer.content.decode()

    def test_about_many(self, held_signature, statement, organiser):
        make_signature(statement, state=State.HELD, flags=["burst"], name="Eva Brandt")
        decision = start_bulk_decision(
            signatures=Signature.objects.awaiting_review(), expected_count=9, kind="approve", phrase=None,
            statement=None, about="", actor=organiser, reason="known", now=NOON,
        )  # fmt: skip
        rename(held_signature, STAR)
        while work_on_bulk_decisions(clock=lambda: LATER):
            pass

        assert list(decision.items.order_by("id").values_list("outcome", flat=True)) == ["left", "done"]
        assert list(Signature.objects.listed().values_list("name", flat=True)) == ["Eva Brandt"]
