from django.db import models
from django.utils.translation import gettext_lazy as _

PULSE = "pulse"  # of the database itself, at each fold


class Heartbeat(models.Model):
    """Stamped by a worker that really works: a stuck one answers pings but stamps nothing."""

    name = models.CharField(_("name"), max_length=40, primary_key=True)
    beat_at = models.DateTimeField(_("last seen at"))

    def __str__(self) -> str:
        return self.name
