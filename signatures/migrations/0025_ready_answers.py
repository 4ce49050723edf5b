import tomllib
from pathlib import Path

from django.contrib.auth.management import create_permissions
from django.db import migrations

STARTER = Path(__file__).parents[1] / "data" / "phrases.toml"
NOUNS = "phrase", "phrasetranslation"


def load_starter_answers(apps, schema_editor):
    Phrase, Translation = (apps.get_model("signatures", name) for name in ("Phrase", "PhraseTranslation"))
    with STARTER.open("rb") as file:
        for use, phrases in tomllib.load(file).items():
            for position, texts in enumerate(phrases):
                phrase = Phrase.objects.create(use=use, text=texts.pop("en"), position=position)
                Translation.objects.bulk_create(
                    Translation(phrase=phrase, language=language, text=text) for language, text in texts.items()
                )


def let_organisers_in(apps, schema_editor):
    config = apps.get_app_config("signatures")
    config.models_module = True  # what create_permissions asks of an app; a migration's stand-in has none
    create_permissions(config, apps=apps, verbosity=0)
    Group, Permission = apps.get_model("auth", "Group"), apps.get_model("auth", "Permission")
    allowed = {"Moderator": ["view"], "Organiser": ["view", "add", "change", "delete"]}
    for group in Group.objects.filter(name__in=allowed):
        codenames = [f"{act}_{noun}" for noun in NOUNS for act in allowed[group.name]]
        group.permissions.add(*Permission.objects.filter(content_type__app_label="signatures", codename__in=codenames))


class Migration(migrations.Migration):
    dependencies = [("signatures", "0024_review_queue_on_a_live_site")]

    operations = [
        migrations.RunPython(load_starter_answers, migrations.RunPython.noop),
        migrations.RunPython(let_organisers_in, migrations.RunPython.noop),
    ]
