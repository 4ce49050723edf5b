"""The first draft of each page about the site, in Markdown: true of the software, until organisers write theirs."""

from email.utils import parseaddr
from typing import Any

from django.apps import apps
from django.conf import settings
from django.template.loader import render_to_string
from django.utils.text import capfirst
from django.utils.translation import gettext

from signatures import privacy
from signatures.privacy import Kind

PERSONAL = (Kind.MAILBOX, Kind.SIGNER, Kind.STAFF)


def draft(kind: str) -> str:
    """In the active language."""
    context = {
        "site_name": settings.SITE_NAME,
        "contact": parseaddr(settings.DEFAULT_FROM_EMAIL)[1],
        "kept": what_is_kept() if kind == "privacy" else [],
    }
    return render_to_string(f"pages/{kind}.txt", context).strip()


def what_is_kept() -> list[dict[str, Any]]:
    """Of every kind of row that says something about somebody: which fields do, and for how long."""
    found = []
    for name, kinds in privacy.FIELDS.items():
        parts = [_part(name, kind, fields) for kind, fields in kinds.items() if kind in PERSONAL]
        if parts:
            found.append({"name": capfirst(_model(name)._meta.verbose_name), "parts": parts})
    return found


def _part(name: str, kind: Kind, fields: str) -> dict[str, str]:
    words = [str(getattr(_model(name)._meta.get_field(field), "verbose_name", field)) for field in fields.split()]
    return {"fields": capfirst(", ".join(words)), "kept": gettext(privacy.kept(name, kind))}


def _model(name: str) -> Any:
    return apps.get_model("signatures", name)
