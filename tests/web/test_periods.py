"""Pages and emails show each period from its constant in the limits.py of a feature, in each language."""

import re
from datetime import timedelta

import pytest
from django.conf import settings
from django.template import Context, Template
from django.utils import translation

from signatures.signing import limits
from signatures.web.languages import localized_numbers

TEMPLATES = sorted((settings.BASE_DIR / "templates").rglob("*.*"))
PERIOD = re.compile(r"\b(\d+|two|three|four|five|seven|ten|fourteen|thirty) (minutes|hours|days|weeks)\b")


def shown(name: str) -> str:
    return Template("{% load undersigned %}{% limit name %}").render(Context({"name": name}))


def test_a_template_shows_a_changed_limit(monkeypatch):
    assert shown("signing.CONFIRMATION_VALID_FOR") == "14 days"
    monkeypatch.setattr(limits, "CONFIRMATION_VALID_FOR", timedelta(hours=1))
    assert shown("signing.CONFIRMATION_VALID_FOR") == "1 hour"
    assert shown("mail.MAX_EMAILS_PER_DAY") == "5"


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("en", ["1 day", "2 days", "8 hours", "90 minutes"]),
        ("fr", ["1 jour", "2 jours", "8 heures", "90 minutes"]),
        ("id", ["1 hari", "2 hari", "8 jam", "90 menit"]),
        ("hi", ["1 दिन", "2 दिन", "8 घंटे", "90 मिनट"]),
        ("ar", ["يوم واحد", "يومين", "٨ ساعات", "٩٠ دقيقة"]),
    ],
)
def test_a_period_has_its_plural_in_each_language(language, words):
    periods = timedelta(days=1), timedelta(days=2), timedelta(hours=8), timedelta(minutes=90)
    with translation.override(language):
        assert [localized_numbers.period(period) for period in periods] == words


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: str(path.relative_to(settings.BASE_DIR)))
def test_no_page_and_no_email_has_a_period_of_its_own(path):
    assert PERIOD.findall(path.read_text(encoding="utf-8")) == []
