from collections.abc import Iterable, Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from signatures.signing.fields import (
    CreditField,
    MailboxField,
    NameField,
    QuotationField,
    RequiredCreditField,
    WebsiteField,
)
from signatures.signing.models.invitation import Invitation
from signatures.signing.models.signature import Signature
from signatures.signing.sign import SignerDetails
from signatures.statements.models.version import Version
from signatures.web import tokens

VISIBILITY_CHOICES = [
    (Signature.Visibility.PUBLIC, _("Show my name in the list")),
    (Signature.Visibility.ANONYMOUS, _("Count me, do not show my name")),
]
UPDATES_LABEL = _("Write to me when there is news about this statement")
MISSING_MESSAGES = {
    "website": _("Write the address of the organisation’s website."),
    "officer": _("Write who signs for the organisation."),
    "officer_post": _("Write what your post there is."),
}
ORGANISATION_FIELDS = MISSING_MESSAGES.keys()


class SignForm(forms.Form):
    """The fields that a visitor sends to sign. None of them can set `notable` or a time."""

    name = NameField(
        label=_("Name"),
        help_text=_("As it should appear in the list"),
        error_messages={"required": _("Write your name.")},
        widget=forms.TextInput(attrs={"autocomplete": "name", "dir": "auto"}),
    )
    email = MailboxField(
        label=_("E-mail"),
        help_text=_("Never shown. We send one link to confirm"),
        error_messages={"required": _("Write your e-mail address.")},
        widget=forms.EmailInput(attrs={"autocomplete": "email", "dir": "ltr"}),
    )
    sector = forms.ChoiceField(
        label=_("Field of work"),
        error_messages={
            "required": _("Choose your field of work."),
            "invalid_choice": _("Choose a field of work from the list."),
        },
    )
    credit = CreditField(
        label=_("Known as"),
        help_text=_("A few words: composer, translator, author of …"),
        widget=forms.TextInput(attrs={"dir": "auto"}),
    )
    kind = forms.ChoiceField(
        label=_("I sign as"),
        choices=[
            (Signature.Kind.PERSON, _("A person")),
            (Signature.Kind.ORGANISATION, _("An organisation")),
        ],
        initial=Signature.Kind.PERSON,
        required=False,
        widget=forms.RadioSelect,
    )
    organisation = CreditField(
        label=_("Organisation"),
        help_text=_("If you want one named beside you"),
        widget=forms.TextInput(attrs={"autocomplete": "organization", "dir": "auto"}),
    )
    website = WebsiteField(
        label=_("Website"),
        help_text=_("Shown beside the name"),
        widget=forms.TextInput(attrs={"autocomplete": "url", "inputmode": "url", "dir": "ltr", "spellcheck": "false"}),
    )
    officer = RequiredCreditField(
        label=_("Who signs for it"),
        help_text=_("Your own name. For the organisers, never shown"),
        widget=forms.TextInput(attrs={"autocomplete": "name", "dir": "auto"}),
    )
    officer_post = RequiredCreditField(
        label=_("Your post there"),
        help_text=_("Chair, director, secretary … Never shown"),
        widget=forms.TextInput(attrs={"autocomplete": "organization-title", "dir": "auto"}),
    )
    visibility = forms.ChoiceField(
        label=_("In the list"),
        choices=VISIBILITY_CHOICES,
        initial=Signature.Visibility.PUBLIC,
        required=False,
        widget=forms.RadioSelect,
    )
    updates = forms.BooleanField(label=UPDATES_LABEL, required=False)
    version = forms.CharField(required=False, widget=forms.HiddenInput)
    invitation = forms.CharField(required=False, widget=forms.HiddenInput)

    trap = "further"  # a field that people do not see; its name tempts no password manager

    def __init__(self, *args: Any, version: Version, sectors: Sequence[Any], **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.current = version
        self.offered = {sector.slug: sector for sector in sectors if sector.is_offered}
        self.fields["sector"].choices = [  # type: ignore[attr-defined]
            ("", _("Choose one")),
            *((slug, sector.label) for slug, sector in self.offered.items()),
        ]

    def clean_kind(self) -> str:
        return self.cleaned_data["kind"] or Signature.Kind.PERSON

    def clean_invitation(self) -> int | None:
        """Ignores an invalid invitation, so that the visitor can still sign."""
        typed = self.cleaned_data["invitation"]
        try:
            invited = tokens.read(tokens.Purpose.INVITATION, typed).subject_id if typed else None
        except tokens.BadToken:
            return None
        return invited if invited and Invitation.objects.filter(id=invited).exists() else None

    def clean_visibility(self) -> str:
        return self.cleaned_data["visibility"] or Signature.Visibility.PUBLIC

    def clean(self) -> dict[str, Any]:
        """Refuses an outdated version. The form comes back with the current one, so sending it again works."""
        if self.cleaned_data.get("kind") == Signature.Kind.ORGANISATION:
            self._clean_organisation()
        else:
            self._ignore_fields(ORGANISATION_FIELDS)
        shown = self.cleaned_data.get("version", "")
        if shown and shown != self.current.digest:
            self.add_error(
                None,
                _("The text has changed since you opened this page. Read it again, then sign it as it is now."),
            )
        return self.cleaned_data

    def _clean_organisation(self) -> None:
        """Requires the organisation's own fields and refuses an organisation that is already in the list."""
        self._ignore_fields(["organisation"])
        for name, missing in MISSING_MESSAGES.items():
            if name not in self.errors and not self.cleaned_data[name]:
                self.add_error(name, missing)
        refuse_listed_organisation(self, self.current.statement_id)

    def _ignore_fields(self, names: Iterable[str]) -> None:
        """Drops input for fields that belong to the other kind of signer."""
        for name in names:
            self.errors.pop(name, None)
            self.cleaned_data[name] = None if name == "website" else ""

    @property
    def details(self) -> SignerDetails:
        data = self.cleaned_data
        return SignerDetails(
            name=data["name"],
            sector_id=self.offered[data["sector"]].sector_id,
            version=self.current,
            credit=data["credit"],
            organisation=data["organisation"],
            website=data["website"],
            officer=data["officer"],
            officer_post=data["officer_post"],
            kind=data["kind"],
            visibility=data["visibility"],
            updates=data["updates"],
            invitation_id=data["invitation"],
        )


def refuse_listed_organisation(form: forms.Form, statement_id: int, *, other_than: int = 0) -> None:
    """Refuses an organisation that is in the public list. An organisation that is not shown is never revealed."""
    website = form.cleaned_data.get("website")
    signature = (
        website and Signature.objects.listed().from_website(statement_id, website).exclude(id=other_than).first()
    )
    if signature:
        form.add_error(
            "website",
            _(
                "%(name)s has signed with this website. Each organisation signs once; who signed "
                "for it finds the way to its page in our mails."
            )
            % {"name": signature.name},
        )


class ResendForm(forms.Form):
    email = MailboxField(
        label=_("E-mail"),
        error_messages={"required": _("Write your e-mail address.")},
        widget=forms.EmailInput(attrs={"autocomplete": "email", "dir": "ltr"}),
    )


class CorrectionForm(forms.Form):
    name = NameField(
        label=_("Name"),
        error_messages={"required": _("Write your name.")},
        widget=forms.TextInput(attrs={"dir": "auto"}),
    )
    credit = CreditField(
        label=_("Known as"),
        help_text=_("A few words: composer, translator, author of …"),
        widget=forms.TextInput(attrs={"dir": "auto"}),
    )
    quotation = QuotationField(
        label=_("In your words"),
        help_text=_("A sentence or two, shown with your name among the first"),
        widget=forms.Textarea(attrs={"rows": 3, "dir": "auto"}),
    )

    website = WebsiteField(
        label=_("Website"),
        help_text=_("Shown beside the name. Another domain is looked at by the organisers first"),
        widget=forms.TextInput(attrs={"inputmode": "url", "dir": "ltr", "spellcheck": "false"}),
    )
    officer = CreditField(label=_("Who signs for it"), help_text=_("Your own name. For the organisers, never shown"))
    officer_post = CreditField(label=_("Your post there"), help_text=_("Chair, director, secretary … Never shown"))

    def __init__(self, *args: Any, signature: Signature, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.signature = signature
        if not signature.notable:
            del self.fields["quotation"]
        if not signature.is_organisation:
            for name in ORGANISATION_FIELDS:
                del self.fields[name]

    def clean(self) -> dict[str, Any]:
        """Refuses to empty a field that the organisation has filled in before."""
        for name in ORGANISATION_FIELDS & self.fields.keys():
            if name not in self.errors and getattr(self.signature, name) and not self.cleaned_data[name]:
                self.add_error(name, MISSING_MESSAGES[name])
        if "website" in self.fields:
            refuse_listed_organisation(self, self.signature.statement_id, other_than=self.signature.pk)
        return self.cleaned_data


class UpdatesForm(forms.Form):
    updates = forms.BooleanField(label=UPDATES_LABEL, required=False)


class VisibilityForm(forms.Form):
    visibility = forms.ChoiceField(
        label=_("In the list"),
        choices=VISIBILITY_CHOICES,
        widget=forms.RadioSelect,
    )


def sign_form(page: Any, data: Any = None, **more: Any) -> SignForm:
    """The form of a statement. `page` is its StatementPage."""
    return SignForm(data, version=page.wording, sectors=page.count.parts, **more)
