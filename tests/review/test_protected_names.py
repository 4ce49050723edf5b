"""No famous name is published unchecked: not by a confirmation, not by a later correction, on no statement."""

import pytest
from django.test import Client
from django.urls import reverse

from signatures.identity.likeness import ComparableName
from signatures.privacy.erase import erase
from signatures.public.models.tally import count
from signatures.review.decide_correction import refuse_correction
from signatures.review.models.protected_name import ProtectedName
from signatures.review.moderate import approve
from signatures.review.notable import mark_notable, unmark_notable
from signatures.signing import confirm as confirm_action
from signatures.signing.correct import correct
from signatures.signing.models.signature import Signature
from signatures.web import tokens
from signatures.web.tokens import LinkToken, Purpose
from tests.organisers import logged_in_client, make_organiser
from tests.people import NOON, make_signature, make_statement, sign

pytestmark = pytest.mark.django_db

State = Signature.State


@pytest.fixture(autouse=True)
def star():
    ProtectedName.objects.protect([ProtectedName(name="Zelda Quill", written="Zelda Quill")])


@pytest.fixture
def moderator(django_user_model):
    return django_user_model.objects.create_user("mod")


def confirm(signature):
    confirm_action.confirm(
        ticket=LinkToken(signature.id, signature.generation, NOON), generation=signature.generation, now=NOON
    )
    signature.refresh_from_db()
    return signature


def test_the_site_begins_with_names_of_the_widely_known():
    assert ProtectedName.objects.filter(source="starter").count() > 300


@pytest.mark.parametrize(
    "name", ["Zelda Quill", "ZELDA QUILL", "Zеlda Quill", "Зельда Куилл", "Quill, Zelda", "Zelda Qu1ll"]
)
def test_a_protected_name_is_held_neither_counted_nor_shown(statement, name):
    signature = confirm(sign(statement, name=name))

    assert (signature.state, signature.flags[0]) == (State.HELD, "protected_name")
    assert count(statement.id).all == 0
    assert list(Signature.objects.listed()) == []


def test_another_name_goes_live(statement):
    assert confirm(sign(statement, name="Zelda Quillfeather")).state == State.CONFIRMED


def test_a_person_who_shares_the_name_gets_through_with_one_decision_which_is_remembered(statement, moderator):
    signature = confirm(sign(statement, name="Zelda Quill", credit="gardener"))
    approve(signature_id=signature.id, actor=moderator, reason="called her", now=NOON)
    correct(signature_id=signature.id, name="Zelda Quill", credit="gardener, Lund", now=NOON)
    signature.refresh_from_db()

    assert (signature.state, signature.credit, signature.proposed_at) == (State.CONFIRMED, "gardener, Lund", None)


def test_a_listed_signer_does_not_become_somebody_famous_by_a_correction(statement):
    signature = confirm(sign(statement, name="Ilse Varga"))
    correct(signature_id=signature.id, name="Zelda Quill", credit="", now=NOON)

    assert list(Signature.objects.listed().values_list("name", flat=True)) == ["Ilse Varga"]
    assert Signature.objects.get().proposed_name == "Zelda Quill"


def test_a_notable_does_not_become_somebody_else_famous_by_a_correction(statement, moderator):
    signature = confirm(sign(statement, name="Ilse Varga"))
    mark_notable(signature_id=signature.id, actor=moderator, reason="she wrote", method="own_domain", now=NOON)
    correct(signature_id=signature.id, name="Zelda Quill", credit="", now=NOON)

    assert list(Signature.objects.listed().values_list("name", "notable")) == [("Ilse Varga", True)]


class TestNotables:
    @pytest.fixture
    def notable(self, statement, moderator):
        signature = confirm(sign(statement, "known@example.org", name="Wren Adeyemi-Holt"))
        mark_notable(signature_id=signature.id, actor=moderator, reason="she wrote", method="own_domain", now=NOON)
        return signature

    def test_a_notables_name_is_protected_on_every_statement(self, notable):
        other = make_statement("another")

        assert confirm(sign(other, "impostor@example.org", name="Wren Adeyemi Holt")).state == State.HELD

    def test_no_longer_once_no_organiser_stands_by_it(self, notable, moderator):
        unmark_notable(signature_id=notable.id, actor=moderator, reason="a mistake", now=NOON)

        assert confirm(sign(make_statement("another"), name="Wren Adeyemi-Holt")).state == State.CONFIRMED

    def test_their_own_correction_of_credit_is_not_held_for_their_own_name(self, notable):
        correct(signature_id=notable.id, name="Wren Adeyemi-Holt", credit="playwright", now=NOON)

        assert Signature.objects.listed().get(id=notable.id).credit == "playwright"

    def test_erasing_takes_the_protected_name_along(self, notable):
        erase(signature_id=notable.id, now=NOON)

        assert ProtectedName.objects.filter(source="notable").count() == 0


