from importlib import import_module
from typing import Any

from django.apps import AppConfig
from django.db import connections
from django.db.models.signals import post_migrate, pre_migrate
from django.utils.translation import gettext_lazy as _

ADMIN_MODULES = (
    "signatures.admin.audit",
    "signatures.admin.imports",
    "signatures.admin.invitations",
    "signatures.admin.mails",
    "signatures.admin.packs",
    "signatures.admin.pages",
    "signatures.admin.people",
    "signatures.admin.phrases",
    "signatures.admin.protected",
    "signatures.admin.rules",
    "signatures.admin.sectors",
    "signatures.admin.signatures",
    "signatures.admin.statements",
    "signatures.admin.switches",
    "signatures.admin.updates",
    "signatures.admin.weights",
)


class SignaturesConfig(AppConfig):
    name = "signatures"
    verbose_name = _("Signatures")

    def ready(self) -> None:
        import_module("signatures.checks")
        self._register_at_the_desk()
        roles = import_module("signatures.admin.roles")  # models are there only now
        pre_migrate.connect(lift_time_limit, sender=self)
        post_migrate.connect(restore_time_limit, sender=self)
        post_migrate.connect(roles.set_roles, sender=self)

    def _register_at_the_desk(self) -> None:
        """Not from the package's own __init__: Django runs that on its way to the site that they register on."""
        for module in ADMIN_MODULES:
            import_module(module)


def lift_time_limit(*, using: str, **options: Any) -> None:
    """An index on a large table takes longer than any page may. The limit on waiting for a lock stays, so that a
    migration gives up before visitors queue up behind it."""
    with connections[using].cursor() as cursor:
        cursor.execute("SET statement_timeout = 0")


def restore_time_limit(*, using: str, **options: Any) -> None:
    with connections[using].cursor() as cursor:
        cursor.execute("RESET statement_timeout")
