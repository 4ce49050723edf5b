"""Forms of an import: the file, the meaning of its columns, and how many emails an hour it sends."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from signatures.signing.fields import CreditField
from signatures.signing.models.signature import Signature
from signatures.statements.models.sector import Sector
from signatures.statements.models.statement import Statement
from signatures.transfers.admin.exports import SectorField
from signatures.transfers.imports import columns, tables
from signatures.transfers.limits import MAX_IMPORT_RATE
from signatures.transfers.models.imports import MAX_SOURCE_LENGTH, Import
from signatures.web.languages.localized_numbers import number
from signatures.web.tables.file_errors import UnreadableFile, error_message


class TableFileField(forms.FileField):
    def clean(self, value: Any, initial: Any = None) -> tuple[str, bytes]:
        """Returns the name and the content of the file."""
        upload = super().clean(value, initial)
        try:
            content = upload.read()
            tables.refuse_unreadable(upload.name, content)
        except UnreadableFile as bad:
            raise ValidationError(error_message(bad.code, bad.line)) from None
        return upload.name[-100:], content


class SourceField(CreditField):
    """Signers read the source in an email, so it has to pass the same checks as a credit."""


class ImportFileForm(forms.Form):
    statement = forms.ModelChoiceField(
        Statement.objects.published().filter(mailboxes_erased_at=None), label=gettext_lazy("Statement")
    )
    source = SourceField(
        label=gettext_lazy("Where they were collected"),
        help_text=gettext_lazy("Signers read this in their email: “on paper at the book fair, May 2026”."),
        widget=forms.TextInput(attrs={"size": 60, "dir": "auto"}),
    )
    file = TableFileField(
        label=gettext_lazy("File"),
        help_text=gettext_lazy("CSV in UTF-8, or XLSX (the first sheet). The first line contains the column names."),
        widget=forms.ClearableFileInput(attrs={"accept": ".csv,.tsv,.txt,.xlsx"}),
    )

    def clean_source(self) -> str:
        source = self.cleaned_data["source"]
        if not source:
            raise ValidationError(_("Write where they were collected. Signers read it in their email."))
        if len(source) > MAX_SOURCE_LENGTH:
            raise ValidationError(
                _("Shorten this to %(limit)s characters or fewer.") % {"limit": number(MAX_SOURCE_LENGTH)}
            )
        return source


class ColumnsForm(forms.Form):
    """Asks for the meaning of each column, and the defaults for lines with an empty cell."""

    sector = SectorField(
        Sector.objects.none(),
        label=gettext_lazy("Field of work"),
        required=False,
        empty_label=gettext_lazy("none: an empty cell is a problem"),
    )
    language = forms.ChoiceField(label=gettext_lazy("Language"), choices=settings.LANGUAGES)
    visibility = forms.ChoiceField(label=gettext_lazy("In the list"), choices=Signature.Visibility.choices)

    def __init__(self, *args: Any, import_: Import, names: Sequence[str], **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.names = names
        offered = Sector.objects.filter(offers__statement=import_.statement).order_by("offers__position")
        self.fields["sector"].queryset = offered.prefetch_related("translations")  # type: ignore[attr-defined]
        for index, name in enumerate(names):
            self.fields[f"column-{index}"] = forms.ChoiceField(
                label=name or f"{index + 1}", choices=list(columns.COLUMN_LABELS.items()), required=False
            )

    def clean(self) -> dict[str, Any]:
        if wrong := columns.column_problem(self.columns):
            raise ValidationError(str(wrong))
        return self.cleaned_data

    @property
    def columns(self) -> list[str]:
        return [self.cleaned_data.get(f"column-{at}", "") for at in range(len(self.names))]

    def rows(self, lines: Sequence[Sequence[str]]) -> list[tuple[Any, list[str]]]:
        """Returns the form field of each column with the first values of that column."""
        return [
            (self[f"column-{at}"], [line[at] for line in lines if at < len(line) and line[at]])
            for at in range(len(self.names))
        ]


class RateForm(forms.Form):
    pace = forms.IntegerField(label=gettext_lazy("Emails an hour"), min_value=1, max_value=MAX_IMPORT_RATE)
