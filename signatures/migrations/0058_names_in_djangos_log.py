"""Django's own log of admin kept the names of who was invited, and of what was deleted."""

from django.db import migrations

DELETION = 3


def forget_names(apps, schema_editor):
    found = apps.get_model("admin", "LogEntry").objects.filter(content_type__app_label="signatures")
    found.filter(content_type__model="invitation").update(object_repr="")
    found.filter(action_flag=DELETION).update(object_repr="")


class Migration(migrations.Migration):
    dependencies = [
        ("admin", "0003_logentry_add_action_flag_choices"),
        ("signatures", "0057_links_come_back_on_a_live_site"),
    ]

    operations = [migrations.RunPython(forget_names, migrations.RunPython.noop)]
