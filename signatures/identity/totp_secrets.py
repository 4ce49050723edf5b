"""Creates and encrypts the TOTP secret that an organiser's authenticator app shares with the site."""

import base64
import secrets

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESSIV
from cryptography.hazmat.primitives.hashes import SHA512
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings

SECRET_LENGTH = 20  # bytes, as RFC 4226 recommends


class UnreadableSecret(ValueError):
    """Raised if none of the listed FIELD_KEYS can decrypt a secret."""


def new_secret() -> str:
    return encrypt_secret(secrets.token_bytes(SECRET_LENGTH))


def encrypt_secret(secret: bytes) -> str:
    """Returns 72 hexadecimal characters: the column of django-otp takes 80. Fernet would need 140."""
    return _cipher(settings.FIELD_KEYS[0]).encrypt(secret, None).hex()


def decrypt_secret(encrypted: str) -> bytes:
    for key in settings.FIELD_KEYS:
        try:
            return _cipher(key).decrypt(bytes.fromhex(encrypted), None)
        except InvalidTag:
            continue
    raise UnreadableSecret


def is_under_newest_key(encrypted: str) -> bool:
    try:
        _cipher(settings.FIELD_KEYS[0]).decrypt(bytes.fromhex(encrypted), None)
    except InvalidTag:
        return False
    return True


def as_base32(encrypted: str) -> str:
    """Returns the text to type into an app that cannot read the QR code."""
    return base64.b32encode(decrypt_secret(encrypted)).decode().rstrip("=")


def _cipher(key: str) -> AESSIV:
    return AESSIV(HKDF(SHA512(), length=64, salt=None, info=b"undersigned second factor").derive(key.encode()))
