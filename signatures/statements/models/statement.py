from datetime import datetime, timedelta

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from signatures.statements.models.sector import OfferedSector, Sector
from signatures.statements.models.version import Translation
from signatures.web.known_choices import one_of
from signatures.web.languages.language_field import LanguageField

COLOUR = "^#[0-9a-f]{6}$"
RESERVED_SLUGS = {
    "-", "admin", "api", "confirm", "embed", "favicon", "invitation", "not-me", "robots", "signature", "sitemap",
    "static", "about", "privacy", "accessibility", "imprint",
    "thanks", "unsubscribe",
}  # fmt: skip


def validate_slug(slug: str) -> None:
    if slug in RESERVED_SLUGS or slug in dict(settings.LANGUAGES):
        raise ValidationError(_("“%(slug)s” is an address of its own: choose another."), params={"slug": slug})


class StatementQuerySet(models.QuerySet["Statement"]):
    def published(self) -> "StatementQuerySet":
        return self.exclude(state=Statement.State.DRAFT)

    def open(self, now: datetime) -> "StatementQuerySet":
        return self.filter(
            Q(closes_at__isnull=True) | Q(closes_at__gt=now), state=Statement.State.OPEN, opens_at__lte=now
        )

    def with_translations(self) -> "StatementQuerySet":
        return self.prefetch_related(
            models.Prefetch("translations", Translation.objects.select_related("version").order_by("id"))
        )


