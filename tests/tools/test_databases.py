from concurrent.futures import ThreadPoolExecutor

import pytest
from django.contrib.auth.models import Group, Permission
from django.db import connection

from signatures.signing.models.signature import Signature
from signatures.statements.models.sector import Sector
from tests.databases import StarterData
from tests.people import make_signature, make_statement


def stored() -> tuple[list[int], list[int], int, int]:
    ids = [list(model.objects.order_by("id").values_list("id", flat=True)) for model in (Group, Permission)]
    return ids[0], ids[1], Sector.objects.count(), Signature.objects.count()


@pytest.mark.django_db(transaction=True)
def test_what_a_test_wrote_is_gone_and_what_it_deleted_is_back():
    starter_data, before = StarterData(), stored()
    make_signature(make_statement())
    Group.objects.all().delete()
    Permission.objects.first().delete()
    assert stored() != before

    starter_data.restore()

    assert stored() == before


@pytest.mark.django_db(transaction=True)
def test_ids_that_were_given_are_not_given_again():
    """Another process may still know them."""
    starter_data = StarterData()
    first = make_signature(make_statement())
    starter_data.restore()

    assert make_signature(make_statement()).id > first.id


@pytest.mark.django_db(transaction=True)
def test_a_test_that_commits_finds_what_the_migrations_wrote():
    assert {"Moderator", "Organiser", "Owner"} <= set(Group.objects.values_list("name", flat=True))

    def seen_by_another_connection(_number: int) -> int:
        try:
            return Group.objects.count()
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as other:
        assert list(other.map(seen_by_another_connection, [1])) == [Group.objects.count()]
