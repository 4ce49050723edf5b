"""Pages about the site, which organisers write."""

from django.contrib.auth.management import create_permissions
from django.db import migrations, models

import signatures.models.languages


def let_organisers_in(apps, schema_editor):
    config = apps.get_app_config("signatures")
    config.models_module = True  # what create_permissions asks of an app; a migration's stand-in has none
    create_permissions(config, apps=apps, verbosity=0)
    Group, Permission = apps.get_model("auth", "Group"), apps.get_model("auth", "Permission")
    allowed = {"Moderator": ["view"], "Organiser": ["view", "add", "change", "delete"]}
    for group in Group.objects.filter(name__in=allowed):
        codenames = [f"{act}_page" for act in allowed[group.name]]
        group.permissions.add(*Permission.objects.filter(content_type__app_label="signatures", codename__in=codenames))


class Migration(migrations.Migration):
    dependencies = [
        ("signatures", "0029_large_tables"),
    ]

    operations = [
        migrations.CreateModel(
            name="Page",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("about", "About"),
                            ("privacy", "Privacy"),
                            ("accessibility", "Accessibility"),
                            ("imprint", "Imprint"),
                        ],
                        max_length=20,
                        verbose_name="page",
                    ),
                ),
                ("language", signatures.models.languages.LanguageField(max_length=12, verbose_name="language")),
                ("text", models.TextField(verbose_name="text")),
                ("html", models.TextField(editable=False, verbose_name="HTML")),
                ("changed_at", models.DateTimeField(editable=False, verbose_name="changed at")),
            ],
            options={
                "verbose_name": "page",
                "verbose_name_plural": "pages",
                "ordering": ["kind", "language"],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("kind", "language"),
                        name="one_page_of_a_kind_and_language",
                        violation_error_message="This page is written in this language already: change it there.",
                    )
                ],
            },
        ),
        migrations.RunPython(let_organisers_in, migrations.RunPython.noop),
    ]
