"""Defines switches. Organisers turn them on when something goes wrong, for one statement or for the whole site.

A switch is in force at once.
"""

from collections.abc import Iterable

from django.contrib.postgres.expressions import ArraySubquery
from django.db import models
from django.db.models import F, OuterRef, Q
from django.db.models.functions import JSONObject
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from signatures.web.known_choices import one_of


class SwitchQuerySet(models.QuerySet["Switch"]):
    def of(self, statement_id: object) -> "SwitchQuerySet":
        """Returns the switches of the site and of this statement; for None those of the site alone."""
        return self.filter(Q(statement=None) | Q(statement=statement_id)) if statement_id else self.site_wide()

    def site_wide(self) -> "SwitchQuerySet":
        return self.filter(statement=None)

    def are_on(self, name: str, statement_id: int | None) -> bool:
        return self.of(statement_id).filter(name=name).exists()

    def public_messages_for(self, statement: str) -> ArraySubquery:
        """Makes a subquery with the names and messages of a statement's switches, to annotate another query."""
        return ArraySubquery(
            self.filter(Q(statement=None) | Q(statement=OuterRef(statement)))
            .order_by(F("statement").asc(nulls_first=True))
            .values(json=JSONObject(name="name", told="told"))
        )


class Switch(models.Model):
    """A switch that is on; a switch that is off has no row. The audit log has who turned it on, and why."""

    class Name(models.TextChoices):
        PAUSE_SIGNING = "pause_signing", _("pause signing")
        PAUSE_MAIL = "pause_mail", _("pause mail")
        HIDE_NAMES = "hide_names", _("hide all names")
        READ_ONLY = "read_only", _("read-only")
        REVIEW_EVERYTHING = "review_everything", _("hold everything for review")

    name = models.CharField(_("switch"), max_length=20, choices=Name.choices)
    statement = models.ForeignKey(
        "Statement", models.CASCADE, null=True, blank=True, related_name="switches", verbose_name=_("statement")
    )
    told = models.CharField(
        _("message to visitors"),
        max_length=300,
        blank=True,
        help_text=_("Shown below the standard notice, exactly as you write it."),
    )
    turned_at = models.DateTimeField(_("turned on at"))

    objects = SwitchQuerySet.as_manager()

    @one_of(name=Name.values)
    class Meta:
        verbose_name, verbose_name_plural = _("switch"), _("switches")
        ordering = ["id"]
        permissions = [("turn_switch", _("Can turn switches"))]
        constraints = [
            models.UniqueConstraint(fields=["name", "statement"], name="a_switch_is_on_once", nulls_distinct=False)
        ]

    def __str__(self) -> str:
        return f"{self.get_name_display()}: {self.statement or _('the whole site')}"


EFFECTS: dict[str, Promise] = {
    Switch.Name.PAUSE_SIGNING: _("No new signatures. People who have a link can still confirm."),
    Switch.Name.PAUSE_MAIL: _("Emails wait in the outbox. They are sent when you turn this off."),
    Switch.Name.HIDE_NAMES: _("No name is shown anywhere. The count stays."),
    Switch.Name.READ_ONLY: _(
        "Visitors cannot change anything: no signing, confirming or correcting. The desk still works."
    ),
    Switch.Name.REVIEW_EVERYTHING: _(
        "A confirmed signature waits for a moderator. Until then it is not counted and not shown."
    ),
}
"""Explains the effect of each switch to organisers."""

NOTICES: dict[str, Promise] = {
    Switch.Name.PAUSE_SIGNING: _("Signing is paused. Please come back later."),
    Switch.Name.PAUSE_MAIL: _("Our mail is held back for now. If you sign, the link to confirm comes later."),
    Switch.Name.HIDE_NAMES: _("All names are hidden for now. Everybody still counts."),
    Switch.Name.READ_ONLY: _(
        "Nothing can be changed here for now. Please come back later: links in our mails stay good."
    ),
    Switch.Name.REVIEW_EVERYTHING: _("The organisers look at each signature before it counts and is shown."),
}
"""The standard notice of each switch for visitors."""


class Switches:
    """The switches that are on for a statement or for the site, with the organisers' messages by name."""

    def __init__(self, on: Iterable[tuple[str, str]]):
        self.messages: dict[str, list[str]] = {}
        for name, message in on:
            self.messages.setdefault(name, []).extend([message] if message else [])

    @classmethod
    def of(cls, statement_id: int | None) -> "Switches":
        return cls(Switch.objects.of(statement_id).values_list("name", "told"))

    @classmethod
    def from_row(cls, row: models.Model, statement_id: int) -> "Switches":
        """Needs no query if `row` has `switches_on`, an annotation with `public_messages_for`."""
        if (on := getattr(row, "switches_on", None)) is not None:
            return cls((switch["name"], switch["told"]) for switch in on)
        return cls.of(statement_id)

    @property
    def notices(self) -> list[tuple[str, Promise, list[str]]]:
        """Each entry has the name, the standard notice and the organisers' messages."""
        return [(name, notice, self.messages[name]) for name, notice in NOTICES.items() if name in self.messages]

    @property
    def takes_signatures(self) -> bool:
        return not self.is_read_only and Switch.Name.PAUSE_SIGNING not in self.messages

    @property
    def is_read_only(self) -> bool:
        return Switch.Name.READ_ONLY in self.messages

    @property
    def sends_reminders(self) -> bool:
        """Reminders are off while nobody could sign or confirm, or while mail is paused."""
        return self.takes_signatures and Switch.Name.PAUSE_MAIL not in self.messages

    @property
    def hides_names(self) -> bool:
        return Switch.Name.HIDE_NAMES in self.messages
