"""The secret that an organiser's authenticator shares with us, sealed for the database."""

import base64
import secrets

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESSIV
from cryptography.hazmat.primitives.hashes import SHA512
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings

SECRET_LENGTH = 20  # bytes, as RFC 4226 recommends


class UnreadableSecret(ValueError):
    """No listed FIELD_KEY made it."""


def new() -> str:
    return seal(secrets.token_bytes(SECRET_LENGTH))


def seal(seed: bytes) -> str:
    """In hexadecimal and 72 characters long: the column of django-otp takes 80. Fernet would need 140."""
    return _cipher(settings.FIELD_KEYS[0]).encrypt(seed, None).hex()


def unseal(sealed: str) -> bytes:
    for key in settings.FIELD_KEYS:
        try:
            return _cipher(key).decrypt(bytes.fromhex(sealed), None)
        except InvalidTag:
            continue
    raise UnreadableSecret


def is_under_first_key(sealed: str) -> bool:
    try:
        _cipher(settings.FIELD_KEYS[0]).decrypt(bytes.fromhex(sealed), None)
    except InvalidTag:
        return False
    return True


def as_base32(sealed: str) -> str:
    """As it is typed into an app that cannot read the QR code."""
    return base64.b32encode(unseal(sealed)).decode().rstrip("=")


def _cipher(key: str) -> AESSIV:
    return AESSIV(HKDF(SHA512(), length=64, salt=None, info=b"undersigned second factor").derive(key.encode()))
