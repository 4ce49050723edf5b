"""The admin of a statement's texts. A text is never overwritten: each change is saved as a new version."""

from datetime import datetime
from typing import Any

from django import forms
from django.conf import settings
from django.contrib import admin
from django.contrib.admin.widgets import AdminTextareaWidget, AdminTextInputWidget
from django.contrib.auth.models import User
from django.db.models import QuerySet
from django.forms.models import BaseInlineFormSet
from django.http import HttpRequest
from django.utils.html import format_html
from django.utils.safestring import mark_safe
from django.utils.translation import gettext_lazy as _

from signatures.statements.edit_text import edit_text, needs_reason
from signatures.statements.limits import MAX_TEXT_LENGTH
from signatures.statements.models.version import Translation, Version
from signatures.web.admin.read_only import ReadOnlyMixin, ReadOnlyModelAdmin
from signatures.web.languages.localized_numbers import number

MARKDOWN_HELP = _(
    "Markdown: an empty line separates paragraphs, *stars* emphasise, ## starts a heading, - starts a list item."
)


class TextField(forms.CharField):
    """Takes Markdown of at most `longest` characters.

    Line endings are normalised, so that a text that was only sent back has not changed. The length is checked here and
    not with `maxlength`, because browsers cut off pasted text without a message.
    """

    widget = AdminTextareaWidget(attrs={"rows": 16, "dir": "auto"})

    def __init__(self, *, longest: int = MAX_TEXT_LENGTH, **kwargs: Any):
        super().__init__(label=_("Text"), help_text=MARKDOWN_HELP, **kwargs)
        self.longest = longest

    def to_python(self, value: Any) -> str:
        return (super().to_python(value) or "").replace("\r\n", "\n").replace("\r", "\n")

    def validate(self, value: Any) -> None:
        super().validate(value)
        if len(value) > self.longest:
            message = _("This text has %(length)s characters: shorten it to %(most)s.")
            params = {"length": number(len(value)), "most": number(self.longest)}
            raise forms.ValidationError(message, params=params, code="max_length")


class TranslationForm(forms.ModelForm):
    text = TextField(strip=False)
    reason = forms.CharField(
        label=_("Reason for the change"),
        help_text=_("Required if somebody has confirmed the current text. The reason is shown on the page."),
        required=False,
        max_length=Version._meta.get_field("reason").max_length,
        widget=AdminTextInputWidget(attrs={"dir": "auto"}),
    )
    shown = forms.CharField(required=False, widget=forms.HiddenInput)

    class Meta:
        model = Translation
        fields = ("language", "title", "addressee")
        widgets = {
            "title": AdminTextInputWidget(attrs={"dir": "auto"}),
            "addressee": AdminTextInputWidget(attrs={"dir": "auto"}),
        }

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        if self.instance.pk:
            self.initial.update(text=self.instance.version.text, shown=self.instance.version.digest)
            self.fields["language"].disabled = True

    def is_multipart(self) -> bool:
        """URL encoding would triple the size of Hindi and Arabic text."""
        return True

    def clean_text(self) -> str:
        text = self.cleaned_data["text"]
        if not text.strip():
            raise forms.ValidationError(self.fields["text"].error_messages["required"], code="required")
        if self.instance.pk and text.strip() == self.instance.version.text.strip():
            return self.instance.version.text
        return text.strip()

    def clean(self) -> dict[str, Any]:
        text = self.cleaned_data.get("text")
        if self.instance.pk and text is not None and text != self.instance.version.text:
            self._check_change(text)
        return self.cleaned_data

    def _check_change(self, text: str) -> None:
        if self.cleaned_data.get("shown") != self.instance.version.digest:
            self.add_error(
                "text",
                _(
                    "A colleague has changed this text in the meantime. Copy your text, reload the page, and merge "
                    "both."
                ),
            )
        elif not self.cleaned_data.get("reason") and "reason" not in self.errors and needs_reason(self.instance, text):
            self.add_error("reason", _("People have confirmed the current text. Give a reason for the change."))


