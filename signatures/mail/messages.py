"""Builds the message of each kind of email from its row, at the moment of sending. No message is stored.

For emails with the same text, batch_render.py builds one message here, with placeholders.
"""

from collections.abc import Callable
from typing import Any, Protocol

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation
from django.utils.safestring import mark_safe

from signatures.audit.models import AuditEntry
from signatures.mail.models.addressee import Addressee
from signatures.mail.models.email import Mail
from signatures.statements.colours import palette_of
from signatures.statements.models.update import Update
from signatures.web.languages.text_direction import direction
from signatures.web.tokens import Purpose


class MailToMany(Protocol):
    """The attributes that messages and templates of batch emails may read. Both `Mail` and `BatchTemplate` have them,
    so that a template cannot use other data of one signer."""

    @property
    def kind(self) -> str: ...
    @property
    def language(self) -> str: ...
    @property
    def update(self) -> Update | None: ...
    @property
    def signer(self) -> Any: ...
    @property
    def addressee(self) -> Addressee: ...
    @property
    def recipient(self) -> str: ...
    @property
    def message_id(self) -> str: ...
    def token(self, purpose: Purpose) -> str: ...


def build_message(mail: Mail) -> EmailMultiAlternatives:
    """Builds the message in the signer's language. Message-ID and links are the same at every attempt."""
    kind = Mail.Kind(mail.kind)
    if kind in TO_MANY:
        return build_for_many(mail)
    with translation.override(mail.language):
        return TO_ONE[kind](mail)


def build_for_many(mail: MailToMany) -> EmailMultiAlternatives:
    with translation.override(mail.language):
        return TO_MANY[Mail.Kind(mail.kind)](mail)


def confirm(mail: MailToMany) -> EmailMultiAlternatives:
    """An imported signer did not request this email, so it also has an unsubscribe link."""
    message = _message(
        mail,
        link=_link(mail, "signatures:confirm", Purpose.CONFIRM),
        not_me_link=_link(mail, "signatures:not_me", Purpose.NOT_ME),
    )
    if mail.signer.imported_id is None:
        return message
    return _with_unsubscribe(message, _link(mail, "signatures:unsubscribe", Purpose.UNSUBSCRIBE))


def reminder(mail: MailToMany) -> EmailMultiAlternatives:
    """Has the link to confirm, and both links to stop emails, because the signer did not request it."""
    unsubscribe = _link(mail, "signatures:unsubscribe", Purpose.UNSUBSCRIBE)
    message = _message(
        mail,
        link=_link(mail, "signatures:confirm", Purpose.CONFIRM),
        not_me_link=_link(mail, "signatures:not_me", Purpose.NOT_ME),
    )
    return _with_unsubscribe(message, unsubscribe)


def already_signed(mail: Mail) -> EmailMultiAlternatives:
    return _build_notice(mail)


def own_page(mail: Mail) -> EmailMultiAlternatives:
    return _message(mail, link=_own_page_link(mail))


def approved(mail: Mail) -> EmailMultiAlternatives:
    return _build_notice(mail)


def correction_decided(mail: Mail) -> EmailMultiAlternatives:
    return _build_notice(mail)


def update(mail: MailToMany) -> EmailMultiAlternatives:
    """The text is in the signer's language if it is translated, else in the statement's; the frame is always in the
    signer's. People forward updates, so no link leads to the signer's own page."""
    if mail.update is None:
        raise ValueError("a mail of no update")
    translation_ = mail.update.translation_for(mail.language)
    slug = mail.addressee.statement.slug
    page = settings.SITE_URL + reverse("signatures:update", args=[slug, mail.update.number])
    unsubscribe = _link(mail, "signatures:unsubscribe", Purpose.NO_UPDATES)
    html = mark_safe(translation_.html)  # noqa: S308 - sanitised when it was saved
    message = _message(
        mail, translation=translation_, html=html, page=page, unsubscribe_link=unsubscribe, only_updates=True
    )
    return _with_unsubscribe(message, unsubscribe)


