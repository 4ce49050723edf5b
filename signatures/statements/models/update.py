"""Defines the models of updates: short posts about a statement, each in one or more languages."""

from datetime import datetime

from django.db import models
from django.db.models import Case, F, Q, Value, When
from django.utils.translation import gettext_lazy as _

from signatures.statements.models.statement import Statement
from signatures.web.languages.language_field import LanguageField
from signatures.web.languages.text_direction import direction_of


class UpdateQuerySet(models.QuerySet["Update"]):
    def of(self, statement: Statement) -> "UpdateQuerySet":
        return self.filter(statement=statement)

    def published(self, now: datetime) -> "UpdateQuerySet":
        return self.filter(published_at__lte=now)

    def being_mailed(self) -> "UpdateQuerySet":
        """Returns updates whose mailing was requested, while some of the emails are not in the outbox yet."""
        return self.filter(mailing_asked_at__isnull=False, mailing_finished_at=None)

    def due_to_mail(self, now: datetime) -> "UpdateQuerySet":
        """Returns those of them that are published: a scheduled update is emailed when it becomes public."""
        return self.being_mailed().published(now)


class Update(models.Model):
    """An update without `published_at` is a draft. If it is in the future, the update becomes visible then without any
    task."""

    statement = models.ForeignKey(
        Statement, models.PROTECT, related_name="news", verbose_name=_("statement"), db_index=False
    )
    number = models.PositiveIntegerField(_("number"), editable=False)
    published_at = models.DateTimeField(_("published at"), null=True, blank=True, editable=False)
    mailing_asked_at = models.DateTimeField(_("mailing requested at"), null=True, blank=True, editable=False)
    mailing_finished_at = models.DateTimeField(_("all queued at"), null=True, blank=True, editable=False)
    created_at = models.DateTimeField(_("created at"), editable=False)

    objects = UpdateQuerySet.as_manager()

    class Meta:
        verbose_name, verbose_name_plural = _("update"), _("updates")
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(fields=["statement", "number"], name="an_update_has_its_number"),
            models.CheckConstraint(
                condition=Q(mailing_finished_at=None) | Q(mailing_asked_at__isnull=False),
                name="a_finished_mailing_was_asked_for",
            ),
        ]
        indexes = [models.Index(fields=["statement", "-published_at", "-id"], name="updates_of_a_statement")]

    def __str__(self) -> str:
        return f"{self.statement} {self.number}"

    def is_published(self, now: datetime) -> bool:
        return self.published_at is not None and self.published_at <= now

    @property
    def is_email_queued(self) -> bool:
        """Returns whether its mailing was requested. That is possible only once."""
        return self.mailing_asked_at is not None

    def is_scheduled(self, now: datetime) -> bool:
        return self.published_at is not None and self.published_at > now

    def translation_for(self, language: str) -> "UpdateTranslation":
        """Returns the text in `language`, or else in the statement's own. Reads the prefetched translations."""
        translations = {translation.language: translation for translation in self.translations.all()}
        original = translations.get(self.statement.language)
        return translations.get(language) or original or next(iter(translations.values()))


class UpdateTranslationQuerySet(models.QuerySet["UpdateTranslation"]):
    def read_in(self, language: str, *, statement: Statement, now: datetime) -> "UpdateTranslationQuerySet":
        """Returns one text per published update, the newest first: in `language`, or else in the statement's own."""
        nearness = Case(
            When(language=language, then=Value(0)), When(language=statement.language, then=Value(1)), default=Value(2)
        )
        published = self.filter(update__statement=statement, update__published_at__lte=now).select_related("update")
        newest_first = (F("update__published_at").desc(), F("update_id").desc())
        return published.order_by(*newest_first, nearness).distinct("update__published_at", "update_id")


class UpdateTranslation(models.Model):
    update = models.ForeignKey(
        Update, models.CASCADE, related_name="translations", verbose_name=_("update"), db_index=False
    )
    language = LanguageField(_("language"))
    title = models.CharField(_("title"), max_length=160)
    text = models.TextField(_("text"))
    html = models.TextField(_("HTML"), editable=False)

    objects = UpdateTranslationQuerySet.as_manager()

    class Meta:
        verbose_name, verbose_name_plural = _("translation"), _("translations")
        ordering = ["id"]
        constraints = [models.UniqueConstraint(fields=["update", "language"], name="one_update_per_language")]

    def __str__(self) -> str:
        return f"{self.title} ({self.language})"

    @property
    def direction(self) -> str:
        return direction_of(self.language)
