"""Tests the proof of work that a browser sends: it is valid once, for one action on one statement."""

import base64
import json
from datetime import timedelta

import altcha
import pytest
from django.utils import timezone
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from signatures.signing import proof_of_work
from signatures.web.rate_limits import cache_breaker
from tests.proving import EASY_PROOFS, solve
from tests.threads import at_once
from tools.dev import ports


@pytest.fixture(autouse=True)
def fresh(monkeypatch):
    for name, value in EASY_PROOFS.items():
        monkeypatch.setattr(name, value)
    cache_breaker.reset()
    yield
    cache_breaker.reset()


def make(*, now=None):
    return solve(proof_of_work.challenge("letter", now=now or timezone.now()))


def changed(change):
    proof = json.loads(base64.b64decode(make()))
    change(proof)
    return base64.b64encode(json.dumps(proof).encode()).decode()


def test_it_passes_once():
    proof = make()

    assert [proof_of_work.spend(proof, "letter"), proof_of_work.spend(proof, "letter")] == [True, False]


def test_it_passes_once_however_it_is_written():
    proof = json.loads(base64.b64decode(make()))
    turned = dict(reversed(proof["challenge"]["parameters"].items()))
    again = {
        "challenge": {**proof["challenge"], "parameters": turned},
        "solution": {**proof["solution"], "time": 1},
    }
    written = [base64.b64encode(json.dumps(text).encode()).decode() for text in (proof, again)]

    assert [proof_of_work.spend(text, "letter") for text in written] == [True, False]


def test_it_passes_once_when_twenty_use_it_at_the_same_moment():
    proof = make()

    assert sum(at_once(20, lambda _: proof_of_work.spend(proof, "letter"))) == 1


def test_it_is_for_one_statement():
    proof = make()

    assert [proof_of_work.spend(proof, "other"), proof_of_work.spend(proof, "letter")] == [False, True]


def test_it_is_for_signing(monkeypatch):
    with monkeypatch.context() as patch:
        patch.setattr("signatures.signing.proof_of_work.ACT", "report")
        proof = make()

    assert proof_of_work.spend(proof, "letter") is False


def test_it_lasts_for_twenty_minutes():
    now = timezone.now()
    ages = [timedelta(minutes=19), timedelta(minutes=21)]

    assert [proof_of_work.spend(make(now=now - age), "letter") for age in ages] == [True, False]


@pytest.mark.parametrize(
    "change",
    [
        lambda proof: proof["challenge"]["parameters"].update(expiresAt=9_999_999_999),
        lambda proof: proof["challenge"]["parameters"].update(cost=1),
        lambda proof: proof["challenge"]["parameters"].update(data={"act": "sign", "statement": "letter", "x": 1}),
        lambda proof: proof["challenge"]["parameters"].update(keySignature=None),
        lambda proof: proof["challenge"].update(signature="0" * 64),
        lambda proof: proof["challenge"].pop("signature"),
        lambda proof: proof["solution"].update(derivedKey="00" * 32),
        lambda proof: proof["solution"].pop("derivedKey"),
    ],
)
def test_it_is_nothing_once_it_was_changed(change):
    assert proof_of_work.spend(changed(change), "letter") is False


def test_it_is_not_a_challenge_without_the_work():
    challenge = altcha.Challenge.from_dict(proof_of_work.challenge("letter", now=timezone.now()))

    assert proof_of_work.spend(altcha.Payload(challenge, altcha.Solution(0, "00" * 32)).to_base64(), "letter") is False


def test_it_stays_good_while_the_secret_key_is_changed(settings):
    proof = make()
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = "a new key", [settings.SECRET_KEY]

    assert proof_of_work.spend(proof, "letter") is True


def test_it_is_nothing_under_anothers_key(settings):
    proof = make()
    settings.SECRET_KEY = "a new key"

    assert proof_of_work.spend(proof, "letter") is False


def test_it_passes_with_the_cache_away(settings):
    settings.CACHES = {"default": {**settings.CACHES["default"], "LOCATION": f"redis://127.0.0.1:{ports.free()}/0"}}

    assert proof_of_work.spend(make(), "letter") is True


@pytest.mark.parametrize("text", ["", "x", "e30=", "W10=", "bnVsbA==", "MQ==", "é", "\x00", "A" * 100_000])
def test_it_is_not_nonsense(text):
    assert proof_of_work.spend(text, "letter") is False


@hypothesis_settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
        lambda inner: st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                ["challenge", "solution", "parameters", "signature", "counter", "derivedKey", "algorithm", "nonce",
                 "salt", "cost", "keyPrefix", "keyLength", "data", "expiresAt"]
            ),
            inner,
        ),
        max_leaves=20,
    )
)  # fmt: skip
def test_it_is_no_other_json_either(value):
    assert proof_of_work.spend(base64.b64encode(json.dumps(value).encode()).decode(), "letter") is False
