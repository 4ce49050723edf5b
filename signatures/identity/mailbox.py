"""Mailboxes: one canonical form to compare, a keyed digest of it to store, the address itself sealed."""

import base64
import hashlib
import hmac
import tomllib
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Any

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from email_validator import EmailNotValidError, validate_email

from signatures.data import DATA

RULES = DATA / "mailbox_rules.toml"
DOMAIN_KEY_LENGTH = 12  # hexadecimal digits
MAX_ADDRESS_LENGTH = 254  # RFC 5321, 4.5.3.1.3, less the angle brackets
STRIPPED_CHARACTERS = " \t\r\n\u00a0\u200b\u200e\u200f\u202a\u202c\ufeff"
NOT_ASCII_MESSAGE = _("Use an address that has only plain letters, a to z, before the @. We cannot reach others yet.")
UNREACHABLE_MESSAGE = _("Mail cannot reach this e-mail address. Check it for mistakes.")


class BadMailbox(ValueError):
    """An address that no mail can be sent to; `message` is translated when read."""

    def __init__(self, message: Promise) -> None:
        self.message = message
        super().__init__("bad mailbox")


@dataclass(frozen=True)
class Mailbox:
    """One e-mail account. Its digests are computed once, under the keys of that moment: keys change with a restart."""

    address: str  # ASCII; what mail is sent to
    canonical: str  # what is compared

    @property
    def domain(self) -> str:
        return self.address.rpartition("@")[2]

    @cached_property
    def digests(self) -> list[bytes]:
        """Under every listed key, newest first: what a look-up asks for."""
        return [digest(self.canonical, key.encode()) for key in settings.DIGEST_KEYS]

    @property
    def digest(self) -> bytes:
        """Under the newest key: what a new row stores, beside `digest_key`."""
        return self.digests[0]

    @property
    def digest_key(self) -> str:
        """The id of the newest key."""
        return key_id(settings.DIGEST_KEYS[0])

    @cached_property
    def domain_keys(self) -> list[str]:
        """Under every listed key, newest first: what a look-up asks for."""
        return [_domain_key(self.domain, key) for key in settings.DIGEST_KEYS]

    @property
    def domain_key(self) -> str:
        """Tells the signers of one domain from all others without storing the domain: what a new row stores."""
        return self.domain_keys[0]


def parse(text: str) -> Mailbox:
    """The mailbox that a person typed, without a look into the DNS; BadMailbox says what to change."""
    text = text.strip(STRIPPED_CHARACTERS)
    if not text:
        raise BadMailbox(_("Write your e-mail address."))
    if len(text) > MAX_ADDRESS_LENGTH:
        raise BadMailbox(_("This e-mail address is too long. Check it for text that does not belong there."))
    local, at, domain = text.rpartition("@")
    if not at or not local or not domain:
        raise BadMailbox(_("Write the whole e-mail address, like name@example.org."))
    if not local.isascii():
        raise BadMailbox(NOT_ASCII_MESSAGE)
    if "=?" in local:  # an encoded word: Django's mail would decode it, and go to somebody else than is stored
        raise BadMailbox(UNREACHABLE_MESSAGE)
    return from_address(_ascii_address(text))


def from_address(address: str) -> Mailbox:
    """The mailbox of an address that `parse` gave, and that was stored."""
    return Mailbox(address=address, canonical=canonical_form(address))


def canonical_form(address: str) -> str:
    """Lower case, and what the provider is known to ignore left out."""
    local, _at, domain = address.lower().rpartition("@")
    rule = _rules().get(domain)
    if rule:
        local = _fold_local_part(local, rule) or local
        domain = rule["domains"][0] if rule.get("one_domain") else domain
    return f"{local}@{domain}"


def digest(canonical: str, key: bytes) -> bytes:
    return hmac.new(key, canonical.encode("ascii"), hashlib.sha256).digest()


@lru_cache(maxsize=5000)
def _domain_key(domain: str, key: str) -> str:
    said = hmac.new(key.encode(), b"domain " + domain.lower().encode("ascii"), hashlib.sha256)
    return said.hexdigest()[:DOMAIN_KEY_LENGTH]


@lru_cache(maxsize=8)
def key_id(key: str) -> str:
    return hashlib.sha256(key.encode()).hexdigest()[:8]


def seal(address: str) -> bytes:
    return multi_fernet().encrypt(address.encode())


def unseal(sealed: bytes | memoryview) -> str:
    """The address again; cryptography's InvalidToken where no listed key made it."""
    return multi_fernet().decrypt(bytes(sealed)).decode()


def multi_fernet() -> MultiFernet:
    """Seals with the first key, unseals with each that is listed."""
    return _fernets(tuple(settings.FIELD_KEYS))


def is_under_first_key(sealed: bytes | memoryview) -> bool:
    try:
        _fernets(tuple(settings.FIELD_KEYS[:1])).decrypt(bytes(sealed))
    except InvalidToken:
        return False
    return True


def _ascii_address(text: str) -> str:
    try:
        found = validate_email(
            text,
            allow_smtputf8=False,
            check_deliverability=False,
            test_environment=getattr(settings, "MAILBOX_TEST_DOMAINS", False),
        )
    except (EmailNotValidError, UnicodeError):
        raise BadMailbox(UNREACHABLE_MESSAGE) from None
    if found.ascii_email is None:
        raise BadMailbox(UNREACHABLE_MESSAGE)
    return found.ascii_email


def _fold_local_part(local: str, rule: dict[str, Any]) -> str:
    base, tag, _rest = local.partition(rule["tag"])
    for char in rule.get("ignores", ""):
        base = base.replace(char, "")
    return base + tag if base and rule.get("tagged_apart") else base


@lru_cache(maxsize=1)
def _rules() -> dict[str, dict[str, Any]]:
    with RULES.open("rb") as file:
        providers = tomllib.load(file)["provider"]
    return {domain: rule for rule in providers for domain in rule["domains"]}


@lru_cache(maxsize=8)
def _fernets(keys: tuple[str, ...]) -> MultiFernet:
    return MultiFernet([_fernet(key) for key in keys])


def _fernet(key: str) -> Fernet:
    derived = HKDF(algorithm=SHA256(), length=32, salt=None, info=b"undersigned mailbox").derive(key.encode())
    return Fernet(base64.urlsafe_b64encode(derived))
