"""Tests bulk decisions: an organiser makes one decision about a part of the review queue."""

import sys
import time
from datetime import timedelta

import pytest
from bs4 import BeautifulSoup
from django.urls import reverse
from django.utils import timezone

from signatures.audit.models import AuditEntry
from signatures.mail.models.email import Mail
from signatures.mail.send import send_emails
from signatures.privacy.erase import erase
from signatures.public.corrections import corrections_of
from signatures.public.fold_tally import recount
from signatures.public.models.tally import count
from signatures.review import batches
from signatures.review.batches import start_bulk_decision, undo_bulk_decision, work_on_bulk_decisions
from signatures.review.forms import FilterForm
from signatures.review.models.batch import BulkDecision, BulkItem
from signatures.review.models.canned_reply import Phrase
from signatures.review.models.lease import Lease
from signatures.review.models.protected_name import ProtectedName
from signatures.review.moderate import approve, reject, restore
from signatures.signing.models.signature import Signature
from tests.organisers import make_organiser, make_staff
from tests.people import NOON, make_signature

pytestmark = pytest.mark.django_db

State = Signature.State
START, ALL = reverse("admin:review"), reverse("admin:review_all")
LATER = NOON + timedelta(hours=1)
RESTORED_FIELDS = "state", "flags", "checked_name", "confirmed_at", "asked_at"


def held(statement, **fields):
    return make_signature(statement, **{"state": State.HELD, "flags": ["burst"], **fields})


def phrase(use="reject"):
    return Phrase.objects.filter(use=use).earliest("position")


def states():
    return list(Signature.objects.order_by("id").values_list("state", flat=True))


def everything():
    return list(Signature.objects.order_by("id").values_list(*RESTORED_FIELDS))


def begin(moderator, kind="reject", *, seen=100, now=NOON, query=""):
    form = FilterForm(dict(pair.split("=") for pair in query.split("&") if pair))
    reply = phrase(kind) if kind != "approve" else None
    return start_bulk_decision(
        signatures=form.filtered_signatures(), expected_count=seen, kind=kind, phrase=reply, statement=None,
        about=form.description(), actor=moderator, reason="a flood", now=now,
    )  # fmt: skip


def work(now=LATER):
    while work_on_bulk_decisions(clock=lambda: now):
        pass


def undo(decision, moderator, now=LATER):
    assert undo_bulk_decision(bulk_id=decision.id, actor=moderator, reason="a mistake", now=now)
    work(now)
    decision.refresh_from_db()


def outcomes(decision):
    return list(decision.items.order_by("id").values_list("outcome", flat=True))


def texts(response, selector):
    return [
        " ".join(element.text.split()) for element in BeautifulSoup(response.content, "html.parser").select(selector)
    ]


class TestDeciding:
    @pytest.mark.parametrize(
        ("kind", "becomes", "mails"),
        [
            ("approve", State.CONFIRMED, ["approved"]),
            ("reject", State.REJECTED, []),
            ("ask", State.HELD, ["proof_asked"]),
        ],
    )
    def test_each_is_decided_as_by_one_press(self, statement, moderator, kind, becomes, mails):
        held(statement), make_signature(statement), make_signature(statement, state=State.PENDING)
        decision = begin(moderator, kind)
        assert states()[0] == State.HELD
        work()

        decision.refresh_from_db()
        assert states() == [becomes, State.CONFIRMED, State.PENDING]
        assert (decision.status, decision.many, outcomes(decision)) == ("applied", 1, ["done"])
        assert list(Mail.objects.values_list("kind", flat=True)) == mails
        assert recount() == []

    def test_every_one_has_its_line_in_the_log_and_so_has_the_whole(self, statement, moderator):
        first, second = held(statement), held(statement)
        begin(moderator)
        work()

        entries = AuditEntry.objects.order_by("id").values_list(
            "action", "signature", "many", "actor__username", "reason"
        )
        assert list(entries) == [
            ("decide_many", None, 2, "moderator", "a flood"),
            ("reject", first.id, 1, "moderator", "a flood"),
            ("reject", second.id, 1, "moderator", "a flood"),
        ]
        assert set(AuditEntry.objects.filter(action="reject").values_list("phrase", flat=True)) == {phrase().id}

    def test_a_correction_is_accepted_or_refused(self, statement, moderator):
        for name in ("Ilse Holt", "Wren Varga"):
            make_signature(statement, proposed_name=name, proposed_at=NOON)
        begin(moderator, "approve", query="q=holt")
        begin(moderator, "approve", query="why=correction", seen=1)
        work()

        assert list(Signature.objects.order_by("id").values_list("name", flat=True)) == ["Ilse Holt", "Ilse Varga"]

    def test_no_more_than_were_shown_and_none_that_came_later(self, statement, moderator):
        for _ in range(3):
            held(statement)
        begin(moderator, seen=2)
        held(statement)
        work()

        assert states() == [State.REJECTED, State.REJECTED, State.HELD, State.HELD]

    def test_what_a_colleague_reviews_or_has_decided_is_left(self, statement, moderator):
        looked_at, approved, third = held(statement), held(statement), held(statement)
        colleague = make_staff("colleague", "Moderator")
        decision = begin(moderator)
        assert Lease.objects.lease_one(looked_at.id, holder=colleague, now=LATER)
        approve(signature_id=approved.id, actor=colleague, reason="known", now=NOON)
        work()

        assert states() == [State.HELD, State.CONFIRMED, State.REJECTED]
        assert outcomes(decision) == ["left", "left", "done"]
        assert third.id == decision.items.get(outcome="done").signature_id

    def test_a_signature_that_was_asked_for_proof_recently_is_not_in_it(self, statement, moderator):
        held(statement, asked_at=NOON - timedelta(days=1))

        assert begin(moderator).many == 0

    def test_a_kill_loses_nothing_and_nobody_is_decided_twice(self, statement, moderator):
        for _ in range(5):
            held(statement)
        decision = begin(moderator)
        moments = iter([*[LATER] * 3, *[LATER + batches.MAX_RUN_TIME] * 9])
        assert work_on_bulk_decisions(clock=lambda: next(moments))
        assert states().count(State.REJECTED) == 2
        work()

        assert (states(), outcomes(decision)) == ([State.REJECTED] * 5, ["done"] * 5)
        assert AuditEntry.objects.filter(action="reject").count() == 5


