"""Compares each statement of the fast write path with its ORM version: the same rows must give the same result and the
same rows afterwards."""

import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from copy import deepcopy
from dataclasses import asdict
from datetime import timedelta
from functools import partial
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.serializers.json import DjangoJSONEncoder
from django.db import transaction
from hypothesis import HealthCheck, assume, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from signatures.identity import mailbox, website
from signatures.mail.models.email import Mail, Suppression
from signatures.mail.outbox import build_email
from signatures.public.models.tally import TallyEntry
from signatures.review import verdict_query, verdict_reference
from signatures.review.decide import candidate_of
from signatures.review.models.protected_name import ProtectedName
from signatures.review.models.weight import Weight
from signatures.signing.fast_sql import confirm, reference
from signatures.signing.fast_sql import sign as signing
from signatures.signing.models.share import Share
from signatures.signing.models.signature import Signature
from signatures.signing.sign import new_signature
from signatures.statements.models.statement import Statement
from signatures.statements.models.switch import Switch
from signatures.transfers.models.imports import Import
from tests.people import NOON, make_details, make_invitation, make_signature, make_statement

pytestmark = pytest.mark.django_db

State = Signature.State
ILSE = "ilse@example.org"
MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)
LONG = "composer and arranger of songs"
many_cases = hypothesis_settings(
    max_examples=75, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


@pytest.fixture
def statement() -> Statement:
    return make_statement()


@contextmanager
def undone() -> Iterator[None]:
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def each_way(*ways: Callable[[], Any]) -> list[tuple[Any, dict[str, Any]]]:
    """Returns the result and the remaining rows of each implementation, from the same rows."""
    results = []
    for way in ways:
        with undone():
            results.append((way(), rows()))
    return results


def rows() -> dict[str, Any]:
    """Returns all data that the write path writes, except new IDs and random codes."""
    numbers = {row.id: bytes(row.mailbox_digest or b"").hex() for row in Signature.objects.all()}
    mails = Mail.objects.values()
    return {
        "signature": sorted(map(in_plain, Signature.objects.values())),
        "mail": sorted(in_plain({**row, "signature_id": numbers[row["signature_id"]]}) for row in mails),
        "share": sorted((numbers[share.signature_id], share.brought) for share in Share.objects.all()),
        "tally entry": sorted(map(in_plain, TallyEntry.objects.values())),
    }


def in_plain(row: Mapping[str, Any]) -> str:
    plain = {name: bytes(value).hex() if isinstance(value, memoryview) else value for name, value in row.items()}
    return json.dumps({**plain, "id": None}, cls=DjangoJSONEncoder, sort_keys=True)


flags = st.lists(st.sampled_from(["burst", "honeypot", "no_proof"]), unique=True)
standings = st.fixed_dictionaries(
    {
        "state": st.sampled_from(State.values),
        "flags": flags,
        "was_confirmed": st.booleans(),
        "is_notable": st.booleans(),
        "is_hidden": st.booleans(),
        "visibility": st.sampled_from(["public", "anonymous"]),
        "checked_name": st.sampled_from(["", "Ilse Varga"]),
        "is_erased": st.booleans(),
    }
)
"""States of the mailbox's earlier signature: each line of the table of mailboxes (design.md), with its history."""


def stand(
    statement: Statement,
    *,
    state: str,
    was_confirmed: bool,
    is_notable: bool,
    is_hidden: bool,
    is_erased: bool,
    **more,
) -> Signature:
    signature = make_signature(
        statement,
        state=state,
        address=ILSE,
        name="Ilse V",
        credit="poet",
        language="fr",
        now=NOON - 2 * DAY,
        confirmed_at=NOON - DAY if was_confirmed or state == State.CONFIRMED else None,
        notable=is_notable and state == State.CONFIRMED,
        hidden_at=NOON - DAY if is_hidden else None,
        **more,
    )
    if is_erased and state in (State.WITHDRAWN, State.REJECTED):
        Signature.objects.filter(id=signature.id).erase(NOON)
    return signature


signer_details = st.fixed_dictionaries(
    {"name": st.sampled_from(["Ilse Varga", "Йорк", "王小明", "Ilse"])},
    optional={
        "credit": st.sampled_from(["composer", "", "poet and translator of many"]),
        "sector": st.sampled_from(["music", "literature"]),
        "visibility": st.sampled_from(["public", "anonymous"]),
        "updates": st.booleans(),
        "via": st.just("0123456789"),
    },
)
ORGANISATION: dict[str, Any] = {
    "kind": "organisation",
    "officer": "Ilse Varga",
    "officer_post": "director",
    "website": website.parse("varga.example.com"),
}
mailed = st.sampled_from(
    [[], [0], [1], [2], [3], [1, 400, 500, 600, 700], [3, 400, 500, 600, 700], [3, 4, 5, 6, 1441], [3, 4, 5, 6, 7, 8]]
)
"""Minutes since each of the latest emails to the mailbox: below, at and above its caps."""
signers = st.fixed_dictionaries(
    {
        "existing": st.none() | standings,
        "mailed": mailed,
        "is_suppressed": st.booleans(),
        "signer_details": signer_details,
        "flags": flags,
        "is_organisation": st.booleans(),
        "is_invited": st.booleans(),
        "is_imported": st.booleans(),
        "has_two_keys": st.booleans(),
    }
)


@given(case=signers)
@many_cases
@pytest.mark.parametrize("name", ["enter", "go_on"])
def test_a_mailbox_signs(name, case, statement, settings):
    settings.DIGEST_KEYS = ["of this year " * 3, "of last year " * 3] if case["has_two_keys"] else ["of last year " * 3]
    with undone():
        signature, mail, digests = signer(statement, case)
        ways = (getattr(module, name) for module in (signing, reference))
        first, second = each_way(*(partial(way, *deepcopy((signature, mail)), digests, NOON) for way in ways))
        assert first == second


def signer(statement: Statement, case: dict[str, Any]) -> tuple[Signature, Mail, list[bytes]]:
    by = mailbox.parse(ILSE)
    elsewhere = make_statement("another")
    standing = stand(statement, **case["existing"]) if case["existing"] else None
    if standing and case["has_two_keys"]:  # it signed last year
        Signature.objects.filter(id=standing.id, erased_at=None).update(mailbox_digest=by.digests[1])
    for minutes in case["mailed"]:
        at = NOON - minutes * MINUTE
        mail = build_email(standing or make_signature(elsewhere), Mail.Kind.CONFIRM, now=at, due_at=at)
        mail.mailbox_digest = by.digests[-1]
        mail.save()
    if case["is_suppressed"]:
        Suppression.objects.create(mailbox_digest=by.digests[-1], reason="not_me", created_at=NOON)
    more: dict[str, Any] = {"invitation_id": make_invitation(statement).id} if case["is_invited"] else {}
    details = make_details(
        statement, **case["signer_details"], **more, **(ORGANISATION if case["is_organisation"] else {})
    )
    signature = new_signature(statement=statement, by=by, details=details, language="en", flags=case["flags"], now=NOON)
    signature.network = "0123456789ab"
    signature.imported = an_import(statement) if case["is_imported"] else None
    return signature, build_email(signature, Mail.Kind.CONFIRM, now=NOON, due_at=NOON), by.digests


def an_import(statement: Statement) -> Import:
    author, _ = User.objects.get_or_create(username="the author of imports")
    return Import.objects.create(statement=statement, source="a union", author=author, created_at=NOON, moved_at=NOON)


confirmations = st.fixed_dictionaries(
    {
        "state": st.sampled_from(State.values),
        "flags": flags,
        "seen": st.none() | flags,
        "decided": flags,
        "generation": st.sampled_from([1, 1, 2]),
        "becomes": st.sampled_from([State.CONFIRMED, State.HELD]),
        "has_share": st.booleans(),
        "is_like_another": st.booleans(),
        "is_organisation": st.booleans(),
    }
)


@given(case=confirmations)
@many_cases
def test_a_signature_is_confirmed_or_held_once(case, statement):
    with undone():
        quill = ProtectedName.objects.create(name="Zelda Quill", written="Zelda Quill")
        kind = "organisation" if case["is_organisation"] else "person"
        signature = make_signature(statement, state=case["state"], flags=case["flags"], kind=kind, address=ILSE)
        if case["has_share"]:
            Share.objects.create(signature=signature)
        signature.generation, signature.flags = case["generation"], case["decided"]
        signature.resembles = quill if case["is_like_another"] else None
        becomes = {"state": case["becomes"], "confirmed_at": NOON if case["becomes"] == State.CONFIRMED else None}
        seen = case["flags"] if case["seen"] is None else case["seen"]
        first, second = each_way(
            *(partial(win, deepcopy(signature), seen=seen, **becomes) for win in (confirm.win, reference.win))
        )
        assert first == second


turned_on = st.lists(
    st.tuples(st.sampled_from(Switch.Name.values), st.sampled_from(["here", "elsewhere", "everywhere"]), st.booleans()),
    unique_by=lambda switch: switch[:2],
)


@given(switches=turned_on, existing=standings)
@many_cases
def test_a_press_of_the_button_reads_the_signature_and_its_switches(switches, existing, statement):
    with undone():
        signature = stand(statement, **existing)
        turn_on(switches, here=statement, elsewhere=make_statement("another"))
        first, second = (look(signature.id) for look in (confirm.look, reference.look))
        assert in_plain(values_of(first)) == in_plain(values_of(second))
        assert sorted(map(str, first.switches_on)) == sorted(map(str, second.switches_on))
        assert first.switches().messages == second.switches().messages


def test_nobody_is_found_under_a_number_that_no_signature_has():
    assert (confirm.look(0), reference.look(0)) == (None, None)


def values_of(signature: Signature) -> dict[str, Any]:
    return {field.attname: getattr(signature, field.attname) for field in Signature._meta.concrete_fields}


def turn_on(switches, *, here: Statement, elsewhere: Statement) -> None:
    for name, where, is_told in switches:
        statement = {"here": here, "elsewhere": elsewhere, "everywhere": None}[where]
        Switch.objects.create(name=name, statement=statement, told="Back at noon." if is_told else "", turned_at=NOON)


neighbours = st.lists(
    st.fixed_dictionaries(
        {
            "minutes": st.sampled_from([0, 30, 59, 60, 61, 300, 1499, 1500, 1501]),
            "state": st.sampled_from([State.PENDING, State.CONFIRMED, State.HELD]),
            "is_here": st.booleans(),
            "network": st.sampled_from(["", "aaaaaaaaaaaa", "bbbbbbbbbbbb"]),
            "host": st.sampled_from(["example.org", "varga.example.com", "gmail.com"]),
            "credit": st.sampled_from([LONG, "composer", ""]),
            "is_imported": st.booleans(),
        }
    ),
    max_size=6,
)
protected = st.lists(
    st.tuples(
        st.sampled_from(["Zelda Quill", "Zelda Quil", "Ilse Varga", "Otto Brandt"]),
        st.sampled_from(["everywhere", "here", "elsewhere", "a notable", "no longer a notable", "itself"]),
    ),
    unique=True,
    max_size=5,
)
candidates = st.fixed_dictionaries(
    {
        "weights": st.dictionaries(
            st.sampled_from(["network", "domain", "same_credit", "too_quick", "mandate", "protected_name"]),
            st.tuples(st.sampled_from([0, 40, 100]), st.none() | st.integers(0, 3)),
        ),
        "neighbours": neighbours,
        "protected": protected,
        "switches": turned_on,
        "mailed": st.lists(st.none() | st.integers(0, 90), max_size=3),
        "colleague": st.sampled_from(["none", "here", "elsewhere", "held"]),
        "state": st.sampled_from([State.PENDING, State.CONFIRMED, State.HELD]),
        "name": st.sampled_from(["Zelda Quill", "Zelda Qui11", "Ilse Varga", "王小明"]),
        "credit": st.sampled_from([LONG, "composer", ""]),
        "host": st.sampled_from(["example.org", "gmail.com", "varga.example.com"]),
        "network": st.sampled_from(["", "aaaaaaaaaaaa"]),
        "is_organisation": st.booleans(),
        "is_imported": st.booleans(),
    }
)


@given(case=candidates)
@many_cases
def test_a_verdict_asks(case, statement):
    assume(not (case["is_organisation"] and case["state"] == State.CONFIRMED and case["colleague"] == "here"))
    with undone():
        candidate = candidate_of(candidate_row(statement, case), now=NOON)
        first, second = (
            asdict(module.query_verdict_inputs(candidate)) for module in (verdict_query, verdict_reference)
        )
        assert in_plain(first) == in_plain(second)


def candidate_row(statement: Statement, case: dict[str, Any]) -> Signature:
    elsewhere, imported = make_statement("another"), an_import(statement)
    Weight.objects.all().delete()
    Weight.objects.bulk_create(
        Weight(flag=flag, weight=points, level=level) for flag, (points, level) in case["weights"].items()
    )
    turn_on(case["switches"], here=statement, elsewhere=elsewhere)
    organisation: dict[str, Any] = {
        "kind": "organisation",
        "website": "https://varga.example.com/",
        "website_domain": "example.com",
    }
    fields = {name: case[name] for name in ("state", "name", "credit", "network")}
    signature = make_signature(
        statement, address=f"ilse@{case['host']}", imported=imported if case["is_imported"] else None,
        **fields, **(organisation if case["is_organisation"] else {}),
    )  # fmt: skip
    if case["colleague"] != "none":
        state = State.HELD if case["colleague"] == "held" else State.CONFIRMED
        make_signature(elsewhere if case["colleague"] == "elsewhere" else statement, state=state, **organisation)
    for number, one in enumerate(case["neighbours"]):
        make_signature(
            statement if one["is_here"] else elsewhere, state=one["state"], now=NOON - one["minutes"] * MINUTE,
            address=f"other-{number}@{one['host']}", credit=one["credit"], network=one["network"],
            imported=imported if one["is_imported"] else None,
        )  # fmt: skip
    for written, where in case["protected"]:
        protect(written, where, here=statement, elsewhere=elsewhere, itself=signature)
    for minutes in case["mailed"]:
        sent_at = None if minutes is None else NOON - minutes * MINUTE
        mail = build_email(signature, Mail.Kind.CONFIRM, now=NOON - DAY, due_at=NOON - DAY)
        mail.sent_at, mail.status = sent_at, Mail.Status.SENT if sent_at else Mail.Status.QUEUED
        mail.save()
    return signature


def protect(written: str, where: str, *, here: Statement, elsewhere: Statement, itself: Signature) -> None:
    signature = {
        "a notable": lambda: make_signature(elsewhere, notable=True),
        "no longer a notable": lambda: make_signature(elsewhere),
        "itself": lambda: itself,
    }.get(where, lambda: None)()
    if where == "itself" and itself.state == State.CONFIRMED:
        Signature.objects.filter(id=itself.id).update(notable=True)
    statement = {"here": here, "elsewhere": elsewhere}.get(where)
    ProtectedName.objects.protect(
        [ProtectedName(name=written, written=written, statement=statement, signature=signature)]
    )
