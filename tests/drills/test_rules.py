"""Applies a rule to a hundred thousand signatures while people sign. bin/test -s prints the times."""

import sys
import threading
import time
from copy import copy
from datetime import timedelta

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.utils import timezone

from signatures.identity import mailbox
from signatures.public.models.tally import count
from signatures.review import apply_rule as rules
from signatures.review.apply_rule import apply_rule, undo_rule, work_on_rules
from signatures.review.models.rule import Rule
from signatures.signing.models.signature import Signature
from signatures.signing.set_visibility import set_visibility
from signatures.statements.models.statement import Statement
from tests.drills.reckoning import recount
from tests.people import make_signature
from tests.waiting import wait_for

pytestmark = [pytest.mark.drill, pytest.mark.long, pytest.mark.django_db(transaction=True)]

MATCHING, OTHERS = 100_000, 10_000
SYLLABLES = ["ka", "lo", "mi", "ren", "su", "ta", "vel", "wo", "bra", "din"]


def fill(statement: Statement) -> None:
    model = make_signature(statement, address="model@elsewhere.example")
    rows = []
    for number in range(MATCHING + OTHERS):
        row = copy(model)
        digits = [int(digit) for digit in f"{number:06}"]
        row.pk, row._state.adding, row.mailbox_digest = None, True, number.to_bytes(32)
        row.rename("{}{}{} {}{}{}".format(*(SYLLABLES[digit] for digit in digits)).title())
        if number % 11:
            row.domain = mailbox.parse("a@farm.example").domain_key
        rows.append(row)
    Signature.objects.bulk_create(rows, batch_size=2000)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE signatures_signature")


class Signers(threading.Thread):
    """Signers who hide and show their own names, one after another, at the same time as the rule."""

    def __init__(self, ids: list[int]):
        super().__init__(daemon=True)
        self.ids, self.over = ids, threading.Event()
        self.waits: list[float] = []

    def run(self) -> None:
        try:
            while not self.over.is_set():
                for signature_id in self.ids:
                    began = time.monotonic()
                    set_visibility(signature_id=signature_id, visibility="public")
                    self.waits.append(time.monotonic() - began)
        finally:
            connection.close()


def work(name: str) -> float:
    """Runs the tasks one after another, as the worker does."""
    began, at_work = time.monotonic(), time.process_time()
    while work_on_rules(clock=timezone.now):
        pass
    took = time.monotonic() - began
    sys.stdout.write(f"{name}: {took:.1f} s, {time.process_time() - at_work:.1f} s of this process's CPU\n")
    return took


def test_a_rule_about_a_hundred_thousand(statement):
    fill(statement)
    before = list(Signature.objects.order_by("id").values_list("id", "state", "flags", "confirmed_at", "hidden_at"))
    organiser = User.objects.create(username="organiser")
    rule = Rule.objects.create(
        act="reject", domain="farm.example", reason="a farm", author=organiser, created_at=timezone.now()
    )
    began = time.monotonic()
    (effect,) = rule.effects()
    sys.stdout.write(f"\ndry run: {time.monotonic() - began:.2f} s\n")
    assert effect.signatures == MATCHING
    assert recount() == "counts agree\n"

    signers = Signers([row[0] for row in before[:: len(before) // 40]])
    signers.start()
    wait_for(lambda: len(signers.waits) >= 100, patience=60)
    usual = max(signers.waits)
    assert apply_rule(rule_id=rule.id, actor=organiser, now=timezone.now())
    applied_in = work("apply")
    assert count(statement.id).all == effect.counted_after == len(before) - MATCHING
    assert recount() == "counts agree\n"
    assert undo_rule(rule_id=rule.id, actor=organiser, reason="a mistake", now=timezone.now())
    undone_in = work("undo")
    signers.over.set()
    signers.join()

    after = list(Signature.objects.order_by("id").values_list("id", "state", "flags", "confirmed_at", "hidden_at"))
    assert after == before
    assert recount() == "counts agree\n"
    sys.stdout.write(
        f"signers meanwhile: {len(signers.waits)}, longest wait {max(signers.waits):.2f} s, before {usual:.2f} s\n"
    )
    assert max(applied_in, undone_in) < 60
    assert max(signers.waits) < 1
    assert timedelta(seconds=45) > rules.MAX_RUN_TIME
