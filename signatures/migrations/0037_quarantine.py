"""Quiet signs and how much each counts; reminders."""

import django.core.validators
import django.db.models.functions.text
import django.db.models.lookups
from django.contrib.auth.management import create_permissions
from django.db import migrations, models

WEIGHTS = [
    ("honeypot", 100, None),
    ("disposable", 60, None),
    ("network", 50, 40),
    ("same_credit", 50, 10),
    ("domain", 40, 20),
    ("name_shape", 40, None),
    ("too_quick", 40, 2),
]


def begin_with(apps, schema_editor):
    Weight = apps.get_model("signatures", "Weight")
    Weight.objects.bulk_create(Weight(flag=flag, weight=weight, level=level) for flag, weight, level in WEIGHTS)


def let_organisers_in(apps, schema_editor):
    config = apps.get_app_config("signatures")
    config.models_module = True  # what create_permissions asks of an app; a migration's stand-in has none
    create_permissions(config, apps=apps, verbosity=0)
    Group, Permission = apps.get_model("auth", "Group"), apps.get_model("auth", "Permission")
    change = ["view_weight", "change_weight"]
    allowed = {"Viewer": change[:1], "Moderator": change[:1], "Organiser": change, "Owner": change}
    for group in Group.objects.filter(name__in=allowed):
        names = allowed[group.name]
        group.permissions.add(*Permission.objects.filter(content_type__app_label="signatures", codename__in=names))


class Migration(migrations.Migration):
    dependencies = [
        ("signatures", "0036_exports"),
    ]

    operations = [
        migrations.CreateModel(
            name="Weight",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "flag",
                    models.CharField(
                        choices=[
                            ("protected_name", "resembles a protected name"),
                            ("burst", "one of very many from one network"),
                            ("honeypot", "filled in a field that people do not see"),
                            ("no_proof", "came without a proof of work while many signed"),
                            ("network", "many from its network within an hour"),
                            ("domain", "more from its mail domain in an hour than in the day before"),
                            ("disposable", "a throw-away mailbox"),
                            ("name_shape", "a name that does not look like one"),
                            ("same_credit", "the same long credit over and over within an hour"),
                            ("too_quick", "confirmed within seconds of the mail"),
                            ("demonstration", "made up for the demonstration"),
                        ],
                        max_length=40,
                        unique=True,
                        verbose_name="sign",
                    ),
                ),
                (
                    "weight",
                    models.PositiveSmallIntegerField(
                        help_text="Who reaches 100 together is held for review. 0: not looked at.",
                        validators=[django.core.validators.MaxValueValidator(100)],
                        verbose_name="weight",
                    ),
                ),
                (
                    "level",
                    models.PositiveIntegerField(
                        blank=True,
                        help_text="More than so many count as many; or so many seconds.",
                        null=True,
                        verbose_name="from how many",
                    ),
                ),
            ],
            options={
                "verbose_name": "weight of a sign",
                "verbose_name_plural": "weights of signs",
                "ordering": ["-weight", "flag"],
            },
        ),
        migrations.AddField(
            model_name="statement",
            name="sends_reminders",
            field=models.BooleanField(
                db_default=False,
                default=False,
                help_text="Who has not confirmed gets two more mails at most: a day and four days after the first.",
                verbose_name="send reminders",
            ),
        ),
        migrations.AlterField(
            model_name="mail",
            name="kind",
            field=models.CharField(
                choices=[
                    ("confirm", "link to confirm"),
                    ("already_signed", "already signed"),
                    ("own_page", "link to one's own page"),
                    ("approved", "approved"),
                    ("correction_decided", "correction decided"),
                    ("update", "update"),
                    ("reminder", "reminder to confirm"),
                    ("proof_asked", "asked for proof"),
                ],
                max_length=20,
                verbose_name="kind",
            ),
        ),
        migrations.RunPython(begin_with, migrations.RunPython.noop),
        migrations.RunPython(let_organisers_in, migrations.RunPython.noop),
    ]
