"""Tests organisations: their fields, the proof that a signer may act for them, and that each counts once."""

from threading import Barrier

import pytest
from bs4 import BeautifulSoup
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from signatures.identity import website
from signatures.privacy.erase import erase
from signatures.public.models.tally import count
from signatures.review.apply_rule import apply_rule, undo_rule, work_on_rules
from signatures.review.batches import start_bulk_decision, work_on_bulk_decisions
from signatures.review.decide_correction import accept_correction, refuse_correction
from signatures.review.models.batch import BulkDecision, BulkItem
from signatures.review.models.rule import Rule
from signatures.review.moderate import approve, reject, restore
from signatures.review.notable import mark_notable
from signatures.signing import confirm as confirm_action
from signatures.signing import correct as correct_action
from signatures.signing.models.flag import Flag
from signatures.signing.models.signature import Signature
from signatures.signing.organisation_uniqueness import OrganisationAlreadyCounted
from signatures.signing.personal_data import collect_personal_data
from signatures.signing.withdraw import withdraw
from signatures.web import tokens
from signatures.web.tokens import Purpose
from tests.organisers import logged_in_client, make_moderator, messages_of, run_admin_action
from tests.people import NOON, make_invitation, make_signature, make_statement, sign
from tests.threads import at_once

State = Signature.State
TYPED = {
    "name": "Choir of Lund",
    "email": "office@choir.example.org",
    "sector": "music",
    "kind": "organisation",
    "website": "choir.example.org/about",
    "officer": "Ilse Varga",
    "officer_post": "Chair",
}


@pytest.fixture
def statement(db):
    return make_statement()


def post(**typed):
    return Client().post("/letter/sign/", {**TYPED, **typed})


def sign_for(statement, address="office@choir.example.org", site="choir.example.org", **details) -> Signature:
    details = {"name": "Choir of Lund", "officer": "Ilse Varga", "officer_post": "Chair", **details}
    return sign(statement, address, kind="organisation", website=website.parse(site), **details)


def confirm(signature) -> Signature:
    ticket = tokens.read(
        Purpose.CONFIRM,
        tokens.make(Purpose.CONFIRM, subject_id=signature.id, generation=signature.generation, issued_at=NOON),
    )
    confirm_action.confirm(ticket=ticket, generation=signature.generation, now=NOON)
    signature.refresh_from_db()
    return signature


def counted(statement, signature) -> tuple[str, list[str], int]:
    return signature.state, signature.flags, count(statement.id).organisations


def mistakes(response) -> dict[str, str]:
    soup = BeautifulSoup(response.content, "html.parser")
    return {
        str(error["id"]).removeprefix("id_").removesuffix("_error"): error.text.strip()
        for error in soup.select("[id$=_error]")
    }


