"""Limits the sessions of the admin: 12 hours in total, one hour without a request, and 15 minutes after the last
password for sensitive actions."""

from datetime import datetime, timedelta

import django_otp
from django.contrib import auth
from django.contrib.auth.models import User
from django.http import HttpRequest

from signatures.audit.record import record_sign_in
from signatures.desk.models import Authenticator
from signatures.web.fresh_password import PASSWORD_AT, is_expired

MAX_AGE = timedelta(hours=12)
MAX_IDLE = timedelta(hours=1)
ENTERED_AT, SEEN_AT = "entered_at", "seen_at"
STAMP_INTERVAL = timedelta(minutes=1)  # not every request writes to the session

BACKEND = "django.contrib.auth.backends.ModelBackend"


def log_in(request: HttpRequest, user: User, authenticator: Authenticator | None, now: datetime) -> None:
    """Logs the user in. `authenticator` is None only if the site has no second factor."""
    auth.login(request, user, backend=BACKEND)
    django_otp.login(request, authenticator)
    for moment in (ENTERED_AT, SEEN_AT, PASSWORD_AT):
        stamp(request, moment, now)
    record_sign_in(actor=user, by_code=authenticator is not None, now=now)


def stamp(request: HttpRequest, moment: str, now: datetime) -> None:
    request.session[moment] = now.timestamp()


def end_expired_session(request: HttpRequest, now: datetime) -> None:
    if not request.user.is_authenticated:
        return
    if is_expired(request, ENTERED_AT, MAX_AGE, now) or is_expired(request, SEEN_AT, MAX_IDLE, now):
        auth.logout(request)
    elif is_expired(request, SEEN_AT, STAMP_INTERVAL, now):
        stamp(request, SEEN_AT, now)
