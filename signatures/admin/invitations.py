"""Invitations: written here one by one or from a file, mailed from here or passed on by the organisers themselves."""

import csv
from io import StringIO
from typing import Any

from django import forms
from django.conf import settings
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils import timezone, translation
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from signatures import actions
from signatures.admin.acts import MOST_AT_ONCE as MOST_MAILED
from signatures.admin.mailboxes import clear, may_see_mailboxes
from signatures.admin.reading import Register
from signatures.forms import CreditField, MailboxField, NameField
from signatures.identity import mailbox
from signatures.identity.names import BadText, clean_credit, clean_name
from signatures.models import Invitation, Statement
from signatures.numerals import number

LARGEST_FILE = 1024 * 1024
MOST_AT_ONCE = 2000
MOST_COLUMNS = 50
LONGEST_CELL = 500
FORMULA = ("=", "+", "-", "@", "\t", "\r")


NOT_MAILED = gettext_lazy(
    "the site has no mailbox, it was written to within three days or twice, it has signed there or wants no mail from"
    " here, or the invitation or the statement is over."
)


class BadFile(Exception):
    """Nothing of it is stored; the argument says which line has what, in words."""


class PeopleField(forms.FileField):
    def clean(self, value: Any, initial: Any = None) -> list[actions.Guest]:
        found = super().clean(value, initial)
        if found.size > LARGEST_FILE:
            raise forms.ValidationError(_("The file is larger than 1 MB. Split it."))
        try:
            return read_people(found.read())
        except BadFile as bad:
            raise forms.ValidationError(str(bad)) from None


class FileForm(forms.Form):
    statement = forms.ModelChoiceField(Statement.objects.all(), label=gettext_lazy("Statement"))
    file = PeopleField(
        label=gettext_lazy("CSV file"),
        help_text=gettext_lazy(
            "A first line with “name” and, if you like, “credit”, “email”, “language”; then a line for each person."
            " UTF-8."
        ),
    )


class OneForm(forms.ModelForm):
    name = NameField(label=gettext_lazy("Name"))
    credit = CreditField(label=gettext_lazy("Known as"))

    email = MailboxField(
        label=gettext_lazy("E-mail"),
        required=False,
        help_text=gettext_lazy("Empty where you pass on the link yourself."),
    )
    language = forms.ChoiceField(
        label=gettext_lazy("Language"),
        required=False,
        choices=[("", gettext_lazy("as the statement")), *settings.LANGUAGES],
    )

    class Meta:
        model = Invitation
        fields = ("statement", "name", "credit", "language", "expires_at")


def read_people(data: bytes) -> list[actions.Guest]:
    """Those of a CSV file; BadFile where any line is wrong."""
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise BadFile(_("This is not UTF-8. Save the file as “CSV UTF-8” and choose it again.")) from None
    if "\0" in text:
        raise BadFile(_("This is no CSV file."))
    try:
        rows = list(csv.reader(StringIO(text), strict=True))
    except csv.Error:
        raise BadFile(_("This cannot be read as CSV: look for a quotation mark that is not closed.")) from None
    return _people(rows)


def _people(rows: list[list[str]]) -> list[actions.Guest]:
    head = [cell.strip().lower() for cell in rows[0]] if rows else []
    if "name" not in head:
        raise BadFile(_("The first line has to name the columns; one of them is “name”."))
    if len(head) > MOST_COLUMNS:
        raise BadFile(_("There are too many columns: keep “name”, “credit”, “email” and “language”."))
    lines = [(at, row) for at, row in enumerate(rows[1:], start=2) if any(cell.strip() for cell in row)]
    if not lines or len(lines) > MOST_AT_ONCE:
        raise BadFile(_("A file has one person at least, and %(most)s at most.") % {"most": number(MOST_AT_ONCE)})
    people = [_person(at, dict(zip(head, row, strict=False))) for at, row in lines]
    known: set[str] = set()
    for (at, _row), person in zip(lines, people, strict=True):
        if person.mailbox and person.mailbox.canonical in known:
            raise BadFile(_("Line %(line)s: this mailbox stands in the file twice.") % {"line": number(at)})
        if person.mailbox:
            known.add(person.mailbox.canonical)
    return people


def _person(at: int, row: dict[str, str]) -> actions.Guest:
    name, credit = row.get("name", "").strip(), row.get("credit", "").strip()
    where = {"line": number(at)}
    if max(len(name), len(credit)) > LONGEST_CELL:
        raise BadFile(_("Line %(line)s: a cell is far too long.") % where)
    if name.startswith(FORMULA) or credit.startswith(FORMULA):
        raise BadFile(_("Line %(line)s: this is a formula, and no name or credit.") % where)
    language = row.get("language", "").strip().lower()
    if language and language not in dict(settings.LANGUAGES):
        raise BadFile(_("Line %(line)s: this site does not speak this language.") % where)
    try:
        typed = row.get("email", "").strip()
        return actions.Guest(clean_name(name), clean_credit(credit), mailbox.parse(typed) if typed else None, language)
    except (BadText, mailbox.BadMailbox) as bad:
        raise BadFile(_("Line %(line)s: %(problem)s") % {**where, "problem": bad.message}) from None


def _guest(cleaned: dict[str, Any]) -> actions.Guest:
    return actions.Guest(cleaned["name"], cleaned["credit"], cleaned["email"], cleaned["language"])