class TranslationFormSet(BaseInlineFormSet):
    def clean(self) -> None:
        super().clean()
        kept = [form for form in self.forms if form not in self.deleted_forms]
        languages = {form.cleaned_data.get("language") for form in kept if hasattr(form, "cleaned_data")}
        if self.instance.language and self.instance.language not in languages:
            name = dict(settings.LANGUAGES)[self.instance.language]
            message = _("The original is missing: write title and text in %(language)s.")
            raise forms.ValidationError(message, params={"language": name})

    def save_through_actions(self, actor: User, now: datetime) -> None:
        """Replaces `save`, and sets the three lists that the admin needs for its own log."""
        self.new_objects, self.changed_objects, self.deleted_objects = [], [], []
        for form in self.deleted_forms:
            if form.instance.pk:
                form.instance.delete()
                self.deleted_objects.append(form.instance)
        for form in self.forms:
            if form.has_changed() and form not in self.deleted_forms:
                self._save_one(form, actor, now)

    def _save_one(self, form: Any, actor: User, now: datetime) -> None:
        fields = {name: form.cleaned_data[name] for name in ("language", "title", "addressee", "text", "reason")}
        translation = edit_text(statement=self.instance, actor=actor, now=now, **fields)
        if form.instance.pk:
            self.changed_objects.append((translation, form.changed_data))
        else:
            self.new_objects.append(translation)


class TranslationInline(admin.StackedInline):
    model = Translation
    form = TranslationForm
    formset = TranslationFormSet
    max_num = len(settings.LANGUAGES)

    def get_extra(self, request: HttpRequest, obj: Any = None, **kwargs: Any) -> int:
        return 1

    def get_queryset(self, request: HttpRequest) -> Any:
        return super().get_queryset(request).select_related("version", "statement")

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        if not self.has_change_permission(request, obj):
            return ("language", "title", "addressee", "current_text")
        return ("language", "title", "addressee", "text", "reason", "shown")

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return () if self.has_change_permission(request, obj) else ("current_text",)

    @admin.display(description=_("text"))
    def current_text(self, translation: Translation) -> str:
        return version_html(translation.version)


class VersionInline(ReadOnlyMixin, admin.TabularInline):
    model = Version
    verbose_name_plural = _("all versions")
    fields = ("language", "created_at", "reason", "signed")
    readonly_fields = ("signed",)
    show_change_link = True

    def get_queryset(self, request: HttpRequest) -> QuerySet[Version]:
        return super().get_queryset(request).with_signed().defer("text", "html")  # type: ignore[attr-defined]

    @admin.display(description=_("signatures"))
    def signed(self, version: Any) -> str:
        return number(version.signed)


@admin.register(Version)
class VersionAdmin(ReadOnlyModelAdmin):
    list_purpose = _("Each exact text that people have signed. A version is never overwritten.")
    purpose = _("One exact text as its signers saw it, with its digest.")
    list_display = ("__str__", "statement", "language", "created_at", "reason")
    list_filter = ("statement", "language")
    list_select_related = ("statement",)
    sortable_by = ()
    empty_value_display = ""
    fields = ("statement", "language", "created_at", "reason", "signed", "digest", "version_text")
    readonly_fields = ("signed", "version_text")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Version]:
        return super().get_queryset(request).defer("html")

    @admin.display(description=_("signatures"))
    def signed(self, version: Version) -> str:
        return number(version.signatures.counted().count())

    @admin.display(description=_("text"))
    def version_text(self, version: Version) -> str:
        return version_html(version)


def version_html(version: Version) -> str:
    """Shows the text as the public reads it. It was sanitised when it was saved."""
    html = mark_safe(version.html)  # noqa: S308
    return format_html('<div class="wording" lang="{}" dir="auto">{}</div>', version.language, html)
