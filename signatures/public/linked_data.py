"""Describes a statement for search engines (schema.org, JSON-LD)."""

import json
from typing import Any

from django.conf import settings
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.text import Truncator

from signatures.public.statement_page import StatementPage

# The same as in Django's json_script: no text can end the element or start another
ESCAPED = {ord("<"): "\\u003C", ord(">"): "\\u003E", ord("&"): "\\u0026"}


def linked_data(reading: StatementPage) -> SafeString:
    """Makes a data block. Browsers do not run it, so the Content-Security-Policy does not restrict it."""
    text = json.dumps(_as_dict(reading), ensure_ascii=False).translate(ESCAPED)
    return format_html('<script type="application/ld+json">{}</script>', mark_safe(text))  # noqa: S308


def _as_dict(reading: StatementPage) -> dict[str, Any]:
    data: dict[str, Any] = {
        "@context": "https://schema.org",
        "@type": "CreativeWork",
        "name": reading.title,
        "description": Truncator(reading.wording.plain_text).chars(300),
        "url": reading.address,
        "inLanguage": reading.language,
        "datePublished": reading.opens_at.date().isoformat(),
        "creator": {"@type": "Organization", "name": reading.organiser},
        "isPartOf": {"@type": "WebSite", "name": settings.SITE_NAME, "url": f"{settings.SITE_URL}/"},
        "interactionStatistic": {
            "@type": "InteractionCounter",
            "interactionType": "https://schema.org/EndorseAction",
            "userInteractionCount": reading.count.all,
        },
    }
    if reading.closes_at:
        data["expires"] = reading.closes_at.date().isoformat()
    if reading.takes_signatures:
        data["potentialAction"] = {"@type": "EndorseAction", "target": f"{reading.address}#sign"}
    return data
