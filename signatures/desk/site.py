"""Defines the admin site: the login, the guards of every page, the overview and the order of the menu."""

from datetime import datetime
from functools import update_wrapper
from typing import Any, NamedTuple, cast

from django.conf import settings
from django.contrib.admin import AdminSite
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.contrib.auth import REDIRECT_FIELD_NAME
from django.contrib.auth.models import User
from django.db import DataError
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_protect

from signatures.audit.models import AuditEntry
from signatures.audit.record import record_desk_action
from signatures.desk import login, overview, sessions, trends
from signatures.desk.limits import LOGIN_RATE
from signatures.mail.models.email import Mail
from signatures.review.forms import QueueSummary
from signatures.review.views import queue as review
from signatures.signing.models.signature import Signature
from signatures.web import errors, params
from signatures.web.admin.page_purpose import page_help, with_purpose
from signatures.web.fresh_password import require_fresh_password
from signatures.web.rate_limits import of_network, seconds_to_wait

MODEL_ORDER = [
    "Signature", "Statement", "Rule", "Switch", "Update", "Sector", "Phrase", "Page", "Import", "Mail", "Suppression",
    "AuditEntry",
    "Version",
]  # fmt: skip


class OrganisersSite(AdminSite):
    site_header = _("Organisers' desk")
    site_title = _("Organisers' desk")
    index_title = _("Organisers' desk")
    index_template = "desk/desk.html"
    enable_nav_sidebar = False

    # Login

    def has_permission(self, request: HttpRequest) -> bool:
        return super().has_permission(request) and (not settings.SECOND_FACTOR or _has_second_factor(request))

    def admin_view(self, view: Any, cacheable: bool = False) -> Any:
        guarded = super().admin_view(view, cacheable)

        def inner(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            sessions.end_expired_session(request, timezone.now())
            if "%00" in request.META.get("QUERY_STRING", ""):  # PostgreSQL text cannot contain NUL
                return errors.error_page(400)
            if self.has_permission(request) and 0 in map(
                params.parse_row_id, request.POST.getlist(ACTION_CHECKBOX_NAME)
            ):
                return errors.error_page(400)
            try:
                return guarded(request, *args, **kwargs)
            except (DataError, OverflowError):  # a value out of range for its column, or a huge year
                if request.method != "GET":
                    raise
                return errors.error_page(400)

        return update_wrapper(inner, guarded)

    def get_urls(self) -> list[Any]:
        again, own = (
            self.admin_view(self.confirm_password),
            self.admin_view(require_fresh_password(self.manage_second_factor)),
        )
        urls: list[URLPattern] = [
            path("second-factor/", self.second_step, name="second_factor"),
            path("second-factor/mine/", own, name="own_factor"),
            path("password-again/", again, name="again"),
            path("trends/", self.admin_view(self.trends), name="trends"),
        ]
        return urls + review.urls(self) + super().get_urls()

    @method_decorator(never_cache)
    def login(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        if request.method == "POST" and (refusal := _login_limit_response(request)):
            return refusal
        if request.method == "GET" and self.has_permission(request):
            return HttpResponseRedirect(reverse("admin:index"))
        context = {"title": _("Log in"), "app_path": request.get_full_path(), "username": request.user.get_username()}
        if REDIRECT_FIELD_NAME not in request.GET | request.POST:
            context[REDIRECT_FIELD_NAME] = reverse("admin:index")
        context = {**self.each_context(request), **context, **(extra_context or {})}
        return cast(HttpResponse, login.PasswordView.as_view(extra_context=context, next_page="admin:index")(request))

    @method_decorator([never_cache, csrf_protect])
    def second_step(self, request: HttpRequest) -> HttpResponse:
        if request.method == "POST" and (refusal := _login_limit_response(request)):
            return refusal
        return login.second_step(request, self.each_context(request))

    @with_purpose(_("You logged in a while ago. Give your password again before you continue."))
    def confirm_password(self, request: HttpRequest) -> HttpResponse:
        if request.method == "POST" and (refusal := _login_limit_response(request)):
            return refusal
        return login.confirm_password(request, self.each_context(request))

    @with_purpose(_("Set a new password. You stay logged in here, and are logged out everywhere else."))
    def password_change(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> Any:
        """Limits attempts, because this page could be used to guess the old password."""
        if request.method == "POST" and (refusal := _login_limit_response(request)):
            return refusal
        response = super().password_change(request, extra_context)
        if request.method == "POST" and response.status_code == 302:
            _record_own_change(request, _("password"))
        return response

    @with_purpose(_("Your password was changed and is now in use."))
    def password_change_done(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> Any:
        return super().password_change_done(request, extra_context)

    @with_purpose(_("The second step of your login: new recovery codes, or another authenticator."))
    def manage_second_factor(self, request: HttpRequest) -> HttpResponse:
        response = login.manage_second_factor(request, self.each_context(request))
        if request.POST.get("act") == "codes":
            _record_own_change(request, _("recovery codes"))
        return response

    def each_context(self, request: HttpRequest) -> dict[str, Any]:
        return {**super().each_context(request), "purpose": page_help(request)}

    # The overview

    @with_purpose(_("The work that waits for you, and the numbers of the statements."))
    def index(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> TemplateResponse:
        return super().index(
            request, {"waiting": _pending_work(request), **overview.overview_context(request), **(extra_context or {})}
        )

    @with_purpose(
        _(
            "What the newest signatures have in common. A flood is visible here before it reaches the list. "
            "Each figure links to its signatures."
        )
    )
    def trends(self, request: HttpRequest) -> HttpResponse:
        return trends.trends_page(request, self)

    @with_purpose(_("All sections of the desk."))
    def app_index(self, request: HttpRequest, app_label: str, extra_context: dict[str, Any] | None = None) -> Any:
        return super().app_index(request, app_label, extra_context)

    def get_app_list(self, request: HttpRequest, app_label: str | None = None) -> list[Any]:
        """Sorts the menu: the pages that are used most come first."""
        apps = sorted(super().get_app_list(request, app_label), key=lambda app: app["app_label"] != "signatures")
        for app in apps:
            app["models"].sort(key=lambda model: _menu_position(model["object_name"]))
        return apps


def _record_own_change(request: HttpRequest, what: Promise) -> None:
    """Writes an audit entry for a new password or new codes, without their content."""
    change, user = AuditEntry.Action.CHANGE, cast(User, request.user)
    record_desk_action(change, actor=user, subject=f"{what}: {user}", about=user, now=timezone.now())


def _has_second_factor(request: HttpRequest) -> bool:
    return bool(request.user.is_verified())  # type: ignore[union-attr]


def _login_limit_response(request: HttpRequest) -> HttpResponse | None:
    seconds = seconds_to_wait(of_network(request, "login", LOGIN_RATE))
    if not seconds:
        return None
    response = errors.error_page(429)
    response["Retry-After"] = str(seconds)
    return response


def _menu_position(name: str) -> int:
    return MODEL_ORDER.index(name) if name in MODEL_ORDER else len(MODEL_ORDER)


class PendingWork(NamedTuple):
    """Describes a task: its label, number of items, the URL of the list, and the time of the oldest item if known."""

    label: Promise
    number: int
    address: str
    since: datetime | None = None


def _pending_work(request: HttpRequest) -> list[PendingWork]:
    """Returns the pending work that the user may see."""
    work: list[PendingWork] = []
    if request.user.has_perm("signatures.view_signature"):
        work.append(_review_work(request))
    if request.user.has_perm("signatures.view_mail"):
        failed = Mail.objects.filter(status=Mail.Status.FAILED).count()
        work.append(PendingWork(_("Failed emails"), failed, _list_url("mail", "status__exact=failed")))
    return work


def _review_work(request: HttpRequest) -> PendingWork:
    """Links moderators to the review queue, and users who only read to the list."""
    queue = QueueSummary.of_signatures(Signature.objects.awaiting_review(), timezone.now())
    address = _list_url("signature", "review=waiting")
    if request.user.has_perm("signatures.moderate_signature"):
        address = reverse("admin:review")
    return PendingWork(_("Waiting for review"), queue.total, address, queue.oldest_at)


def _list_url(noun: str, query: str) -> str:
    return f"{reverse(f'admin:signatures_{noun}_changelist')}?{query}"