class TestForm:
    def test_an_organisation_says_where_it_is_on_the_web_and_who_signs_for_it(self, statement):
        assert post().status_code == 303
        row = Signature.objects.get()
        assert (row.kind, row.name, row.officer, row.officer_post) == (
            "organisation", "Choir of Lund", "Ilse Varga", "Chair",
        )  # fmt: skip
        assert (row.website, row.website_domain) == ("https://choir.example.org/about", "example.org")

    @pytest.mark.parametrize(
        ("missing", "problem"),
        [("website", "Write the address of the organisation’s website."),
         ("officer", "Write who signs for the organisation."),
         ("officer_post", "Write what your post there is.")],
    )  # fmt: skip
    def test_each_of_these_is_needed(self, statement, missing, problem):
        response = post(**{missing: ""})
        assert (response.status_code, mistakes(response)) == (422, {missing: problem})
        assert not Signature.objects.exists()

    def test_a_bad_website_is_told_beside_its_field_and_kept(self, statement):
        response = post(website="javascript:alert(1)")
        assert response.status_code == 422
        assert mistakes(response) == {"website": "Write the whole address of the website, like https://example.org."}
        soup = BeautifulSoup(response.content, "html.parser")
        assert soup.select_one("#id_website")["value"] == "javascript:alert(1)"
        assert soup.select_one("details.more").has_attr("open")

    def test_a_website_of_two_thousand_characters_is_too_long(self, statement):
        assert "Shorten this" in mistakes(post(website="choir.example.org/" + "a" * 1980))["website"]

    def test_what_a_person_typed_there_is_passed_over(self, statement):
        assert post(kind="person", website="javascript:x", officer="=x", organisation="Choir").status_code == 303
        row = Signature.objects.get()
        assert (row.organisation, row.website, row.website_domain, row.officer, row.officer_post) == (
            "Choir", "", "", "", "",
        )  # fmt: skip

    def test_an_organisation_belongs_to_no_other(self, statement):
        assert post(organisation="=Choir of choirs").status_code == 303
        assert Signature.objects.get().organisation == ""

    def test_the_form_says_up_front_that_an_officer_needs_another_mailbox(self, statement):
        soup = BeautifulSoup(Client().get("/letter/").content, "html.parser")
        assert "If you have signed as a person, use another here." in soup.select_one("form.sign details.more").text

    def test_one_that_is_in_the_list_is_told_at_once(self, statement):
        confirm(sign_for(statement))
        response = post(email="second@choir.example.org", website="https://example.org")
        assert response.status_code == 422
        assert mistakes(response)["website"].startswith("Choir of Lund has signed with this website.")

    def test_one_that_is_not_shown_is_told_to_nobody(self, statement):
        confirm(sign_for(statement, visibility="anonymous"))
        assert post(email="second@choir.example.org").status_code == 303

    def test_two_on_a_social_network_are_not_taken_for_the_same(self, statement):
        make_signature(statement, kind="organisation", name="Band", website="https://facebook.com/band")
        assert post(website="https://facebook.com/choir").status_code == 303

    def test_what_is_said_anew_takes_the_place_of_what_was_said(self, statement):
        sign_for(statement)
        again = sign(statement, "office@choir.example.org", now=NOON.replace(hour=13), name="Ilse Varga")
        assert (again.kind, again.website, again.website_domain, again.officer) == ("person", "", "", "")


class TestMandate:
    @pytest.mark.parametrize("address", ["office@choir.example.org", "x@example.org", "x@mail.example.org"])
    def test_a_mailbox_at_the_websites_domain_proves_it(self, statement, address):
        assert counted(statement, confirm(sign_for(statement, address))) == (State.CONFIRMED, [], 1)

    @pytest.mark.parametrize(
        ("address", "site"),
        [("x@elsewhere.example.com", "choir.example.org"), ("x@gmail.com", "gmail.com"), ("x@co.uk", "choir.co.uk"),
         ("x@gmail.com", "choir.example.org"), ("x@facebook.com", "facebook.com/choir"),
         ("x@students.posteo.de", "posteo.de"), ("x@other.github.io", "choir.github.io")],
    )  # fmt: skip
    def test_any_other_is_held(self, statement, address, site):
        assert counted(statement, confirm(sign_for(statement, address, site))) == (State.HELD, [Flag.MANDATE], 0)

    def test_an_invitation_proves_it_too(self, statement):
        invitation = make_invitation(statement, "Choir of Lund")
        signature = confirm(sign_for(statement, "x@gmail.com", invitation_id=invitation.id))
        assert (signature.state, signature.notable) == (State.CONFIRMED, True)

    def test_a_person_needs_none(self, statement):
        assert confirm(sign(statement, "x@gmail.com")).state == State.CONFIRMED

    def test_once_looked_at_a_new_name_is_looked_at_again_and_a_new_credit_is_not(self, statement):
        signature = confirm(sign_for(statement, "x@gmail.com"))
        approve(signature_id=signature.id, actor=make_moderator(), reason="called them", now=NOON)
        arguments = {"signature_id": signature.id, "now": NOON}
        assert correct_action.correct(name="Choir of Lund", credit="since 1880", **arguments).proposed_at is None
        assert correct_action.correct(name="City of Lund", credit="", **arguments).proposed_at == NOON

    def test_one_that_proved_it_may_change_its_name(self, statement):
        signature = confirm(sign_for(statement))
        row = correct_action.correct(signature_id=signature.id, name="The Choir of Lund", credit="", now=NOON)
        assert (row.name, row.proposed_at) == ("The Choir of Lund", None)

    def test_who_was_looked_at_and_left_is_looked_at_again(self, statement):
        signature = confirm(sign_for(statement, "x@gmail.com"))
        approve(signature_id=signature.id, actor=make_moderator(), reason="called them", now=NOON)
        withdraw(signature_id=signature.id, now=NOON)
        again = sign_for(statement, "x@gmail.com", "elsewhere.example.com")
        assert confirm(again).state == State.HELD

    def test_who_was_held_and_names_the_right_website_then_is_held_no_more(self, statement):
        signature = confirm(sign_for(statement, site="wrong.example.com"))
        withdraw(signature_id=signature.id, now=NOON)
        assert counted(statement, confirm(sign_for(statement))) == (State.CONFIRMED, [], 1)


