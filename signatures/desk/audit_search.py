"""The search of the audit log: by person, act, object, reason, detail or day."""

from datetime import UTC, datetime, timedelta

from django.apps import apps
from django.db.models import Q, TextField
from django.db.models.functions import Cast

from signatures.audit.models import AuditEntry, AuditQuerySet
from signatures.identity import search_keys
from signatures.public.search import matching
from signatures.signing.models.signature import Signature

MAX_NUMBER_LENGTH = 18  # digits of an id
MIN_SEARCH_LENGTH = 3  # letters of a signer’s name


def entries_with(entries: AuditQuerySet, word: str) -> AuditQuerySet:
    """Entries that have the word in any of their texts, names or numbers. A day is written 2026-11-03."""
    acts = [value for value, label in AuditEntry.Action.choices if word.lower() in str(label).lower()]
    texts = "reason", "subject", "before", "after", "actor__username", "actor__first_name", "actor__last_name"
    condition = Q(action__in=acts) | Q(statement__slug__icontains=word) | Q(rule__reason__icontains=word)
    for text in texts:
        condition |= Q(**{f"{text}__icontains": word})
    condition |= Q(object_type__in=_types_named(word)) | Q(details_text__icontains=word)
    if word.isascii() and word.isdigit() and len(word) <= MAX_NUMBER_LENGTH:
        condition |= Q(object_id=int(word))
    if day := _parse_day(word):
        condition |= Q(created_at__gte=day, created_at__lt=day + timedelta(days=1))
    if (query := search_keys.fold_query(word)).letters >= MIN_SEARCH_LENGTH:
        condition |= Q(signature__in=matching(Signature.objects.all(), query).values("id"))
    return entries.alias(details_text=Cast("details", TextField())).filter(condition)


def _types_named(word: str) -> list[str]:
    """The values of `object_type` whose name at the desk has this word in it."""
    return [
        str(model._meta.model_name)
        for model in apps.get_models()
        if word.lower() in str(model._meta.verbose_name).lower()
    ]


def _parse_day(word: str) -> datetime | None:
    try:
        return datetime.strptime(word, "%Y-%m-%d").replace(tzinfo=UTC)
    except ValueError:
        return None
