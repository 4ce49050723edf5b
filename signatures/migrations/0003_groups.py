from django.contrib.auth.management import create_permissions
from django.db import migrations

EDITED = "statement", "translation", "sector", "sectortranslation", "offeredsector"

MODERATOR = [
    "view_signature",
    "change_signature",
    "moderate_signature",
    *(f"view_{noun}" for noun in EDITED),
    "view_version",
    "view_mail",
    "view_auditentry",
]
ORGANISER = [
    *MODERATOR,
    "view_mailbox",
    *(f"{act}_{noun}" for noun in EDITED for act in ("add", "change", "delete")),
    "view_suppression",
    "delete_suppression",
    "view_tally",
]


def make_groups(apps, schema_editor):
    """Permissions are made after all migrations; these are needed now."""
    config = apps.get_app_config("signatures")
    config.models_module = True  # what create_permissions asks of an app; a migration's stand-in has none
    create_permissions(config, apps=apps, verbosity=0)
    Group, Permission = apps.get_model("auth", "Group"), apps.get_model("auth", "Permission")
    for name, codenames in {"Moderator": MODERATOR, "Organiser": ORGANISER}.items():
        group, _ = Group.objects.get_or_create(name=name)
        found = Permission.objects.filter(content_type__app_label="signatures", codename__in=codenames)
        group.permissions.set(found)


def drop_groups(apps, schema_editor):
    apps.get_model("auth", "Group").objects.filter(name__in=["Moderator", "Organiser"]).delete()


class Migration(migrations.Migration):
    dependencies = [
        ("signatures", "0002_triggers"),
        ("auth", "0012_alter_user_first_name_max_length"),
        ("contenttypes", "0002_remove_content_type_name"),
    ]

    operations = [migrations.RunPython(make_groups, drop_groups)]
