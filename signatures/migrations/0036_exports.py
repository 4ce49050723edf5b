from django.contrib.auth.management import create_permissions
from django.db import migrations, models


def let_organisers_in(apps, schema_editor):
    config = apps.get_app_config("signatures")
    config.models_module = True  # what create_permissions asks of an app; a migration's stand-in has none
    create_permissions(config, apps=apps, verbosity=0)
    Group, Permission = apps.get_model("auth", "Group"), apps.get_model("auth", "Permission")
    permission = Permission.objects.get(content_type__app_label="signatures", codename="export_signature")
    for group in Group.objects.filter(name__in=["Organiser", "Owner"]):
        group.permissions.add(permission)


class Migration(migrations.Migration):
    dependencies = [("signatures", "0035_rules_on_a_live_site")]

    operations = [
        migrations.AlterModelOptions(
            name="signature",
            options={
                "ordering": ["-id"],
                "permissions": [
                    ("view_mailbox", "Can see and search mailboxes"),
                    ("moderate_signature", "Can moderate signatures"),
                    ("export_signature", "Can export signatures"),
                ],
                "verbose_name": "signature",
                "verbose_name_plural": "signatures",
            },
        ),
        migrations.AlterField(
            model_name="auditentry",
            name="action",
            field=models.CharField(
                choices=[
                    ("approve", "approve"),
                    ("reject", "reject"),
                    ("ask_for_proof", "ask for proof"),
                    ("restore", "take back the rejection"),
                    ("hide", "hide"),
                    ("show", "show"),
                    ("mark_notable", "mark as notable"),
                    ("check_identity", "check the identity"),
                    ("unmark_notable", "no longer notable"),
                    ("resend", "send the link again"),
                    ("accept_correction", "accept the correction"),
                    ("refuse_correction", "refuse the correction"),
                    ("quote", "change the quotation"),
                    ("reword", "change the text"),
                    ("withdraw", "withdrawn by its signer"),
                    ("erase", "erased by its signer"),
                    ("publish_update", "publish an update"),
                    ("mail_update", "mail an update"),
                    ("retract_update", "take an update off the page"),
                    ("hold", "hold for review"),
                    ("apply_rule", "apply a rule"),
                    ("undo_rule", "undo a rule"),
                    ("weigh", "weigh a sign anew"),
                    ("switch_on", "turn a switch on"),
                    ("switch_off", "turn a switch off"),
                    ("export", "export signatures"),
                ],
                max_length=20,
                verbose_name="action",
            ),
        ),
        migrations.RunPython(let_organisers_in, migrations.RunPython.noop),
    ]
