"""The verdict as a pure function: it needs no database and no clock, and changes none of its arguments."""

from dataclasses import replace
from datetime import timedelta

import pytest

from signatures.review.verdict import Candidate, Decision, Verdict, VerdictInputs, reason_to_stay_held, verdict
from signatures.signing.models.flag import HOLD_THRESHOLD, Flag
from tests.people import NOON

ILSE = Candidate(
    id=7, statement_id=1, now=NOON, name="Ilse Varga", is_pending=True, credit="composer", mail_domain="example.org"
)
THEATRE = replace(
    ILSE, name="Teatro Varga", is_organisation=True, website_domain="varga.example", mail_domain="varga.example"
)
NOTHING = VerdictInputs({}, False, [], 0, 0, 0, 0, None, False)
QUILL = [(31, "Zelda Quill")]


def weighed(**weights: tuple[int, int]) -> VerdictInputs:
    return replace(NOTHING, weights=weights)


def decided(candidate: Candidate, inputs: VerdictInputs = NOTHING) -> tuple[str, list[str], int | None]:
    decision = verdict(candidate, inputs)
    return decision.state, decision.flags, decision.resembles_id


def test_a_signature_without_a_flag_is_confirmed():
    assert verdict(ILSE, NOTHING) == Decision(Verdict.CONFIRMED, [], None)


def test_a_flag_without_a_weight_holds_by_itself():
    assert decided(replace(ILSE, flags=("burst",))) == ("held", ["burst"], None)
    assert decided(replace(ILSE, flags=("rule:3",))) == ("held", ["rule:3"], None)


@pytest.mark.parametrize(("points", "state"), [(HOLD_THRESHOLD - 1, "confirmed"), (HOLD_THRESHOLD, "held")])
def test_flags_with_a_weight_hold_together_from_a_hundred_points(points, state):
    inputs = weighed(honeypot=(points - 40, 0), burst=(40, 0))
    assert decided(replace(ILSE, flags=("honeypot", "burst")), inputs)[0] == state


def test_the_same_flag_counts_once():
    assert decided(replace(ILSE, flags=("burst", "burst")), weighed(burst=(60, 0)))[0] == "confirmed"


def test_everybody_is_held_while_everything_is_reviewed():
    assert decided(ILSE, replace(NOTHING, everything_is_reviewed=True)) == ("held", [], None)


class TestProtectedNames:
    WITH_QUILL = replace(NOTHING, protected=QUILL)

    def test_a_name_that_resembles_a_protected_one_is_held_and_its_row_is_named(self):
        assert decided(replace(ILSE, name="Zelda Qui11"), self.WITH_QUILL) == ("held", ["protected_name"], 31)

    def test_a_name_that_only_shares_a_key_with_one_is_not(self):
        assert decided(replace(ILSE, name="Otto Brandt"), self.WITH_QUILL) == ("confirmed", [], None)

    def test_the_oldest_protected_name_is_named(self):
        inputs = replace(NOTHING, protected=[(12, "Zelda Quill"), (31, "Zelda Quill")])
        assert decided(replace(ILSE, name="Zelda Quill"), inputs)[2] == 12

    def test_a_name_that_a_moderator_has_checked_is_not_held_again(self):
        checked = replace(ILSE, name="Zelda Quill", checked_name="Zelda Quill")
        assert decided(checked, self.WITH_QUILL) == ("confirmed", [], 31)

    def test_the_flag_is_raised_once(self):
        again = replace(ILSE, name="Zelda Quill", flags=("protected_name",))
        assert decided(again, self.WITH_QUILL) == ("held", ["protected_name"], 31)


class TestInvitations:
    INVITED = replace(ILSE, name="Zelda Quill", is_invited=True, resembles_id=5)

    def test_an_invited_person_becomes_notable_whatever_else_is_known(self):
        inputs = replace(NOTHING, protected=QUILL, everything_is_reviewed=True)
        assert decided(self.INVITED, inputs) == ("notable", [], 5)

    def test_an_invited_organisation_that_counts_already_does_not(self):
        invited = replace(THEATRE, is_invited=True)
        inputs = replace(NOTHING, organisation_is_counted=True)
        assert decided(invited, inputs) == ("held", ["signed_before"], None)

    def test_an_invited_organisation_needs_no_mandate(self):
        assert decided(replace(THEATRE, is_invited=True, mail_domain="gmail.com")) == ("notable", ["mandate"], None)

    def test_an_invited_organisation_that_moves_to_another_domain_is_held(self):
        moving = replace(THEATRE, is_invited=True, moves_domain=True, is_pending=False)
        assert decided(moving) == ("held", [], None)


