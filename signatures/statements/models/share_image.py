from django.db import models
from django.utils.translation import gettext_lazy as _

from signatures.statements.models.statement import Statement
from signatures.web import storage
from signatures.web.languages.language_field import LanguageField


class SharePictureQuerySet(models.QuerySet["SharePicture"]):
    def for_page(self, slug: str, language: str) -> "SharePicture | None":
        published = self.filter(statement__slug=slug, language=language).exclude(statement__state="draft")
        return published.first()


class SharePicture(models.Model):
    """What others show beside a link to a statement, as the worker last drew it: signatures/statements/share_image.py."""

    statement = models.ForeignKey(
        Statement, models.CASCADE, related_name="pictures", verbose_name=_("statement"), db_index=False
    )
    language = LanguageField(_("language"))
    digest = models.CharField(_("SHA-256 of what is drawn"), max_length=64)
    file = models.CharField(_("name in the storage"), max_length=200)
    drawn_at = models.DateTimeField(_("drawn at"))

    objects = SharePictureQuerySet.as_manager()

    class Meta:
        verbose_name, verbose_name_plural = _("picture to share"), _("pictures to share")
        constraints = [models.UniqueConstraint(fields=["statement", "language"], name="one_picture_per_language")]

    def __str__(self) -> str:
        return self.file

    def content(self) -> bytes | None:
        return storage.content(self.file)