def test_a_name_may_be_protected_on_one_statement_alone(statement):
    ProtectedName.objects.protect([ProtectedName(name="Una Local", written="Una Local", statement=statement)])

    assert confirm(sign(statement, name="Una Local")).state == State.HELD
    assert confirm(sign(make_statement("another"), name="Una Local")).state == State.CONFIRMED


def test_looking_is_one_query_by_index(statement, django_assert_num_queries):
    signature = make_signature(statement, state=State.PENDING)
    with django_assert_num_queries(1):
        assert ProtectedName.objects.resembled_by(signature) is None


def test_an_organiser_protects_a_name_in_admin(statement, settings):
    settings.ALLOWED_HOSTS = ["testserver"]
    address = reverse("admin:signatures_protectedname_add")
    logged_in_client(make_organiser()).post(
        address, {"name": "Nova Reed", "written": "Nova Reed", "field": "music", "statement": ""}
    )

    assert set(ProtectedName.objects.get(name="Nova Reed").keys) == ComparableName("Nova Reed").keys
    assert confirm(sign(statement, name="nova reed")).state == State.HELD


def test_a_held_signer_is_told_truthfully_and_how_to_speed_it_up(statement, settings):
    settings.ALLOWED_HOSTS = ["testserver"]
    signature = confirm(sign(statement, name="Zelda Quill"))
    token = tokens.make(Purpose.OWN_PAGE, subject_id=signature.id, generation=1, issued_at=NOON)
    page = Client().get(f"/signature/{token}/").content.decode()

    assert "The organisers look at your signature before it counts" in page
    assert "press@letter.example.org" in page


class TestTheResembledName:
    def test_is_kept_with_the_held_signature(self, statement):
        like_it, other = confirm(sign(statement, name="Zelda Qu1ll")), sign(statement, "b@example.org", name="Ann Holt")

        assert Signature.objects.resembling("Zelda Quill").get() == like_it
        assert confirm(other).resembles_id is None

    def test_is_kept_with_a_correction_until_it_is_decided(self, statement, moderator):
        protected = ProtectedName.objects.get(name="Zelda Quill")
        signature = confirm(sign(statement, name="Ilse Varga"))
        correct(signature_id=signature.id, name="Zelda Quill", credit="", now=NOON)
        assert Signature.objects.resembling(protected.name).exists()
        refuse_correction(signature_id=signature.id, actor=moderator, reason="not her", now=NOON)
        assert not Signature.objects.resembling(protected.name).exists()

        correct(signature_id=signature.id, name="Zelda Quill", credit="", now=NOON)
        correct(signature_id=signature.id, name="Ilse Varga", credit="composer", now=NOON)
        assert not Signature.objects.resembling(protected.name).exists()

    def test_is_kept_when_a_waiting_signer_corrects_the_name(self, statement):
        signature = make_signature(statement, state=State.HELD, flags=["burst"])
        correct(signature_id=signature.id, name="Zelda Quill", credit="", now=NOON)
        signature.refresh_from_db()

        assert (signature.state, signature.name, signature.resembles.name, signature.flags) == (
            State.HELD, "Zelda Quill", "Zelda Quill", ["burst", "protected_name"],
        )  # fmt: skip
        correct(signature_id=signature.id, name="Ilse Varga", credit="", now=NOON)
        signature.refresh_from_db()
        assert (signature.resembles_id, signature.flags) == (None, ["burst", "protected_name"])

    def test_holds_for_every_form_in_which_the_name_is_protected(self, statement):
        other_form = ProtectedName(name="Zelda Quill", written="Zeldine Quillova")
        ProtectedName.objects.protect([other_form])
        confirm(sign(statement, name="Zelda Quill"))
        confirm(sign(statement, "b@example.org", name="Zeldine Quillova"))

        assert Signature.objects.resembling(ProtectedName.objects.get(written="Zeldine Quillova").name).count() == 2

    def test_the_most_frequent_comes_first(self, statement):
        ProtectedName.objects.protect([ProtectedName(name="Nova Reed", written="Nova Reed")])
        for number, name in enumerate(["Nova Reed", "Zelda Quill", "Nova Reed", "Ann Holt"]):
            confirm(sign(statement, f"{number}@example.org", name=name))

        offered = ProtectedName.objects.resembled_names(Signature.objects.awaiting_review())

        assert [(name, count) for _row, name, count in offered] == [("Nova Reed", 2), ("Zelda Quill", 1)]

    def test_a_protected_name_can_be_deleted(self, statement):
        signature = confirm(sign(statement, name="Zelda Quill"))
        ProtectedName.objects.filter(name="Zelda Quill").delete()
        signature.refresh_from_db()

        assert signature.state == State.HELD
        assert ProtectedName.objects.resembled_names(Signature.objects.awaiting_review()) == []
