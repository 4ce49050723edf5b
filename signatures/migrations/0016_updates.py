import django.db.models.deletion
from django.contrib.auth.management import create_permissions
from django.db import migrations, models

import signatures.models.languages

NOUNS = "update", "updatetranslation"


def let_organisers_in(apps, schema_editor):
    config = apps.get_app_config("signatures")
    config.models_module = True  # what create_permissions asks of an app; a migration's stand-in has none
    create_permissions(config, apps=apps, verbosity=0)
    Group, Permission = apps.get_model("auth", "Group"), apps.get_model("auth", "Permission")
    allowed = {"Moderator": ["view"], "Organiser": ["view", "add", "change", "delete"]}
    for group in Group.objects.filter(name__in=allowed):
        codenames = [f"{act}_{noun}" for act in allowed[group.name] for noun in NOUNS]
        group.permissions.add(*Permission.objects.filter(content_type__app_label="signatures", codename__in=codenames))


class Migration(migrations.Migration):
    dependencies = [
        ("signatures", "0015_mail_events"),
    ]

    operations = [
        migrations.AlterField(
            model_name="auditentry",
            name="action",
            field=models.CharField(
                choices=[
                    ("approve", "approve"),
                    ("reject", "reject"),
                    ("restore", "take back the rejection"),
                    ("hide", "hide"),
                    ("show", "show"),
                    ("mark_notable", "mark as notable"),
                    ("unmark_notable", "no longer notable"),
                    ("resend", "send the link again"),
                    ("accept_correction", "accept the correction"),
                    ("refuse_correction", "refuse the correction"),
                    ("reword", "change the text"),
                    ("withdraw", "withdrawn by its signer"),
                    ("erase", "erased by its signer"),
                    ("publish_update", "publish an update"),
                    ("retract_update", "take an update off the page"),
                ],
                max_length=20,
                verbose_name="action",
            ),
        ),
        migrations.CreateModel(
            name="Update",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("number", models.PositiveIntegerField(editable=False, verbose_name="number")),
                (
                    "published_at",
                    models.DateTimeField(blank=True, editable=False, null=True, verbose_name="published at"),
                ),
                ("created_at", models.DateTimeField(editable=False, verbose_name="created at")),
                (
                    "statement",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="news",
                        to="signatures.statement",
                        verbose_name="statement",
                    ),
                ),
            ],
            options={
                "verbose_name": "update",
                "verbose_name_plural": "updates",
                "ordering": ["-id"],
            },
        ),
        migrations.CreateModel(
            name="UpdateTranslation",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("language", signatures.models.languages.LanguageField(max_length=12, verbose_name="language")),
                ("title", models.CharField(max_length=160, verbose_name="title")),
                ("text", models.TextField(verbose_name="text")),
                ("html", models.TextField(editable=False, verbose_name="HTML")),
                (
                    "update",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="translations",
                        to="signatures.update",
                        verbose_name="update",
                    ),
                ),
            ],
            options={
                "verbose_name": "translation",
                "verbose_name_plural": "translations",
                "ordering": ["id"],
            },
        ),
        migrations.AddIndex(
            model_name="update",
            index=models.Index(fields=["statement", "-published_at", "-id"], name="updates_of_a_statement"),
        ),
        migrations.AddConstraint(
            model_name="update",
            constraint=models.UniqueConstraint(fields=("statement", "number"), name="an_update_has_its_number"),
        ),
        migrations.AddConstraint(
            model_name="updatetranslation",
            constraint=models.UniqueConstraint(fields=("update", "language"), name="one_update_per_language"),
        ),
        migrations.RunPython(let_organisers_in, migrations.RunPython.noop),
    ]
