"""Pages about the site itself. Each shows its default text (templates/statements/default_pages/) until organisers write
one."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from signatures.web.known_choices import one_of
from signatures.web.languages.language_field import LanguageField


class PageQuerySet(models.QuerySet["Page"]):
    def for_reader(self, kind: str, language: str, default: str) -> "Page | None":
        """Returns the page in the reader's language or else in the default one; None if neither is written."""
        pages = {page.language: page for page in self.filter(kind=kind, language__in=(language, default))}
        return pages.get(language) or pages.get(default)


class Page(models.Model):
    class Kind(models.TextChoices):
        ABOUT = "about", _("About")
        PRIVACY = "privacy", _("Privacy")
        ACCESSIBILITY = "accessibility", _("Accessibility")
        IMPRINT = "imprint", _("Imprint")

    kind = models.CharField(_("page"), max_length=20, choices=Kind.choices)
    language = LanguageField(_("language"))
    text = models.TextField(_("text"))
    html = models.TextField(_("HTML"), editable=False)
    changed_at = models.DateTimeField(_("changed at"), editable=False)

    objects = PageQuerySet.as_manager()

    @one_of(kind=Kind.values)
    class Meta:
        verbose_name, verbose_name_plural = _("page"), _("pages")
        ordering = ["kind", "language"]
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "language"],
                name="one_page_of_a_kind_and_language",
                violation_error_message=_("This page already exists in this language. Edit that one."),
            )
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} ({self.language})"
