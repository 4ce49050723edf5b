"""Spam signals add up. From the threshold on, a signature is held, and its signer sees the usual pages."""

from datetime import timedelta

import pytest

from signatures.identity import network_key
from signatures.identity.name_heuristics import looks_fake
from signatures.mail.models.email import Mail
from signatures.review.models.weight import Weight
from signatures.signing import confirm as confirm_action
from signatures.signing.correct import correct
from signatures.signing.models.signature import Signature
from signatures.web import tokens
from signatures.web.client_network import wide_network
from signatures.web.tokens import Purpose
from tests.organisers import logged_in_client, make_moderator, make_organiser
from tests.people import NOON, make_signature, sign

pytestmark = pytest.mark.django_db

HERE = network_key.network_key("192.0.2.0/24")
LONG = "winner of a prize that nobody gives"
SOON = NOON + timedelta(minutes=10)


def confirm(signature, now=SOON):
    token = tokens.make(Purpose.CONFIRM, subject_id=signature.id, generation=signature.generation, issued_at=NOON)
    confirm_action.confirm(ticket=tokens.read(Purpose.CONFIRM, token), generation=signature.generation, now=now)
    signature.refresh_from_db()
    return signature.state, signature.flags


def sent(signature, at):
    Mail.objects.filter(signature=signature).update(status="sent", sent_at=at)
    return signature


class TestOneSign:
    """The signal is stored for the moderator, and is not enough on its own."""

    def test_a_throw_away_mailbox(self, statement):
        assert confirm(sign(statement, "a@mailinator.com")) == ("confirmed", ["disposable"])
        assert confirm(sign(statement, "b@x.mailinator.com")) == ("confirmed", ["disposable"])

    def test_many_from_one_network(self, statement):
        for number in range(40):
            make_signature(statement, address=f"a@d{number}.example", network=HERE)
        signature = sign(statement)
        Signature.objects.filter(id=signature.id).update(network=HERE)

        assert confirm(signature) == ("confirmed", ["network"])

    def test_a_network_of_which_nothing_is_known_is_none(self, statement):
        for number in range(41):
            make_signature(statement, address=f"a@d{number}.example")

        assert confirm(sign(statement)) == ("confirmed", [])

    def test_more_from_a_domain_than_in_the_day_before(self, statement):
        for number in range(20):
            make_signature(statement, address=f"s{number}@private.example")
        assert confirm(sign(statement, "new@private.example")) == ("confirmed", ["domain"])

        for number in range(30):
            make_signature(statement, address=f"b{number}@private.example", now=NOON - timedelta(hours=5))
        assert confirm(sign(statement, "newer@private.example")) == ("confirmed", [])

    def test_everybody_may_come_from_a_large_provider(self, statement):
        for number in range(30):
            make_signature(statement, address=f"s{number}@gmail.com")

        assert confirm(sign(statement, "new@gmail.com")) == ("confirmed", [])

    def test_the_same_long_credit(self, statement):
        for number in range(10):
            make_signature(statement, address=f"a@d{number}.example", credit=LONG)
            make_signature(statement, address=f"b@d{number}.example", credit="composer")

        assert confirm(sign(statement, "a@example.org", credit=LONG)) == ("confirmed", ["same_credit"])
        assert confirm(sign(statement, "b@example.org", credit="composer")) == ("confirmed", [])

    def test_confirmed_within_two_seconds_of_the_mail(self, statement):
        quick = sent(sign(statement, "a@example.org"), NOON)
        slow = sent(sign(statement, "b@example.org"), NOON)

        assert confirm(quick, NOON + timedelta(seconds=1.9)) == ("confirmed", ["too_quick"])
        assert confirm(slow, NOON + timedelta(seconds=2.1)) == ("confirmed", [])

    def test_a_name_that_does_not_look_like_one(self, statement):
        assert confirm(sign(statement, name="User 4711")) == ("confirmed", ["name_shape"])


@pytest.mark.parametrize(
    "name",
    [
        "Ilse Varga",
        "Ng Mỹ Anh",
        "Zbigniew Brzeziński",
        "MacDonald DeShawn",
        "王小明",
        "José Ñuñez",
        "Schwartz",
        "मीरा राव",
    ],
)
def test_names_of_people_look_like_names(name):
    assert not looks_fake(name)


@pytest.mark.parametrize("name", ["user99", "Aaaaa Bbbbb", "xkcdrtfg", "aBcDeFgH"])
def test_made_up_ones_do_not(name):
    assert looks_fake(name)


class TestTogether:
    def test_they_hold_it(self, statement):
        assert confirm(sign(statement, "a@mailinator.com", name="User 4711")) == ("held", ["disposable", "name_shape"])

    def test_a_field_that_people_do_not_see_holds_alone(self, statement):
        assert confirm(sign(statement, flags=["honeypot"])) == ("held", ["honeypot"])

    def test_what_has_no_weight_holds_alone(self, statement):
        assert confirm(sign(statement, flags=["burst"])) == ("held", ["burst"])

    def test_a_later_correction_of_one_with_a_light_sign_goes_through(self, statement):
        signature = sign(statement, "a@mailinator.com")
        confirm(signature)
        correct(signature_id=signature.id, name="Ilse Holt", credit="", now=SOON)

        signature.refresh_from_db()
        assert (signature.name, signature.state) == ("Ilse Holt", "confirmed")


class TestWeightsAreData:
    PAGE = "/admin/signatures/weight/"

    def test_organisers_change_them(self, statement):
        weight = Weight.objects.get(flag="disposable")
        desk = logged_in_client(make_organiser())
        desk.post(f"{self.PAGE}{weight.id}/change/", {"weight": "100", "level": ""})

        assert confirm(sign(statement, "a@mailinator.com")) == ("held", ["disposable"])
        Weight.objects.update(weight=0)
        assert confirm(sign(statement, "b@mailinator.com")) == ("confirmed", [])

    def test_a_moderator_does_not(self):
        weight = Weight.objects.get(flag="disposable")
        answer = logged_in_client(make_moderator()).post(
            f"{self.PAGE}{weight.id}/change/", {"weight": "0", "level": ""}
        )

        assert (answer.status_code, Weight.objects.get(id=weight.id).weight) == (403, 60)


@pytest.mark.parametrize(
    ("address", "network"),
    [("192.0.2.77", "192.0.2.0/24"), ("2001:db8:1:2:3::4", "2001:db8:1:2::/64"), ("nonsense", "")],
)
def test_a_network_is_a_24_or_a_64(rf, settings, address, network):
    settings.TRUSTED_PROXIES = 0

    assert wide_network(rf.get("/", REMOTE_ADDR=address)) == network


def test_a_signature_notes_its_network_scrambled(client, statement, settings):
    settings.ALLOWED_HOSTS, settings.TRUSTED_PROXIES = ["testserver"], 0
    form = {"name": "Wren Holt", "email": "wren@example.org", "sector": "music"}

    assert client.post("/letter/sign/", form, REMOTE_ADDR="192.0.2.9").status_code == 303
    assert Signature.objects.get().network == HERE
