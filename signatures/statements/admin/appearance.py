"""Checks the colours and pictures that organisers choose for a statement."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django import forms
from django.contrib.admin.widgets import AdminFileWidget, AdminTextInputWidget
from django.core.exceptions import ValidationError
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.db.models.fields.files import FieldFile
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from signatures.statements.colours import DARK_PAPER, DEFAULT_PALETTE, HEX, MIN_CONTRAST, PAPER, least_contrast
from signatures.statements.models.statement import Statement
from signatures.web import image_uploads
from signatures.web.languages.localized_numbers import decimal

INVALID_COLOUR_MESSAGE = _("Write the colour as # and six digits, each 0 to 9 or a to f: #b3261e.")
LOW_CONTRAST_MESSAGE = _(
    "This colour has a contrast of %(ratio)s to 1 against %(paper)s, so people with low vision cannot read it. The "
    "minimum is %(enough)s to 1: %(advice)s."
)
DARKER_ADVICE, LIGHTER_ADVICE = _("choose a darker tone"), _("choose a lighter tone")
ACCENT_MISSING_MESSAGE = _("Choose the accent first. Dark mode cannot have an accent on its own.")


class PictureInput(AdminFileWidget):
    """Links to the public address of the picture, because the storage itself is not served."""

    def format_value(self, value: Any) -> Any:
        return ShownPicture(value) if self.is_initial(value) else None


class ShownPicture:
    def __init__(self, picture: FieldFile):
        self.name = (picture.name or "").rpartition("/")[2]
        self.url = reverse("signatures:file", args=[picture.instance.slug, self.name])  # type: ignore[attr-defined]

    def __str__(self) -> str:
        return self.name


class StatementForm(forms.ModelForm):
    logo = forms.FileField(required=False, widget=PictureInput)
    share_picture = forms.FileField(required=False, widget=PictureInput)

    class Meta:
        model = Statement
        fields = "__all__"  # noqa: DJ007 - StatementAdmin.get_fieldsets chooses
        widgets = {
            name: AdminTextInputWidget(
                attrs={"size": 8, "dir": "ltr", "placeholder": DEFAULT_PALETTE.accent, "spellcheck": "false"}
            )
            for name in ("accent", "accent_dark")
        }

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        for name in ("logo", "share_picture"):
            if name in self.fields:
                field: Any = Statement._meta.get_field(name)
                self.fields[name].label, self.fields[name].help_text = field.verbose_name.capitalize(), field.help_text

    def clean_accent(self) -> str:
        return _require_contrast(self.cleaned_data["accent"], dark=False)

    def clean_accent_dark(self) -> str:
        chosen = _require_contrast(self.cleaned_data["accent_dark"], dark=True)
        if chosen and not self.cleaned_data.get("accent") and "accent" not in self.errors:
            raise ValidationError(ACCENT_MISSING_MESSAGE)
        return chosen

    def clean_logo(self) -> Any:
        logo = self.cleaned_data["logo"]
        return image_uploads.logo(logo) if isinstance(logo, UploadedFile) else logo

    def clean_share_picture(self) -> Any:
        picture = self.cleaned_data["share_picture"]
        return image_uploads.share_picture(picture) if isinstance(picture, UploadedFile) else picture


@contextmanager
def deleting_old_pictures(statement: Statement) -> Iterator[None]:
    """Deletes the files that the statement no longer uses, after the commit."""
    before = _picture_names(Statement.objects.filter(pk=statement.pk).first())
    yield
    unused = before - _picture_names(statement)
    transaction.on_commit(lambda: _delete_files(unused))


def _delete_files(names: set[str]) -> None:
    for name in names:
        default_storage.delete(name)


def _picture_names(statement: Statement | None) -> set[str]:
    names = (statement.logo.name, statement.share_picture.name) if statement else ()
    return {name for name in names if name}


def _require_contrast(colour: str, *, dark: bool) -> str:
    chosen = colour.strip().lower()
    if not chosen:
        return ""
    if not HEX.fullmatch(chosen):
        raise ValidationError(INVALID_COLOUR_MESSAGE)
    ratio = least_contrast(chosen, dark=dark)
    if ratio < MIN_CONTRAST:
        params = {
            "ratio": decimal(ratio),
            "enough": decimal(MIN_CONTRAST),
            "paper": DARK_PAPER if dark else PAPER,
            "advice": LIGHTER_ADVICE if dark else DARKER_ADVICE,
        }
        raise ValidationError(LOW_CONTRAST_MESSAGE, params=params)
    return chosen
