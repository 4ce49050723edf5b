"""Proofs of work: a browser computes for a moment before it signs. Uses ALTCHA's scheme without an outside service.

A challenge is signed and not stored. It is valid for one action on one statement, for 20 minutes and one signature.
"""

import secrets
from datetime import datetime, timedelta
from typing import Any

from altcha import Payload, create_challenge, verify_solution
from django.conf import settings
from django.core.cache import cache
from django.utils.crypto import salted_hmac

from signatures.web.rate_limits import cache_breaker

ACT = "sign"
VALID_FOR = timedelta(minutes=20)
ROUNDS = 5000  # of PBKDF2 for one try
TRIES_RANGE = range(300, 600)  # docs/decisions/0003-proof-of-work.md gives the cost on real devices
MAX_PROOF_LENGTH = 4000  # characters


def challenge(slug: str, *, now: datetime) -> dict[str, Any]:
    """Returns the challenge for a browser, ready for JSON. Its number of tries is fixed at creation."""
    made = create_challenge(
        "PBKDF2/SHA-256",
        ROUNDS,
        counter=secrets.choice(TRIES_RANGE),
        expires_at=now + VALID_FOR,
        data={"act": ACT, "statement": slug},
        hmac_secret=_secret("challenge", settings.SECRET_KEY),
        hmac_key_secret=_secret("key", settings.SECRET_KEY),
    )
    return made.to_dict()


def spend(text: str, slug: str) -> bool:
    """Returns whether `text` is an unused proof for this statement. Without the cache, a proof may pass twice."""
    payload = _read(text)
    if payload is None or not _is_valid(payload):
        return False
    parameters = payload.challenge.parameters
    if parameters.data != {"act": ACT, "statement": slug}:
        return False
    seconds = int(VALID_FOR.total_seconds())
    return cache_breaker.call(lambda: bool(cache.add(f"proof:{parameters.nonce}", 1, seconds)), fallback=True)


def _read(text: str) -> Payload | None:
    if len(text) > MAX_PROOF_LENGTH:
        return None
    try:
        return Payload.from_base64(text)
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return None


def _is_valid(payload: Payload) -> bool:
    """Checks that the site signed it (with any key in use), that it has not expired, and that it is solved."""
    keys = [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
    return any(
        verify_solution(payload, _secret("challenge", key), hmac_key_secret=_secret("key", key)).verified
        for key in keys
    )


def _secret(purpose: str, key: str) -> bytes:
    return salted_hmac(f"signatures.signing.proof_of_work.{purpose}", "", secret=key, algorithm="sha256").digest()
