"""Canned replies: prepared texts, in every language, that a moderator sends with one key."""

from django.db import models
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from signatures.web.known_choices import one_of
from signatures.web.languages.language_field import LanguageField


class PhraseQuerySet(models.QuerySet["Phrase"]):
    def offered(self) -> "PhraseQuerySet":
        return self.filter(is_offered=True).prefetch_related("translations")


class Phrase(models.Model):
    class Use(models.TextChoices):
        REJECT = "reject", _("reject a signature")
        ASK = "ask", _("ask for proof of identity")

    use = models.CharField(_("used for"), max_length=10, choices=Use.choices)
    text = models.CharField(_("text in English"), max_length=300)
    position = models.PositiveSmallIntegerField(_("position"), default=0)
    is_offered = models.BooleanField(
        _("offered"),
        default=True,
        help_text=_("Turn this off to stop offering the reply. A reply that a signer has received is never deleted."),
    )

    objects = PhraseQuerySet.as_manager()

    @one_of(use=Use.values)
    class Meta:
        verbose_name, verbose_name_plural = _("canned reply"), _("canned replies")
        ordering = ["use", "position", "id"]

    def __str__(self) -> str:
        return self.text

    @property
    def label(self) -> str:
        """Returns the text in the active language, or in English. Uses the prefetched translations."""
        texts = {translation.language: translation.text for translation in self.translations.all()}
        return texts.get(get_language() or "", self.text)


class PhraseTranslation(models.Model):
    phrase = models.ForeignKey(
        Phrase, models.CASCADE, related_name="translations", verbose_name=_("canned reply"), db_index=False
    )
    language = LanguageField(_("language"))
    text = models.CharField(_("text"), max_length=300)

    class Meta:
        verbose_name, verbose_name_plural = _("translation"), _("translations")
        ordering = ["language"]
        constraints = [models.UniqueConstraint(fields=["phrase", "language"], name="one_phrase_per_language")]

    def __str__(self) -> str:
        return f"{self.text} ({self.language})"