class TestOnce:
    def test_the_second_of_one_organisation_is_held(self, statement):
        confirm(sign_for(statement))
        second = confirm(sign_for(statement, "second@example.org", "https://example.org"))
        assert counted(statement, second) == (State.HELD, [Flag.SIGNED_BEFORE], 1)

    def test_also_an_invited_one(self, statement):
        confirm(sign_for(statement))
        invitation = make_invitation(statement, "Choir of Lund")
        second = confirm(sign_for(statement, "second@example.org", invitation_id=invitation.id))
        assert (second.state, second.flags, second.notable) == (State.HELD, [Flag.SIGNED_BEFORE], False)

    def test_one_that_waits_or_has_not_confirmed_keeps_nobody_out(self, statement):
        sign_for(statement, "x@gmail.com")
        confirm(sign_for(statement, "y@gmail.com"))
        assert counted(statement, confirm(sign_for(statement))) == (State.CONFIRMED, [], 1)

    def test_another_statement_is_another_matter(self, statement):
        confirm(sign_for(statement))
        assert confirm(sign_for(make_statement("other"))).state == State.CONFIRMED

    def test_once_the_first_has_left_the_second_counts(self, statement):
        first = confirm(sign_for(statement))
        second = confirm(sign_for(statement, "second@example.org"))
        withdraw(signature_id=first.id, now=NOON)
        approve(signature_id=second.id, actor=make_moderator(), reason="the first left", now=NOON)
        second.refresh_from_db()
        assert counted(statement, second) == (State.CONFIRMED, [], 1)

    def test_nobody_can_approve_the_second_while_the_first_counts(self, statement):
        confirm(sign_for(statement))
        second = confirm(sign_for(statement, "second@example.org"))
        with pytest.raises(OrganisationAlreadyCounted):
            approve(signature_id=second.id, actor=make_moderator(), reason="both", now=NOON)
        second.refresh_from_db()
        assert counted(statement, second) == (State.HELD, [Flag.SIGNED_BEFORE], 1)

    def test_nor_take_back_the_rejection_of_one_whose_colleague_counts(self, statement):
        moderator = make_moderator()
        first = confirm(sign_for(statement))
        reject(signature_id=first.id, actor=moderator, reason="a slip", now=NOON)
        confirm(sign_for(statement, "second@example.org"))
        with pytest.raises(OrganisationAlreadyCounted):
            restore(signature_id=first.id, actor=moderator, reason="sorry", now=NOON)
        first.refresh_from_db()
        assert counted(statement, first) == (State.REJECTED, [], 1)

    def test_of_two_that_wait_a_decision_about_many_approves_one(self, statement):
        both = [confirm(sign_for(statement, f"{name}@gmail.com")) for name in ("x", "y")]
        start_bulk_decision(
            signatures=Signature.objects.awaiting_review(), expected_count=2, kind=BulkDecision.Kind.APPROVE,
            phrase=None, statement=None, about="", actor=make_moderator(), reason="called them", now=NOON,
        )  # fmt: skip
        assert work_on_bulk_decisions(clock=lambda: NOON) is False
        assert [Signature.objects.get(id=signature.id).state for signature in both] == [State.CONFIRMED, State.HELD]
        assert list(BulkItem.objects.order_by("id").values_list("outcome", flat=True)) == ["done", "left"]

    def test_the_database_itself_refuses_it(self, statement):
        fields = {"kind": "organisation", "website_domain": "example.org"}
        make_signature(statement, **fields)
        with pytest.raises(IntegrityError, match="one_signature_per_organisation"), transaction.atomic():
            make_signature(statement, **fields)

    def test_undoing_a_rule_brings_back_no_second_one(self, statement):
        moderator = make_moderator()
        first = confirm(sign_for(statement))
        rule = Rule.objects.create(pattern="Choir*", reason="x", author=moderator, created_at=NOON)
        apply_rule(rule_id=rule.id, actor=moderator, now=NOON)
        assert work_on_rules(clock=lambda: NOON) is False
        second = confirm(sign_for(statement, "second@example.org", name="Lund’s choir"))
        assert second.state == State.CONFIRMED
        undo_rule(rule_id=rule.id, actor=moderator, reason="a slip", now=NOON)
        assert work_on_rules(clock=lambda: NOON) is False
        first.refresh_from_db()
        rule.refresh_from_db()
        assert counted(statement, first) == (State.HELD, [Flag.SIGNED_BEFORE], 1)
        assert (rule.status, rule.restored, rule.left) == (Rule.Status.UNDONE, 0, 1)


