"""All that a verdict asks the database, in one statement: one by one, the questions took most of a confirmation."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from signatures.identity import provider
from signatures.identity.likeness import Name
from signatures.models.flags import Flag
from signatures.models.prepared import Prepared
from signatures.models.signature import LONG_CREDIT, Signature

MOST = 1000  # signatures of one domain that are counted, at most
HELD_FROM = 100

# A level that nobody set reads 0. An empty domain, network or credit is in no index, and finds nothing.
QUESTIONS = """
WITH level AS (SELECT flag, coalesce(level, 0) AS level FROM signatures_weight WHERE weight > 0)
SELECT
    (SELECT coalesce(json_object_agg(flag, json_build_array(weight, coalesce(level, 0))), '{{{{}}}}')
     FROM signatures_weight),
    EXISTS (
        SELECT FROM signatures_switch
        WHERE name = 'review_everything' AND (statement_id IS NULL OR statement_id = {{statement}})
    ),
    (
        SELECT coalesce(json_agg(json_build_array(protected.id, protected.written) ORDER BY protected.id), '[]')
        FROM signatures_protectedname AS protected
        LEFT JOIN signatures_signature AS theirs ON theirs.id = protected.signature_id
        WHERE protected.keys && {{keys}}
          AND (protected.statement_id IS NULL OR protected.statement_id = {{statement}})
          AND (protected.signature_id IS NULL OR (theirs.notable AND theirs.id IS DISTINCT FROM {{id}}))
    ),
    (SELECT count(*) FROM (
        SELECT FROM signatures_signature
        WHERE network = {{network}} AND network <> '' AND created_at > {{now}} - interval '1 hour'
        LIMIT 1 + coalesce((SELECT level FROM level WHERE flag = '{network_flag}'), 0)
    ) AS found),
    (SELECT count(*) FROM (
        SELECT FROM signatures_signature
        WHERE domain = {{domain}} AND domain <> '' AND imported_id IS NULL AND created_at > {{now}} - interval '1 hour'
        LIMIT {most}
    ) AS found),
    (SELECT count(*) FROM (
        SELECT FROM signatures_signature
        WHERE domain = {{domain}} AND domain <> '' AND imported_id IS NULL AND created_at <= {{now}} - interval '1 hour'
          AND created_at > {{now}} - interval '25 hours' LIMIT {most}
    ) AS found),
    (SELECT count(*) FROM (
        SELECT FROM signatures_signature
        WHERE credit = {{credit}} AND length(credit) >= {long_credit} AND imported_id IS NULL
          AND created_at > {{now}} - interval '1 hour'
        LIMIT 1 + coalesce((SELECT level FROM level WHERE flag = '{credit_flag}'), 0)
    ) AS found),
    (SELECT sent_at FROM signatures_mail
     WHERE signature_id = {{id}} AND kind = 'confirm' AND sent_at IS NOT NULL ORDER BY id DESC LIMIT 1)
"""

ASK = Prepared(
    QUESTIONS.format(
        network_flag=Flag.NETWORK.value, credit_flag=Flag.SAME_CREDIT.value, most=MOST, long_credit=LONG_CREDIT
    ),
    {
        "id": "bigint",
        "statement": "bigint",
        "keys": "text[]",
        "network": "varchar",
        "domain": "varchar",
        "credit": "varchar",
        "now": "timestamptz",
    },
)


@dataclass(frozen=True)
class Findings:
    weights: Mapping[str, tuple[int, int]]
    """By flag: how much it counts, and from how many."""
    everything_is_reviewed: bool
    protected: list[tuple[int, str]]
    """Names in force here that are written almost like this one, the oldest first."""
    of_its_network: int
    """In the last hour, as the next two; counted until they are too many."""
    of_its_domain: int
    of_its_domain_before: int
    """In the day before that hour."""
    with_its_credit: int
    mailed_at: datetime | None
    """When the link to confirm left."""

    def is_held(self, flags: Iterable[str]) -> bool:
        """Whether they weigh enough together. What is not weighed holds by itself."""
        return sum(self.weights.get(flag, (HELD_FROM, 0))[0] for flag in set(flags)) >= HELD_FROM


def find(signature: Signature, typed: Name, now: datetime) -> Findings:
    """`typed` is its name. Each look is one short range of an index."""
    row = ASK.first_row(asked(signature, typed, now))
    return Findings(*row)  # type: ignore[misc]  # it answers with one row, whatever there is


def asked(signature: Signature, typed: Name, now: datetime) -> dict[str, Any]:
    is_large = bool(provider.name_of(signature.provider))  # whose launch day is everybody's
    is_of_a_list = signature.imported_id is not None  # of a union, say: they are alike, and no farm
    return {
        "id": signature.id,
        "statement": signature.statement_id,
        "keys": sorted(typed.keys),
        "network": signature.network,
        "domain": "" if is_large or is_of_a_list else signature.domain,
        "credit": "" if is_of_a_list else signature.credit,
        "now": now,
    }
