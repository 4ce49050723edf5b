"""Tests that the catalogues match the sources, and that problems are named."""

import ast
from io import StringIO
from pathlib import Path

import pytest
from babel.messages import Catalog
from django.conf import settings
from django.utils.translation import gettext, ngettext, override, pgettext

from tools.catalogues import files, sources
from tools.catalogues.__main__ import main
from tools.catalogues.problems import faults
from tools.catalogues.sources import marked

PYTHON = """
from django.utils.translation import gettext_lazy as _, ngettext, npgettext, pgettext

# Translators: on the button
LABEL = _("Sign " "here")
MANY = ngettext("%(many)s name", "%(many)s names", 3)
OPEN = pgettext("of a statement", "open")
SEEN = npgettext("of a page", "%(many)s view", "%(many)s views", 3)
NOT_MARKED = "left alone"
"""
TEMPLATE = """
{% load i18n %}
<ul>
    {% if many %}
        <li>{% translate "Read it" %} {{ label|default:_("None") }}</li>
      {% endif %}
  {# Translators: of the newest name #}
  {% blocktranslate trimmed with who=name %}
    Signed by
    {{ who }}, 100%.
  {% endblocktranslate %}
    {% blocktranslate trimmed count shown=many context "in the list" %}
      {{ shown }} signatory
    {% plural %}
      {{ shown }} signatories
    {% endblocktranslate %}
</ul>
"""
FRENCH = """
msgid "Sign here"
msgstr "Signez ici"

msgid "Shorten it to {limit}"
msgstr "Raccourcissez à {limit}"

msgid "%(many)s name"
msgid_plural "%(many)s names"
msgstr[0] "%(many)s nom"
msgstr[1] "%(many)s noms"
"""


@pytest.fixture
def house(tmp_path: Path) -> Path:
    """Returns a site with three strings, and a correct French catalogue."""
    (tmp_path / "signatures").mkdir()
    (tmp_path / "signatures" / "words.py").write_text(
        '_("Sign here")\n_("Shorten it to {limit}")\nngettext("%(many)s name", "%(many)s names", 3)\n'
    )
    write(tmp_path, FRENCH)
    return tmp_path


def write(house: Path, text: str, language: str = "fr") -> None:
    """Writes both files, as the command would after somebody has typed `text`."""
    path = files.po_file(house / "locale", language)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f'msgid ""\nmsgstr "Content-Type: text/plain; charset=utf-8\\n"\n{text}', encoding="utf-8")
    catalogue = files.merged(marked(house), files.read(house / "locale", language), language)
    path.write_bytes(files.po(catalogue))
    path.with_suffix(".mo").write_bytes(files.mo(catalogue))


def wrong(house: Path, language: str = "fr") -> list[str]:
    return faults(house / "locale", language, marked(house))


def entries(catalogue: Catalog) -> set[tuple]:
    return {(message.context, message.id) for message in catalogue if message.id}


def test_the_catalogues_of_this_site_are_complete_and_compiled():
    out = StringIO()
    assert main(["--check"], out) == 0, out.getvalue()
    assert out.getvalue().endswith(" strings, 0 faults\n")


def test_every_language_of_the_site_has_a_rule_for_plurals():
    assert set(files.PLURALS) == set(dict(settings.LANGUAGES))


def test_marked_strings_are_found_in_python(tmp_path):
    (tmp_path / "signatures").mkdir()
    (tmp_path / "signatures" / "words.py").write_text(PYTHON)
    catalogue = marked(tmp_path)
    assert entries(catalogue) == {
        (None, "Sign here"),
        (None, ("%(many)s name", "%(many)s names")),
        ("of a statement", "open"),
        ("of a page", ("%(many)s view", "%(many)s views")),
    }
    assert catalogue["Sign here"].auto_comments == ["Translators: on the button"]