def proof_asked(mail: Mail) -> EmailMultiAlternatives:
    """Has the question that a moderator chose before this email was queued. Replies go to the organisers."""
    requests = mail.signer.audit.filter(action=AuditEntry.Action.ASK_FOR_PROOF, created_at__lte=mail.created_at)
    phrase = requests.latest("id").phrase
    message = _build_notice(mail, question=phrase.label if phrase else "")
    message.reply_to = [mail.addressee.statement.contact]
    return message


def invitation(mail: Mail) -> EmailMultiAlternatives:
    """Has an unsubscribe link, because the person did not request it. Replies go to the organisers."""
    unsubscribe = _link(mail, "signatures:unsubscribe", Purpose.NO_INVITATIONS)
    link = _link(mail, "signatures:invitation", Purpose.INVITATION)
    message = _message(mail, invitation=mail.addressee, link=link, unsubscribe_link=unsubscribe)
    message.reply_to = [mail.addressee.statement.contact]
    return _with_unsubscribe(message, unsubscribe)


TO_MANY: dict[Mail.Kind, Callable[[MailToMany], EmailMultiAlternatives]] = {
    Mail.Kind.CONFIRM: confirm,
    Mail.Kind.REMINDER: reminder,
    Mail.Kind.UPDATE: update,
}
TO_ONE: dict[Mail.Kind, Callable[[Mail], EmailMultiAlternatives]] = {
    Mail.Kind.ALREADY_SIGNED: already_signed,
    Mail.Kind.OWN_PAGE: own_page,
    Mail.Kind.APPROVED: approved,
    Mail.Kind.CORRECTION_DECIDED: correction_decided,
    Mail.Kind.PROOF_ASKED: proof_asked,
    Mail.Kind.INVITATION: invitation,
}


def _build_notice(mail: Mail, **context: str) -> EmailMultiAlternatives:
    """Builds an email that its recipient did not just request, with one-click unsubscribe (RFC 8058)."""
    unsubscribe = _link(mail, "signatures:unsubscribe", Purpose.UNSUBSCRIBE)
    message = _message(mail, link=_own_page_link(mail), unsubscribe_link=unsubscribe, **context)
    return _with_unsubscribe(message, unsubscribe)


def _with_unsubscribe(message: EmailMultiAlternatives, unsubscribe: str) -> EmailMultiAlternatives:
    message.extra_headers["List-Unsubscribe"] = f"<{unsubscribe}>"
    message.extra_headers["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    return message


def _own_page_link(mail: Mail) -> str:
    return _link(mail, "signatures:own_page", Purpose.OWN_PAGE)


def _link(mail: MailToMany, view: str, purpose: Purpose) -> str:
    return settings.SITE_URL + reverse(view, args=[mail.token(purpose)])


def _message(mail: MailToMany, **more: Any) -> EmailMultiAlternatives:
    addressee = mail.addressee
    context: dict[str, Any] = {
        "site_name": settings.SITE_NAME,
        "site_url": settings.SITE_URL,
        "statement": addressee.statement,
        "title": addressee.statement.translation_for(mail.language).title,
        "palette": palette_of(addressee.statement.accent, addressee.statement.accent_dark),
        "signature": addressee,
        "language": mail.language,
        "direction": direction(translation.get_language_bidi()),
        **more,
    }
    subject, text, html = (
        render_to_string(f"mail/{mail.kind}/{part}", context) for part in ("subject.txt", "body.txt", "body.html")
    )
    message = EmailMultiAlternatives(
        subject=" ".join(subject.split()),
        body=text.strip() + "\n",
        from_email=settings.DEFAULT_FROM_EMAIL,
        to=[mail.recipient],
        headers={"Message-ID": mail.message_id, "Auto-Submitted": "auto-generated"},
    )
    message.attach_alternative(html, "text/html")
    return message