class TestOrganisations:
    def test_a_mailbox_at_its_website_is_a_mandate(self):
        assert decided(THEATRE) == ("confirmed", [], None)
        assert decided(replace(THEATRE, mail_domain="post.varga.example")) == ("confirmed", [], None)

    @pytest.mark.parametrize("domain", ["other.example", "gmail.com", ""])
    def test_any_other_mailbox_is_none(self, domain):
        assert decided(replace(THEATRE, mail_domain=domain)) == ("held", ["mandate"], None)

    def test_a_website_that_many_share_gives_none(self):
        assert decided(replace(THEATRE, website_domain="", mail_domain="gmail.com"))[1] == ["mandate"]

    def test_a_mandate_that_is_proved_later_is_no_longer_missing(self):
        assert decided(replace(THEATRE, flags=("mandate",))) == ("confirmed", [], None)

    def test_what_a_moderator_has_looked_at_under_this_name_needs_no_mandate(self):
        looked_at = replace(THEATRE, mail_domain="gmail.com", checked_name=THEATRE.name)
        assert decided(replace(looked_at, is_pending=False)) == ("confirmed", [], None)
        assert decided(looked_at) == ("held", ["mandate"], None)  # signed again since

    def test_it_counts_once(self):
        counted = replace(NOTHING, organisation_is_counted=True)
        assert decided(THEATRE, counted) == ("held", ["signed_before"], None)
        assert decided(replace(THEATRE, flags=("signed_before",))) == ("confirmed", [], None)

    def test_a_correction_that_moves_it_to_another_domain_is_held(self):
        assert decided(replace(THEATRE, is_pending=False, moves_domain=True)) == ("held", [], None)

    def test_a_person_keeps_flags_of_organisations(self):
        assert decided(replace(ILSE, flags=("mandate",))) == ("held", ["mandate"], None)


SIGNAL_FIELDS = {
    Flag.NETWORK: ({}, {"network_count": 6}),
    Flag.DOMAIN: ({}, {"domain_count": 6, "domain_count_before": 5}),
    Flag.DISPOSABLE: ({"mail_domain": "post.mailinator.com"}, {}),
    Flag.NAME_SHAPE: ({"name": "qwrtpsdfghjk"}, {}),
    Flag.SAME_CREDIT: ({}, {"credit_count": 6}),
    Flag.TOO_QUICK: ({}, {"emailed_at": NOON - timedelta(seconds=4)}),
}
"""For each signal, the fields of candidate and inputs that raise it at level 5."""


class TestSpamSignals:
    @pytest.mark.parametrize("flag", SIGNAL_FIELDS)
    def test_each_is_raised_where_it_is_seen_and_has_points(self, flag):
        candidate_fields, input_fields = SIGNAL_FIELDS[flag]
        candidate, inputs = replace(ILSE, **candidate_fields), replace(weighed(**{flag.value: (60, 5)}), **input_fields)
        assert decided(candidate, inputs) == ("confirmed", [flag], None)
        assert decided(candidate, replace(inputs, weights={flag.value: (100, 5)})) == ("held", [flag], None)
        assert decided(candidate, replace(inputs, weights={flag.value: (0, 5)})) == ("confirmed", [], None)
        assert decided(candidate, replace(inputs, weights={})) == ("confirmed", [], None)

    @pytest.mark.parametrize(
        "input_fields",
        [
            {"network_count": 5},
            {"domain_count": 5},
            {"domain_count": 9, "domain_count_before": 9},
            {"credit_count": 5},
            {"emailed_at": NOON - timedelta(seconds=5)},
        ],
    )
    def test_none_is_raised_at_its_level(self, input_fields):
        weights = {flag.value: (60, 5) for flag in SIGNAL_FIELDS}
        assert decided(ILSE, replace(NOTHING, weights=weights, **input_fields)) == ("confirmed", [], None)

    def test_an_organisation_may_have_any_name(self):
        theatre = replace(THEATRE, name="qwrtpsdfghjk")
        assert decided(theatre, weighed(name_shape=(100, 0))) == ("confirmed", [], None)

    def test_a_correction_is_not_looked_at_for_them(self):
        candidate_fields, input_fields = SIGNAL_FIELDS[Flag.NETWORK]
        corrected = replace(ILSE, is_pending=False, **candidate_fields)
        assert decided(corrected, replace(weighed(network=(100, 5)), **input_fields)) == ("confirmed", [], None)


def test_a_verdict_changes_neither_the_candidate_nor_the_inputs():
    candidate = replace(THEATRE, flags=("mandate", "burst"), mail_domain="gmail.com")
    inputs = replace(NOTHING, protected=[(31, THEATRE.name)], weights={"network": (60, 0)}, network_count=9)
    before = repr((candidate, inputs))
    assert verdict(candidate, inputs) == verdict(candidate, inputs)
    assert repr((candidate, inputs)) == before


@pytest.mark.parametrize(
    ("flags", "is_counted", "reason"),
    [
        (["rule:1"], False, None),
        (["rule:1", "protected_name"], False, Flag.PROTECTED_NAME),
        (["rule:1"], True, Flag.SIGNED_BEFORE),
        (["rule:1", "protected_name"], True, Flag.SIGNED_BEFORE),
    ],
)
def test_what_a_rule_held_counts_again_unless_something_else_holds_it(flags, is_counted, reason):
    assert reason_to_stay_held(flags, organisation_is_counted=is_counted) == reason
