"""Tests share links: each referral is counted once, and no table stores who referred whom in the clear."""

import pytest
from bs4 import BeautifulSoup
from cryptography.fernet import InvalidToken
from django.db import connection
from django.test import Client

from signatures.identity.mailbox import decrypt_address
from signatures.privacy.erase import erase, not_me
from signatures.public.fold_tally import fold, recount_referrals
from signatures.review import apply_rule as rules
from signatures.review.apply_rule import apply_rule, undo_rule
from signatures.review.batches import start_bulk_decision, undo_bulk_decision, work_on_bulk_decisions
from signatures.review.models.rule import Rule
from signatures.review.moderate import approve, hide, reject, restore
from signatures.signing.confirm import confirm
from signatures.signing.models.share import Share, ShareEntry, brought
from signatures.signing.models.signature import Signature
from signatures.signing.personal_data import collect_personal_data
from signatures.signing.withdraw import withdraw
from signatures.web import tokens
from signatures.web.tokens import Purpose
from tests.organisers import make_organiser
from tests.people import NOON, make_signature, make_statement, sign

pytestmark = pytest.mark.django_db

FORM = {"name": "Wren Holt", "email": "wren@example.org", "sector": "music"}


@pytest.fixture(autouse=True)
def statement(settings):
    settings.ALLOWED_HOSTS = ["testserver"]
    return make_statement()


def confirmed(signature):
    ticket = tokens.LinkToken(signature.id, signature.generation, NOON)
    return confirm(ticket=ticket, generation=signature.generation, now=NOON)[0]


@pytest.fixture
def sharer(statement):
    return confirmed(sign(statement, "ilse@example.org"))


def code_of(signature):
    return Share.objects.get(signature=signature).code


def how_many(signature):
    fold()
    return brought(signature.id)[1]


def came_by(statement, code, address="wren@example.org", **details):
    return sign(statement, address, name="Wren Holt", via=code, **details)


def work_on_rules():
    while rules.work_on_rules(clock=lambda: NOON):
        pass


def page_of(signature, purpose, path):
    token = tokens.make(purpose, subject_id=signature.id, generation=signature.generation, issued_at=NOON)
    return Client().get(f"/{path}/{token}/").content.decode()


class TestTheLink:
    def test_it_shows_the_statement_with_a_form_that_carries_the_code(self):
        page = BeautifulSoup(Client().get("/letter/via/0123456789/").content, "html.parser")

        assert "raw material" in page.h1.get_text()
        assert page.select_one("form.sign [name=via]")["value"] == "0123456789"
        assert page.select_one("link[rel=canonical]")["href"].endswith("/letter/")
        assert [link["href"] for link in page.select(".languages a")][1] == "/fr/letter/via/0123456789/"

    def test_without_a_code_the_form_carries_none(self):
        assert 'name="via"' not in Client().get("/letter/").content.decode()

    @pytest.mark.parametrize("code", ["x", "0123", "01234567890", "ABCDEF0123", "%00", "१२३४५६७८९०", "0" * 3000, "'--"])
    def test_what_is_no_code_leads_on_to_the_statement(self, code):
        response = Client().get(f"/fr/letter/via/{code}/")

        assert (response.status_code, response["Location"]) == (303, "/fr/letter/")

    def test_of_no_statement_it_is_a_404(self):
        assert Client().get("/nobody/via/0123456789/").status_code == 404

    def test_it_takes_the_queries_of_the_statement_and_looks_nobody_up(self, sharer, django_assert_num_queries):
        with django_assert_num_queries(4):
            Client().get("/letter/")
        for code in (code_of(sharer), "0123456789"):
            with django_assert_num_queries(4):
                Client().get(f"/letter/via/{code}/")


class TestTheForm:
    def test_the_code_stays_with_the_signature_until_it_counts(self, sharer):
        Client().post("/letter/sign/", {**FORM, "via": code_of(sharer)})
        signature = Signature.objects.get(name="Wren Holt")
        assert signature.via == code_of(sharer)

        confirmed(signature)
        signature.refresh_from_db()
        assert (signature.via, how_many(sharer)) == ("", 1)

    def test_a_mistake_in_the_form_does_not_lose_it(self):
        response = Client().post("/letter/sign/", {"via": "0123456789"})

        assert response.status_code == 422
        assert BeautifulSoup(response.content, "html.parser").select_one("[name=via]")["value"] == "0123456789"

    @pytest.mark.parametrize("code", ["", "\x00", "nonsense", "<script>", "9" * 4000, "01234567890"])
    def test_nonsense_is_no_mistake_and_is_kept_nowhere(self, code):
        response = Client().post("/letter/sign/", {**FORM, "via": code})

        assert (response.status_code, Signature.objects.get().via) == (303, "")


