"""Renders a default text, in Markdown, for each page about the site. It is shown until organisers write their own."""

from email.utils import parseaddr
from typing import Any

from django.apps import apps
from django.conf import settings
from django.template.loader import render_to_string
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from signatures.privacy import field_classes
from signatures.privacy.field_classes import FieldClass
from signatures.web.languages import localized_numbers

PERSONAL_CLASSES = (FieldClass.MAILBOX, FieldClass.NETWORK, FieldClass.SIGNER, FieldClass.STAFF)

# The admin does not show these models and fields, so their verbose names are no words for visitors.
MODEL_LABELS = {"MailEvent": _("answer of a mailbox"), "ProviderCooldown": _("cool-down of a mail provider")}
FIELD_LABELS = {
    "via": _("link that brought them"),
    "came_by": _("link that brought them"),
    "search_key": _("name to find it by"),
    "sort_key": _("name to order it by"),
    "keys": _("name to compare with"),
    "key": _("mail provider"),
    "sealed": _("mailbox, encrypted"),
    "mailbox_digest": _("digest of the mailbox"),
    "digest_key": _("key of the digest"),
    "holder": _("moderator who reads it"),
    "moderator": _("moderator who skipped it"),
}


def default_text(kind: str) -> str:
    """Renders the text in the active language."""
    context = {
        "site_name": settings.SITE_NAME,
        "contact": parseaddr(settings.DEFAULT_FROM_EMAIL)[1],
        "kept": stored_data_summary() if kind == "privacy" else [],
    }
    return localized_numbers.localize_digits(render_to_string(f"statements/default_pages/{kind}.txt", context).strip())


def stored_data_summary() -> list[dict[str, Any]]:
    """Lists each kind of row with personal data: its fields, and how long they are kept."""
    rows = []
    for name, kinds in field_classes.FIELD_CLASSES.items():
        parts = [_part(name, kind, fields) for kind, fields in kinds.items() if kind in PERSONAL_CLASSES]
        if parts:
            rows.append({"name": capfirst(model_label(name)), "parts": parts})
    return rows


def model_label(model: str) -> Any:
    return MODEL_LABELS.get(model) or _model(model)._meta.verbose_name


def field_label(model: str, field: str) -> Any:
    return FIELD_LABELS.get(field) or _model(model)._meta.get_field(field).verbose_name


def _part(name: str, kind: FieldClass, fields: str) -> dict[str, str]:
    words = [str(field_label(name, field)) for field in fields.split()]
    return {
        "fields": capfirst(localized_numbers.join_words(words)),
        "kept": field_classes.retention_text(name, kind),
    }


def _model(name: str) -> Any:
    return apps.get_model("signatures", name)
