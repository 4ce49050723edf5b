from django.contrib.auth.management import create_permissions
from django.db import migrations


def let_organisers_in(apps, schema_editor):
    config = apps.get_app_config("signatures")
    config.models_module = True  # what create_permissions asks of an app; a migration's stand-in has none
    create_permissions(config, apps=apps, verbosity=0)
    Group, Permission = apps.get_model("auth", "Group"), apps.get_model("auth", "Permission")
    found = Permission.objects.filter(
        content_type__app_label="signatures", codename__in=["view_invitation", "add_invitation"]
    )
    for group in Group.objects.filter(name__in=["Organiser", "Owner"]):
        group.permissions.add(*found)


class Migration(migrations.Migration):
    dependencies = [("signatures", "0039_invitations")]

    operations = [migrations.RunPython(let_organisers_in, migrations.RunPython.noop)]
