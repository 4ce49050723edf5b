"""Merges the display faces of static/fonts into the one font with which signatures/statements/share_image.py draws.

    .venv/bin/python -m tools.dev.fonts

Run it only after a change of a face in static/fonts. Raqm takes one font for a line in many scripts.
"""

import tempfile
from pathlib import Path

from fontTools.merge import Merger
from fontTools.ttLib import TTFont
from fontTools.ttLib.scaleUpem import scale_upem
from fontTools.varLib.instancer import instantiateVariableFont

from tools.dev.processes import ROOT

FACES = (
    "newsreader-latin",
    "newsreader-latin-ext",
    "newsreader-vietnamese",
    "noto-naskh-arabic",
    "noto-serif-devanagari",
)
WEIGHT = 500
UNITS = 1000
FONT = ROOT / "signatures" / "data" / "fonts" / "poster.ttf"


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        faces = [_plain(name, Path(folder)) for name in FACES]
        font = Merger().merge([str(face) for face in faces])
    font.save(FONT)
    FONT.with_suffix(".txt").write_text(" ".join(_ranges(sorted(font.getBestCmap()))) + "\n")


def _plain(name: str, folder: Path) -> Path:
    """Returns one weight in common units, without tables that only browsers and old printers read."""
    font = TTFont(ROOT / "static" / "fonts" / f"{name}.woff2")
    font.flavor = None
    if "fvar" in font:
        font = instantiateVariableFont(font, {"wght": WEIGHT})
    if font["head"].unitsPerEm != UNITS:
        scale_upem(font, UNITS)
    for table in {"STAT", "gasp"} & set(font.keys()):
        del font[table]
    font.save(folder / f"{name}.ttf")
    return folder / f"{name}.ttf"


def _ranges(letters: list[int]) -> list[str]:
    """Lists the letters of the font in a file that needs no font program to read."""
    begins = [letter for letter in letters if letter - 1 not in letters]
    ends = [letter for letter in letters if letter + 1 not in letters]
    return [f"{begin:x}-{end:x}" for begin, end in zip(begins, ends, strict=True)]


if __name__ == "__main__":
    main()
