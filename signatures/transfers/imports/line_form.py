"""Checks a line of an import with the public sign form: the same fields, rules and messages."""

from collections.abc import Iterator, Sequence
from functools import cached_property, lru_cache
from typing import Any

from django import forms
from django.conf import settings
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import override

from signatures.public.models.tally import SectorCount, count
from signatures.signing.forms import VISIBILITY_CHOICES, SignForm
from signatures.signing.models.signature import Signature
from signatures.statements.models.sector import Sector
from signatures.statements.models.version import Version
from signatures.transfers.imports.columns import cells_by_column, fold_heading
from signatures.transfers.models.imports import Import

TOO_MANY_CELLS_MESSAGE = _("This line has more cells than there are column names.")
SYNONYMS = {"organization": "organisation", "individual": "person"}


class LineForm(SignForm):
    language = forms.ChoiceField(label=_("Language"), choices=settings.LANGUAGES)

    def __init__(self, *args: Any, has_too_many_cells: bool, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.has_too_many_cells = has_too_many_cells

    def clean(self) -> dict[str, Any]:
        if self.has_too_many_cells:
            self.add_error(None, TOO_MANY_CELLS_MESSAGE)
        return super().clean()

    def problems(self) -> Iterator[tuple[str | Promise, str]]:
        """Yields the label of the field and the message for each error."""
        for name, messages in self.errors.items():
            label = self.fields[name].label if name in self.fields else _("Line")
            yield from ((label or "", str(message)) for message in messages)


class LineForms:
    """Builds the forms for the lines of one import."""

    def __init__(self, import_: Import):
        self.import_ = import_

    def form(self, cells: Sequence[str]) -> LineForm:
        named = cells_by_column(self.import_.columns, cells)
        language = self._language(named.get("language", ""))
        data = {
            "name": named["name"],
            "email": named.get("email", ""),
            "credit": named.get("credit", ""),
            "organisation": named.get("organisation", ""),
            "website": named.get("website", ""),
            "officer": named.get("officer", ""),
            "officer_post": named.get("officer_post", ""),
            "sector": self._sector(named.get("sector", "")),
            "kind": _value_for_label(kind_labels(), named.get("kind", "")),
            "visibility": _value_for_label(visibility_labels(), named.get("visibility", "")) or self.import_.visibility,
            "language": language,
        }
        too_many = len(cells) > len(self.import_.columns)
        return LineForm(data, version=self._version(language), sectors=self._sectors, has_too_many_cells=too_many)

    def _sector(self, typed: str) -> str:
        if typed.strip():
            return self._sector_labels.get(fold_heading(typed), typed)
        return self.import_.sector.slug if self.import_.sector else ""

    def _language(self, typed: str) -> str:
        """Accepts a code with or without a country, or the language's own name. Empty means the import's default."""
        if not typed.strip():
            return self.import_.language
        languages, code = dict(settings.LANGUAGES), typed.strip().lower().replace("_", "-")
        names = {fold_heading(name): code for code, name in settings.LANGUAGES}
        return code if code in languages else names.get(fold_heading(typed), code.partition("-")[0])

    def _version(self, language: str) -> Version:
        if language not in self._versions:
            self._versions[language] = self.import_.statement.translation_for(language).version
        return self._versions[language]

    @cached_property
    def _versions(self) -> dict[str, Version]:
        return {}

    @cached_property
    def _sectors(self) -> Sequence[SectorCount]:
        return count(self.import_.statement_id).parts

    @cached_property
    def _sector_labels(self) -> dict[str, str]:
        """Maps the names of each sector in every language to its slug."""
        slugs: dict[str, str] = {}
        for sector in Sector.objects.prefetch_related("translations"):
            names = [translation.name for translation in sector.translations.all()]
            slugs |= {fold_heading(name): sector.slug for name in [*names, sector.name, sector.slug]}
        return slugs


def _value_for_label(words: dict[str, str], typed: str) -> str:
    """Returns the value for a label in any language, or the typed text if no label matches."""
    return words.get(fold_heading(typed), typed.strip())


@lru_cache(maxsize=1)
def kind_labels() -> dict[str, str]:
    return _by_label([Signature.Kind.choices]) | SYNONYMS


@lru_cache(maxsize=1)
def visibility_labels() -> dict[str, str]:
    return _by_label([Signature.Visibility.choices, VISIBILITY_CHOICES])


def _by_label(lists: Sequence[Any]) -> dict[str, str]:
    values: dict[str, str] = {}
    for language, _name in settings.LANGUAGES:
        with override(language):
            values |= {fold_heading(str(label)): str(value) for choices in lists for value, label in choices}
    return values | {str(value): str(value) for choices in lists for value, _label in choices}