class TestTheCount:
    def test_a_code_of_nobody_counts_nothing(self, statement):
        confirmed(came_by(statement, "0123456789"))

        signature = Signature.objects.get()
        assert (ShareEntry.objects.count(), signature.via, signature.came_by) == (0, "", None)

    def test_a_code_of_another_statement_counts_nothing(self, statement, sharer):
        other = make_statement("other")
        confirmed(came_by(other, code_of(sharer)))

        assert how_many(sharer) == 0

    def test_nobody_brings_themselves(self, statement):
        signature = sign(statement, "ilse@example.org")
        share = Share.objects.create(signature=signature)
        Signature.objects.filter(id=signature.id).update(via=share.code)
        confirmed(Signature.objects.get())

        assert how_many(signature) == 0

    def test_who_is_never_confirmed_is_not_counted(self, statement, sharer):
        came_by(statement, code_of(sharer))

        assert how_many(sharer) == 0

    def test_whoever_comes_back_was_counted_before(self, statement, sharer):
        signature = confirmed(came_by(statement, code_of(sharer)))
        withdraw(signature_id=signature.id, now=NOON)
        later = NOON.replace(hour=15)
        again = came_by(statement, code_of(sharer), now=later)
        confirm(ticket=tokens.LinkToken(again.id, again.generation, later), generation=again.generation, now=later)

        assert (Signature.objects.get(id=again.id).state, how_many(sharer)) == ("confirmed", 1)

    def test_what_is_held_counts_when_it_is_approved(self, statement, sharer):
        signature = confirmed(came_by(statement, code_of(sharer), flags=["burst"]))
        assert (signature.state, how_many(sharer)) == ("held", 0)

        approve(signature_id=signature.id, actor=make_organiser(), reason="known", now=NOON)
        assert (Signature.objects.get(id=signature.id).via, how_many(sharer)) == ("", 1)
        assert code_of(signature) != code_of(sharer)

    def test_what_was_rejected_and_comes_back_counts_when_it_is_approved(self, statement, sharer):
        signature = confirmed(came_by(statement, code_of(sharer), flags=["burst"]))
        by = {"signature_id": signature.id, "actor": make_organiser(), "reason": "a slip", "now": NOON}
        reject(**by)
        assert how_many(sharer) == 0
        restore(**by)
        assert how_many(sharer) == 0
        approve(**by)
        assert how_many(sharer) == 1

    def test_folding_keeps_the_number_and_no_entry(self, statement, sharer):
        for number in range(3):
            confirmed(came_by(statement, code_of(sharer), f"wren-{number}@example.org"))
        fold()
        confirmed(came_by(statement, code_of(sharer), "wren-3@example.org"))

        assert (Share.objects.get(signature=sharer).brought, ShareEntry.objects.count()) == (3, 1)
        fold()
        assert (how_many(sharer), ShareEntry.objects.count()) == (4, 0)

    def test_nothing_in_the_database_says_who_came_by_whom(self, statement, sharer):
        code = code_of(sharer)
        confirmed(came_by(statement, code))
        fold()
        with connection.cursor() as cursor:
            tables = [name for name in connection.introspection.table_names(cursor) if name.startswith("signatures_")]
            tables_with_code = []
            for table in tables:
                cursor.execute(f'SELECT * FROM "{table}"')
                tables_with_code += [table for row in cursor.fetchall() if code in map(str, row)]

        assert tables_with_code == ["signatures_share"]

    def test_the_key_alone_tells_who_came_by_whom(self, statement, sharer, settings):
        signature = confirmed(came_by(statement, code_of(sharer)))
        assert decrypt_address(signature.came_by) == code_of(sharer)

        settings.FIELD_KEYS = ["another-field-key-" + "0" * 32]
        with pytest.raises(InvalidToken):
            decrypt_address(signature.came_by)

    def test_erasing_takes_the_link_along(self, statement, sharer):
        signature = came_by(statement, code_of(sharer))
        confirmed(signature)
        erase(signature_id=sharer.id, now=NOON)

        assert not Share.objects.filter(signature=sharer).exists()
        assert brought(sharer.id) is None
        fold()
        assert ShareEntry.objects.count() == 0


