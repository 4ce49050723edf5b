"""Makes the fonts in signatures/data/fonts/pack with which a delivery bundle sets names.

    apt-get install fonts-noto-core fonts-noto-cjk
    .venv/bin/python -m tools.dev.pack_fonts

Run it only to add a script. Text is set in the Newsreader of static/fonts, and letters that it lacks in Noto. Each
script is complete except Chinese, Japanese and Korean: of these, the font has the letters that their national
standards
number (GB 2312, Big5 level 1, JIS X 0208, KS X 1001). Otherwise that font alone would have 20 MB.
"""

import tempfile
from collections.abc import Iterable, Iterator
from pathlib import Path

from fontTools.merge import Merger
from fontTools.subset import Options, Subsetter
from fontTools.ttLib import TTFont
from fontTools.varLib.instancer import instantiateVariableFont

from tools.dev.fonts import _ranges
from tools.dev.processes import ROOT

DEBIAN = Path("/usr/share/fonts")
FONTS = ROOT / "signatures" / "data" / "fonts" / "pack"
NEWSREADER = ["newsreader-latin", "newsreader-latin-ext", "newsreader-vietnamese"]
WEIGHTS = {"Regular": 400, "SemiBold": 600}
UNCHANGED_FONTS = [
    "NotoSerif", "NotoNaskhArabic", "NotoSerifDevanagari", "NotoSerifHebrew", "NotoSerifArmenian", "NotoSerifGeorgian",
    "NotoSerifBengali", "NotoSerifGujarati", "NotoSerifGurmukhi", "NotoSerifTamil", "NotoSerifTelugu",
    "NotoSerifKannada", "NotoSerifMalayalam", "NotoSerifSinhala", "NotoSerifThai", "NotoSerifLao", "NotoSerifKhmer",
    "NotoSerifMyanmar", "NotoSerifEthiopic", "NotoSerifTibetan", "NotoSansOriya", "NotoSansThaana", "NotoSansSyriac",
    "NotoSansTifinagh", "NotoSansCherokee",
]  # fmt: skip
CHINESE_FACE = 2  # index in the collection: simplified Chinese, which has the kana and hangul of all


def main() -> None:
    FONTS.mkdir(parents=True, exist_ok=True)
    for style, weight in WEIGHTS.items():
        _newsreader(style, weight)
    for family in UNCHANGED_FONTS:
        font = TTFont(DEBIAN / "truetype/noto" / f"{family}-Regular.ttf")
        _subset(font, None if family != "NotoSerif" else [*range(0x20, 0x600), *range(0x1D00, 0x20D0)], ["*"])
        font.save(FONTS / f"{family}-Regular.ttf")
    font = TTFont(DEBIAN / "opentype/noto/NotoSerifCJK-Regular.ttc", fontNumber=CHINESE_FACE)
    _subset(font, _characters_used(), ["kern", "liga", "ccmp"])
    font.save(FONTS / "NotoSerifCJKsc-Regular.otf")
    letters = {letter for file in FONTS.glob("*.?tf") for letter in TTFont(file).getBestCmap()}
    (FONTS / "letters.txt").write_text(" ".join(_ranges(sorted(letters))) + "\n")


def _newsreader(style: str, weight: int) -> None:
    with tempfile.TemporaryDirectory() as folder:
        parts = []
        for name in NEWSREADER:
            font = TTFont(ROOT / "static" / "fonts" / f"{name}.woff2")
            font.flavor = None
            font = instantiateVariableFont(font, {"wght": weight})
            for table in {"STAT", "gasp"} & set(font.keys()):
                del font[table]
            parts.append(str(Path(folder) / f"{name}.ttf"))
            font.save(parts[-1])
        font = Merger().merge(parts)
    font["OS/2"].usWeightClass = weight
    for number, text in {1: "Newsreader", 2: style, 4: f"Newsreader {style}", 16: "Newsreader", 17: style}.items():
        font["name"].setName(text, number, 3, 1, 0x409)
    font.save(FONTS / f"Newsreader-{style}.ttf")


def _subset(font: TTFont, letters: Iterable[int] | None, features: list[str]) -> None:
    options = Options(hinting=False, glyph_names=False, layout_features=features, notdef_outline=True)
    subsetter = Subsetter(options)
    subsetter.populate(unicodes=font.getBestCmap() if letters is None else letters)
    subsetter.subset(font)


def _characters_used() -> Iterator[int]:
    yield from range(0x3000, 0x3130)  # punctuation and kana
    yield from range(0xAC00, 0xD7A4)  # every syllable of Korean
    yield from range(0xFF00, 0xFFF0)
    for codec, first, last in [("gb2312", 0xB0, 0xF7), ("big5", 0xA4, 0xC6), ("euc_jp", 0xB0, 0xF4)]:
        for pair in (bytes([high, low]) for high in range(first, last + 1) for low in range(0x40, 0xFF)):
            text = pair.decode(codec, "ignore")
            if len(text) == 1 and 0x3400 <= ord(text) <= 0xFAFF:
                yield ord(text)


if __name__ == "__main__":
    main()
