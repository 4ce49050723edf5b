"""The models of a statement's texts: a version is one exact text, a translation refers to its current version."""

from html import unescape
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db import models
from django.db.models import Count, F, OuterRef, Q, QuerySet
from django.utils.html import strip_tags
from django.utils.translation import gettext_lazy as _

from signatures.statements.models.switch import Switch, Switches
from signatures.web.languages.language_field import LanguageField

MAX_SHORT_TEXT = 320  # characters


class VersionQuerySet(models.QuerySet["Version"]):
    def with_signed(self) -> "VersionQuerySet":
        """Adds `signed`, the number of counted signatures of each version. The order is repeated here, because Django
        drops the model's own order from a query with counts."""
        counted = Count("signatures", filter=Q(signatures__counted=True))
        return self.annotate(signed=counted).order_by("-created_at", "-id")


class Version(models.Model):
    """One exact text in one language. The database refuses to change it (sql/keep_versions.sql)."""

    statement = models.ForeignKey(
        "Statement", models.CASCADE, related_name="versions", verbose_name=_("statement"), db_index=False
    )
    language = LanguageField(_("language"))
    text = models.TextField(_("text"))
    html = models.TextField(_("HTML"))
    digest = models.CharField(_("SHA-256"), max_length=64)
    reason = models.CharField(_("reason for the change"), max_length=300, blank=True)
    created_at = models.DateTimeField(_("written at"))

    signed: int  # only from `with_signed()`

    objects = VersionQuerySet.as_manager()

    class Meta:
        verbose_name, verbose_name_plural = _("version"), _("versions")
        ordering = ["-created_at", "-id"]
        indexes = [models.Index(fields=["statement", "language", "-id"], name="versions_of_a_language")]

    def __str__(self) -> str:
        return f"{self.language} {self.digest[:12]}"

    @property
    def is_short(self) -> bool:
        """Returns whether the text is one short paragraph, which the page shows in large type."""
        return len(self.text) <= MAX_SHORT_TEXT and self.html.count("<p>") == 1 and self.html.lstrip().startswith("<p>")

    @property
    def plain_text(self) -> str:
        """Returns the text in one line, without Markdown."""
        return " ".join(unescape(strip_tags(self.html)).split())

    @property
    def inline_html(self) -> str:
        """Returns the HTML of a short text without its `<p>`, for use in a heading."""
        return self.html.strip().removeprefix("<p>").removesuffix("</p>")


class TranslationQuerySet(models.QuerySet["Translation"]):
    def for_page(self, slug: str, language: str) -> "Translation | None":
        """Returns the published statement in `language`, or else in its original language; None if there is none."""
        published = self.filter(statement__slug=slug).exclude(statement__state="draft")
        readable = published.filter(Q(language=language) | Q(language=F("statement__language")))
        translations = {translation.language: translation for translation in _with_switches(readable)}
        return translations.get(language) or next(iter(translations.values()), None)


def _with_switches(translations: "TranslationQuerySet") -> "QuerySet[Any]":
    languages = Translation.objects.filter(statement=OuterRef("statement")).order_by("id").values("language")
    return translations.select_related("statement", "version").annotate(
        switches_on=Switch.objects.public_messages_for("statement"), languages=ArraySubquery(languages)
    )


class Translation(models.Model):
    """Holds the title and the current wording in one language, the original included."""

    statement = models.ForeignKey(
        "Statement", models.CASCADE, related_name="translations", verbose_name=_("statement"), db_index=False
    )
    language = LanguageField(_("language"))
    title = models.CharField(_("title"), max_length=200)
    addressee = models.CharField(_("addressee"), max_length=200, blank=True)
    version = models.ForeignKey(Version, models.RESTRICT, related_name="+", verbose_name=_("current version"))

    objects = TranslationQuerySet.as_manager()

    class Meta:
        verbose_name, verbose_name_plural = _("translation"), _("translations")
        ordering = ["id"]
        constraints = [models.UniqueConstraint(fields=["statement", "language"], name="one_translation_per_language")]

    def __str__(self) -> str:
        return f"{self.title} ({self.language})"

    def switches(self) -> Switches:
        """Returns the switches of the statement. Needs no query if `for_page()` made this object."""
        return Switches.from_row(self, self.statement_id)
