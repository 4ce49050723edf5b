import re
from datetime import timedelta
from pathlib import Path

import pytest
from django.db import connection

from signatures.privacy import field_classes
from signatures.privacy.erase import erase
from signatures.privacy.field_classes import FieldClass
from signatures.signing.models.signature import Signature
from signatures.signing.resend import queue_own_page_email
from tests.people import NOON, make_signature, make_statement, sign

DOCS = Path(__file__).parents[2] / "docs" / "privacy.md"


def test_every_stored_field_is_classed():
    assert field_classes.classified_fields() == field_classes.stored_fields()


def test_the_page_about_privacy_shows_every_class():
    table = DOCS.read_text(encoding="utf-8").partition("<!-- fields -->")[2]
    rows = [
        f"| {model} | {kind} | {fields.replace(' ', ', ')} | {field_classes.retention_text(model, kind)} |"
        for model, kinds in field_classes.FIELD_CLASSES.items()
        for kind, fields in kinds.items()
    ]

    assert table.split("\n\n")[1].strip().splitlines() == [
        "| model | class | fields | kept |",
        "|---|---|---|---|",
        *rows,
    ]


def test_whatever_is_said_of_how_long_is_said_of_fields_that_exist():
    assert [
        (model, kind)
        for model, kind in field_classes.RETENTION_EXCEPTIONS
        if kind not in field_classes.FIELD_CLASSES[model]
    ] == []


def test_a_changed_limit_changes_the_text(monkeypatch):
    monkeypatch.setattr(field_classes, "NETWORK_RETENTION", timedelta(days=9))

    assert field_classes.retention_text("Signature", FieldClass.NETWORK) == "9 days, or until its signer erases it"


@pytest.mark.django_db
def test_the_page_about_privacy_names_every_table_of_others():
    text = DOCS.read_text(encoding="utf-8").partition("## Tables of Django and others")[2]
    named = [name for row in re.findall(r"^\| (\w[\w, ]*) \| .+ \| .+ \|$", text, re.M) for name in row.split(", ")]

    assert sorted(named[1:]) == sorted(
        table for table in connection.introspection.table_names() if not table.startswith("signatures_")
    )


@pytest.mark.django_db
def test_erasing_empties_everything_that_is_the_signers():
    signature = make_signature(
        make_statement(), credit="composer", organisation="Choir", updates=True, flags=["burst"],
        website="https://example.org/", website_domain="example.org", officer="Ilse Varga", officer_post="Chair",
        proposed_name="Ilse V.", proposed_credit="conductor", proposed_at=NOON, resembles_id=1,
        proposed_website="https://example.org/new", came_by=b"sealed",
    )  # fmt: skip
    queue_own_page_email(signature_id=signature.id, now=NOON)
    erase(signature_id=signature.id, now=NOON)

    row = Signature.objects.get()
    personal = " ".join(
        field_classes.FIELD_CLASSES["Signature"][kind] for kind in (FieldClass.MAILBOX, FieldClass.SIGNER)
    ).split()
    assert [
        field
        for field in personal
        if getattr(row, Signature._meta.get_field(field).attname) not in ("", None, False, [])
    ] == []
    assert signature.mails.filter(mailbox_digest__isnull=False).count() == 0


@pytest.mark.django_db
def test_row_15_nothing_in_the_database_shows_a_mailbox_or_a_link():
    """Searches every text and every byte of our tables, as somebody with a stolen database could."""
    statement = make_statement()
    signature = sign(statement, "Very.Private+tag@gmail.com")
    queue_own_page_email(signature_id=signature.id, now=NOON)
    with connection.cursor() as cursor:
        tables = [name for name in connection.introspection.table_names(cursor) if name.startswith("signatures_")]
        dump = ""
        for table in tables:
            cursor.execute(f'SELECT t::text FROM "{table}" AS t')
            dump += "\n".join(row[0] for row in cursor.fetchall())
    secret = [b"very.private", b"veryprivate", b"gmail.com"]

    assert len(tables) == len(field_classes.FIELD_CLASSES)
    assert "Ilse Varga" in dump
    for word in secret:
        assert word.decode() not in dump.lower()
        assert word.hex() not in dump.lower()
    assert "/confirm/" not in dump
