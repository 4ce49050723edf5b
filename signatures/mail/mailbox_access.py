"""Mailboxes in admin: for those with the permission, and found by their digest alone."""

from cryptography.fernet import InvalidToken
from django.contrib import messages
from django.http import HttpRequest
from django.utils.html import format_html
from django.utils.translation import gettext as _

from signatures.identity import mailbox
from signatures.identity.mailbox import Mailbox
from signatures.identity.mailbox_fields import MailboxFields


def may_see_mailboxes(request: HttpRequest) -> bool:
    return request.user.has_perm("signatures.view_mailbox")


def searched_mailbox(request: HttpRequest, typed: str) -> Mailbox | None:
    """The mailbox that a search is about; None where it is about a name, or about what this person may not ask."""
    try:
        found = mailbox.parse(typed)
    except mailbox.BadMailbox:
        return None
    if not may_see_mailboxes(request):
        messages.warning(request, _("You cannot search by mailbox here."))
        return None
    return found


def clear(owner: MailboxFields) -> str:
    """The mailbox as it is written; the caller has asked `may_see_mailboxes`."""
    try:
        return format_html('<bdi dir="ltr">{}</bdi>', owner.address)
    except InvalidToken:
        return _("cannot be read: its key is no longer in FIELD_KEY")
