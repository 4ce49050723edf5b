"""The password is asked for again before an export or a change of permissions."""

from collections.abc import Callable
from datetime import datetime, timedelta
from functools import wraps
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils import timezone

PASSWORD_VALID_FOR = timedelta(minutes=15)


PASSWORD_AT = "password_at"  # noqa: S105 - a key of the session


View = Callable[..., HttpResponseBase]


def require_fresh_password(view: View) -> View:
    """Before an export or a change of who may do what, the password is asked for again."""

    @wraps(view)
    def wrapped(request: HttpRequest, *args, **kwargs) -> HttpResponseBase:
        if request.user.is_authenticated and is_expired(request, PASSWORD_AT, PASSWORD_VALID_FOR, timezone.now()):
            return HttpResponseRedirect(f"{reverse('admin:again')}?{urlencode({'next': request.get_full_path()})}")
        return view(request, *args, **kwargs)

    return wrapped


def is_expired(request: HttpRequest, moment: str, span: timedelta, now: datetime) -> bool:
    """Returns whether `span` has passed since the time in the session. A time that was never noted has expired."""
    return now.timestamp() - request.session.get(moment, 0) > span.total_seconds()
