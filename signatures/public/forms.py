"""Forms for the parameters of the API. A page ignores a wrong parameter; the API answers with an error."""

from typing import Any

from django import forms
from django.core.validators import EMPTY_VALUES
from django.utils.translation import gettext_lazy as _

from signatures.public.list_page import ListForm
from signatures.public.statement_page import StatementPage

MAX_PAGE_SIZE = 200


class StrictForm(forms.Form):
    def clean(self) -> None:
        """Refuses empty values, except in text fields: a program that sends one has probably lost the value."""
        for name, field in self.fields.items():
            is_empty = self.cleaned_data.get(name, "odd") in EMPTY_VALUES
            if name in self.data and is_empty and type(field) is not forms.CharField:
                self.add_error(name, _("Leave it out, or give it a value."))


class ListParamsForm(StrictForm, ListForm):
    sector = forms.ChoiceField(required=False)
    limit = forms.IntegerField(required=False, min_value=1, max_value=MAX_PAGE_SIZE)

    def __init__(self, data: Any, *, reading: StatementPage):
        super().__init__(data)
        choices = [(sector.slug, sector.label) for sector in reading.count.sectors()]
        self.fields["sector"].choices = choices  # type: ignore[attr-defined]


class OEmbedParamsForm(StrictForm):
    url = forms.CharField(max_length=500)
    maxwidth = forms.IntegerField(required=False, min_value=1)
    maxheight = forms.IntegerField(required=False, min_value=1)
    format = forms.ChoiceField(required=False, choices=[("json", "json")])
