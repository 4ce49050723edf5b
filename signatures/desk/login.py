"""Login in two steps: the password, then the code. The user is logged in only after the second step."""

import logging
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.conf import settings
from django.contrib.admin.forms import AdminAuthenticationForm
from django.contrib.auth import authenticate, views
from django.contrib.auth.models import User
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from signatures.audit.models import AuditEntry
from signatures.audit.record import record_desk_action
from signatures.desk import sessions, two_factor
from signatures.desk.models import Authenticator
from signatures.identity import totp_secrets
from signatures.web import errors
from signatures.web.fresh_password import PASSWORD_AT
from signatures.web.languages.localized_numbers import number
from signatures.web.qr_code import qr_code

logger = logging.getLogger(__name__)

PENDING_LOGIN_KEY = "halfway"
PENDING_LOGIN_VALID_FOR = timedelta(minutes=15)  # long enough to find an app and install it


class PasswordView(views.LoginView):
    template_name = "admin/login.html"
    authentication_form = AdminAuthenticationForm

    def form_valid(self, form: Any) -> HttpResponse:
        now, user = timezone.now(), form.get_user()
        logger.info("the password of account %s was right", user.pk)
        if not settings.SECOND_FACTOR:
            sessions.log_in(self.request, user, None, now)
            return HttpResponseRedirect(self.get_success_url())
        _store_pending_login(self.request, user, now)
        return HttpResponseRedirect(_step_url("second_factor", self.get_success_url()))

    def form_invalid(self, form: Any) -> HttpResponse:
        logger.warning("a password or an account's name was wrong")  # not logged: a typed name may itself be a password
        return super().form_invalid(form)


class CodeForm(forms.Form):
    code = forms.CharField(
        label=gettext_lazy("Code"),
        max_length=40,
        widget=forms.TextInput(attrs={"autocomplete": "one-time-code", "autofocus": True, "dir": "ltr"}),
    )


class PasswordForm(forms.Form):
    password = forms.CharField(
        label=gettext_lazy("Password"),
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password", "autofocus": True}),
    )


def second_step(request: HttpRequest, context: dict[str, Any]) -> HttpResponse:
    """Asks for the code of the authenticator. At the first login it sets up the authenticator."""
    now = timezone.now()
    user, sealed_seed = _pending_login(request, now)
    if user is None:
        return HttpResponseRedirect(_step_url("login", _next_url(request)))
    if sealed_seed:
        return enrolment(request, context, user, sealed_seed, now)
    form = CodeForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            device = two_factor.verify(user=user, code=form.cleaned_data["code"], now=now)
        except two_factor.WrongCode as wrong:
            logger.warning("a code for account %s was wrong, or came too soon", user.pk)
            form.add_error("code", _wrong_code_message(wrong.seconds))
        else:
            logger.info("account %s came in by code", user.pk)
            sessions.log_in(request, user, device, now)
            return HttpResponseRedirect(_next_url(request))
    context |= {"title": _("Second step"), "form": form, "next": _next_url(request)}
    return TemplateResponse(request, "desk/two_factor/code.html", context)


def enrolment(
    request: HttpRequest, context: dict[str, Any], user: User, sealed_seed: str, now: datetime
) -> HttpResponse:
    """Shows the secret until a code proves that an app has it. Then it shows the recovery codes, once."""
    form = CodeForm(request.POST if "code" in request.POST else None)
    if form.is_bound and form.is_valid():
        try:
            device, codes = two_factor.enrol(
                user=user, sealed_seed=sealed_seed, code=form.cleaned_data["code"], now=now
            )
        except two_factor.WrongCode:
            logger.warning("a code for a new authenticator of account %s was wrong", user.pk)
            form.add_error("code", _wrong_code_message(0))
        else:
            logger.warning("account %s has a new authenticator", user.pk)
            subject = f"{_('authenticator')}: {user}"
            record_desk_action(AuditEntry.Action.CHANGE, actor=user, subject=subject, about=user, now=now)
            sessions.log_in(request, user, device, now)
            request.session.pop(PENDING_LOGIN_KEY, None)
            return show_codes(request, context, codes)
    device = Authenticator(user=user, key=sealed_seed)
    context |= {
        "title": _("Set up the second step"),
        "form": form,
        "next": _next_url(request),
        "qr": qr_code(device.config_url, title=_("QR code")),
        "secret": _in_groups_of_four(totp_secrets.as_base32(sealed_seed)),
    }
    return TemplateResponse(request, "desk/two_factor/enrol.html", context)


