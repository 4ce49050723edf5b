"""What an empty site begins with: protected names, weights of spam signals, and canned replies."""

import tomllib
from pathlib import Path

from django.db import migrations

from signatures.identity.likeness import ComparableName
from signatures.review.starter_names import starter_names

REPLIES = Path(__file__).parents[1] / "data" / "phrases.toml"

# flag, points, and the number or seconds from which it counts
WEIGHTS = [
    ("honeypot", 100, None),
    ("disposable", 60, None),
    ("network", 50, 40),
    ("same_credit", 50, 10),
    ("domain", 40, 20),
    ("name_shape", 40, None),
    ("too_quick", 40, 2),
]


def load_protected_names(apps, schema_editor):
    ProtectedName = apps.get_model("signatures", "ProtectedName")
    ProtectedName.objects.bulk_create(
        ProtectedName(
            name=name, written=written, field=field, source="starter", keys=sorted(ComparableName(written).keys)
        )
        for name, written, field in starter_names()
    )


def load_canned_replies(apps, schema_editor):
    Phrase, Translation = (apps.get_model("signatures", name) for name in ("Phrase", "PhraseTranslation"))
    with REPLIES.open("rb") as file:
        for use, phrases in tomllib.load(file).items():
            for position, texts in enumerate(phrases):
                phrase = Phrase.objects.create(use=use, text=texts.pop("en"), position=position)
                Translation.objects.bulk_create(
                    Translation(phrase=phrase, language=language, text=text) for language, text in texts.items()
                )


def load_weights(apps, schema_editor):
    Weight = apps.get_model("signatures", "Weight")
    Weight.objects.bulk_create(Weight(flag=flag, weight=weight, level=level) for flag, weight, level in WEIGHTS)


class Migration(migrations.Migration):
    dependencies = [("signatures", "0003_functions_and_triggers")]

    operations = [
        migrations.RunPython(load, migrations.RunPython.noop)
        for load in (load_protected_names, load_canned_replies, load_weights)
    ]
