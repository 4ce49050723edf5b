"""Reads a CSV file of people to invite. The file is accepted as a whole or not at all."""

from typing import Any

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from signatures.identity import mailbox
from signatures.identity.names import BadText, clean_credit, clean_name
from signatures.signing.invite import Invitee
from signatures.statements.models.statement import Statement
from signatures.web.languages.localized_numbers import number
from signatures.web.tables import csv_table
from signatures.web.tables.file_errors import UnreadableFile, error_message
from signatures.web.tables.limits import MAX_COLUMNS

MAX_FILE_BYTES = 1024 * 1024
MAX_INVITEES = 2000


class InviteesField(forms.FileField):
    def clean(self, value: Any, initial: Any = None) -> list[Invitee]:
        uploaded = super().clean(value, initial)
        if uploaded.size > MAX_FILE_BYTES:
            raise ValidationError(_("The file is larger than 1 MB. Split it."))
        try:
            return read_invitees(uploaded.read())
        except UnreadableFile as bad:
            raise ValidationError(error_message(bad.code, bad.line)) from None


class FileForm(forms.Form):
    statement = forms.ModelChoiceField(Statement.objects.all(), label=gettext_lazy("Statement"))
    file = InviteesField(
        label=gettext_lazy("CSV file"),
        help_text=gettext_lazy(
            "A first line with “name” and, if you like, “credit”, “email”, “language”; then a line for each person."
            " UTF-8."
        ),
    )


def read_invitees(content: bytes) -> list[Invitee]:
    """Raises UnreadableFile or ValidationError if any line is wrong."""
    csv_table.refuse_wrong_format(content)
    rows = list(csv_table.read_rows(content))
    head = [cell.strip().lower() for cell in rows[0]] if rows else []
    if "name" not in head:
        raise ValidationError(_("The first line must name the columns; one of them must be “name”."))
    if len(head) > MAX_COLUMNS:
        raise UnreadableFile("columns")
    lines = [(at, row) for at, row in enumerate(rows[1:], start=2) if any(cell.strip() for cell in row)]
    if not lines or len(lines) > MAX_INVITEES:
        raise ValidationError(
            _("A file must have at least one person and at most %(most)s.") % {"most": number(MAX_INVITEES)}
        )
    people = {at: _read_invitee(at, dict(zip(head, row, strict=False))) for at, row in lines}
    _refuse_duplicates(people)
    return list(people.values())


def _read_invitee(at: int, row: dict[str, str]) -> Invitee:
    language, typed = row.get("language", "").strip().lower(), row.get("email", "").strip()
    if language and language not in dict(settings.LANGUAGES):
        raise ValidationError(_("Line %(line)s: this site does not have this language.") % {"line": number(at)})
    try:
        name, credit = clean_name(row.get("name", "")), clean_credit(row.get("credit", ""))
        return Invitee(name, credit, mailbox.parse(typed) if typed else None, language)
    except (BadText, mailbox.BadMailbox) as bad:
        details = {"line": number(at), "problem": bad.message}
        raise ValidationError(_("Line %(line)s: %(problem)s") % details) from None


def _refuse_duplicates(people: dict[int, Invitee]) -> None:
    seen_mailboxes: set[str] = set()
    for at, person in people.items():
        if person.mailbox and person.mailbox.canonical in seen_mailboxes:
            raise ValidationError(_("Line %(line)s: this mailbox is in the file twice.") % {"line": number(at)})
        if person.mailbox:
            seen_mailboxes.add(person.mailbox.canonical)
