"""Rules: one decision about all signatures that match, with a dry run and an undo."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Count, Q, QuerySet
from django.utils.translation import gettext_lazy as _

from signatures.identity import mailbox, network_key
from signatures.public.models.tally import count
from signatures.signing.models.signature import Signature
from signatures.statements.models.statement import Statement
from signatures.web.known_choices import one_of

State = Signature.State


@dataclass(frozen=True)
class Effect:
    """The effect that a rule would have on one statement now."""

    statement: str
    signatures: int
    counted: int
    listed: int
    counted_now: int
    listed_now: int

    @property
    def counted_after(self) -> int:
        return self.counted_now - self.counted

    @property
    def listed_after(self) -> int:
        return self.listed_now - self.listed


class Rule(models.Model):
    class Act(models.TextChoices):
        HOLD = "hold", _("hold for review")
        REJECT = "reject", _("reject")
        HIDE = "hide", _("hide from the list")

    class Status(models.TextChoices):
        DRAFT = "draft", _("not applied")
        APPLYING = "applying", _("being applied")
        APPLIED = "applied", _("applied")
        UNDOING = "undoing", _("being undone")
        UNDONE = "undone", _("undone")

    act = models.CharField(_("action"), max_length=10, choices=Act.choices, default=Act.HOLD)
    statement = models.ForeignKey(
        Statement, models.PROTECT, null=True, blank=True, related_name="rules", verbose_name=_("statement"),
        help_text=_("Leave empty for all statements."),
    )  # fmt: skip
    domain = models.CharField(
        _("email domain"),
        max_length=253,
        blank=True,
        help_text=_("The whole part after the @, such as example.org"),
    )
    network = models.CharField(
        _("network"),
        max_length=network_key.KEY_LENGTH,
        blank=True,
        help_text=_("The keyed form that the trends page shows."),
    )
    pattern = models.CharField(
        _("name or credit"),
        max_length=160,
        blank=True,
        help_text=_("As it is written, with * for any text: “Free *” matches everything that begins with Free."),
    )
    signed_from = models.DateTimeField(_("signed from"), null=True, blank=True)
    signed_until = models.DateTimeField(_("signed until"), null=True, blank=True)
    reason = models.CharField(_("reason"), max_length=300, help_text=_("For your colleagues, in the audit log."))
    told = models.CharField(
        _("public reason"),
        max_length=200,
        blank=True,
        help_text=_("Shown on the corrections page, beside the totals. Do not name anyone."),
    )
    author = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("by"))
    created_at = models.DateTimeField(_("written at"))

    status = models.CharField(_("status"), max_length=10, choices=Status.choices, default=Status.DRAFT)
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("applied or undone by")
    )
    undo_reason = models.CharField(_("reason for the undo"), max_length=300, blank=True)
    began_at = models.DateTimeField(_("began at"), null=True)
    ended_at = models.DateTimeField(_("ended at"), null=True)
    from_id = models.BigIntegerField(default=0)  # one less than the first id at the start
    reached_id = models.BigIntegerField(default=0)  # the last id that is done
    until_id = models.BigIntegerField(default=0)  # the last id at the start
    changed = models.PositiveIntegerField(_("signatures changed"), default=0)
    restored = models.PositiveIntegerField(_("signatures restored"), default=0)
    left = models.PositiveIntegerField(_("kept because they changed later"), default=0)

    @one_of(act=Act.values, status=Status.values)
    class Meta:
        verbose_name, verbose_name_plural = _("rule"), _("rules")
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(domain="", network="", pattern="", signed_from=None, signed_until=None),
                name="a_rule_is_about_something",
                violation_error_message=_("Enter at least one criterion: a domain, a network, a name or a time."),
            )
        ]

    def __str__(self) -> str:
        return f"{self.get_act_display()}: {', '.join(self.criteria_labels())}"

    def criteria_labels(self) -> Iterator[str]:
        if self.domain:
            yield f"@{self.domain}"
        if self.network:
            yield f"{_('network')} {self.network[:8]}"
        if self.pattern:
            yield f"“{self.pattern}”"
        if self.signed_from or self.signed_until:
            yield " – ".join(
                f"{moment:%Y-%m-%d %H:%M}" if moment else "" for moment in (self.signed_from, self.signed_until)
            )

    def clean(self) -> None:
        try:
            typed = self.domain.strip().lower().rpartition("@")[2]
            self.domain = typed.encode("idna").decode("ascii")
        except UnicodeError:
            raise ValidationError({"domain": _("Enter a valid domain.")}) from None
        if self.pattern and not self.pattern.replace("*", "").strip():
            raise ValidationError({"pattern": _("This would match everyone. Enter a part of the name or credit.")})

    @property
    def flag(self) -> str:
        return f"rule:{self.pk}"

    @property
    def is_running(self) -> bool:
        return self.status in (self.Status.APPLYING, self.Status.UNDOING)

    @property
    def progress(self) -> int:
        """Returns the percentage of the ids that are done."""
        span = self.until_id - self.from_id
        return min(100, (self.reached_id - self.from_id) * 100 // span) if span else 100

    def described_signatures(self) -> QuerySet[Signature]:
        """Returns all signatures that match the criteria, in any state."""
        signatures = Signature.objects.filter(erased_at__isnull=True).order_by("id")
        if self.statement_id:
            signatures = signatures.filter(statement=self.statement_id)
        if self.domain:
            signatures = signatures.filter(domain__in=self._mailbox_at_domain().domain_keys)
        if self.network:
            signatures = signatures.filter(network=self.network)
        if self.pattern:
            regex = "^" + ".*".join(_escape_pattern(piece) for piece in self.pattern.split("*")) + "$"
            signatures = signatures.filter(Q(name__iregex=regex) | Q(credit__iregex=regex))
        if self.signed_from:
            signatures = signatures.filter(created_at__gte=self.signed_from)
        if self.signed_until:
            signatures = signatures.filter(created_at__lt=self.signed_until)
        return signatures

    def _mailbox_at_domain(self) -> mailbox.Mailbox:
        return mailbox.Mailbox(address=f"anybody@{self.domain}", canonical="")

    def matches(self) -> QuerySet[Signature]:
        """Returns the matching signatures that the rule would change. Notables are decided one by one."""
        states = [State.PENDING, State.CONFIRMED]
        if self.act != self.Act.HOLD:
            states.append(State.HELD)
        signatures = self.described_signatures().filter(state__in=states, notable=False)
        return signatures.filter(hidden_at__isnull=True) if self.act == self.Act.HIDE else signatures

    def effects(self) -> list[Effect]:
        """Returns the effect on each statement that has matching signatures."""
        numbers = (
            self.matches()
            .order_by()
            .values("statement", "statement__slug")
            .annotate(
                total=Count("id"), counts=Count("id", filter=Q(counted=True)), lists=Count("id", filter=Q(listed=True))
            )
        )
        return [self._effect(row) for row in numbers.order_by("statement__slug")]

    def _effect(self, row: Any) -> Effect:
        now = count(row["statement"])
        counts = 0 if self.act == self.Act.HIDE else row["counts"]
        return Effect(row["statement__slug"], row["total"], counts, row["lists"], now.all, now.listed)


class RuleMark(models.Model):
    """Stores what one signature was before a rule changed it. Deleted with the signature."""

    rule = models.ForeignKey(Rule, models.CASCADE, related_name="marks", verbose_name=_("rule"), db_index=False)
    signature = models.ForeignKey(Signature, models.CASCADE, related_name="rule_marks", verbose_name=_("signature"))
    state = models.CharField(_("state before"), max_length=10, choices=State.choices)
    is_restored = models.BooleanField(_("restored"), null=True)

    @one_of(state=State.values)
    class Meta:
        verbose_name, verbose_name_plural = _("change made by a rule"), _("changes made by rules")
        constraints = [models.UniqueConstraint(fields=["rule", "signature"], name="a_rule_changes_a_signature_once")]

    def __str__(self) -> str:
        return f"{self.rule_id} {self.signature_id}"


def _escape_pattern(text: str) -> str:
    """Escapes a part of a pattern for a regular expression of PostgreSQL."""
    return "".join(char if char.isalnum() or char == " " or not char.isascii() else f"\\{char}" for char in text)
