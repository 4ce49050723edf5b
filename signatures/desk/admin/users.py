"""Admin pages of users and roles. Changes require a password that was given recently."""

from typing import Any

from django.contrib import admin
from django.contrib.auth.admin import GroupAdmin, UserAdmin
from django.contrib.auth.models import Group, User
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _
from django_otp.plugins.otp_static.models import StaticDevice
from django_otp.plugins.otp_totp.models import TOTPDevice

from signatures.audit.admin_mixin import AuditedModelAdmin
from signatures.web.admin.page_purpose import with_purpose
from signatures.web.fresh_password import require_fresh_password

for model in (Group, User, StaticDevice, TOTPDevice):  # no page shows the secrets of the second factor
    admin.site.unregister(model)


class FreshPasswordMixin:
    def get_urls(self) -> list[Any]:
        urls: list[Any] = super().get_urls()  # type: ignore[misc]
        for url in urls:
            url.callback = require_fresh_password(url.callback)
        return urls


@admin.register(User)
class OrganiserAdmin(FreshPasswordMixin, AuditedModelAdmin, UserAdmin):
    list_purpose = _("The people who work at the desk. Each has their own account; accounts are not shared.")
    purpose = _("One account: its name, its role, and whether it may log in.")

    @with_purpose(_("Sets a new password for this person. You have to tell it to them."))
    def user_change_password(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return super().user_change_password(request, *args, **kwargs)


@admin.register(Group)
class RoleAdmin(FreshPasswordMixin, AuditedModelAdmin, GroupAdmin):
    list_purpose = _("The roles of people at the desk, and what each role may do.")
    purpose = _("One role, and what it may do.")
