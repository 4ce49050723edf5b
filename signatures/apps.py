from importlib import import_module

from django.apps import AppConfig
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

    def _register_at_the_desk(self) -> None:
        """Not from the package's own __init__: Django runs that on its way to the site that they register on."""
        for module in ADMIN_MODULES:
            import_module(module)
