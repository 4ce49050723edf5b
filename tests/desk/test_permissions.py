"""The permissions of each role as one table. Every `migrate` restores them."""

import pytest
from django.contrib.auth.models import Group, Permission
from django.core.management import call_command

from signatures.desk.roles import ROLES

pytestmark = pytest.mark.django_db

# The actions of each role on each model. Other permissions have a row of their own.
TABLE = """
                   | Viewer | Moderator   | Organiser              | Owner
auditentry         | view   | view        | view                   | add change delete view
authenticator      | -      | -           | -                      | add change delete view
check              | -      | -           | -                      | add change delete view
deliverypack       | -      | -           | view                   | view
export_signature   | -      | -           | yes                    | yes
group              | -      | -           | -                      | add change delete view
growth             | -      | -           | -                      | add change delete view
import             | -      | -           | add view               | add view
invitation         | -      | -           | add view               | add view
lease              | -      | -           | -                      | add change delete view
mail               | view   | view        | view                   | add change delete view
mailevent          | -      | -           | -                      | add change delete view
mailserver         | -      | -           | -                      | add change delete view
measurement        | -      | -           | -                      | add change delete view
moderate_signature | -      | yes         | yes                    | yes
offeredsector      | view   | view        | add change delete view | add change delete view
page               | view   | view        | add change delete view | add change delete view
phrase             | view   | view        | add change delete view | add change delete view
phrasetranslation  | view   | view        | add change delete view | add change delete view
protectedname      | view   | view        | add change delete view | add change delete view
providercooldown   | -      | -           | -                      | add change delete view
rule               | view   | view        | add view               | add view
rulemark           | view   | view        | view                   | view
sector             | view   | view        | add change delete view | add change delete view
sectortranslation  | view   | view        | add change delete view | add change delete view
share              | -      | -           | -                      | add change delete view
shareentry         | -      | -           | -                      | add change delete view
sharepicture       | -      | -           | -                      | add change delete view
signature          | view   | change view | change view            | add change delete view
skip               | -      | -           | -                      | add change delete view
statement          | view   | view        | add change delete view | add change delete view
suppression        | -      | -           | delete view            | add change delete view
switch             | view   | view        | view                   | add change delete view
tally              | -      | -           | view                   | add change delete view
tallyentry         | -      | -           | -                      | add change delete view
translation        | view   | view        | add change delete view | add change delete view
turn_switch        | -      | -           | yes                    | yes
update             | view   | view        | add change delete view | add change delete view
updatetranslation  | view   | view        | add change delete view | add change delete view
user               | -      | -           | -                      | add change delete view
version            | view   | view        | view                   | add change delete view
view_mailbox       | -      | -           | yes                    | yes
weight             | view   | view        | change view            | change view
"""

ACTS = {"add", "change", "delete", "view"}


def matrix():
    """Returns the permissions of the four groups in the database, as rows of the table."""
    cells = {}
    for role in ROLES:
        for permission in Group.objects.get(name=role).permissions.select_related("content_type"):
            act, _, model = permission.codename.partition("_")
            is_act = act in ACTS and model == permission.content_type.model
            row, word = (model, act) if is_act else (permission.codename, "yes")
            cells.setdefault(row, {}).setdefault(role, set()).add(word)
    return {row: [" ".join(sorted(words.get(role, ["-"]))) for role in ROLES] for row, words in cells.items()}


def test_each_role_has_the_permissions_of_the_table_and_no_others():
    rows = [[cell.strip() for cell in line.split("|")] for line in TABLE.strip().splitlines()]

    assert list(ROLES) == rows[0][1:]
    assert matrix() == {row[0]: row[1:] for row in rows[1:]}


def test_every_permission_of_a_role_exists():
    codenames = set(Permission.objects.values_list("codename", flat=True))

    assert set().union(*ROLES.values()) - codenames == set()


def test_migrating_gives_a_role_back_what_it_lost_and_takes_what_it_must_not_have():
    before, moderators = matrix(), Group.objects.get(name="Moderator")
    moderators.permissions.set(Permission.objects.filter(codename__in=["view_mailbox", "view_signature"]))
    Group.objects.get(name="Viewer").delete()

    call_command("migrate", verbosity=0)

    assert matrix() == before


def test_migrating_leaves_a_group_that_an_owner_made_alone():
    readers = Group.objects.create(name="Readers")
    readers.permissions.set(Permission.objects.filter(codename="view_mailbox"))

    call_command("migrate", verbosity=0)

    assert [permission.codename for permission in readers.permissions.all()] == ["view_mailbox"]