class Statement(models.Model):
    class State(models.TextChoices):
        DRAFT = "draft", _("draft")
        OPEN = "open", _("open")
        CLOSED = "closed", _("closed")

    slug = models.SlugField(_("address"), max_length=80, db_index=False, validators=[validate_slug])
    language = LanguageField(_("original language"), default=settings.LANGUAGE_CODE)
    organiser = models.CharField(_("put forward by"), max_length=200)
    contact = models.EmailField(_("contact"), help_text=_("Shown to everyone: where questions and press go."))
    goal = models.PositiveIntegerField(_("goal"), null=True, blank=True)
    opens_at = models.DateTimeField(_("opens at"))
    closes_at = models.DateTimeField(_("closes at"), null=True, blank=True)
    state = models.CharField(_("state"), max_length=10, choices=State.choices, default=State.DRAFT)
    is_featured = models.BooleanField(_("shown at the front"), default=False)
    needs_second_yes = models.BooleanField(
        _("two moderators for a notable"),
        default=False,
        db_default=False,
        help_text=_("Somebody is notable only when a second moderator agrees with the check of the first."),
    )
    proof_above = models.PositiveIntegerField(
        _("ask for a proof of work above"),
        null=True,
        blank=True,
        help_text=_(
            "Signatures a minute. Above that, a visitor’s browser computes for a moment before it signs, which makes "
            "floods dear; a signature that comes without waits for a moderator. 0: always. Empty: never."
        ),
    )
    sends_reminders = models.BooleanField(
        _("send reminders"),
        default=False,
        db_default=False,
        help_text=_("Who has not confirmed gets two more mails at most: a day and four days after the first."),
    )
    delivered_at = models.DateTimeField(
        _("delivered at"),
        null=True,
        blank=True,
        help_text=_("When it was handed to those it speaks to. Close it first."),
    )
    keep_mailboxes_for = models.PositiveSmallIntegerField(
        _("keep mailboxes for"),
        null=True,
        blank=True,
        default=365,
        help_text=_(
            "Days after the delivery. Then every mailbox is erased: signatures stay, nobody can be written to, and the "
            "statement cannot be opened again. Empty: mailboxes are kept."
        ),
    )
    mailboxes_erased_at = models.DateTimeField(_("mailboxes erased at"), null=True, blank=True, editable=False)
    accent = models.CharField(
        _("accent"),
        max_length=7,
        blank=True,
        help_text=_("#b3261e, for instance: buttons, the count, underlines. It is refused where it cannot be read."),
    )
    accent_dark = models.CharField(
        _("accent in dark mode"), max_length=7, blank=True, help_text=_("Empty: a lighter tone of the accent.")
    )
    logo = models.ImageField(
        _("logo"),
        upload_to="looks/",
        width_field="logo_width",
        height_field="logo_height",
        blank=True,
        help_text=_("PNG, JPEG or WebP of at most 1 MB, stands before the title on every page."),
    )
    logo_width = models.PositiveIntegerField(null=True, editable=False)
    logo_height = models.PositiveIntegerField(null=True, editable=False)
    share_picture = models.ImageField(
        _("picture to share"),
        upload_to="looks/",
        blank=True,
        help_text=_(
            "PNG, JPEG or WebP of at most 1 MB, best 1200 by 630. Stands beside links on other sites, in place of the "
            "picture with the count that is drawn by itself."
        ),
    )
    names_in_search_engines = models.BooleanField(
        _("names may be found by search engines"),
        default=False,
        help_text=_("Pages of the list ask search engines to pass them over, unless this is on."),
    )
    sectors = models.ManyToManyField(Sector, through=OfferedSector, related_name="statements")
    created_at = models.DateTimeField(_("created at"), auto_now_add=True)

    objects = StatementQuerySet.as_manager()

    @one_of(state=State.values)
    class Meta:
        verbose_name, verbose_name_plural = _("statement"), _("statements")
        ordering = ["-opens_at", "-id"]
        constraints = [
            models.UniqueConstraint(fields=["slug"], name="one_statement_per_address"),
            models.UniqueConstraint(
                fields=["is_featured"],
                condition=Q(is_featured=True),
                name="one_statement_is_featured",
                violation_error_message=_("Another statement is shown at the front: take it off first."),
            ),
            models.CheckConstraint(
                condition=Q(closes_at__isnull=True) | Q(closes_at__gt=F("opens_at")),
                name="a_statement_closes_after_it_opens",
                violation_error_message=_("A statement closes after it opens."),
            ),
            models.CheckConstraint(
                condition=Q(delivered_at__isnull=True) | Q(state="closed"),
                name="delivered_is_closed",
                violation_error_message=_("Close the statement before you say that it was delivered."),
            ),
            models.CheckConstraint(
                condition=Q(mailboxes_erased_at__isnull=True) | Q(state="closed"),
                name="without_mailboxes_is_closed_for_good",
            ),
            models.CheckConstraint(condition=Q(accent="") | Q(accent__regex=COLOUR), name="an_accent_is_a_colour"),
            models.CheckConstraint(
                condition=Q(accent_dark="") | Q(accent_dark__regex=COLOUR), name="a_dark_accent_is_a_colour"
            ),
        ]

    def __str__(self) -> str:
        return self.slug

    def clean(self) -> None:
        """The constraint says the same, and sees what no form holds only when it is too late for a message."""
        if self.mailboxes_erased_at and self.state != self.State.CLOSED:
            gone = _("Its signers’ mailboxes are erased: opened again, everybody could sign a second time.")
            raise ValidationError({"state": gone})

    def is_open(self, now: datetime) -> bool:
        return self.state == self.State.OPEN and self.opens_at <= now and not self._has_closed(now)

    def is_upcoming(self, now: datetime) -> bool:
        return self.state == self.State.OPEN and self.opens_at > now

    def is_closed(self, now: datetime) -> bool:
        return self.state == self.State.CLOSED or (self.state == self.State.OPEN and self._has_closed(now))

    def mailboxes_erased_after(self) -> datetime | None:
        """When its mailboxes are to be erased; None where it is not delivered, or where they are kept."""
        if self.delivered_at is None or self.keep_mailboxes_for is None:
            return None
        return self.delivered_at + timedelta(days=self.keep_mailboxes_for)

    def wording(self, language: str) -> Translation:
        """The translation into `language`, else the original; reads the prefetched translations."""
        found = {translation.language: translation for translation in self.translations.all()}
        return found.get(language) or found.get(self.language) or next(iter(found.values()))

    def _has_closed(self, now: datetime) -> bool:
        return self.closes_at is not None and self.closes_at <= now
