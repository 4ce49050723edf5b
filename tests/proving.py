"""Solves proofs of work in Python instead of a browser."""

from typing import Any

import altcha

EASY_PROOFS = {
    "signatures.signing.proof_of_work.TRIES_RANGE": range(1, 3),
    "signatures.signing.proof_of_work.ROUNDS": 10,
}


def solve(challenge: dict[str, Any]) -> str:
    """Returns the solution that a browser would send."""
    parsed = altcha.Challenge.from_dict(challenge)
    solution = altcha.solve_challenge(parsed)
    assert solution
    return altcha.Payload(parsed, solution).to_base64()
