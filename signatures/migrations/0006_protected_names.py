import django.contrib.postgres.fields
import django.contrib.postgres.indexes
import django.db.models.deletion
from django.contrib.auth.management import create_permissions
from django.db import migrations, models

from signatures.identity.likeness import Name
from signatures.protection import starter_names


def load_starter_list(apps, schema_editor):
    """An empty site is not an unguarded one."""
    ProtectedName = apps.get_model("signatures", "ProtectedName")
    ProtectedName.objects.bulk_create(
        ProtectedName(name=name, written=written, field=field, source="starter", keys=sorted(Name(written).keys))
        for name, written, field in starter_names()
    )


def let_organisers_in(apps, schema_editor):
    config = apps.get_app_config("signatures")
    config.models_module = True  # what create_permissions asks of an app; a migration's stand-in has none
    create_permissions(config, apps=apps, verbosity=0)
    Group, Permission = apps.get_model("auth", "Group"), apps.get_model("auth", "Permission")
    allowed = {"Moderator": ["view"], "Organiser": ["view", "add", "change", "delete"]}
    for group in Group.objects.filter(name__in=allowed):
        codenames = [f"{act}_protectedname" for act in allowed[group.name]]
        group.permissions.add(*Permission.objects.filter(content_type__app_label="signatures", codename__in=codenames))


class Migration(migrations.Migration):
    dependencies = [
        ("signatures", "0005_time_on_a_live_site"),
    ]

    operations = [
        migrations.AddField(
            model_name="signature",
            name="checked_name",
            field=models.CharField(
                blank=True,
                help_text="It is not held for resembling a protected one again.",
                max_length=120,
                verbose_name="name that a moderator has checked",
            ),
        ),
        migrations.CreateModel(
            name="ProtectedName",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(help_text="Whose name it is.", max_length=120, verbose_name="name")),
                (
                    "written",
                    models.CharField(
                        help_text="The form that is compared: one row for each.",
                        max_length=120,
                        verbose_name="as it may be written",
                    ),
                ),
                ("field", models.CharField(blank=True, max_length=40, verbose_name="field")),
                (
                    "source",
                    models.CharField(
                        choices=[
                            ("starter", "list to begin with"),
                            ("organiser", "an organiser"),
                            ("notable", "a notable"),
                        ],
                        default="organiser",
                        max_length=10,
                        verbose_name="source",
                    ),
                ),
                (
                    "keys",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.TextField(), default=list, editable=False, size=None
                    ),
                ),
                (
                    "signature",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="signatures.signature",
                        verbose_name="signature",
                    ),
                ),
                (
                    "statement",
                    models.ForeignKey(
                        blank=True,
                        help_text="Empty: on every statement.",
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="protected_names",
                        to="signatures.statement",
                        verbose_name="statement",
                    ),
                ),
            ],
            options={
                "verbose_name": "protected name",
                "verbose_name_plural": "protected names",
                "ordering": ["name", "id"],
                "indexes": [django.contrib.postgres.indexes.GinIndex(fields=["keys"], name="protected_by_key")],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("written", "statement", "signature"),
                        name="a_name_is_protected_once",
                        nulls_distinct=False,
                    )
                ],
            },
        ),
        migrations.RunPython(load_starter_list, migrations.RunPython.noop),
        migrations.RunPython(let_organisers_in, migrations.RunPython.noop),
    ]
