"""The reason that a person gives for an act: its longest length, and what the form says where it is missing."""

from django.utils.translation import gettext_lazy

from signatures.audit.models import AuditEntry

REASON_MESSAGES = {"required": gettext_lazy("Write the reason. Your colleagues read it in the audit log.")}
MAX_REASON_LENGTH = AuditEntry._meta.get_field("reason").max_length or 0
