"""Manages the second factor of admin users: codes of an authenticator app, and recovery codes."""

import base64
import math
import re
import secrets
from contextlib import suppress
from datetime import datetime

from django.conf import settings
from django.contrib.auth.models import User
from django.db import transaction
from django.utils.crypto import salted_hmac
from django_otp.oath import TOTP
from django_otp.plugins.otp_static.models import StaticDevice, StaticToken

from signatures.desk.models import Authenticator
from signatures.identity import totp_secrets

RECOVERY_CODES = 10
CODE = re.compile(r"[0-9]{6}")


class WrongCode(Exception):
    """The code is wrong, or came too early. `seconds` is the wait until the next try: 1, 2, 4, 8 ..."""

    def __init__(self, seconds: int = 0):
        self.seconds = seconds
        super().__init__(f"next try in {seconds} s")


def is_enrolled(*, user: User) -> bool:
    return Authenticator.objects.filter(user=user, confirmed=True).exists()


@transaction.atomic
def enrol(*, user: User, sealed_seed: str, code: str, now: datetime) -> tuple[Authenticator, list[str]]:
    """Replaces the authenticator and the recovery codes. Raises WrongCode if the first code is wrong."""
    totp = TOTP(totp_secrets.decrypt_secret(sealed_seed))
    totp.time = now.timestamp()
    typed = _normalised(code)
    if not CODE.fullmatch(typed) or not totp.verify(int(typed), tolerance=1):
        raise WrongCode
    reset_second_factor(user=user)
    authenticator = Authenticator.objects.create(
        user=user, name="authenticator", key=sealed_seed, last_t=totp.t(), drift=totp.drift
    )
    return authenticator, new_recovery_codes(user=user)


def verify(*, user: User, code: str, now: datetime) -> Authenticator:
    """Returns the authenticator if its code or a recovery code is right. Each code works once."""
    with transaction.atomic():
        device = Authenticator.objects.select_for_update().filter(user=user, confirmed=True).first()
        if device is None:
            raise WrongCode
        if seconds := _seconds_to_wait(device, now):
            raise WrongCode(seconds)
        if _verifies(device, _normalised(code)):
            return device
    raise WrongCode  # outside the transaction, so that the failure is stored


def new_recovery_codes(*, user: User) -> list[str]:
    """Replaces the recovery codes and returns them. Only their digests are stored."""
    codes = ["-".join(re.findall("....", _random_code())) for _ in range(RECOVERY_CODES)]
    with transaction.atomic():
        StaticDevice.objects.filter(user=user).delete()
        device = StaticDevice.objects.create(user=user, name="recovery")
        tokens = [StaticToken(device=device, token=_digest(_normalised(code), settings.SECRET_KEY)) for code in codes]
        StaticToken.objects.bulk_create(tokens)
    return codes


def recovery_codes_left(*, user: User) -> int:
    return StaticToken.objects.filter(device__user=user).count()


@transaction.atomic
def reset_second_factor(*, user: User) -> bool:
    """Removes the second factor, which ends the user's sessions. Returns False if there was none."""
    had = is_enrolled(user=user)
    Authenticator.objects.filter(user=user).delete()
    StaticDevice.objects.filter(user=user).delete()
    return had


def _verifies(device: Authenticator, typed: str) -> bool:
    if CODE.fullmatch(typed):
        with suppress(totp_secrets.UnreadableSecret):  # its FIELD_KEY is lost: only a recovery code works
            return bool(device.verify_token(typed))
    keys = [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
    matching = StaticToken.objects.filter(device__user=device.user_id, token__in=[_digest(typed, key) for key in keys])
    if matching.delete()[0]:
        device.throttle_reset()
        return True
    device.throttle_increment()
    return False


def _seconds_to_wait(device: Authenticator, now: datetime) -> int:
    may_try, why = device.verify_is_allowed()
    return 0 if may_try else max(1, math.ceil((why["locked_until"] - now).total_seconds()))


def _normalised(typed: str) -> str:
    return re.sub(r"[\s-]", "", typed).lower()


def _random_code() -> str:
    """Returns 80 random bits as 16 letters and digits."""
    return base64.b32encode(secrets.token_bytes(10)).decode().lower()


def _digest(code: str, key: str) -> str:
    """Returns the digest of a recovery code, cut to the 16 characters of django-otp's column. A recovery code has 80
    random bits, so nobody finds one by trying."""
    return salted_hmac("recovery code", code, secret=key, algorithm="sha256").hexdigest()[:16]
