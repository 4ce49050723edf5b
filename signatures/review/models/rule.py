"""Rules: one decision about many signatures, by what they have in common."""

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
    """What a rule would do to one statement, as of one moment."""

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

    act = models.CharField(_("what it does"), max_length=10, choices=Act.choices, default=Act.HOLD)
    statement = models.ForeignKey(
        Statement, models.PROTECT, null=True, blank=True, related_name="rules", verbose_name=_("statement"),
        help_text=_("Empty: of every statement."),
    )  # fmt: skip
    domain = models.CharField(
        _("domain of the mailbox"),
        max_length=253,
        blank=True,
        help_text=_("What stands behind the @, whole: example.org"),
    )
    network = models.CharField(
        _("network"),
        max_length=network_key.KEY_LENGTH,
        blank=True,
        help_text=_("Its scrambled form, as the page of trends shows it."),
    )
    pattern = models.CharField(
        _("name or credit"),
        max_length=160,
        blank=True,
        help_text=_("As it is written, * for anything: “Free *” finds whatever begins with Free."),
    )
    signed_from = models.DateTimeField(_("signed from"), null=True, blank=True)
    signed_until = models.DateTimeField(_("signed until"), null=True, blank=True)
    reason = models.CharField(_("reason"), max_length=300, help_text=_("For your colleagues, in the audit log."))
    told = models.CharField(
        _("public reason"),
        max_length=200,
        blank=True,
        help_text=_("On the page of corrections, beside the totals. Name nobody."),
    )
    author = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("by"))
    created_at = models.DateTimeField(_("written at"))

    status = models.CharField(_("status"), max_length=10, choices=Status.choices, default=Status.DRAFT)
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("applied or undone by")
    )
    undo_reason = models.CharField(_("reason to undo it"), max_length=300, blank=True)
    began_at = models.DateTimeField(_("began at"), null=True)
    ended_at = models.DateTimeField(_("ended at"), null=True)
    from_id = models.BigIntegerField(default=0)  # the first that there was at the beginning, less one
    reached_id = models.BigIntegerField(default=0)  # where the next batch goes on
    until_id = models.BigIntegerField(default=0)  # the last that there was at the beginning
    changed = models.PositiveIntegerField(_("signatures changed"), default=0)
    restored = models.PositiveIntegerField(_("signatures restored"), default=0)
    left = models.PositiveIntegerField(_("left as they have become since"), default=0)

    @one_of(act=Act.values, status=Status.values)
    class Meta:
        verbose_name, verbose_name_plural = _("rule"), _("rules")
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(domain="", network="", pattern="", signed_from=None, signed_until=None),
                name="a_rule_is_about_something",
                violation_error_message=_("Say which signatures it is about: a domain, a network, a name or a time."),
            )
        ]

    def __str__(self) -> str:
        return f"{self.get_act_display()}: {', '.join(self.words())}"

    def words(self) -> Iterator[str]:
        if self.domain:
            yield f"@{self.domain}"
        if self.network:
            yield f"{_('network')} {self.network[:8]}"
        if self.pattern:
            yield f"“{self.pattern}”"
        if self.signed_from or self.signed_until:
            yield " – ".join(f"{each:%Y-%m-%d %H:%M}" if each else "" for each in (self.signed_from, self.signed_until))

    def clean(self) -> None:
        try:
            typed = self.domain.strip().lower().rpartition("@")[2]
            self.domain = typed.encode("idna").decode("ascii")
        except UnicodeError:
            raise ValidationError({"domain": _("This is no domain.")}) from None
        if self.pattern and not self.pattern.replace("*", "").strip():
            raise ValidationError({"pattern": _("That would be everybody: write some of the name or credit.")})

    @property
    def flag(self) -> str:
        return f"rule:{self.pk}"

    @property
    def is_running(self) -> bool:
        return self.status in (self.Status.APPLYING, self.Status.UNDOING)

    @property
    def progress(self) -> int:
        """Per cent of the ids that have been looked at."""
        span = self.until_id - self.from_id
        return min(100, (self.reached_id - self.from_id) * 100 // span) if span else 100

    def about(self) -> QuerySet[Signature]:
        """Everybody whom it describes, whatever became of them."""
        found = Signature.objects.filter(erased_at__isnull=True).order_by("id")
        if self.statement_id:
            found = found.filter(statement=self.statement_id)
        if self.domain:
            found = found.filter(domain__in=self._mailbox_at_domain().domain_keys)
        if self.network:
            found = found.filter(network=self.network)
        if self.pattern:
            like = "^" + ".*".join(_escape_pattern(part) for part in self.pattern.split("*")) + "$"
            found = found.filter(Q(name__iregex=like) | Q(credit__iregex=like))
        if self.signed_from:
            found = found.filter(created_at__gte=self.signed_from)
        if self.signed_until:
            found = found.filter(created_at__lt=self.signed_until)
        return found

    def _mailbox_at_domain(self) -> mailbox.Mailbox:
        return mailbox.Mailbox(address=f"anybody@{self.domain}", canonical="")

    def matches(self) -> QuerySet[Signature]:
        """Those of them whom it would change. Notables are decided one by one."""
        states = [State.PENDING, State.CONFIRMED]
        if self.act != self.Act.HOLD:
            states.append(State.HELD)
        found = self.about().filter(state__in=states, notable=False)
        return found.filter(hidden_at__isnull=True) if self.act == self.Act.HIDE else found

    def effects(self) -> list[Effect]:
        """By statement; only of those that it touches."""
        numbers = (
            self.matches()
            .order_by()
            .values("statement", "statement__slug")
            .annotate(
                many=Count("id"), counts=Count("id", filter=Q(counted=True)), lists=Count("id", filter=Q(listed=True))
            )
        )
        return [self._effect(row) for row in numbers.order_by("statement__slug")]

    def _effect(self, row: Any) -> Effect:
        now = count(row["statement"])
        counts = 0 if self.act == self.Act.HIDE else row["counts"]
        return Effect(row["statement__slug"], row["many"], counts, row["lists"], now.all, now.listed)


class RuleMark(models.Model):
    """What one signature was before a rule changed it. Gone with its signer."""

    rule = models.ForeignKey(Rule, models.CASCADE, related_name="marks", verbose_name=_("rule"), db_index=False)
    signature = models.ForeignKey(Signature, models.CASCADE, related_name="rule_marks", verbose_name=_("signature"))
    state = models.CharField(_("state before"), max_length=10, choices=State.choices)
    is_restored = models.BooleanField(_("restored"), null=True)

    @one_of(state=State.values)
    class Meta:
        verbose_name, verbose_name_plural = _("change by a rule"), _("changes by rules")
        constraints = [models.UniqueConstraint(fields=["rule", "signature"], name="a_rule_changes_a_signature_once")]

    def __str__(self) -> str:
        return f"{self.rule_id} {self.signature_id}"


def _escape_pattern(text: str) -> str:
    """A part of a pattern, with nothing in it that a regular expression would read."""
    return "".join(char if char.isalnum() or char == " " or not char.isascii() else f"\\{char}" for char in text)
