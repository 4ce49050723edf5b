from importlib import import_module
from typing import Any

from django.apps import AppConfig
from django.db import connections
from django.db.models.signals import post_migrate, pre_migrate
from django.utils.translation import gettext_lazy as _


class SignaturesConfig(AppConfig):
    name = "signatures"
    verbose_name = _("Signatures")

    def ready(self) -> None:
        import_module("signatures.operations.system_checks")
        roles = import_module("signatures.desk.roles")  # needs the models, which are loaded only now
        pre_migrate.connect(lift_time_limit, sender=self)
        post_migrate.connect(restore_time_limit, sender=self)
        post_migrate.connect(roles.set_roles, sender=self)


def lift_time_limit(*, using: str, **options: Any) -> None:
    """Lets a migration build an index on a large table, which takes longer than any page may. The lock timeout stays,
    so that a migration gives up before visitors have to wait for it."""
    with connections[using].cursor() as cursor:
        cursor.execute("SET statement_timeout = 0")


def restore_time_limit(*, using: str, **options: Any) -> None:
    with connections[using].cursor() as cursor:
        cursor.execute("RESET statement_timeout")
