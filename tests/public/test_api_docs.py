"""Compares docs/api.md with the real answers, and its tables with openapi.json."""

import json
import re
from pathlib import Path

import pytest
from django.test import Client

from signatures.public.count_days import update_daily_counts
from signatures.public.views import api
from tests.people import NOON, make_signature, make_statement

ROOT = Path(__file__).parents[2]
DOCS = (ROOT / "docs" / "api.md").read_text(encoding="utf-8")
EXAMPLES = dict(re.findall(r"^`GET (\S+)`\n\n```json\n(.*?)```$", DOCS, re.MULTILINE | re.DOTALL))
DESCRIPTION = json.loads(api.OPENAPI_FILE.read_text())
SCHEMAS = DESCRIPTION["components"]["schemas"]


@pytest.fixture
def letter(db, settings):
    settings.ALLOWED_HOSTS = ["testserver"]
    settings.SITE_URL = "https://letter.example.org"
    statement = make_statement(goal=1000)
    make_signature(
        statement,
        name="Ilse Varga",
        credit="composer",
        organisation="Choir of Lund",
        notable=True,
        checked_how="agent",
        quotation="Ask first, then pay.",
    )
    make_signature(statement, name="Choir of Lund", kind="organisation")
    make_signature(statement, name="Wren Holt", sector="literature", visibility="anonymous")
    update_daily_counts(now=NOON)


@pytest.mark.usefixtures("letter")
@pytest.mark.parametrize("address", EXAMPLES)
def test_an_example_is_the_real_answer(address):
    answer = Client().get(address).content.decode()

    assert without_secrets(json.loads(EXAMPLES[address])) == without_secrets(json.loads(answer))


def without_secrets(answer):
    """Removes what differs each time: cursors, which are encrypted with the site's key, and `as_of`."""
    answer.pop("as_of", None)
    return json.loads(re.sub(r"after=(…|[\w-]+)", "after=", json.dumps(answer, ensure_ascii=False)))


@pytest.mark.parametrize("name", SCHEMAS)
def test_every_field_is_explained_as_programs_are_told(name):
    fields = SCHEMAS[name]["properties"]

    assert table(name) == [("field", "what")] + [
        (f"`{field}`", schema["description"]) for field, schema in fields.items()
    ]


@pytest.mark.parametrize(
    ("heading", "address"),
    [("parameters", "/api/v1/statements/{slug}/signatories/"), ("oembed parameters", "/api/v1/oembed/")],
)
def test_every_parameter_is_explained(heading, address):
    described = DESCRIPTION["paths"][address]["get"]["parameters"]
    rows = [(f"`{parameter['name']}`", parameter["description"]) for parameter in described]

    assert table(heading) == [("parameter", "what"), *rows]


def test_every_address_is_explained():
    documented = re.findall(r"^\| `(/api/\S+|/<slug>/\S+\.\w+)`", DOCS, re.MULTILINE)

    assert {address.replace("<", "{").replace(">", "}") for address in documented} == set(DESCRIPTION["paths"])


def test_the_script_is_as_small_as_is_said():
    size = (ROOT / "static" / "js" / "embed.js").stat().st_size

    assert f"({size / 1000:.1f} kB, no other)" in DOCS


def table(name):
    """Returns the rows of the table after <!-- name -->."""
    lines = DOCS.partition(f"<!-- {name} -->\n\n")[2].partition("\n\n")[0].splitlines()
    return [
        tuple(cell.strip() for cell in line.strip("|").split(" | ")) for line in lines if not line.startswith("|--")
    ]