class TestShown:
    def test_its_name_leads_to_its_website_which_gains_nothing_by_it(self, statement):
        make_signature(
            statement, name="Choir of Lund", kind="organisation", website="https://www.choir.example.org/a?b=1&c=2"
        )
        soup = BeautifulSoup(Client().get("/letter/organisations/").content, "html.parser")
        link = soup.select_one(".organisations a")
        assert (link.text, link["href"], link["rel"]) == (
            "Choir of Lund", "https://www.choir.example.org/a?b=1&c=2", ["nofollow", "noopener", "ugc"],
        )  # fmt: skip
        assert [element.text for element in soup.select(".organisations .credit")] == ["Music", "choir.example.org"]

    def test_in_the_list_of_all_its_website_stands_as_words(self, statement):
        make_signature(
            statement, name="Choir", credit="since 1880", kind="organisation", website="https://choir.example.org/"
        )
        soup = BeautifulSoup(Client().get("/letter/signatories/").content, "html.parser")
        assert soup.select_one(".names .credit").text.strip() == "since 1880 · choir.example.org"
        assert not soup.select(".names a")

    def test_programs_are_told_its_website_and_nothing_of_its_officer(self, statement):
        confirm(sign_for(statement))
        signatory = Client().get("/api/v1/statements/letter/signatories/").json()["signatories"][0]
        assert (signatory["website"], signatory["logo"]) == ("https://choir.example.org/", "")
        assert "Ilse Varga" not in str(signatory)

    @pytest.mark.parametrize("address", ["/letter/", "/letter/signatories/", "/letter/organisations/", "/letter/feed/"])
    def test_its_officer_is_never_shown(self, statement, address):
        confirm(sign_for(statement, officer="Wren Holt", officer_post="Doorkeeper"))
        page = Client().get(address).content.decode()
        assert "Wren Holt" not in page
        assert "Doorkeeper" not in page

    def test_before_it_is_confirmed_its_officer_reads_what_will_be_shown_and_what_not(self, statement):
        signature = sign_for(statement)
        token = tokens.make(Purpose.CONFIRM, subject_id=signature.id, generation=1, issued_at=timezone.now())
        soup = BeautifulSoup(Client().get(f"/confirm/{token}/").content, "html.parser")
        assert soup.select_one(".appearance .credit").text.strip() == "composer · choir.example.org"
        assert "Signed for it by Ilse Varga, Chair. Only the organisers read that." in " ".join(soup.text.split())
        assert [element.text for element in soup.select(".appearance + p bdi")] == ["Ilse Varga", "Chair"]

    def test_everything_kept_about_it_can_be_taken_away(self, statement):
        data = collect_personal_data(signature=sign_for(statement))
        assert (data["website"], data["officer"], data["officer_post"]) == (
            "https://choir.example.org/", "Ilse Varga", "Chair",
        )  # fmt: skip

    def test_who_is_held_for_want_of_a_mandate_reads_why_on_their_own_page(self, statement):
        text = own_page(confirm(sign_for(statement, "x@gmail.com")))
        assert "Your mailbox is not at the organisation’s own domain, choir.example.org" in text

    def test_who_named_a_page_on_a_social_network_reads_why_as_well(self, statement):
        text = own_page(confirm(sign_for(statement, "x@gmail.com", "facebook.com/choir")))
        assert "Many have a page at facebook.com: it cannot show" in text

    def test_who_comes_second_reads_why_on_their_own_page(self, statement):
        confirm(sign_for(statement))
        text = own_page(confirm(sign_for(statement, "second@example.org")))
        assert "Somebody else has signed for an organisation whose website is at the same domain" in text


