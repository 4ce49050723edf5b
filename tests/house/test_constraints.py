"""The database itself refuses invalid rows, whichever SQL writes them."""

from datetime import timedelta

import pytest
from django.apps import apps
from django.db import IntegrityError, connection, transaction

from signatures.signing.models.invitation import Invitation
from signatures.statements.models.statement import Statement
from signatures.web.languages.language_field import LanguageField
from tests.people import NOON, make_invitation, make_statement

pytestmark = pytest.mark.django_db

WITH_CHOICES = [
    pytest.param(field, id=f"{model.__name__}.{field.name}")
    for model in apps.get_app_config("signatures").get_models()
    if not model._meta.proxy
    for field in model._meta.local_fields
    if field.choices and not isinstance(field, LanguageField)  # a further language is a setting, not a migration
]


@pytest.mark.parametrize("field", WITH_CHOICES)
def test_a_field_with_choices_takes_no_other_value(field):
    """Uses a copy of the table with only the field's own constraint, so that nothing else can refuse the value."""
    allowed = [value for value, _label in field.flatchoices] + ([""] if field.blank else [])
    foreign = 99 if isinstance(allowed[0], int) else "unknown"
    check = f"{field.model._meta.model_name}_{field.name}_is_known"
    with connection.cursor() as cursor:
        cursor.execute(f"CREATE TEMP TABLE probe (LIKE {field.model._meta.db_table} INCLUDING CONSTRAINTS)")
        cursor.execute("SELECT attname FROM pg_attribute WHERE attrelid = 'probe'::regclass AND attnum > 0")
        for (column,) in cursor.fetchall():
            cursor.execute(f'ALTER TABLE probe ALTER "{column}" DROP NOT NULL')
        cursor.execute(
            "SELECT conname FROM pg_constraint WHERE conrelid = 'probe'::regclass AND conname <> %s", [check]
        )
        for (constraint,) in cursor.fetchall():
            cursor.execute(f'ALTER TABLE probe DROP CONSTRAINT "{constraint}"')
        insert = f'INSERT INTO probe ("{field.column}") VALUES (%s)'
        cursor.executemany(insert, [[value] for value in allowed])
        with pytest.raises(IntegrityError, match=check), transaction.atomic():
            cursor.execute(insert, [foreign])


def refuses(rows, **values):
    with pytest.raises(IntegrityError), transaction.atomic():
        rows.update(**values)


def test_an_invitation_expires_after_it_is_written():
    make_invitation(make_statement(), created_at=NOON, expires_at=NOON + timedelta(seconds=1))

    refuses(Invitation.objects, expires_at=NOON)


@pytest.mark.parametrize("field", ["accent", "accent_dark"])
@pytest.mark.parametrize("value", ["red", "#B3261E", "#b3261", "b3261e", "#b3261g"])
def test_an_accent_is_a_colour(field, value):
    make_statement(**{field: "#b3261e"})

    refuses(Statement.objects, **{field: value})
