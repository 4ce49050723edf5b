"""Lists the ways in which an organiser can check an identity."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class CheckMethod(models.TextChoices):
    OWN_DOMAIN = "own_domain", _("mail from their own domain")
    AGENT = "agent", _("their agent confirmed it")
    GUILD = "guild", _("their guild confirmed it")
    VIDEO_CALL = "video_call", _("a video call")
    PUBLIC_POST = "public_post", _("a public post of theirs")
    INVITATION = "invitation", _("invited in person")
