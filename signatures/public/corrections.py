"""Selects the audit entries for the public page of corrections: those that changed the count or the list of names."""

from django.db.models import Q

from signatures.audit.models import AuditEntry, AuditQuerySet
from signatures.signing.models.signature import Signature
from signatures.statements.models.statement import Statement
from signatures.statements.models.switch import Switch

Action = AuditEntry.Action


def corrections_of(statement: Statement) -> AuditQuerySet:
    """Returns entries about hidden or shown names, and about signatures that stopped or resumed counting."""
    return AuditEntry.objects.about(statement).filter(IS_PUBLIC)


counted = Signature.State.CONFIRMED
stopped_counting = Q(action__in=[Action.HOLD, Action.REJECT, Action.WITHDRAW, Action.ERASE], before=counted)
resumed_counting = Q(action=Action.RESTORE, after=counted)
all_names = Q(action__in=[Action.SWITCH_ON, Action.SWITCH_OFF], before=Switch.Name.HIDE_NAMES)
one_name = Q(action__in=[Action.HIDE, Action.SHOW])
IS_PUBLIC = stopped_counting | resumed_counting | all_names | one_name
