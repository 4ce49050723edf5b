"""Form fields that clean names, credits, mailboxes and websites."""

from functools import partial
from typing import Any

from django import forms

from signatures.identity import mailbox, website
from signatures.identity.names import QUOTATION_LENGTH, BadText, clean_credit, clean_name

MAX_INPUT_LENGTH = 2000  # characters; longer input is refused before any other check


class NameField(forms.CharField):
    def __init__(self, **kwargs: Any):
        super().__init__(max_length=MAX_INPUT_LENGTH, strip=False, **kwargs)

    def clean(self, value: Any) -> str:
        return _clean_or_invalid(clean_name, super().clean(value))


class CreditField(forms.CharField):
    def __init__(self, **kwargs: Any):
        super().__init__(max_length=MAX_INPUT_LENGTH, strip=False, required=False, **kwargs)

    def clean(self, value: Any) -> str:
        return _clean_or_invalid(clean_credit, super().clean(value))


class QuotationField(forms.CharField):
    """Cleans to one line, like a credit."""

    widget = forms.Textarea

    def __init__(self, **kwargs: Any):
        super().__init__(max_length=MAX_INPUT_LENGTH, strip=False, required=False, **kwargs)

    def clean(self, value: Any) -> str:
        text = " ".join(super().clean(value).split())
        return _clean_or_invalid(partial(clean_credit, max_length=QUOTATION_LENGTH), text)


class MailboxField(forms.CharField):
    """Cleans to a `Mailbox`; to None if the field is optional and empty."""

    widget = forms.EmailInput

    def __init__(self, **kwargs: Any):
        super().__init__(max_length=MAX_INPUT_LENGTH, **kwargs)

    def clean(self, value: Any) -> mailbox.Mailbox | None:
        typed = super().clean(value)
        if not typed and not self.required:
            return None
        try:
            return mailbox.parse(typed)
        except mailbox.BadMailbox as bad:
            raise forms.ValidationError(str(bad.message), code="mailbox") from None


class RequiredCreditField(CreditField):
    is_needed = True  # by organisations; the form itself checks it


class WebsiteField(forms.CharField):
    """Cleans to a `Website`, or to None."""

    is_needed = True

    def __init__(self, **kwargs: Any):
        super().__init__(max_length=MAX_INPUT_LENGTH, required=False, **kwargs)

    def clean(self, value: Any) -> website.Website | None:
        typed = super().clean(value)
        try:
            return website.parse(typed) if typed else None
        except website.BadWebsite as bad:
            raise forms.ValidationError(str(bad.message), code="website") from None


def _clean_or_invalid(clean: Any, value: str) -> str:
    try:
        return clean(value)
    except BadText as bad:
        raise forms.ValidationError(str(bad.message), code=bad.code) from None