class TestCorrecting:
    """The officer corrects the signature on the organisation's own page."""

    def test_another_page_at_the_same_domain_is_taken_at_once(self, statement):
        signature = confirm(sign_for(statement))
        assert correct(signature, website="https://www.example.org/new").status_code == 303
        signature.refresh_from_db()
        assert (signature.website, signature.website_domain, signature.proposed_at, signature.state) == (
            "https://www.example.org/new", "example.org", None, State.CONFIRMED,
        )  # fmt: skip

    def test_who_signs_for_it_is_corrected_at_once_and_shown_to_nobody(self, statement):
        signature = confirm(sign_for(statement))
        correct(signature, officer="Wren Holt", officer_post="Secretary")
        signature.refresh_from_db()
        assert (signature.officer, signature.officer_post, signature.proposed_at) == ("Wren Holt", "Secretary", None)
        assert "Wren Holt" not in Client().get("/letter/organisations/").content.decode()

    @pytest.mark.parametrize("site", ["https://elsewhere.example.com/", "https://facebook.com/choir"])
    def test_another_domain_waits_and_the_old_one_stays_shown(self, statement, site):
        signature = confirm(sign_for(statement))
        assert correct(signature, website=site)["Location"].endswith("?done=proposed")
        signature.refresh_from_db()
        assert (signature.website_domain, signature.proposed_website, signature.state) == (
            "example.org",
            site,
            State.CONFIRMED,
        )
        assert "example.org" in Client().get("/letter/organisations/").content.decode()
        assert site in own_page(signature)
        text = words(case(logged_in_client(make_moderator())).select_one(".case"))
        assert ("the mailbox is not at the website’s domain" in text) == ("facebook" not in site)

    def test_it_waits_even_where_the_mailbox_proves_the_other_one(self, statement):
        signature = confirm(sign_for(statement, site="wrong.example.com"))
        approve(signature_id=signature.id, actor=make_moderator(), reason="called them", now=NOON)
        correct(signature, website="https://choir.example.org/")
        assert Signature.objects.get().proposed_website == "https://choir.example.org/"

    def test_once_accepted_it_is_shown_and_the_check_of_its_identity_is_over(self, statement):
        signature, moderator = confirm(sign_for(statement)), make_moderator()
        mark_notable(signature_id=signature.id, actor=moderator, reason="they wrote", method="own_domain", now=NOON)
        correct(signature, website="https://elsewhere.example.com/")
        assert accept_correction(signature_id=signature.id, actor=moderator, reason="called them", now=NOON)
        signature.refresh_from_db()
        website = (signature.website, signature.website_domain, signature.proposed_website)
        assert website == ("https://elsewhere.example.com/", "example.com", "")
        assert (signature.notable, signature.checked_name) == (False, "Choir of Lund")

    def test_refused_it_stays_where_it_was(self, statement):
        signature = confirm(sign_for(statement))
        correct(signature, website="https://elsewhere.example.com/", officer="Wren Holt")
        refuse_correction(signature_id=signature.id, actor=make_moderator(), reason="not theirs", now=NOON)
        signature.refresh_from_db()
        assert (signature.website_domain, signature.proposed_website, signature.proposed_at) == (
            "example.org",
            "",
            None,
        )
        assert signature.officer == "Wren Holt"

    def test_a_domain_that_was_looked_at_says_nothing_of_the_next(self, statement):
        signature, moderator = confirm(sign_for(statement, "x@gmail.com")), make_moderator()
        approve(signature_id=signature.id, actor=moderator, reason="called them", now=NOON)
        correct(signature, website="https://elsewhere.example.com/")
        accept_correction(signature_id=signature.id, actor=moderator, reason="called them", now=NOON)
        correct(signature, website="https://third.example.net/")
        assert Signature.objects.get().proposed_website == "https://third.example.net/"

    def test_who_waits_and_names_the_right_website_is_seen_to_have_the_mandate(self, statement):
        signature = confirm(sign_for(statement, site="wrong.example.com"))
        assert signature.flags == [Flag.MANDATE]
        correct(signature, website="https://choir.example.org/")
        signature.refresh_from_db()
        assert (signature.state, signature.flags, signature.website_domain) == (State.HELD, [], "example.org")

    def test_nobody_goes_to_the_domain_of_one_in_the_list(self, statement):
        confirm(sign_for(statement))
        other = confirm(sign_for(statement, "x@other.example.com", "other.example.com", name="City Choir"))
        response = correct(other, website="https://example.org")
        assert response.status_code == 422
        assert mistakes(response)["website"].startswith("Choir of Lund has signed with this website.")
        assert correct(other, website=other.website).status_code == 303

    def test_of_one_that_is_not_shown_nothing_is_told_and_nobody_can_accept_it(self, statement):
        confirm(sign_for(statement, visibility="anonymous"))
        other = confirm(sign_for(statement, "x@other.example.com", "other.example.com", name="City Choir"))
        assert correct(other, website="https://example.org").status_code == 303
        desk = logged_in_client(make_moderator())
        assert case(desk).select_one(".case-evidence .differs a").text == "Choir of Lund"
        refused = desk.post(reverse("admin:review_case", args=[other.id]), {"press": "approve", "part": "1"})
        assert "Another signature already counts for this organisation" in refused.content.decode()
        other.refresh_from_db()
        assert (other.website_domain, other.proposed_website) == ("example.com", "https://example.org/")

    @pytest.mark.parametrize(
        ("typed", "field"),
        [({"website": ""}, "website"), ({"website": "javascript:x"}, "website"), ({"officer": ""}, "officer"),
         ({"officer_post": "=1"}, "officer_post")],
    )  # fmt: skip
    def test_a_mistake_is_told_beside_its_field(self, statement, typed, field):
        signature = confirm(sign_for(statement))
        response = correct(signature, **typed)
        assert (response.status_code, list(mistakes(response))) == (422, [field])

    def test_what_it_never_said_it_need_not_say(self, statement):
        signature = make_signature(statement, kind="organisation", name="Old Choir")
        assert correct(signature, name="Old Choir of Lund").status_code == 303
        assert Signature.objects.get().proposed_name == "Old Choir of Lund"

    def test_a_person_has_no_website(self, statement):
        signature = make_signature(statement)
        correct(signature, website="https://example.org/", officer="Wren Holt")
        signature.refresh_from_db()
        assert (signature.website, signature.officer, signature.proposed_at) == ("", "", None)
        assert 'name="website"' not in Client().get(own_address(signature)).content.decode()

    def test_leaving_and_rejecting_forget_what_was_asked(self, statement):
        for act in (withdraw, erase):
            signature = make_signature(statement, proposed_at=NOON, proposed_website="https://example.org/")
            act(signature_id=signature.id, now=NOON)
            signature.refresh_from_db()
            assert signature.proposed_website == ""
        signature = make_signature(statement, proposed_at=NOON, proposed_website="https://example.org/")
        reject(signature_id=signature.id, actor=make_moderator(), reason="a farm", now=NOON)
        assert Signature.objects.get(id=signature.id).proposed_website == ""


