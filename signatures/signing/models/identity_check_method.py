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


PUBLIC_LABELS = {
    "": _("Identity checked"),
    CheckMethod.OWN_DOMAIN: _("Identity checked: by mail from their own domain"),
    CheckMethod.AGENT: _("Identity checked: their agent confirmed it"),
    CheckMethod.GUILD: _("Identity checked: their guild confirmed it"),
    CheckMethod.VIDEO_CALL: _("Identity checked: in a video call"),
    CheckMethod.PUBLIC_POST: _("Identity checked: by a public post of theirs"),
    CheckMethod.INVITATION: _("Identity checked: the organisers invited them in person"),
}
"""Visitors read these labels. The empty code is for people who were marked before methods were noted."""