@admin.register(Invitation)
class InvitationAdmin(Register):
    form = OneForm
    list_display = (
        "name", "credit", "statement", "standing", "address", "mailed", "sent_at", "opened_at", "signed", "link",
    )  # fmt: skip
    list_filter = ("statement",)
    list_select_related = ("statement", "signature")
    search_fields = ("name",)
    search_help_text = gettext_lazy(
        "Who signs by one of these links, under the invited name, is notable at once. Let the site mail them, or pass"
        " each on yourself."
    )
    sortable_by = ()
    empty_value_display = ""
    actions = ("mail", "note_sent", "revoke")
    change_list_template = "admin/signatures/invitation/change_list.html"
    fields = ("statement", "name", "credit", "email", "language", "expires_at")

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        """The mailbox of a written one stands in the list."""
        return self.fields if obj is None else [name for name in self.fields if name != "email"]

    def get_list_display(self, request: HttpRequest) -> Any:
        hidden = () if may_see_mailboxes(request) else ("address",)
        return [name for name in self.list_display if name not in hidden]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Invitation]:
        return super().get_queryset(request).prefetch_related("mails")

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return request.user.has_perm("signatures.add_invitation")

    def has_invite_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("signatures.add_invitation")

    def get_urls(self) -> list[Any]:
        from_file = self.admin_site.admin_view(self.from_file)
        return [path("file/", from_file, name="signatures_invitation_file"), *super().get_urls()]

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        return {"expires_at": timezone.now() + actions.INVITED_FOR, **super().get_changeform_initial_data(request)}

    def save_model(self, request: HttpRequest, obj: Invitation, form: Any, change: bool) -> None:
        [made] = actions.invite(
            statement=obj.statement, people=[_guest(form.cleaned_data)], expires_at=obj.expires_at, now=timezone.now(),
            actor=request.user,  # type: ignore[arg-type]
        )  # fmt: skip
        obj.pk = made.pk

    def log_addition(self, request: HttpRequest, obj: Any, message: Any) -> Any:
        """The action has noted it. Django's own log would keep the name of who was invited for good."""

    def from_file(self, request: HttpRequest) -> HttpResponse:
        """All people of a file, or none."""
        if not self.has_invite_permission(request):
            raise PermissionDenied
        form = FileForm(request.POST or None, request.FILES or None)
        if request.method == "POST" and form.is_valid():
            now = timezone.now()
            made = actions.invite(
                statement=form.cleaned_data["statement"], people=form.cleaned_data["file"], now=now,
                expires_at=now + actions.INVITED_FOR, actor=request.user,  # type: ignore[arg-type]
            )  # fmt: skip
            text = ngettext("%(many)s invitation written.", "%(many)s invitations written.", len(made))
            messages.success(request, text % {"many": number(len(made))})
            return HttpResponseRedirect(reverse("admin:signatures_invitation_changelist"))
        context = {**self.admin_site.each_context(request), "title": _("Invitations from a file"), "form": form}
        page = "admin/signatures/invitation/file.html"
        return TemplateResponse(request, page, {**context, "opts": self.opts}, status=422 if form.errors else 200)

    @admin.action(description=gettext_lazy("Mail these, or mail them again"), permissions=["invite"])
    def mail(self, request: HttpRequest, chosen: QuerySet[Invitation]) -> None:
        ids = list(chosen.values_list("id", flat=True))
        if len(ids) > MOST_MAILED:
            text = _("Nothing was done: choose %(most)s invitations at most, or filter the list further.")
            messages.error(request, text % {"most": number(MOST_MAILED)})
            return
        now = timezone.now()
        many = actions.mail_invitations(ids=ids, actor=request.user, now=now)  # type: ignore[arg-type]
        if many:
            text = ngettext("%(many)s invitation goes out.", "%(many)s invitations go out.", many)
            messages.success(request, text % {"many": number(many)})
        if left := len(ids) - many:
            text = ngettext("%(many)s was left as it is:", "%(many)s were left as they are:", left)
            messages.warning(request, f"{text % {'many': number(left)}} {NOT_MAILED}")

    @admin.action(description=gettext_lazy("I have sent these"), permissions=["invite"])
    def note_sent(self, request: HttpRequest, chosen: QuerySet[Invitation]) -> None:
        actions.note_sent(ids=chosen.values_list("id", flat=True), now=timezone.now())

    @admin.action(description=gettext_lazy("Take back"), permissions=["invite"])
    def revoke(self, request: HttpRequest, chosen: QuerySet[Invitation]) -> None:
        ids = list(chosen.values_list("id", flat=True))
        many = actions.revoke(ids=ids, actor=request.user, now=timezone.now())  # type: ignore[arg-type]
        text = ngettext("%(many)s invitation taken back.", "%(many)s invitations taken back.", many)
        messages.success(request, text % {"many": number(many)})

    @admin.display(description=gettext_lazy("stands"))
    def standing(self, invitation: Invitation) -> str:
        if invitation.signature_id:
            return _("signed")
        if invitation.revoked_at:
            return _("taken back")
        return _("open") if invitation.is_usable(timezone.now()) else _("expired")

    @admin.display(description=gettext_lazy("mailbox"))
    def address(self, invitation: Invitation) -> str:
        return clear(invitation)

    @admin.display(description=gettext_lazy("mails"))
    def mailed(self, invitation: Invitation) -> str:
        """What became of each, the first first."""
        mails = sorted(invitation.mails.all(), key=lambda mail: mail.generation)
        return ", ".join(str(mail.get_status_display()) for mail in mails)

    @admin.display(description=gettext_lazy("signed at"))
    def signed(self, invitation: Invitation) -> Any:
        return invitation.signature.confirmed_at if invitation.signature else None

    @admin.display(description=gettext_lazy("link"))
    def link(self, invitation: Invitation) -> str:
        if not invitation.is_usable(timezone.now()):
            return ""
        with translation.override(invitation.language):
            address = settings.SITE_URL + reverse("signatures:invitation", args=[invitation.token()])
        return format_html('<code dir="ltr" class="secret">{}</code>', address)
