from collections.abc import Iterable

from django.db import models
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


class Flag(models.TextChoices):
    """Reasons to hold a confirmed signature for a moderator. Organisers read the labels."""

    PROTECTED_NAME = "protected_name", _("resembles a protected name")
    BURST = "burst", _("one of very many from one network")
    HONEYPOT = "honeypot", _("filled in a field that people do not see")
    NO_PROOF = "no_proof", _("came without a proof of work while many signed")
    NETWORK = "network", _("many from its network within an hour")
    DOMAIN = "domain", _("more from its mail domain in an hour than in the day before")
    DISPOSABLE = "disposable", _("a throw-away mailbox")
    NAME_SHAPE = "name_shape", _("a name that does not look like one")
    SAME_CREDIT = "same_credit", _("the same long credit over and over within an hour")
    TOO_QUICK = "too_quick", _("confirmed within seconds of the mail")
    MANDATE = "mandate", _("an organisation, and its mailbox is not at its website")
    SIGNED_BEFORE = "signed_before", _("its organisation has signed already")
    DEMONSTRATION = "demonstration", _("made up for the demonstration")


def in_words(flags: Iterable[str]) -> list[str | Promise]:
    """Returns labels. An unknown code, such as an older one, stays as it is."""
    return [_flag_label(code) for code in flags]


def _flag_label(code: str) -> str | Promise:
    if code.startswith("rule:"):
        return _("caught by rule %(number)s") % {"number": code.removeprefix("rule:")}
    return Flag(code).label if code in Flag.values else code


HOLD_THRESHOLD = 100
