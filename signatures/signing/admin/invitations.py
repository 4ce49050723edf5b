"""Admin of invitations: creates them one by one or from a file, and emails or revokes them."""

from datetime import datetime
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

from signatures.mail.mailbox_access import decrypted_mailbox, may_see_mailboxes
from signatures.signing.admin.invitation_csv import FileForm
from signatures.signing.fields import CreditField, MailboxField, NameField
from signatures.signing.invite import INVITATION_VALID_FOR, Invitee, invite, mail_invitations, note_sent, revoke
from signatures.signing.models.invitation import Invitation
from signatures.web.admin.batch_size import MAX_SELECTED as MOST_MAILED
from signatures.web.admin.page_purpose import with_purpose
from signatures.web.admin.read_only import ReadOnlyModelAdmin
from signatures.web.languages.localized_numbers import number

NOT_MAILED_MESSAGE = gettext_lazy(
    "the site has no mailbox for it, the person was emailed within three days or twice already, has signed or wants no"
    " email, or the invitation or the statement has expired."
)


class InvitationForm(forms.ModelForm):
    name = NameField(label=gettext_lazy("Name"))
    credit = CreditField(label=gettext_lazy("Known as"))

    email = MailboxField(
        label=gettext_lazy("E-mail"),
        required=False,
        help_text=gettext_lazy("Leave empty if you pass on the link yourself."),
    )
    language = forms.ChoiceField(
        label=gettext_lazy("Language"),
        required=False,
        choices=[("", gettext_lazy("as the statement")), *settings.LANGUAGES],
    )

    class Meta:
        model = Invitation
        fields = ("statement", "name", "credit", "language", "expires_at")

    def clean_expires_at(self) -> datetime:
        expires_at: datetime = self.cleaned_data["expires_at"]
        if expires_at <= timezone.now():
            raise forms.ValidationError(_("This time is in the past: choose a later one."))
        return expires_at


def _invitee(cleaned: dict[str, Any]) -> Invitee:
    return Invitee(cleaned["name"], cleaned["credit"], cleaned["email"], cleaned["language"])


@admin.register(Invitation)
class InvitationAdmin(ReadOnlyModelAdmin):
    list_purpose = gettext_lazy(
        "Links for people whom you know. Anyone who signs through one, under the invited name, becomes notable"
        " immediately."
    )
    purpose = gettext_lazy("One invitation, with the name and credit that its link fills in.")
    form = InvitationForm
    list_display = (
        "name", "credit", "statement", "standing", "address", "mailed", "sent_at", "opened_at", "signed", "link",
    )  # fmt: skip
    list_filter = ("statement",)
    list_select_related = ("statement", "signature")
    search_fields = ("name",)
    search_help_text = gettext_lazy(
        "Anyone who signs through one of these links, under the invited name, becomes notable immediately. Let the"
        " site email them, or pass them on yourself."
    )
    sortable_by = ()
    empty_value_display = ""
    actions = ("mail", "note_sent", "revoke")
    change_list_template = "admin/signatures/invitation/change_list.html"
    fields = ("statement", "name", "credit", "email", "language", "expires_at")

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        """The list shows the mailbox of an existing invitation, so its page does not."""
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
        return {"expires_at": timezone.now() + INVITATION_VALID_FOR, **super().get_changeform_initial_data(request)}

    def save_model(self, request: HttpRequest, obj: Invitation, form: Any, change: bool) -> None:
        [made] = invite(
            statement=obj.statement, people=[_invitee(form.cleaned_data)],
            expires_at=obj.expires_at, now=timezone.now(),
            actor=request.user,  # type: ignore[arg-type]
        )  # fmt: skip
        obj.pk = made.pk

    def log_addition(self, request: HttpRequest, obj: Any, message: Any) -> Any:
        """Does nothing: `invite` writes the audit entry, and Django's log would keep the name for ever."""

    @with_purpose(gettext_lazy("Creates an invitation for each line. If any line is wrong, it creates none."))
    def from_file(self, request: HttpRequest) -> HttpResponse:
        """Invites all people of a file, or none."""
        if not self.has_invite_permission(request):
            raise PermissionDenied
        form = FileForm(request.POST or None, request.FILES or None)
        if request.method == "POST" and form.is_valid():
            now = timezone.now()
            made = invite(
                statement=form.cleaned_data["statement"], people=form.cleaned_data["file"], now=now,
                expires_at=now + INVITATION_VALID_FOR, actor=request.user,  # type: ignore[arg-type]
            )  # fmt: skip
            text = ngettext("%(many)s invitation created.", "%(many)s invitations created.", len(made))
            messages.success(request, text % {"many": number(len(made))})
            return HttpResponseRedirect(reverse("admin:signatures_invitation_changelist"))
        context = {**self.admin_site.each_context(request), "title": _("Invitations from a file"), "form": form}
        page = "admin/signatures/invitation/file.html"
        return TemplateResponse(request, page, {**context, "opts": self.opts}, status=422 if form.errors else 200)

    @admin.action(description=gettext_lazy("Email these, or email them again"), permissions=["invite"])
    def mail(self, request: HttpRequest, chosen: QuerySet[Invitation]) -> None:
        ids = list(chosen.values_list("id", flat=True))
        if len(ids) > MOST_MAILED:
            text = _("Nothing was changed: choose at most %(most)s invitations, or filter the list further.")
            messages.error(request, text % {"most": number(MOST_MAILED)})
            return
        now = timezone.now()
        count = mail_invitations(ids=ids, actor=request.user, now=now)  # type: ignore[arg-type]
        if count:
            text = ngettext("%(many)s invitation will be emailed.", "%(many)s invitations will be emailed.", count)
            messages.success(request, text % {"many": number(count)})
        if left := len(ids) - count:
            text = ngettext("%(many)s was not changed:", "%(many)s were not changed:", left)
            messages.warning(request, f"{text % {'many': number(left)}} {NOT_MAILED_MESSAGE}")

    @admin.action(description=gettext_lazy("I have sent these"), permissions=["invite"])
    def note_sent(self, request: HttpRequest, chosen: QuerySet[Invitation]) -> None:
        note_sent(ids=chosen.values_list("id", flat=True), now=timezone.now())

    @admin.action(description=gettext_lazy("Take back"), permissions=["invite"])
    def revoke(self, request: HttpRequest, chosen: QuerySet[Invitation]) -> None:
        ids = list(chosen.values_list("id", flat=True))
        count = revoke(ids=ids, actor=request.user, now=timezone.now())  # type: ignore[arg-type]
        text = ngettext("%(many)s invitation revoked.", "%(many)s invitations revoked.", count)
        messages.success(request, text % {"many": number(count)})

    @admin.display(description=gettext_lazy("stands"))
    def standing(self, invitation: Invitation) -> str:
        if invitation.signature_id:
            return _("signed")
        if invitation.revoked_at:
            return _("taken back")
        return _("open") if invitation.is_usable(timezone.now()) else _("expired")

    @admin.display(description=gettext_lazy("mailbox"))
    def address(self, invitation: Invitation) -> str:
        return decrypted_mailbox(invitation)

    @admin.display(description=gettext_lazy("mails"))
    def mailed(self, invitation: Invitation) -> str:
        """Lists the status of each email, oldest first."""
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