def show_codes(request: HttpRequest, context: dict[str, Any], codes: list[str]) -> HttpResponse:
    context |= {"title": _("Recovery codes"), "codes": codes, "next": _next_url(request), "has_permission": True}
    return TemplateResponse(request, "desk/two_factor/codes.html", context)


def confirm_password(request: HttpRequest, context: dict[str, Any]) -> HttpResponse:
    """Asks for the user's password again before sensitive actions, in case they left the computer unlocked."""
    form = PasswordForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        user = authenticate(request, username=request.user.get_username(), password=form.cleaned_data["password"])
        if user == request.user:
            sessions.stamp(request, PASSWORD_AT, timezone.now())
            return HttpResponseRedirect(_next_url(request))
        logger.warning("account %s gave a wrong password once more", request.user.pk)
        form.add_error("password", _("That is not your password."))
    context |= {"title": _("Your password again"), "form": form, "next": _next_url(request)}
    return TemplateResponse(request, "desk/two_factor/again.html", context)


def manage_second_factor(request: HttpRequest, context: dict[str, Any]) -> HttpResponse:
    """Creates new recovery codes, or replaces the authenticator."""
    user: Any = request.user
    act = request.POST.get("act")
    if act == "codes":
        return show_codes(request, context, two_factor.new_recovery_codes(user=user))
    if act == "replace":
        request.session[PENDING_LOGIN_KEY] = {"seed": totp_secrets.new_secret()}
    replacing = request.session.get(PENDING_LOGIN_KEY, {}).get("seed")
    if replacing and request.method == "POST":
        return enrolment(request, context, user, replacing, timezone.now())
    left = two_factor.recovery_codes_left(user=user)
    text = ngettext("%(many)s recovery code is left.", "%(many)s recovery codes are left.", left)
    context |= {"title": _("Your second step"), "left": text % {"many": number(left)}}
    return TemplateResponse(request, "desk/two_factor/own.html", context)


def locked_out(request: HttpRequest, response: HttpResponse | None = None, credentials: Any = None) -> HttpResponse:
    """Returns the response that axes sends after too many wrong passwords for one account from one network."""
    logger.warning("an account is locked for a network: too many wrong passwords")
    message = _("Too many wrong passwords. Wait a quarter of an hour, then try again.")
    refusal = errors.error_page(429, message=message)
    refusal["Retry-After"] = str(int(settings.AXES_COOLOFF_TIME.total_seconds()))
    return refusal


def _store_pending_login(request: HttpRequest, user: User, now: datetime) -> None:
    request.session.flush()
    request.session[PENDING_LOGIN_KEY] = {
        "user": user.pk,
        "since": now.timestamp(),
        "password": user.get_session_auth_hash(),
    }
    if not two_factor.is_enrolled(user=user):
        request.session[PENDING_LOGIN_KEY]["seed"] = totp_secrets.new_secret()


def _pending_login(request: HttpRequest, now: datetime) -> tuple[User | None, str]:
    """Returns the user who gave their password, and the encrypted seed of the authenticator to set up, if any."""
    step = request.session.get(PENDING_LOGIN_KEY, {})
    if now.timestamp() - step.get("since", 0) > PENDING_LOGIN_VALID_FOR.total_seconds():
        return None, ""
    user = User.objects.filter(pk=step.get("user"), is_active=True, is_staff=True).first()
    if user is None or user.get_session_auth_hash() != step["password"]:
        return None, ""
    if "seed" in step and two_factor.is_enrolled(user=user):  # enrolled in another browser meanwhile: this seed is void
        return None, ""
    return user, step.get("seed", "")


def _next_url(request: HttpRequest) -> str:
    """Returns the requested URL if it is on this site, else the overview."""
    to = request.POST.get("next") or request.GET.get("next", "")
    is_ours = url_has_allowed_host_and_scheme(to, {request.get_host()}, require_https=request.is_secure())
    return to if is_ours else reverse("admin:index")


def _step_url(name: str, then: str) -> str:
    return f"{reverse(f'admin:{name}')}?{urlencode({'next': then})}"


def _wrong_code_message(seconds: int) -> str:
    if not seconds:
        return _("That code is not right, or was used before. Wait for the next one.")
    text = ngettext(
        "That code was not checked. Wait %(many)s second, then type a new one.",
        "That code was not checked. Wait %(many)s seconds, then type a new one.",
        seconds,
    )
    return text % {"many": number(seconds)}


def _in_groups_of_four(text: str) -> str:
    return " ".join(text[at : at + 4] for at in range(0, len(text), 4))
