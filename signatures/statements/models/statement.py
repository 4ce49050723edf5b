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
        raise ValidationError(_("“%(slug)s” is a reserved address. Choose another."), params={"slug": slug})


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
    contact = models.EmailField(_("contact"), help_text=_("Shown to everyone, for questions and for the press."))
    goal = models.PositiveIntegerField(_("goal"), null=True, blank=True)
    opens_at = models.DateTimeField(_("opens at"))
    closes_at = models.DateTimeField(_("closes at"), null=True, blank=True)
    state = models.CharField(_("state"), max_length=10, choices=State.choices, default=State.DRAFT)
    is_featured = models.BooleanField(_("shown on the front page"), default=False)
    needs_second_yes = models.BooleanField(
        _("two moderators for a notable"),
        default=False,
        db_default=False,
        help_text=_("A person becomes notable only when a second moderator confirms the check of the first."),
    )
    proof_above = models.PositiveIntegerField(
        _("ask for a proof of work above"),
        null=True,
        blank=True,
        help_text=_(
            "Signatures per minute. Above this number, a visitor’s browser solves a short computation before it signs."
            " That makes floods expensive. A signature without it is held for review. 0: always. Empty: never."
        ),
    )
    sends_reminders = models.BooleanField(
        _("send reminders"),
        default=False,
        db_default=False,
        help_text=_(
            "People who have not confirmed get at most two more emails: one day and four days after the first."
        ),
    )
    delivered_at = models.DateTimeField(
        _("delivered at"),
        null=True,
        blank=True,
        help_text=_("When the statement was handed to its addressees. Close it first."),
    )
    keep_mailboxes_for = models.PositiveSmallIntegerField(
        _("keep mailboxes for"),
        null=True,
        blank=True,
        default=365,
        help_text=_(
            "Days after the delivery. Then every mailbox is erased: signatures stay, no email can be sent, and the "
            "statement cannot be reopened. Empty: mailboxes are kept."
        ),
    )
    mailboxes_erased_at = models.DateTimeField(_("mailboxes erased at"), null=True, blank=True, editable=False)
    accent = models.CharField(
        _("accent"),
        max_length=7,
        blank=True,
        help_text=_(
            "For example #b3261e. Used for buttons, the count and underlines. A colour that is hard to read is refused."
        ),
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
        help_text=_("PNG, JPEG or WebP, at most 1 MB. Shown before the title on every page."),
    )
    logo_width = models.PositiveIntegerField(null=True, editable=False)
    logo_height = models.PositiveIntegerField(null=True, editable=False)
    share_picture = models.ImageField(
        _("picture to share"),
        upload_to="looks/",
        blank=True,
        help_text=_(
            "PNG, JPEG or WebP, at most 1 MB, ideally 1200 by 630 pixels. Other sites show it beside links, instead of"
            " the automatic image with the count."
        ),
    )
    names_in_search_engines = models.BooleanField(
        _("names may be found by search engines"),
        default=False,
        help_text=_("Unless this is on, pages of the list ask search engines not to index them."),
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
                violation_error_message=_(
                    "Another statement is already shown on the front page. Remove it from there first."
                ),
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
        """Checks what a constraint checks too: the form lacks this field, so the constraint alone gives no message."""
        if self.mailboxes_erased_at and self.state != self.State.CLOSED:
            message = _(
                "The signers’ mailboxes are erased. If the statement were reopened, everyone could sign a second time."
            )
            raise ValidationError({"state": message})

    def is_open(self, now: datetime) -> bool:
        return self.state == self.State.OPEN and self.opens_at <= now and not self._has_closed(now)

    def is_upcoming(self, now: datetime) -> bool:
        return self.state == self.State.OPEN and self.opens_at > now

    def is_closed(self, now: datetime) -> bool:
        return self.state == self.State.CLOSED or (self.state == self.State.OPEN and self._has_closed(now))

    def mailboxes_erased_after(self) -> datetime | None:
        """Returns the time when its mailboxes are erased; None if it is not delivered, or if they are kept."""
        if self.delivered_at is None or self.keep_mailboxes_for is None:
            return None
        return self.delivered_at + timedelta(days=self.keep_mailboxes_for)

    def translation_for(self, language: str) -> Translation:
        """Returns the translation into `language`, or else the original. Reads the prefetched translations."""
        translations = {translation.language: translation for translation in self.translations.all()}
        return translations.get(language) or translations.get(self.language) or next(iter(translations.values()))

    def _has_closed(self, now: datetime) -> bool:
        return self.closes_at is not None and self.closes_at <= now
