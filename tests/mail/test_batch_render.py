"""Emails from a batch template are identical, byte by byte, to individually rendered ones."""

import re

import pytest
from django.contrib.auth.models import User

from signatures.mail import messages
from signatures.mail.batch_render import BatchRenderer
from signatures.mail.messages import TO_MANY
from signatures.mail.models.email import Mail
from signatures.transfers.models.imports import Import
from tests.people import NOON, make_signature, make_statement, make_update

pytestmark = pytest.mark.django_db

NAMES = [
    "Ilse Varga",
    "Ñandú O’Brien & <Sons>",
    "أمينة الخطيب",
    "100 %s",
    "Jean «Ñ» {name}",
    '"Q" \\1 \\g<0>',
    "x" * 120,
]
CHANGING = ((rb'boundary="[^"]*"|--=+\d+=+', b"(boundary)"), (rb"\r\nDate: [^\r]*", b"\r\nDate: (now)"))


def as_sent(message: bytes) -> bytes:
    for pattern, text in CHANGING:
        message = re.sub(pattern, text, message)
    return message


def a_mail(statement, kind, language, number, **fields):
    signature = make_signature(statement, name=NAMES[number], credit=f"credit-{number}", language=language)
    message_id = f"<{number}.mail@petition.example.org>"
    return Mail(
        signature=signature,
        kind=kind,
        language=language,
        generation=3,
        message_id=message_id,
        created_at=NOON,
        **fields,
    )


@pytest.mark.parametrize("language", ["en", "fr", "id", "hi", "ar"])
@pytest.mark.parametrize("kind", TO_MANY)
def test_it_is_the_mail_of_each(kind, language):
    statement, renderer = make_statement(), BatchRenderer()
    fields = {"update": make_update(statement)} if kind == Mail.Kind.UPDATE else {}
    for number in range(len(NAMES)):
        mail = a_mail(statement, kind, language, number, **fields)
        letter = renderer.render(mail)
        assert letter is not None
        assert as_sent(letter) == as_sent(messages.build_message(mail).message().as_bytes(linesep="\r\n"))
    assert len(renderer.templates) == 1


def test_a_text_with_a_line_too_long_for_mail_is_made_for_each():
    statement = make_statement()
    update = make_update(statement, text="word " * 400)
    assert BatchRenderer().render(a_mail(statement, Mail.Kind.UPDATE, "en", 0, update=update)) is None


def test_two_statements_have_two_drafts():
    renderer = BatchRenderer()
    for number, slug in enumerate(["letter", "other"]):
        mail = a_mail(make_statement(slug=slug), Mail.Kind.CONFIRM, "en", number)
        assert renderer.render(mail) is not None
    assert len(renderer.templates) == 2


@pytest.mark.parametrize("language", ["en", "ar"])
def test_who_was_brought_from_elsewhere_reads_so_and_from_where(language):
    statement, renderer = make_statement(), BatchRenderer()
    author = User.objects.create(username="organiser")
    mails_of = []
    for number, source in enumerate(["the book fair & <more>", "a union", None]):
        mail = a_mail(statement, Mail.Kind.CONFIRM, language, number)
        if source:
            mail.signature.imported = Import.objects.create(
                statement=statement, source=source, name="a.csv", author=author, created_at=NOON, moved_at=NOON
            )
        mails_of.append(mail)

    for mail in mails_of:
        assert as_sent(renderer.render(mail)) == as_sent(
            messages.build_message(mail).message().as_bytes(linesep="\r\n")
        )
    assert len(renderer.templates) == 3
