from importlib import import_module

from django.apps import AppConfig
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _

NOUNS = (
    "audit",
    "imports",
    "invitations",
    "mails",
    "packs",
    "pages",
    "people",
    "phrases",
    "protected",
    "rules",
    "sectors",
    "signatures",
    "statements",
    "switches",
    "updates",
    "weights",
)


class SignaturesConfig(AppConfig):
    name = "signatures"
    verbose_name = _("Signatures")

    def ready(self) -> None:
        import_module("signatures.checks")
        self._register_at_the_desk()
        roles = import_module("signatures.admin.roles")  # models are there only now
        post_migrate.connect(roles.set_roles, sender=self)

    def _register_at_the_desk(self) -> None:
        """Not from the package's own __init__: Django runs that on its way to the site that they register on."""
        for noun in NOUNS:
            import_module(f"signatures.admin.{noun}")
