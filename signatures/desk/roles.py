"""The roles of the admin: the groups that come with the site, and their permissions.

Each `migrate` resets these groups to this table. Groups that an owner adds are not changed.
"""

from typing import Any

from django.apps import apps as present_apps
from django.apps.registry import Apps
from django.db import router


def permissions(acts: str, models: str) -> set[str]:
    """Returns the codenames for all combinations of actions and models, given as words separated by spaces."""
    return {f"{act}_{model}" for act in acts.split() for model in models.split()}


READ = """
    auditentry mail offeredsector page phrase phrasetranslation protectedname rule rulemark sector sectortranslation
    signature statement switch translation update updatetranslation version weight
"""

WRITTEN_BY_ORGANISERS = """
    offeredsector page phrase phrasetranslation protectedname sector sectortranslation statement translation update
    updatetranslation
"""

GIVEN_TO_OWNERS = """
    auditentry authenticator check group growth lease mail mailevent mailserver measurement providercooldown share
    shareentry sharepicture signature skip suppression switch tally tallyentry user version
"""

# A viewer reads everything but mailboxes and invitations, and decides nothing.
VIEWER = permissions("view", READ)

# A moderator decides on signatures, without seeing mailboxes.
MODERATOR = VIEWER | {"change_signature", "moderate_signature"}

# An organiser writes statements, pages and replies, invites and imports people, sees mailboxes and exports signatures.
ORGANISER = (
    MODERATOR
    | permissions("add change delete", WRITTEN_BY_ORGANISERS)
    | permissions("add view", "import invitation")
    | permissions("delete view", "suppression")
    | permissions("view", "deliverypack tally")
    | {"add_rule", "change_weight", "export_signature", "turn_switch", "view_mailbox"}
)

# An owner manages users, and may do everything that the admin offers.
OWNER = ORGANISER | permissions("add change delete view", GIVEN_TO_OWNERS)

ROLES = {"Viewer": VIEWER, "Moderator": MODERATOR, "Organiser": ORGANISER, "Owner": OWNER}


def set_roles(*, using: str, apps: Apps = present_apps, **options: Any) -> None:
    """Sets the permissions of each role. Django creates permissions just before; a half-migrated site lacks some."""
    try:
        Group, Permission = apps.get_model("auth", "Group"), apps.get_model("auth", "Permission")
    except LookupError:
        return
    if not router.allow_migrate_model(using, Group):
        return
    own_permissions = Permission.objects.using(using).filter(content_type__app_label__in=["auth", "signatures"])
    for name, codenames in ROLES.items():
        group, _ = Group.objects.using(using).get_or_create(name=name)
        group.permissions.set(own_permissions.filter(codename__in=codenames))
