"""A line as the form that a visitor fills in: the same fields, the same rules, the same sentences."""

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

TOO_MANY_CELLS_MESSAGE = _("This line has more cells than the first one has names for.")
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
        """What it is about, and what is wrong."""
        for name, messages in self.errors.items():
            label = self.fields[name].label if name in self.fields else _("Line")
            yield from ((label or "", str(message)) for message in messages)


class LineForms:
    """For the lines of one file."""

    def __init__(self, found: Import):
        self.of = found

    def form(self, cells: Sequence[str]) -> LineForm:
        said = cells_by_column(self.of.columns, cells)
        language = self._language(said.get("language", ""))
        data = {
            "name": said["name"],
            "email": said.get("email", ""),
            "credit": said.get("credit", ""),
            "organisation": said.get("organisation", ""),
            "website": said.get("website", ""),
            "officer": said.get("officer", ""),
            "officer_post": said.get("officer_post", ""),
            "sector": self._sector(said.get("sector", "")),
            "kind": _value_for_label(kind_labels(), said.get("kind", "")),
            "visibility": _value_for_label(visibility_labels(), said.get("visibility", "")) or self.of.visibility,
            "language": language,
        }
        too_many = len(cells) > len(self.of.columns)
        return LineForm(data, version=self._version(language), sectors=self._sectors, has_too_many_cells=too_many)

    def _sector(self, typed: str) -> str:
        if typed.strip():
            return self._sector_labels.get(fold_heading(typed), typed)
        return self.of.sector.slug if self.of.sector else ""

    def _language(self, typed: str) -> str:
        """A code, whatever country it names; or the language's own name. Empty is the import's."""
        if not typed.strip():
            return self.of.language
        known, code = dict(settings.LANGUAGES), typed.strip().lower().replace("_", "-")
        names = {fold_heading(name): code for code, name in settings.LANGUAGES}
        return code if code in known else names.get(fold_heading(typed), code.partition("-")[0])

    def _version(self, language: str) -> Version:
        if language not in self._versions:
            self._versions[language] = self.of.statement.wording(language).version
        return self._versions[language]

    @cached_property
    def _versions(self) -> dict[str, Version]:
        return {}

    @cached_property
    def _sectors(self) -> Sequence[SectorCount]:
        return count(self.of.statement_id).parts

    @cached_property
    def _sector_labels(self) -> dict[str, str]:
        """Whatever they are called in any language leads to the address that the form knows."""
        found: dict[str, str] = {}
        for sector in Sector.objects.prefetch_related("translations"):
            names = [each.name for each in sector.translations.all()]
            found |= {fold_heading(name): sector.slug for name in [*names, sector.name, sector.slug]}
        return found


def _value_for_label(words: dict[str, str], typed: str) -> str:
    """What it is called in any of the languages; as typed where nothing is called so."""
    return words.get(fold_heading(typed), typed.strip())


@lru_cache(maxsize=1)
def kind_labels() -> dict[str, str]:
    return _by_label([Signature.Kind.choices]) | SYNONYMS


@lru_cache(maxsize=1)
def visibility_labels() -> dict[str, str]:
    return _by_label([Signature.Visibility.choices, VISIBILITY_CHOICES])


def _by_label(lists: Sequence[Any]) -> dict[str, str]:
    found: dict[str, str] = {}
    for language, _name in settings.LANGUAGES:
        with override(language):
            found |= {fold_heading(str(label)): str(value) for choices in lists for value, label in choices}
    return found | {str(value): str(value) for choices in lists for value, _label in choices}
