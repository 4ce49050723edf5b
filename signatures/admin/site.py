from typing import Any

from django.contrib.admin import AdminSite
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from petition import errors
from signatures.limits import LOGIN, seconds_to_wait
from signatures.models import Mail, Signature

IN_ORDER = ["Signature", "Statement", "Sector", "Mail", "Suppression", "AuditEntry", "Version"]


class OrganisersSite(AdminSite):
    site_header = _("Organisers' desk")
    site_title = _("Organisers' desk")
    index_title = _("Organisers' desk")
    index_template = "admin/desk.html"
    enable_nav_sidebar = False

    def login(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        if request.method == "POST" and (seconds := seconds_to_wait(request, "login", LOGIN)):
            response = errors.page(429)
            response["Retry-After"] = str(seconds)
            return response
        return super().login(request, extra_context)

    def index(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> TemplateResponse:
        return super().index(request, {"waiting": _waiting(request), **(extra_context or {})})

    def get_app_list(self, request: HttpRequest, app_label: str | None = None) -> list[Any]:
        """What is opened a hundred times a day stands first."""
        apps = sorted(super().get_app_list(request, app_label), key=lambda app: app["app_label"] != "signatures")
        for app in apps:
            app["models"].sort(key=lambda model: _place(model["object_name"]))
        return apps


def _place(name: str) -> int:
    return IN_ORDER.index(name) if name in IN_ORDER else len(IN_ORDER)


def _waiting(request: HttpRequest) -> list[tuple[Promise, int, str]]:
    """What waits for this person: words, how many, and the way there."""
    found: list[tuple[Promise, int, str]] = []
    if request.user.has_perm("signatures.view_signature"):
        many = Signature.objects.awaiting_review().count()
        found.append((_("Waiting for review"), many, _list_of("signature", "review=waiting")))
    if request.user.has_perm("signatures.view_mail"):
        many = Mail.objects.filter(status=Mail.Status.FAILED).count()
        found.append((_("Failed mails"), many, _list_of("mail", "status__exact=failed")))
    return found


def _list_of(noun: str, query: str) -> str:
    return f"{reverse(f'admin:signatures_{noun}_changelist')}?{query}"
