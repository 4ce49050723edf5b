"""Parses mailboxes. A mailbox has a canonical form to compare, a keyed digest of it to store, and an encrypted
address."""

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

RULES_FILE = DATA / "mailbox_rules.toml"
DOMAIN_KEY_LENGTH = 12  # hexadecimal digits
MAX_ADDRESS_LENGTH = 254  # RFC 5321, 4.5.3.1.3, less the angle brackets
STRIPPED_CHARACTERS = " \t\r\n\u00a0\u200b\u200e\u200f\u202a\u202c\ufeff"
NOT_ASCII_MESSAGE = _("Use an address that has only plain letters, a to z, before the @. We cannot reach others yet.")
UNREACHABLE_MESSAGE = _("Mail cannot reach this e-mail address. Check it for mistakes.")


class BadMailbox(ValueError):
    """Raised for an address that no email can be sent to; `message` is translated when it is read."""

    def __init__(self, message: Promise) -> None:
        self.message = message
        super().__init__("bad mailbox")


@dataclass(frozen=True)
class Mailbox:
    """Represents one e-mail account. Its digests are computed once; the keys change only with a restart."""

    address: str  # ASCII; what mail is sent to
    canonical: str  # what is compared

    @property
    def domain(self) -> str:
        return self.address.rpartition("@")[2]

    @cached_property
    def digests(self) -> list[bytes]:
        """Returns the digest under every listed key, newest first. Look-ups use all of them."""
        return [digest(self.canonical, key.encode()) for key in settings.DIGEST_KEYS]

    @property
    def digest(self) -> bytes:
        """Returns the digest under the newest key. A new row stores it together with `digest_key`."""
        return self.digests[0]

    @property
    def digest_key(self) -> str:
        """Returns the id of the newest key."""
        return key_id(settings.DIGEST_KEYS[0])

    @cached_property
    def domain_keys(self) -> list[str]:
        """Returns the key of the domain under every listed key, newest first. Look-ups use all of them."""
        return [_domain_key(self.domain, key) for key in settings.DIGEST_KEYS]

    @property
    def domain_key(self) -> str:
        """Groups the signers of one domain without storing the domain. A new row stores this key."""
        return self.domain_keys[0]


def parse(text: str) -> Mailbox:
    """Returns the mailbox that a person typed, without a DNS look-up. BadMailbox says what to change."""
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
    if "=?" in local:  # an encoded word: Django would decode it and send the email to another address
        raise BadMailbox(UNREACHABLE_MESSAGE)
    return from_address(_ascii_address(text))


def from_address(address: str) -> Mailbox:
    """Returns the mailbox of a stored address, which `parse` has checked before."""
    return Mailbox(address=address, canonical=canonical_form(address))


def canonical_form(address: str) -> str:
    """Returns the address in lower case, without the characters that its provider is known to ignore."""
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
    keyed = hmac.new(key.encode(), b"domain " + domain.lower().encode("ascii"), hashlib.sha256)
    return keyed.hexdigest()[:DOMAIN_KEY_LENGTH]


@lru_cache(maxsize=8)
def key_id(key: str) -> str:
    return hashlib.sha256(key.encode()).hexdigest()[:8]


def encrypt_address(address: str) -> bytes:
    return multi_fernet().encrypt(address.encode())


def decrypt_address(encrypted: bytes | memoryview) -> str:
    """Raises cryptography's InvalidToken if none of the listed keys can decrypt it."""
    return multi_fernet().decrypt(bytes(encrypted)).decode()


def multi_fernet() -> MultiFernet:
    """Encrypts with the first key, decrypts with each that is listed."""
    return _fernets(tuple(settings.FIELD_KEYS))


def is_under_newest_key(encrypted: bytes | memoryview) -> bool:
    try:
        _fernets(tuple(settings.FIELD_KEYS[:1])).decrypt(bytes(encrypted))
    except InvalidToken:
        return False
    return True


def _ascii_address(text: str) -> str:
    try:
        validated = validate_email(
            text,
            allow_smtputf8=False,
            check_deliverability=False,
            test_environment=getattr(settings, "MAILBOX_TEST_DOMAINS", False),
        )
    except (EmailNotValidError, UnicodeError):
        raise BadMailbox(UNREACHABLE_MESSAGE) from None
    if validated.ascii_email is None:
        raise BadMailbox(UNREACHABLE_MESSAGE)
    return validated.ascii_email


def _fold_local_part(local: str, rule: dict[str, Any]) -> str:
    base, tag, _rest = local.partition(rule["tag"])
    for char in rule.get("ignores", ""):
        base = base.replace(char, "")
    return base + tag if base and rule.get("tagged_apart") else base


@lru_cache(maxsize=1)
def _rules() -> dict[str, dict[str, Any]]:
    with RULES_FILE.open("rb") as file:
        providers = tomllib.load(file)["provider"]
    return {domain: rule for rule in providers for domain in rule["domains"]}


@lru_cache(maxsize=8)
def _fernets(keys: tuple[str, ...]) -> MultiFernet:
    return MultiFernet([_fernet(key) for key in keys])


def _fernet(key: str) -> Fernet:
    derived = HKDF(algorithm=SHA256(), length=32, salt=None, info=b"undersigned mailbox").derive(key.encode())
    return Fernet(base64.urlsafe_b64encode(derived))
