"""Middleware for the admin only. Public pages have no session and do not pay for one."""

from typing import Any

from django.contrib.auth.middleware import AuthenticationMiddleware
from django.contrib.messages.middleware import MessageMiddleware
from django.contrib.sessions.middleware import SessionMiddleware
from django.http import HttpRequest, HttpResponseBase
from django_otp.middleware import OTPMiddleware


class AdminOnlyMiddleware:
    get_response: Any

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if request.path_info.startswith("/admin/"):
            return super().__call__(request)  # type: ignore[misc]
        return self.get_response(request)


class AdminSessionMiddleware(AdminOnlyMiddleware, SessionMiddleware):
    pass


class AdminAuthenticationMiddleware(AdminOnlyMiddleware, AuthenticationMiddleware):
    pass


class AdminOTPMiddleware(AdminOnlyMiddleware, OTPMiddleware):
    pass


class AdminMessageMiddleware(AdminOnlyMiddleware, MessageMiddleware):
    pass
