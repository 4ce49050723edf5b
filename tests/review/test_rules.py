"""Rules: a dry run first, applied in batches, undone to exactly what was before."""

from datetime import timedelta

import pytest
from bs4 import BeautifulSoup
from django.test import Client

from signatures.audit.models import AuditEntry
from signatures.identity import network_key
from signatures.mail.models.email import Mail
from signatures.privacy.erase import erase
from signatures.public.fold_tally import recount
from signatures.public.models.tally import count
from signatures.review import apply_rule as rules
from signatures.review.apply_rule import apply_rule, undo_rule, work_on_rules
from signatures.review.models.rule import Rule, RuleMark
from signatures.review.moderate import approve, restore
from signatures.signing import confirm as confirm_action
from signatures.signing.models.signature import Signature
from signatures.signing.withdraw import withdraw
from signatures.web import tokens
from signatures.web.tokens import Purpose
from tests.organisers import logged_in_client, make_moderator, make_organiser
from tests.people import NOON, make_signature, make_statement

pytestmark = pytest.mark.django_db

LATER = NOON + timedelta(hours=1)


@pytest.fixture(autouse=True)
def statement(settings):
    settings.ALLOWED_HOSTS = ["testserver"]
    return make_statement()


@pytest.fixture
def organiser():
    return make_organiser()


def make_rule(organiser, **fields):
    return Rule.objects.create(**{"reason": "a farm", "author": organiser, "created_at": NOON, **fields})


def work():
    while work_on_rules(clock=lambda: LATER):
        pass


def apply(rule):
    assert apply_rule(rule_id=rule.id, actor=rule.author, now=LATER)
    work()
    rule.refresh_from_db()


def undo(rule, reason="a mistake"):
    assert undo_rule(rule_id=rule.id, actor=rule.author, reason=reason, now=LATER)
    work()
    rule.refresh_from_db()


def everything():
    """Returns all columns of each signature."""
    return list(Signature.objects.order_by("id").values())


def crowd(statement):
    """Makes two signatures of every kind: one at a spam domain, one elsewhere."""
    kinds = [
        {"state": "confirmed"}, {"state": "confirmed", "visibility": "anonymous"},
        {"state": "confirmed", "notable": True}, {"state": "confirmed", "hidden_at": NOON},
        {"state": "held", "flags": ["burst"]}, {"state": "pending"},
        {"state": "withdrawn"}, {"state": "rejected"},
    ]  # fmt: skip
    for number, kind in enumerate(kinds):
        for domain in ("farm.example", "elsewhere.example"):
            make_signature(statement, address=f"s{number}@{domain}", **kind)


def lines():
    page = BeautifulSoup(Client().get("/letter/corrections/").content, "html.parser")
    return [line.get_text(" ", strip=True) for line in page.main.select("li")]


class TestTheMatchingSignatures:
    def names(self, organiser, **fields):
        return list(make_rule(organiser, **fields).matches().values_list("name", flat=True))

    def test_a_domain_whole_and_under_every_key(self, statement, organiser, settings):
        make_signature(statement, name="Farmed", address="a@farm.example")
        make_signature(statement, name="Sub", address="a@x.farm.example")
        assert self.names(organiser, domain="farm.example") == ["Farmed"]

        settings.DIGEST_KEYS = ["a-newer-key-of-digests", *settings.DIGEST_KEYS]
        assert self.names(organiser, domain="farm.example") == ["Farmed"]

    def test_a_network(self, statement, organiser):
        make_signature(statement, name="Near", network=network_key.network_key("192.0.2.0/24"))
        make_signature(statement, name="Far", network=network_key.network_key("198.51.100.0/24"))

        assert self.names(organiser, network=network_key.network_key("192.0.2.0/24")) == ["Near"]

    @pytest.mark.parametrize(
        ("pattern", "names"),
        [
            ("free *", ["Free Coins"]),
            ("*coins", ["Free Coins"]),
            ("coins", []),
            ("*.*", []),
            ("*c++ (best)*", ["Ilse"]),
        ],
    )
    def test_a_name_or_credit_as_it_is_written(self, statement, organiser, pattern, names):
        make_signature(statement, name="Free Coins")
        make_signature(statement, name="Ilse", credit="my C++ (best) site")

        assert self.names(organiser, pattern=pattern) == names

    def test_a_time(self, statement, organiser):
        for hour in range(4):
            make_signature(statement, name=f"At {hour}", now=NOON + timedelta(hours=hour))
        window = {"signed_from": NOON + timedelta(hours=1), "signed_until": NOON + timedelta(hours=3)}

        assert self.names(organiser, **window) == ["At 1", "At 2"]

    def test_all_of_it_together_in_one_statement(self, statement, organiser):
        other = make_statement("other")
        for where in (statement, other):
            make_signature(where, name=f"Free {where}", address="a@farm.example")
            make_signature(where, name=f"Ilse {where}", address="b@farm.example")

        assert self.names(organiser, statement=other, domain="farm.example", pattern="free*") == ["Free other"]


