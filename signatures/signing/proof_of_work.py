"""Proofs of work: a browser computes for a moment before it signs. ALTCHA's scheme, without anybody's service.

A challenge is signed and not stored. It holds for one act on one statement, for 20 minutes, and pays for one signature.
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
TRIES_RANGE = range(300, 600)  # docs/decisions/0003-proof-of-work.md says what they cost whom
MAX_PROOF_LENGTH = 4000  # characters


def challenge(slug: str, *, now: datetime) -> dict[str, Any]:
    """What a browser has to find out, ready for JSON. How many tries it takes is fixed when it is made."""
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
    """Whether `text` is a proof for this statement that nobody has used. With the cache away, it may pass twice."""
    found = _read(text)
    if found is None or not _is_valid(found):
        return False
    asked = found.challenge.parameters
    if asked.data != {"act": ACT, "statement": slug}:
        return False
    seconds = int(VALID_FOR.total_seconds())
    return cache_breaker.call(lambda: bool(cache.add(f"proof:{asked.nonce}", 1, seconds)), fallback=True)


def _read(text: str) -> Payload | None:
    if len(text) > MAX_PROOF_LENGTH:
        return None
    try:
        return Payload.from_base64(text)
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return None


def _is_valid(found: Payload) -> bool:
    """Signed by us, under any key in use, not expired, and solved."""
    keys = [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
    return any(
        verify_solution(found, _secret("challenge", key), hmac_key_secret=_secret("key", key)).verified for key in keys
    )


def _secret(purpose: str, key: str) -> bytes:
    return salted_hmac(f"signatures.signing.proof_of_work.{purpose}", "", secret=key, algorithm="sha256").digest()