def correct(signature, **typed):
    current = {field: getattr(signature, field) for field in ("name", "credit", "website", "officer", "officer_post")}
    return Client().post(own_address(signature), {"act": "correct", **current, **typed})


def own_address(signature) -> str:
    token = tokens.make(Purpose.OWN_PAGE, subject_id=signature.id, generation=1, issued_at=NOON)
    return f"/signature/{token}/"


def own_page(signature) -> str:
    return words(BeautifulSoup(Client().get(own_address(signature)).content, "html.parser"))


class TestDesk:
    def test_the_queue_shows_the_website_the_officer_and_that_the_mandate_is_not_proved(self, statement):
        confirm(sign_for(statement, "x@gmail.com"))
        soup = case(logged_in_client(make_moderator()))
        assert soup.select_one(".case-said dd a")["href"] == "https://choir.example.org/"
        assert "Ilse Varga, Chair" in soup.select_one(".case-said").text
        assert "the mailbox is not at the website’s domain: example.org" in words(soup.select_one(".case-evidence"))

    def test_on_a_social_network_it_says_that_this_proves_nothing(self, statement):
        confirm(sign_for(statement, "x@gmail.com", "facebook.com/choir"))
        text = words(case(logged_in_client(make_moderator())).select_one(".case-evidence"))
        assert "many organisations share the website’s domain, so it proves nothing" in text

    def test_a_second_one_is_not_approved_and_the_moderator_reads_why(self, statement):
        first = confirm(sign_for(statement))
        second = confirm(sign_for(statement, "second@example.org", name="Lund’s choir"))
        desk = logged_in_client(make_moderator())
        link = case(desk).select_one(".case-evidence .differs a")
        assert (link.text, link["href"].split("/")[-3]) == ("Choir of Lund", str(first.id))
        refused = desk.post(reverse("admin:review_case", args=[second.id]), {"press": "approve", "part": "1"})
        assert refused.status_code == 409
        assert "Another signature already counts for this organisation" in refused.content.decode()
        assert "each organisation signs once" in messages_of(run_admin_action(desk, "approve", second))[-1]
        second.refresh_from_db()
        assert second.state == State.HELD