class TestApplying:
    @pytest.mark.parametrize(
        ("act", "becomes"),
        [
            ("hold", ["held", "held", "confirmed", "held", "held", "pending", "withdrawn", "rejected"]),
            ("reject", [*["rejected"] * 2, "confirmed", *["rejected"] * 3, "withdrawn", "rejected"]),
            ("hide", ["confirmed", "confirmed", "confirmed", "confirmed", "held", "pending", "withdrawn", "rejected"]),
        ],
    )
    def test_changes_the_signatures_that_it_shows_and_is_undone_to_the_last_field(
        self, statement, organiser, act, becomes
    ):
        crowd(statement)
        before, rule = everything(), make_rule(organiser, act=act, domain="farm.example")
        effect = rule.effects()[0]
        apply(rule)

        rows = everything()
        assert [row["state"] for row in rows[::2]] == becomes
        assert rows[1::2] == before[1::2]
        assert (count(statement.id).all, count(statement.id).listed) == (effect.counted_after, effect.listed_after)
        assert (effect.signatures, rule.changed, rule.status) == (rule.changed, rule.marks.count(), "applied")
        assert recount() == []

        undo(rule)
        assert everything() == before
        assert (rule.status, rule.restored, rule.left) == ("undone", rule.changed, 0)
        assert recount() == []

    def test_hidden_are_those_who_were_not(self, statement, organiser):
        crowd(statement)
        apply(make_rule(organiser, act="hide", domain="farm.example"))

        hidden = Signature.objects.filter(hidden_at=LATER).values_list("state", "visibility")
        assert sorted(hidden) == [
            ("confirmed", "anonymous"), ("confirmed", "public"), ("held", "public"), ("pending", "public"),
        ]  # fmt: skip

    def test_a_pending_signature_is_held_when_it_is_confirmed(self, statement, organiser):
        signature = make_signature(statement, state="pending", address="a@farm.example")
        apply(make_rule(organiser, act="hold", domain="farm.example"))
        confirm(signature)

        signature.refresh_from_db()
        assert signature.state == "held"

    def test_a_later_signature_is_not_touched(self, statement, organiser):
        rule = make_rule(organiser, act="reject", domain="farm.example")
        assert apply_rule(rule_id=rule.id, actor=organiser, now=LATER)
        make_signature(statement, address="a@farm.example")
        work()

        assert Signature.objects.get().state == "confirmed"

    def test_a_kill_between_batches_loses_nothing(self, statement, organiser, monkeypatch):
        for _ in range(7):
            make_signature(statement, name="Free Coins")
        monkeypatch.setattr(rules, "FIRST_BATCH", 2)
        monkeypatch.setattr(rules, "MAX_BATCH", 2)
        rule = make_rule(organiser, act="reject", pattern="free*")
        apply_rule(rule_id=rule.id, actor=organiser, now=LATER)
        moments = iter([*[LATER] * 5, *[LATER + rules.MAX_RUN_TIME] * 9])
        assert work_on_rules(clock=lambda: next(moments))

        done = Signature.objects.filter(state="rejected").count()
        assert (0 < done < 7, RuleMark.objects.count()) == (True, done)
        assert sum(AuditEntry.objects.filter(action="reject").values_list("many", flat=True)) == done
        work()
        assert Signature.objects.filter(state="rejected").count() == RuleMark.objects.count() == 7

    def test_is_begun_once(self, organiser):
        rule = make_rule(organiser, pattern="free*")
        by = {"rule_id": rule.id, "actor": organiser, "now": LATER}

        assert apply_rule(**by)
        assert not apply_rule(**by)
        assert undo_rule(**by, reason="a slip")
        assert not undo_rule(**by, reason="a slip")

    def test_every_change_of_the_count_has_its_line(self, statement, organiser):
        crowd(statement)
        rule = make_rule(organiser, act="reject", domain="farm.example", told="Sent by one machine.")
        apply(rule)
        assert lines() == ["3 signatures were taken out of the count by the organisers. They say: Sent by one machine."]

        undo(rule)
        assert lines() == [
            "3 signatures were taken out of the count by the organisers. They say: Sent by one machine.",
            "3 signatures were put back into the count by the organisers. They say: Sent by one machine.",
        ]
        assert "farm" not in "".join(lines())

    def test_a_rule_that_holds_says_that_they_are_looked_at(self, statement, organiser):
        crowd(statement)
        apply(make_rule(organiser, act="hold", domain="farm.example"))

        assert lines() == ["3 signatures were taken out of the count by the organisers until they have looked at them."]

    def test_the_log_says_who_began_it_and_why(self, statement, organiser):
        rule = make_rule(organiser, pattern="free*")
        apply(rule)
        undo(rule)

        fields = ("action", "actor__username", "rule", "reason")
        assert list(AuditEntry.objects.order_by("id").values_list(*fields)) == [
            ("apply_rule", "organiser", rule.id, "a farm"), ("undo_rule", "organiser", rule.id, "a mistake"),
        ]  # fmt: skip


