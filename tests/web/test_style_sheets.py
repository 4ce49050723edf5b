"""The files of style sheets, fonts and templates follow the project's rules."""

import re
from collections import defaultdict
from pathlib import Path

import pytest
from django.template.loader import render_to_string

from signatures.web import static_files

ROOT = Path(__file__).resolve().parents[2]
CSS = ROOT / "static" / "css"
FONTS = ROOT / "static" / "fonts"
SHEETS = sorted(CSS.rglob("*.css"))
TOKENS = {CSS / "tokens.css", CSS / "tokens-print.css", CSS / "desk" / "tokens.css"}
ALONE = {"charts.css", "embed.css"}  # style sheets that a page asks for by themselves
PAGES = [path for path in sorted((ROOT / "templates").rglob("*.html")) if "mail" not in path.relative_to(ROOT).parts]
FACE = re.compile(r'@font-face \{\s*font-family: "(?P<family>[^"]+)";\s*font-weight: (?P<weight>[^;]+);.*?'
                  r'url\("\.\./fonts/(?P<file>[^"]+)"\)', re.S)  # fmt: skip
FACES = [match.groupdict() for match in FACE.finditer((CSS / "fonts.css").read_text())]

WHOLE = [name.removeprefix("css/") for name in static_files.SHEETS]
IMPORT = static_files.IMPORT

FIRST_VIEW = {
    "en, fr, id": {"Newsreader", "Public Sans"},
    "ar": {"Noto Naskh Arabic", "Noto Sans Arabic", "Newsreader"},
    "hi": {"Noto Serif Devanagari", "Noto Sans Devanagari"},
}


def _name(sheet: Path) -> str:
    return sheet.relative_to(CSS).as_posix()


def test_every_face_of_a_family_names_the_same_weights():
    weights = defaultdict(set)
    for face in FACES:
        weights[face["family"]].add(face["weight"])
    assert {family: len(names) for family, names in weights.items()} == dict.fromkeys(weights, 1)


def test_every_font_file_is_used_and_every_used_one_is_there():
    assert {face["file"] for face in FACES} == {path.name for path in FONTS.glob("*.woff2")}


@pytest.mark.parametrize("families", FIRST_VIEW.values(), ids=FIRST_VIEW)
def test_a_first_view_loads_at_most_120_kilobytes_of_fonts(families):
    assert families <= {face["family"] for face in FACES}
    assert sum((FONTS / face["file"]).stat().st_size for face in FACES if face["family"] in families) <= 120_000


@pytest.mark.parametrize("sheet", SHEETS, ids=_name)
def test_style_sheets_know_no_left_and_no_right(sheet):
    physical = re.findall(
        r"(?:margin|padding|border|inset)-(?:left|right|top|bottom)|[\s;{](?:left|right|top|bottom|width|height):"
        r"|(?:float|clear|text-align): (?:left|right)",
        sheet.read_text(),
    )
    assert physical == []


@pytest.mark.parametrize("sheet", sorted({*SHEETS} - TOKENS), ids=_name)
def test_rules_name_the_meaning_of_a_colour_and_never_the_colour(sheet):
    assert re.findall(r"#[0-9a-f]{3,8}\b|--raw-|rgb|hsl", sheet.read_text()) == []


def test_every_style_sheet_is_part_of_one_that_a_page_asks_for():
    whole = {name: [match["file"] for match in IMPORT.finditer((CSS / name).read_text())] for name in WHOLE}
    imported = [file for files in whole.values() for file in files]

    assert {name: len(files) - len({*files}) for name, files in whole.items()} == dict.fromkeys(WHOLE, 0)
    assert {*imported, *WHOLE, *ALONE} == {_name(sheet) for sheet in SHEETS}


def test_a_layer_decides_before_the_order_of_files_does():
    site = (CSS / "site.css").read_text()
    names = re.findall(r"^@layer ([\w, ]+);$", site, flags=re.M)
    layers = {match["file"]: match["layer"] for match in IMPORT.finditer(site)}

    assert names == ["tokens, base, components, utilities, print"]
    assert [file for file, layer in layers.items() if layer not in names[0].split(", ")] == ["fonts.css"]
    assert {file for file, layer in layers.items() if layer == "components"} == {
        _name(sheet) for sheet in SHEETS if sheet.parent.name == "components"
    }


@pytest.mark.parametrize("sheet", [sheet for sheet in SHEETS if sheet.parent != CSS], ids=_name)
def test_a_style_sheet_in_a_folder_names_no_file(sheet):
    """It becomes part of a sheet in another folder, where a relative address means something else."""
    assert "url(" not in sheet.read_text()


@pytest.mark.parametrize("page", PAGES, ids=lambda path: str(path.relative_to(ROOT / "templates")))
def test_pages_have_no_inline_script_or_style(page):
    text = page.read_text()
    assert re.findall(r"<style|\sstyle=|\son[a-z]+=|javascript:|<script(?![^>]*\ssrc=)", text) == []


def test_the_error_page_needs_no_request_no_database_and_no_hashed_names():
    page = render_to_string("web/error.html", {"status": 500, "heading": "It failed", "message": "Try again."})
    assert re.findall(r'<link rel="stylesheet" href="([^"]+)"', page) == ["/static/css/site.css"]
    assert [text in page for text in ("<h1>It failed</h1>", "Try again.")] == [True, True]


@pytest.mark.parametrize("sheet", SHEETS, ids=_name)
def test_a_style_sheet_closes_each_part_before_the_next(sheet):
    """A missing brace makes everything after it part of one rule, and no browser reports that."""
    parts = re.split(r"^/\*", sheet.read_text(), flags=re.M)

    assert [section[:60] for section in parts if section.count("{") != section.count("}")] == []