class TestWhatCountsNoMore:
    """Only counted signatures are included: the number falls and rises with them."""

    @pytest.fixture
    def referred(self, statement, sharer):
        signature = confirmed(came_by(statement, code_of(sharer)))
        assert how_many(sharer) == 1
        return signature

    @pytest.fixture
    def organiser(self):
        return make_organiser()

    def test_by_a_rejection_and_its_taking_back(self, sharer, referred, organiser):
        by = {"signature_id": referred.id, "actor": organiser, "reason": "a slip", "now": NOON}
        reject(**by)
        assert how_many(sharer) == 0
        restore(**by)
        assert how_many(sharer) == 1

    @pytest.mark.parametrize("act", ["hold", "reject"])
    def test_by_a_rule_and_its_undoing(self, statement, sharer, referred, organiser, act):
        rule = Rule.objects.create(pattern="Wren*", act=act, reason="a farm", author=organiser, created_at=NOON)
        apply_rule(rule_id=rule.pk, actor=organiser, now=NOON)
        work_on_rules()
        assert how_many(sharer) == 0
        undo_rule(rule_id=rule.pk, actor=organiser, reason="a slip", now=NOON)
        work_on_rules()
        assert (how_many(sharer), recount_referrals()) == (1, {})

    def test_who_is_hidden_counts_as_before(self, sharer, referred, organiser):
        hide(signature_id=referred.id, actor=organiser, reason="a threat", now=NOON)

        assert how_many(sharer) == 1

    def test_by_an_approval_of_many_that_is_undone(self, statement, sharer, organiser):
        confirmed(came_by(statement, code_of(sharer), flags=["burst"]))
        batch = start_bulk_decision(
            signatures=Signature.objects.awaiting_review(), expected_count=9, kind="approve", phrase=None,
            statement=None, about="", actor=organiser, reason="known", now=NOON,
        )  # fmt: skip
        work_on_bulk_decisions(clock=lambda: NOON)
        assert how_many(sharer) == 1
        undo_bulk_decision(bulk_id=batch.pk, actor=organiser, reason="a slip", now=NOON)
        work_on_bulk_decisions(clock=lambda: NOON)
        assert how_many(sharer) == 0

    @pytest.mark.parametrize("act", [withdraw, erase, not_me])
    def test_by_leaving(self, sharer, referred, act):
        act(signature_id=referred.id, now=NOON)

        assert (how_many(sharer), recount_referrals()) == (0, {})


class TestRecounting:
    def test_a_number_that_drifted_is_named_and_mended(self, statement, sharer):
        confirmed(came_by(statement, code_of(sharer)))
        Share.objects.filter(signature=sharer).update(brought=5)

        assert recount_referrals() == {code_of(sharer): -5}
        assert how_many(sharer) == 1
        assert recount_referrals() == {}

    def test_whose_link_is_erased_is_no_drift(self, statement, sharer):
        confirmed(came_by(statement, code_of(sharer)))
        erase(signature_id=sharer.id, now=NOON)

        assert recount_referrals() == {}


class TestThePages:
    def test_thanks_offers_ones_own_link_in_many_ways(self, statement, sharer, settings):
        page = BeautifulSoup(page_of(sharer, Purpose.THANKS, "thanks"), "html.parser")
        address = f"{settings.SITE_URL}/letter/via/{code_of(sharer)}/"

        assert page.select_one(".share .address a")["href"] == address
        ways = [link["href"] for link in page.select(".share-ways a")]
        assert ways[0].startswith("mailto:?subject=Makers")
        assert [way.partition(":")[0] for way in ways[1:]] == ["https"] * 7
        assert all("via%2F" in way and "+" not in way for way in ways)
        assert page.select_one(".qr svg") is not None
        assert page.select("script[src^='http']") == []

    def test_before_it_counts_the_link_is_everybodys(self, statement):
        signature = make_signature(statement, state="held")
        page = BeautifulSoup(page_of(signature, Purpose.THANKS, "thanks"), "html.parser")

        assert page.select_one(".share .address a")["href"].endswith("/letter/")

    def test_ones_own_page_tells_the_number(self, statement, sharer):
        assert "came by it" not in page_of(sharer, Purpose.OWN_PAGE, "signature")
        for number in range(2):
            confirmed(came_by(statement, code_of(sharer), f"wren-{number}@example.org"))
        fold()

        assert "2 signatures came by it." in page_of(sharer, Purpose.OWN_PAGE, "signature")

    def test_take_away_tells_it_too(self, statement, sharer):
        signature = confirmed(came_by(statement, code_of(sharer)))
        fold()

        assert collect_personal_data(signature=sharer)["share"] == {"code": code_of(sharer), "brought": 1}
        assert collect_personal_data(signature=signature)["came_by"] == code_of(sharer)
