"""The query behind a verdict, written with the ORM: easier to read, and slower. Only its test calls it."""

from datetime import datetime
from typing import Any

from django.db.models.functions import Length

from signatures.mail.models.email import Mail
from signatures.review.models.protected_name import ProtectedName
from signatures.review.models.weight import Weight
from signatures.review.verdict import Candidate, VerdictInputs
from signatures.review.verdict_query import MAX_DOMAIN_COUNT, query_values
from signatures.signing.fast_sql.reference import DAY, HOUR
from signatures.signing.models.signature import MIN_LONG_CREDIT, Signature
from signatures.statements.models.switch import Switch


def query_verdict_inputs(candidate: Candidate) -> VerdictInputs:
    values = query_values(candidate)
    weights = {weight.flag: (weight.weight, weight.level or 0) for weight in Weight.objects.all()}
    switches = Switch.objects.of(candidate.statement_id)
    protected = ProtectedName.objects.in_force(candidate.statement_id).filter(keys__overlap=values["keys"])
    mails = Mail.objects.filter(signature=candidate.id, kind=Mail.Kind.CONFIRM, sent_at__isnull=False)
    return VerdictInputs(
        weights=weights,
        everything_is_reviewed=switches.filter(name=Switch.Name.REVIEW_EVERYTHING).exists(),
        protected=list(protected.exclude(signature=candidate.id).order_by("id").values_list("id", "written")),
        network_count=_of_its_network(values, weights),
        domain_count=_of_its_domain(values, values["now"] - HOUR, None),
        domain_count_before=_of_its_domain(values, values["now"] - HOUR - DAY, values["now"] - HOUR),
        credit_count=_with_its_credit(values, weights),
        emailed_at=mails.order_by("-id").values_list("sent_at", flat=True).first(),
        organisation_is_counted=_is_organisation_counted(values),
    )


def _of_its_network(values: dict[str, Any], weights: dict[str, tuple[int, int]]) -> int:
    since = Signature.objects.filter(created_at__gt=values["now"] - HOUR)
    same = since.filter(network=values["network"]).exclude(network="")
    return same[: 1 + _level("network", weights)].count()


def _of_its_domain(values: dict[str, Any], after: datetime, until: datetime | None) -> int:
    same = Signature.objects.filter(domain=values["domain"], imported=None, created_at__gt=after).exclude(domain="")
    return (same.filter(created_at__lte=until) if until else same)[:MAX_DOMAIN_COUNT].count()


def _with_its_credit(values: dict[str, Any], weights: dict[str, tuple[int, int]]) -> int:
    since = Signature.objects.filter(created_at__gt=values["now"] - HOUR, imported=None)
    same = since.annotate(length=Length("credit")).filter(credit=values["credit"], length__gte=MIN_LONG_CREDIT)
    return same[: 1 + _level("same_credit", weights)].count()


def _is_organisation_counted(values: dict[str, Any]) -> bool:
    same = Signature.objects.counted().filter(statement=values["statement"], website_domain=values["website_domain"])
    return same.exclude(website_domain="").exclude(id=values["id"]).exists()


def _level(flag: str, weights: dict[str, tuple[int, int]]) -> int:
    weight, level = weights.get(flag, (0, 0))
    return level if weight else 0
