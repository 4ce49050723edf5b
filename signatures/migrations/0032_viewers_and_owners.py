"""A group that only reads, and one for those who run the desk without being superusers."""

from django.contrib.auth.management import create_permissions
from django.db import migrations
from django.db.models import Q

READ = [
    "auditentry", "mail", "phrase", "phrasetranslation", "protectedname", "sector", "sectortranslation",
    "offeredsector",
    "signature", "statement", "translation", "version", "switch", "update", "updatetranslation",
    "page", "pagetranslation",
]  # fmt: skip


def make_groups(apps, schema_editor):
    for name in ("auth", "signatures"):
        config = apps.get_app_config(name)
        config.models_module = True  # what create_permissions asks of an app; a migration's stand-in has none
        create_permissions(config, apps=apps, verbosity=0)
    Group, Permission = apps.get_model("auth", "Group"), apps.get_model("auth", "Permission")
    reading = Q(content_type__app_label="signatures", codename__in=[f"view_{noun}" for noun in READ])
    everything = Q(content_type__app_label="signatures") | Q(
        content_type__app_label="auth", content_type__model__in=["user", "group"]
    )
    for name, which in {"Viewer": reading, "Owner": everything}.items():
        group, _ = Group.objects.get_or_create(name=name)
        group.permissions.set(Permission.objects.filter(which))


def drop_groups(apps, schema_editor):
    apps.get_model("auth", "Group").objects.filter(name__in=["Viewer", "Owner"]).delete()


class Migration(migrations.Migration):
    dependencies = [
        ("signatures", "0031_checks"),
        ("auth", "0012_alter_user_first_name_max_length"),
        ("contenttypes", "0002_remove_content_type_name"),
    ]

    operations = [migrations.RunPython(make_groups, drop_groups)]
