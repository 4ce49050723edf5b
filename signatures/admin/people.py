"""Who may do what. Whoever changes it gives their password again."""

from typing import Any

from django.contrib import admin
from django.contrib.auth.admin import GroupAdmin, UserAdmin
from django.contrib.auth.models import Group, User
from django_otp.plugins.otp_static.models import StaticDevice
from django_otp.plugins.otp_totp.models import TOTPDevice

from signatures.admin.audited import Audited
from signatures.admin.sessions import with_fresh_password

for model in (Group, User, StaticDevice, TOTPDevice):  # secrets of the second step are nobody's to read
    admin.site.unregister(model)


class FreshPassword:
    def get_urls(self) -> list[Any]:
        urls: list[Any] = super().get_urls()  # type: ignore[misc]
        for url in urls:
            url.callback = with_fresh_password(url.callback)
        return urls


@admin.register(User)
class PersonAdmin(FreshPassword, Audited, UserAdmin):
    pass


@admin.register(Group)
class RoleAdmin(FreshPassword, Audited, GroupAdmin):
    pass
