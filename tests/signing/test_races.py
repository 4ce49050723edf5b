"""This module tests concurrent requests. It uses real threads on the real database."""

import itertools
import random
from datetime import timedelta

import pytest

from signatures.identity import mailbox
from signatures.mail.models.email import Mail
from signatures.privacy.erase import erase
from signatures.public.fold_tally import check_counts, fold, recount, recount_referrals
from signatures.public.models.tally import Tally, TallyEntry, count
from signatures.signing import sign as sign_action
from signatures.signing.confirm import LinkStatus, confirm
from signatures.signing.models.share import Share, brought
from signatures.signing.models.signature import Signature
from signatures.signing.withdraw import withdraw
from signatures.web.tokens import LinkToken
from tests.people import NOON, make_details, make_signature, make_statement, sign
from tests.threads import at_once

pytestmark = pytest.mark.django_db(transaction=True)


def test_row_12_thirty_two_signings_from_one_mailbox_make_one_row_and_one_mail():
    statement = make_statement()
    details = make_details(statement)
    spellings = ["ilse.varga@gmail.com", "ilsevarga@gmail.com", "ilsevarga+a@googlemail.com", "Ilse.Varga@GMAIL.com"]

    def sign_it(number):
        by = mailbox.parse(spellings[number % 4])
        sign_action.sign(statement=statement, by=by, details=details, language="en", now=NOON)

    at_once(32, sign_it)

    assert (Signature.objects.count(), Mail.objects.count()) == (1, 1)


def test_two_hundred_signings_over_twenty_statements_stay_under_the_caps_of_the_mailbox():
    statements = [make_statement(f"letter-{n}") for n in range(20)]
    details = [make_details(statement) for statement in statements]

    def sign_it(number):
        by = mailbox.parse("ilse@example.org")
        sign_action.sign(
            statement=statements[number % 20], by=by, details=details[number % 20], language="en", now=NOON
        )

    for _round in range(10):
        at_once(20, sign_it)

    due = sorted(Mail.objects.values_list("due_at", flat=True))
    assert len(due) == 20
    assert sum(moment <= NOON for moment in due) == 1
    assert sum(moment < NOON + timedelta(hours=24) for moment in due) == 5
    assert all(later - sooner >= timedelta(minutes=2) for sooner, later in itertools.pairwise(due))


def test_row_08_thirty_two_presses_of_one_link_count_once():
    statement = make_statement()
    signature = sign(statement)
    ticket = LinkToken(signature.id, signature.generation, NOON)

    standings = at_once(32, lambda _: confirm(ticket=ticket, generation=1, now=NOON)[1])

    assert sorted(standings) == sorted([LinkStatus.READY] + 31 * [LinkStatus.USED])
    assert count(statement.id).all == 1
    assert TallyEntry.objects.count() == 1


def test_signing_again_and_confirming_at_once_never_confirms_details_that_were_not_shown():
    statement = make_statement()
    for turn in range(20):
        now = NOON + turn * timedelta(hours=6)
        first = sign(statement, f"signer-{turn}@example.org", name="Ilse Varga", now=now)
        ticket = LinkToken(first.id, first.generation, now)
        later = now + timedelta(minutes=3)
        at_once(
            2,
            lambda number: (
                confirm(ticket=ticket, generation=1, now=later)  # noqa: B023
                if number
                else sign(statement, f"signer-{turn}@example.org", name="Ilse V.", now=later)  # noqa: B023
            ),
        )
        row = Signature.objects.get(id=first.id)
        assert (row.state, row.name, row.generation) in [("confirmed", "Ilse Varga", 1), ("pending", "Ilse V.", 2)]


def test_row_13_the_count_is_true_at_every_moment_while_people_come_go_and_are_folded():
    """A reader sees only whole signatures counted while 8 threads write, and the final count is right."""
    statement = make_statement()
    signatures = [make_signature(statement, state="pending") for _ in range(80)]
    seen = []

    def work(number):
        mine = signatures[number * 10 : number * 10 + 10]
        if number == 8:
            for _ in range(60):
                fold()
        elif number == 9:
            seen.extend(count(statement.id).all for _ in range(120))
        else:
            for signature in mine:
                confirm(ticket=LinkToken(signature.id, 1, NOON), generation=1, now=NOON + timedelta(seconds=number))
            for signature in random.sample(mine, 3):
                withdraw(signature_id=signature.id, now=NOON)

    at_once(10, work)

    assert all(0 <= number <= 80 for number in seen)
    assert count(statement.id).all == 56 == Signature.objects.counted().count()
    assert recount() == []


def test_eight_recounts_at_once_mend_a_drift_once():
    make_signature(make_statement())
    fold()
    Tally.objects.update(counted=5, listed=5)

    repairs = at_once(8, lambda _: check_counts(now=NOON))

    assert sorted(len(counts) for counts, _links in repairs) == [0] * 7 + [1]
    assert recount() == []


def test_what_a_link_has_brought_is_true_at_every_moment_while_people_come_go_and_are_folded():
    statement = make_statement()
    sharer = make_signature(statement, state="pending")
    confirm(ticket=LinkToken(sharer.id, 1, NOON), generation=1, now=NOON)
    code = Share.objects.get().code
    signatures = [make_signature(statement, state="pending", via=code) for _ in range(40)]
    seen = []

    def come_and_go(mine):
        for signature in mine:
            confirm(ticket=LinkToken(signature.id, 1, NOON), generation=1, now=NOON)
        for signature in mine[:4]:
            withdraw(signature_id=signature.id, now=NOON)
        for signature in mine[4:6]:
            erase(signature_id=signature.id, now=NOON)

    def fold_and_recount():
        for _ in range(10):
            fold()
            assert recount_referrals() == {}
            seen.append(brought(sharer.id)[1])

    at_once(
        6, lambda number: come_and_go(signatures[number * 10 : number * 10 + 10]) if number < 4 else fold_and_recount()
    )
    fold()

    assert all(0 <= count <= 40 for count in seen)
    assert brought(sharer.id)[1] == 16 == Signature.objects.counted().count() - 1
    assert recount_referrals() == {}


def test_eight_recounts_at_once_mend_a_link_once():
    statement = make_statement()
    sharer = make_signature(statement)
    Share.objects.create(signature=sharer, brought=70_000)

    repairs = at_once(8, lambda _: recount_referrals())
    fold()

    assert sorted(sum(repaired.values()) for repaired in repairs) == [-70_000] + [0] * 7
    assert brought(sharer.id)[1] == 0