def test_marked_strings_are_found_in_templates_however_they_are_indented(tmp_path):
    (tmp_path / "templates").mkdir()
    (tmp_path / "templates" / "page.html").write_text(TEMPLATE)
    catalogue = marked(tmp_path)
    assert entries(catalogue) == {
        (None, "Read it"),
        (None, "None"),
        (None, "Signed by %(who)s, 100%%."),
        ("in the list", ("%(shown)s signatory", "%(shown)s signatories")),
    }
    assert catalogue["Signed by %(who)s, 100%%."].auto_comments == ["Translators: of the newest name"]


def test_a_file_that_python_cannot_read_is_named(tmp_path):
    (tmp_path / "signatures").mkdir()
    (tmp_path / "signatures" / "half.py").write_text('LABEL = _(\n    "Sign here"\n')
    with pytest.raises(SyntaxError, match=r"signatures/half\.py"):
        marked(tmp_path)


def test_a_right_catalogue_has_no_faults(house):
    assert wrong(house) == []


def test_writing_it_again_changes_no_byte(house):
    path = files.po_file(house / "locale", "fr")
    before = path.read_bytes(), path.with_suffix(".mo").read_bytes()
    write(house, path.read_text(encoding="utf-8").partition("\n\n")[2])
    assert (path.read_bytes(), path.with_suffix(".mo").read_bytes()) == before
    assert b"POT-Creation-Date" not in before[0] + before[1]


def test_a_string_that_is_new_in_the_sources_is_missing(house):
    with (house / "signatures" / "words.py").open("a") as file:
        file.write('_("Brand new")\n')
    assert wrong(house) == ["“Brand new”: missing"]
    write(house, FRENCH)
    assert wrong(house) == ["“Brand new”: not translated"]


def test_a_string_that_left_the_sources_is_named_and_dropped(house):
    (house / "signatures" / "words.py").write_text('_("Sign here")\nngettext("%(many)s name", "%(many)s names", 3)\n')
    assert wrong(house) == ["“Shorten it to {limit}”: not in the sources any more"]
    write(house, FRENCH)
    assert wrong(house) == []


@pytest.mark.parametrize(
    ("right", "other", "fault"),
    [
        ('"Signez ici"', '""', "“Sign here”: not translated"),
        ('msgstr[1] "%(many)s noms"', 'msgstr[1] ""', "“%(many)s name”: not translated"),
        ('\nmsgid "Sign here"', '\n#, fuzzy\nmsgid "Sign here"', "“Sign here”: fuzzy"),
        ("Signez ici", "Sign here", "“Sign here”: the same as its source"),
        (
            "à {limit}",
            "à {limite}",
            "“Shorten it to {limit}”: “Raccourcissez à {limite}” holds {limite} where its source holds {limit}",
        ),
        (
            "à {limit}",
            "un peu",
            "“Shorten it to {limit}”: “Raccourcissez un peu” holds nothing where its source holds {limit}",
        ),
        (
            "%(many)s noms",
            "%(Many)s noms",
            "“%(many)s name”: “%(Many)s noms” holds %(Many)s where its source holds %(many)s",
        ),
        ("%(many)s noms", "des noms", "“%(many)s name”: “des noms” holds nothing where its source holds %(many)s"),
        (
            "%(many)s noms",
            "%(many)s noms à 100 %",
            "“%(many)s name”: “%(many)s noms à 100 %” has a per cent sign by itself: write %%",
        ),
        (
            "Signez ici",
            "Signez <b>ici</b>",
            "“Sign here”: “Signez <b>ici</b>” holds </b>, <b> where its source holds nothing",
        ),
        ("Signez ici", "Signez ici ", "“Sign here”: “Signez ici ” begins or ends with white space, or its source does"),
    ],
)
def test_what_is_wrong_with_a_translation_is_named(house, right, other, fault):
    assert right in FRENCH
    write(house, FRENCH.replace(right, other))
    assert wrong(house) == [fault]