class TestUndoing:
    def test_leaves_what_somebody_has_decided_since(self, statement, organiser):
        _kept, approved, withdrawn, erased = [
            make_signature(statement, address=f"{who}@farm.example") for who in ("kept", "ok", "out", "gone")
        ]
        rule = make_rule(organiser, act="hold", domain="farm.example")
        apply(rule)
        approve(signature_id=approved.id, actor=organiser, reason="known", now=LATER)
        withdraw(signature_id=withdrawn.id, now=LATER)
        erase(signature_id=erased.id, now=LATER)
        undo(rule)

        states = Signature.objects.order_by("id").values_list("state", "flags", "confirmed_at")
        assert list(states) == [
            ("confirmed", [], NOON), ("confirmed", [], LATER), ("withdrawn", [], NOON), ("withdrawn", [], NOON),
        ]  # fmt: skip
        assert (rule.restored, rule.left, recount()) == (1, 2, [])

    def test_a_signature_that_only_the_rule_held_counts_and_its_signer_is_emailed(self, statement, organiser):
        signature = make_signature(statement, state="pending", address="a@farm.example")
        rule = make_rule(organiser, act="hold", domain="farm.example")
        apply(rule)
        confirm(signature)
        undo(rule)

        signature.refresh_from_db()
        assert (signature.state, signature.flags) == ("confirmed", [])
        assert Mail.objects.filter(kind="approved").count() == 1

    def test_in_the_middle_of_applying(self, statement, organiser, monkeypatch):
        for _ in range(7):
            make_signature(statement, name="Free Coins")
        before = everything()
        monkeypatch.setattr(rules, "FIRST_BATCH", 2)
        monkeypatch.setattr(rules, "MAX_BATCH", 2)
        rule = make_rule(organiser, act="reject", pattern="free*")
        apply_rule(rule_id=rule.id, actor=organiser, now=LATER)
        moments = iter([*[LATER] * 5, *[LATER + rules.MAX_RUN_TIME] * 9])
        work_on_rules(clock=lambda: next(moments))
        undo(rule)

        assert (everything(), rule.restored, recount()) == (before, rule.changed, [])

    def test_a_rejection_by_a_rule_can_be_taken_back_for_one(self, statement, organiser):
        signature = make_signature(statement, address="a@farm.example")
        rule = make_rule(organiser, act="reject", domain="farm.example")
        apply(rule)
        assert restore(signature_id=signature.id, actor=organiser, reason="real", now=LATER)
        undo(rule)

        signature.refresh_from_db()
        assert (signature.state, signature.flags, rule.left) == ("confirmed", [], 1)


