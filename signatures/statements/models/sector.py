from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from signatures.web.languages.language_field import LanguageField

RESERVED_SECTORS = {"organisations"}


def validate_sector_slug(slug: str) -> None:
    if slug in RESERVED_SECTORS:
        raise ValidationError(_("“%(slug)s” is a reserved address. Choose another."), params={"slug": slug})


class Sector(models.Model):
    slug = models.SlugField(_("address"), max_length=50, db_index=False, validators=[validate_sector_slug])
    name = models.CharField(_("name in English"), max_length=80)
    position = models.PositiveSmallIntegerField(_("position"), default=0)

    class Meta:
        verbose_name, verbose_name_plural = _("sector"), _("sectors")
        ordering = ["position", "slug"]
        constraints = [models.UniqueConstraint(fields=["slug"], name="one_sector_per_address")]

    def __str__(self) -> str:
        return self.name

    @property
    def label(self) -> str:
        """The name in the active language. Reads the prefetched translations."""
        names = {translation.language: translation.name for translation in self.translations.all()}
        return names.get(get_language() or "", self.name)


class SectorTranslation(models.Model):
    sector = models.ForeignKey(
        Sector, models.CASCADE, related_name="translations", verbose_name=_("sector"), db_index=False
    )
    language = LanguageField(_("language"))
    name = models.CharField(_("name"), max_length=80)

    class Meta:
        verbose_name, verbose_name_plural = _("translation"), _("translations")
        ordering = ["language"]
        constraints = [models.UniqueConstraint(fields=["sector", "language"], name="one_sector_name_per_language")]

    def __str__(self) -> str:
        return f"{self.name} ({self.language})"


class OfferedSector(models.Model):
    """A sector that a statement offers, and its position in that statement's form."""

    statement = models.ForeignKey(
        "Statement", models.CASCADE, related_name="offers", verbose_name=_("statement"), db_index=False
    )
    sector = models.ForeignKey(Sector, models.PROTECT, related_name="offers", verbose_name=_("sector"))
    position = models.PositiveSmallIntegerField(_("position"), default=0)

    class Meta:
        verbose_name, verbose_name_plural = _("offered sector"), _("offered sectors")
        ordering = ["position", "id"]
        constraints = [models.UniqueConstraint(fields=["statement", "sector"], name="a_sector_is_offered_once")]

    def __str__(self) -> str:
        return str(self.sector)
