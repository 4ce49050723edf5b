"""Session limits of the admin: 12 hours in total, one hour without a request, and 15 minutes after the last password
for sensitive actions."""

from collections.abc import Callable
from datetime import datetime, timedelta
from functools import wraps
from urllib.parse import urlencode

import django_otp
from django.contrib import auth
from django.contrib.auth.models import User
from django.http import HttpRequest, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils import timezone

from signatures.audit.record import record_sign_in
from signatures.desk.models import Authenticator

MAX_AGE = timedelta(hours=12)
MAX_IDLE = timedelta(hours=1)
PASSWORD_VALID_FOR = timedelta(minutes=15)
STAMP_INTERVAL = timedelta(minutes=1)  # not every request writes to the session

ENTERED_AT, SEEN_AT, PASSWORD_AT = "entered_at", "seen_at", "password_at"
BACKEND = "django.contrib.auth.backends.ModelBackend"

View = Callable[..., HttpResponseBase]


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
    if _is_expired(request, ENTERED_AT, MAX_AGE, now) or _is_expired(request, SEEN_AT, MAX_IDLE, now):
        auth.logout(request)
    elif _is_expired(request, SEEN_AT, STAMP_INTERVAL, now):
        stamp(request, SEEN_AT, now)


def require_fresh_password(view: View) -> View:
    """Asks for the password again before the view, if the last one is too old."""

    @wraps(view)
    def wrapped(request: HttpRequest, *args, **kwargs) -> HttpResponseBase:
        if request.user.is_authenticated and _is_expired(request, PASSWORD_AT, PASSWORD_VALID_FOR, timezone.now()):
            return HttpResponseRedirect(f"{reverse('admin:again')}?{urlencode({'next': request.get_full_path()})}")
        return view(request, *args, **kwargs)

    return wrapped


def _is_expired(request: HttpRequest, moment: str, span: timedelta, now: datetime) -> bool:
    """Tells whether `span` has passed since the moment. A moment that is missing counts as expired."""
    return now.timestamp() - request.session.get(moment, 0) > span.total_seconds()