def test_a_form_for_one_number_alone_may_say_it_in_a_word(house):
    arabic = """
msgid "Sign here"
msgstr "توقيع"

msgid "Shorten it to {limit}"
msgstr "الاختصار إلى {limit}"

msgid "%(many)s name"
msgid_plural "%(many)s names"
msgstr[0] "لا أسماء"
msgstr[1] "اسم واحد"
msgstr[2] "اسمان"
msgstr[3] "%(many)s أسماء"
msgstr[4] "%(many)s اسمًا"
msgstr[5] "%(many)s اسم"
"""
    write(house, arabic, "ar")
    assert wrong(house, "ar") == []
    write(house, arabic.replace("%(many)s أسماء", "أسماء"), "ar")
    assert wrong(house, "ar") == ["“%(many)s name”: “أسماء” holds nothing where its source holds %(many)s"]


def test_an_exception_lets_a_translation_equal_its_source_and_must_be_one(house):
    write(house, FRENCH.replace("Signez ici", "Sign here"))
    (house / "locale" / "same.toml").write_text('fr = ["Sign here"]\n')
    assert wrong(house) == []
    write(house, FRENCH)
    assert wrong(house) == ["“Sign here”: an exception that is none"]


@pytest.mark.parametrize("suffix", [".po", ".mo"])
def test_a_file_that_was_not_written_again_is_named(house, suffix):
    path = files.po_file(house / "locale", "fr").with_suffix(suffix)
    path.write_bytes(path.read_bytes().replace(b"charset=utf-8", b"charset=UTF-8"))
    assert wrong(house) == [f"django{suffix} is not what it would be written as: run python -m tools.catalogues"]


def test_a_compiled_file_that_is_missing_is_named(house):
    files.po_file(house / "locale", "fr").with_suffix(".mo").unlink()
    assert wrong(house) == ["django.mo is not what it would be written as: run python -m tools.catalogues"]


def test_the_command_writes_every_language_and_fails_only_when_asked_to_check(house, settings):
    settings.BASE_DIR, settings.LOCALE_PATHS = house, [house / "locale"]
    out = StringIO()
    assert main([], out) == 0
    assert out.getvalue().endswith("3 strings, 9 faults\n")
    assert "hi: “Sign here”: not translated\n" in out.getvalue()
    assert not any(line.startswith(("en:", "fr:")) for line in out.getvalue().splitlines())
    assert main(["--check"], StringIO()) == 1


@pytest.mark.parametrize(
    ("language", "forms"),
    [
        ("en", {0: "0 signatories", 1: "1 signatory", 2: "2 signatories"}),
        ("fr", {0: "0 signataire", 1: "1 signataire", 2: "2 signataires"}),
        ("id", {0: "0 penanda tangan", 1: "1 penanda tangan", 2: "2 penanda tangan"}),
        (
            "ar",
            {
                0: "لا موقّعين",
                1: "موقّع واحد",
                2: "موقّعان",
                3: "3 موقّعين",
                10: "10 موقّعين",
                11: "11 موقّعًا",
                99: "99 موقّعًا",
                100: "100 موقّع",
                102: "102 موقّع",
                103: "103 موقّعين",
            },
        ),
    ],
)
def test_numbers_are_spoken_of_as_each_language_does(language, forms):
    with override(language):
        for number, words in forms.items():
            assert ngettext("%(shown)s signatory", "%(shown)s signatories", number) % {"shown": number} == words


def test_hindi_speaks_of_none_as_of_one():
    """Django's own Hindi catalogue has another rule; each catalogue keeps its own."""
    with override("hi"):
        forms = ["%(shown)s is an organisation.", "%(shown)s are organisations."]
        none, one, two = (ngettext(*forms, number) for number in (0, 1, 2))
    assert none == one != two


def test_words_of_django_itself_come_from_its_own_catalogue():
    with override("fr"):
        assert gettext("Log out") == "Déconnexion"
        assert pgettext("field", "optional") == "facultatif"


def test_every_import_of_gettext_has_a_name_that_is_extracted():
    paths = [path for top in ("petition", "signatures") for path in (settings.BASE_DIR / top).rglob("*.py")]
    unknown = []
    for path in paths:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ImportFrom) and node.module == "django.utils.translation":
                names = {alias.asname or alias.name for alias in node.names if "gettext" in alias.name}
                unknown += [f"{path}: {name}" for name in sorted(names - sources.KEYWORDS.keys())]
    assert unknown == []