class TestUndoing:
    @pytest.mark.parametrize("kind", ["approve", "reject"])
    def test_brings_back_exactly_what_was(self, statement, moderator, kind):
        held(statement, flags=["burst", "honeypot"], checked_name="I. Varga", asked_at=NOON - timedelta(days=9))
        held(statement, flags=["protected_name"], confirmed_at=NOON)
        before, counted = everything(), count(statement.id).all
        decision = begin(moderator, kind)
        work()
        assert everything() != before
        undo(decision, moderator)

        assert (everything(), count(statement.id).all) == (before, counted)
        assert (decision.status, outcomes(decision)) == ("undone", ["restored"] * 2)
        assert recount() == []

    def test_a_mail_that_has_not_left_stays_here(self, statement, moderator, mailoutbox):
        held(statement)
        decision = begin(moderator, "approve")
        work()
        undo(decision, moderator)
        send_emails(clock=lambda: LATER + timedelta(minutes=5))

        assert (mailoutbox, Mail.objects.get().status) == ([], "cancelled")

    def test_a_count_that_goes_down_by_it_has_its_line_in_public(self, statement, moderator):
        held(statement)
        decision = begin(moderator, "approve")
        work()
        undo(decision, moderator)

        entries = corrections_of(statement).values_list("action", "before", "after")
        assert list(entries) == [("hold", "confirmed", "held")]

    def test_leaves_what_somebody_has_decided_since(self, statement, moderator):
        back, _second, erased, _fourth = [held(statement) for _ in range(4)]
        decision = begin(moderator)
        work()
        restore(signature_id=back.id, actor=moderator, reason="real", now=LATER)
        reject(signature_id=back.id, actor=moderator, reason="not real", now=LATER + timedelta(seconds=1))
        erase(signature_id=erased.id, now=LATER)
        undo(decision, moderator)

        assert states() == [State.REJECTED, State.HELD, State.REJECTED, State.HELD]
        assert outcomes(decision) == ["kept", "restored", "restored"]
        assert not BulkItem.objects.filter(signature=erased).exists()

    def test_in_the_middle_of_it(self, statement, moderator):
        for _ in range(5):
            held(statement)
        before, decision = everything(), begin(moderator)
        moments = iter([*[LATER] * 3, *[LATER + batches.MAX_RUN_TIME] * 9])
        work_on_bulk_decisions(clock=lambda: next(moments))
        undo(decision, moderator)

        assert (everything(), outcomes(decision)) == (before, ["restored"] * 2 + ["waiting"] * 3)

    def test_a_question_that_was_mailed_is_not_undone(self, statement, moderator):
        held(statement)
        decision = begin(moderator, "ask")
        work()

        assert not undo_bulk_decision(bulk_id=decision.id, actor=moderator, reason="a mistake", now=LATER)

    def test_is_begun_once(self, statement, moderator):
        decision = begin(moderator)
        by = {"bulk_id": decision.id, "actor": moderator, "reason": "a slip", "now": LATER}

        assert (undo_bulk_decision(**by), undo_bulk_decision(**by)) == (True, False)


