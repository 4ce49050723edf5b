"""Shows and searches mailboxes in admin, for users with the permission. The search uses digests only."""

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


def searched_mailbox(request: HttpRequest, search_term: str) -> Mailbox | None:
    """Returns the mailbox in the search term; None if it is no address, or if the user has no permission."""
    try:
        result = mailbox.parse(search_term)
    except mailbox.BadMailbox:
        return None
    if not may_see_mailboxes(request):
        messages.warning(request, _("You cannot search by mailbox here."))
        return None
    return result


def decrypted_mailbox(owner: MailboxFields) -> str:
    """Returns the address as HTML. The caller has checked `may_see_mailboxes`."""
    try:
        return format_html('<bdi dir="ltr">{}</bdi>', owner.address)
    except InvalidToken:
        return _("cannot be read: its key is no longer in FIELD_KEY")
