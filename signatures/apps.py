from importlib import import_module

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class SignaturesConfig(AppConfig):
    name = "signatures"
    verbose_name = _("Signatures")

    def ready(self) -> None:
        import_module("signatures.checks")
        import_module("signatures.admin.registered")