class TestAtTheDesk:
    def test_the_whole_way(self, statement, moderator, desk):
        held(statement, name="Free Coins")
        held(statement, name="Free Money")
        held(statement, name="Ilse Holt", flags=["honeypot"])
        start = desk.get(START, {"why": "burst"})
        [way] = BeautifulSoup(start.content, "html.parser").select(f"a[href^='{ALL}?']")
        page = desk.get(way["href"])
        assert texts(page, ".queue-many") == ["2 signatures: one of very many from one network"]
        assert texts(page, ".rule-sample a") == ["Free Coins", "Free Money"]

        decision_text = f"reject {phrase().id}"
        answer = desk.post(way["href"], {"press": decision_text, "reason": "a flood", "seen": "2"}, follow=True)
        assert (answer["Refresh"], len(texts(answer, "progress"))) == ("2", 1)
        work()
        decision = BulkDecision.objects.get()
        progress_url = reverse("admin:review_many", args=[decision.id])
        assert texts(desk.get(progress_url), ".outcomes tr") == ["Decided2"]
        assert "2 · decided · moderator" in " ".join(texts(desk.get(START), ".lately"))

        assert desk.post(progress_url, {"reason": ""}).status_code == 422
        desk.post(progress_url, {"reason": "a mistake"})
        work()
        assert texts(desk.get(progress_url), ".outcomes tr") == ["Restored2"]
        assert states() == [State.HELD] * 3

    @pytest.mark.parametrize(
        "values",
        [{}, {"press": "reject"}, {"press": "reject 999"}, {"press": "notable"}, {"reason": ""}, {"seen": "x"}],
    )
    def test_invalid_values_decide_nothing(self, statement, desk, values):
        held(statement)

        answer = desk.post(ALL, {"press": "approve", "reason": "known", "seen": "1", **values} if values else {})

        assert (answer.status_code, BulkDecision.objects.count()) == (422, 0)

    def test_looking_changes_nothing(self, statement, desk):
        held(statement)
        desk.get(ALL)

        assert (BulkDecision.objects.count(), Lease.objects.count(), states()) == (0, 0, [State.HELD])

    def test_where_nothing_waits_there_is_nothing_to_press(self, desk):
        assert texts(desk.get(ALL), "main button, #content button") == []

    def test_a_name_cannot_speak_html(self, statement, desk):
        held(statement, name="<b>x</b>", credit='"><script>')

        page = BeautifulSoup(desk.get(ALL).content, "html.parser")

        assert (page.select(".rule-sample b, .rule-sample script"), page.select_one(".rule-sample bdi").text) == (
            [],
            "<b>x</b>",
        )

    def test_as_many_queries_with_many_as_with_one(self, statement, desk, django_assert_num_queries):
        held(statement)
        desk.get(ALL)
        with django_assert_num_queries(11):
            desk.get(ALL)
        for number in range(30):
            held(statement, address=f"{number}@example.org")
        with django_assert_num_queries(11):
            desk.get(ALL)

    def test_all_who_could_pass_for_one_person(self, statement, desk):
        ProtectedName.objects.protect([ProtectedName(name="Zelda Quill", written="Zelda Quill")])
        protected_name = ProtectedName.objects.get(name="Zelda Quill")
        for name in ("Zelda Quil", "Zelda Quill"):
            held(statement, name=name, resembles=protected_name)
        held(statement)

        desk.post(
            f"{ALL}?whom={protected_name.id}", {"press": f"reject {phrase().id}", "reason": "none is her", "seen": "9"}
        )
        work()

        assert (states(), BulkDecision.objects.get().about) == (["rejected", "rejected", "held"], "Zelda Quill")

    @pytest.mark.parametrize(("query", "count"), [("?sector={}", 1), ("?sector=99999", 2), ("?sector=x", 2)])
    def test_a_sector_can_be_chosen(self, statement, desk, query, count):
        held(statement)
        literature = held(statement, sector="literature").sector_id

        assert texts(desk.get(ALL + query.format(literature)), ".queue-many strong") == [str(count)]


def test_three_hundred_at_once(statement):
    organiser = make_organiser()
    for number in range(300):
        held(statement, name=f"Free Coins {number}")
    begin(organiser, now=timezone.now(), seen=300)
    begun, at_work = time.perf_counter(), time.process_time()
    while work_on_bulk_decisions(clock=timezone.now):
        pass

    took, worked = time.perf_counter() - begun, time.process_time() - at_work
    sys.stdout.write(
        f"\n300 decided at once: {1000 * took / 300:.1f} ms each, {1000 * worked / 300:.1f} of it in Python\n"
    )
    assert states() == [State.REJECTED] * 300