def case(desk) -> BeautifulSoup:
    return BeautifulSoup(desk.post(reverse("admin:review_next"), follow=True).content, "html.parser")


def words(element) -> str:
    return " ".join(element.text.split())


@pytest.mark.django_db(transaction=True)
def test_of_two_officers_who_confirm_at_the_same_moment_one_counts():
    """Both are read before either is written: the database accepts one, and the other is held."""
    statement = make_statement()
    both = [sign_for(statement, f"officer{number}@example.org") for number in range(2)]
    looked, looking = Barrier(2, timeout=30), []

    def confirm_slowly(signature):
        def wait(execute, sql, params, is_batch, context):
            is_written = "UPDATE signatures_signature" in sql or sql.startswith("EXECUTE")
            if is_written and signature.id not in looking:
                looking.append(signature.id)
                looked.wait()
            return execute(sql, params, is_batch, context)

        with connection.execute_wrapper(wait):
            return confirm(signature).state

    states = at_once(2, lambda number: confirm_slowly(both[number]))
    assert sorted(states) == [State.CONFIRMED, State.HELD]
    assert sorted(Signature.objects.values_list("state", "flags")) == [
        (State.CONFIRMED, []), (State.HELD, [Flag.SIGNED_BEFORE]),
    ]  # fmt: skip
    assert count(statement.id).organisations == 1
