"""Reads all inputs of a verdict in one SQL statement. Single queries took most of the time of a confirmation."""

from typing import Any

from signatures.identity import mail_provider
from signatures.review.verdict import Candidate, VerdictInputs
from signatures.signing.fast_sql.prepared import PreparedStatement
from signatures.signing.models.flag import Flag
from signatures.signing.models.signature import MIN_LONG_CREDIT

MAX_DOMAIN_COUNT = 1000  # counting the signatures of one domain stops here

# A level that is not set is 0. An empty domain, network or credit is in no index and matches nothing.
VERDICT_SQL = """
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
        LEFT JOIN signatures_signature AS owner ON owner.id = protected.signature_id
        WHERE protected.keys && {{keys}}
          AND (protected.statement_id IS NULL OR protected.statement_id = {{statement}})
          AND (protected.signature_id IS NULL OR (owner.notable AND owner.id IS DISTINCT FROM {{id}}))
    ),
    (SELECT count(*) FROM (
        SELECT FROM signatures_signature
        WHERE network = {{network}} AND network <> '' AND created_at > {{now}} - interval '1 hour'
        LIMIT 1 + coalesce((SELECT level FROM level WHERE flag = '{network_flag}'), 0)
    ) AS counted),
    (SELECT count(*) FROM (
        SELECT FROM signatures_signature
        WHERE domain = {{domain}} AND domain <> '' AND imported_id IS NULL AND created_at > {{now}} - interval '1 hour'
        LIMIT {max_domain_count}
    ) AS counted),
    (SELECT count(*) FROM (
        SELECT FROM signatures_signature
        WHERE domain = {{domain}} AND domain <> '' AND imported_id IS NULL AND created_at <= {{now}} - interval '1 hour'
          AND created_at > {{now}} - interval '25 hours' LIMIT {max_domain_count}
    ) AS counted),
    (SELECT count(*) FROM (
        SELECT FROM signatures_signature
        WHERE credit = {{credit}} AND length(credit) >= {long_credit} AND imported_id IS NULL
          AND created_at > {{now}} - interval '1 hour'
        LIMIT 1 + coalesce((SELECT level FROM level WHERE flag = '{credit_flag}'), 0)
    ) AS counted),
    (SELECT sent_at FROM signatures_mail
     WHERE signature_id = {{id}} AND kind = 'confirm' AND sent_at IS NOT NULL ORDER BY id DESC LIMIT 1),
    CASE WHEN {{website_domain}} = '' THEN false ELSE EXISTS (
        SELECT FROM signatures_signature
        WHERE statement_id = {{statement}} AND website_domain = {{website_domain}} AND website_domain <> '' AND counted
          AND id <> {{id}}
    ) END
"""

VERDICT_STATEMENT = PreparedStatement(
    VERDICT_SQL.format(
        network_flag=Flag.NETWORK.value,
        credit_flag=Flag.SAME_CREDIT.value,
        max_domain_count=MAX_DOMAIN_COUNT,
        long_credit=MIN_LONG_CREDIT,
    ),
    {
        "id": "bigint",
        "statement": "bigint",
        "keys": "text[]",
        "network": "varchar",
        "domain": "varchar",
        "credit": "varchar",
        "website_domain": "varchar",
        "now": "timestamptz",
    },
)


def query_verdict_inputs(candidate: Candidate) -> VerdictInputs:
    """Runs the query. Each part of it reads one short range of an index."""
    row = VERDICT_STATEMENT.first_row(query_values(candidate))
    return VerdictInputs(*row)  # type: ignore[misc]  # the query always returns one row


def query_values(candidate: Candidate) -> dict[str, Any]:
    is_large = mail_provider.is_large(candidate.mail_domain)  # everyone can have a mailbox there
    is_listed = candidate.is_imported  # lists, such as that of a union, are similar without being spam
    return {
        "id": candidate.id,
        "statement": candidate.statement_id,
        "keys": sorted(candidate.typed.keys),
        "network": candidate.network,
        "domain": "" if is_large or is_listed else candidate.domain,
        "credit": "" if is_listed else candidate.credit,
        "website_domain": candidate.website_domain if candidate.is_organisation else "",
        "now": candidate.now,
    }