class TestAtTheDesk:
    PAGE = "/admin/signatures/rule/"

    def wish(self, **fields):
        empty = dict.fromkeys(["statement", "network", "pattern", "told"], "")
        times = dict.fromkeys(["signed_from_0", "signed_from_1", "signed_until_0", "signed_until_1"], "")
        return {**empty, **times, "act": "reject", "domain": "", "reason": "a farm", **fields}

    def test_the_whole_way(self, statement, organiser):
        crowd(statement)
        desk = logged_in_client(organiser)
        page = desk.post(f"{self.PAGE}add/", self.wish(domain="@Farm.Example"), follow=True)
        rule = Rule.objects.get()

        assert (rule.domain, rule.author, rule.status, RuleMark.objects.count()) == (
            "farm.example",
            organiser,
            "draft",
            0,
        )
        cells = [cell.get_text(strip=True) for cell in page_of(page).select(".rule-effects tbody tr *")]
        assert cells[-5:] == ["5", "8", "5", "4", "3"]
        assert "1 notable matches as well" in page.content.decode()
        address = f"{self.PAGE}{rule.id}/change/"
        running = desk.post(address, {"_apply": "1"}, follow=True)
        assert (running["Refresh"], len(page_of(running).select("progress"))) == ("2", 1)
        work()
        assert "5 signatures changed" in " ".join(page_of(desk.get(address)).get_text(" ").split())
        listed = desk.get("/admin/signatures/signature/", {"rule": rule.id})
        assert len(page_of(listed).select("#result_list tbody tr")) == 5
        assert desk.post(address, {"_undo": "1", "reason": ""}).status_code == 422
        desk.post(address, {"_undo": "1", "reason": "a mistake"})
        work()
        assert "restored: 5, kept because they changed later: 0" in desk.get(address).content.decode()

    @pytest.mark.parametrize("fields", [{}, {"pattern": "*"}, {"domain": "farm.example", "reason": ""}])
    def test_a_rule_about_everybody_or_without_a_reason_is_not_taken(self, organiser, fields):
        answer = logged_in_client(organiser).post(f"{self.PAGE}add/", self.wish(**fields))

        assert (answer.status_code, len(page_of(answer).select(".errorlist")) > 0, Rule.objects.count()) == (
            200,
            True,
            0,
        )

    def test_a_moderator_reads_it_and_applies_nothing(self, statement, organiser):
        rule = make_rule(organiser, domain="farm.example")
        make_signature(statement, address="a@farm.example")
        desk = logged_in_client(make_moderator())
        address = f"{self.PAGE}{rule.id}/change/"

        assert not page_of(desk.get(address)).select("[name=_apply]")
        assert desk.post(address, {"_apply": "1"}).status_code == 403
        assert Rule.objects.get().status == "draft"

    def test_the_page_of_a_signature_tells_of_it(self, statement, organiser):
        signature = make_signature(statement, address="a@farm.example")
        rule = make_rule(organiser, domain="farm.example")
        apply(rule)

        page = logged_in_client(organiser).get(f"/admin/signatures/signature/{signature.id}/change/").content.decode()
        assert f"caught by rule {rule.id}" in page
        assert f"{self.PAGE}{rule.id}/change/" in page


def page_of(response):
    return BeautifulSoup(response.content, "html.parser")


def confirm(signature):
    token = tokens.make(Purpose.CONFIRM, subject_id=signature.id, generation=1, issued_at=NOON)
    ticket = tokens.read(Purpose.CONFIRM, token)
    confirm_action.confirm(ticket=ticket, generation=1, now=LATER)
