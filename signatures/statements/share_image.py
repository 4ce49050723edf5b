"""The picture that others show beside a link to a statement: its words, its count, its colours. 1200 by 630, as PNG.

Pillow shapes with Raqm (HarfBuzz, FriBidi), which its wheels bring along: Arabic joins and runs from the right,
Devanagari reorders. One font holds every script that a statement may be in (tools/dev/fonts.py makes it).
"""

from collections.abc import Sequence
from dataclasses import astuple, dataclass
from functools import lru_cache
from hashlib import sha256
from io import BytesIO

from PIL import Image, ImageDraw, ImageFont

from signatures.data import DATA
from signatures.web.font_letters import letters_in
from signatures.web.languages.text_direction import direction

FONT = DATA / "fonts" / "poster.ttf"
LAYOUT = "1"  # raised where the same words are to be drawn otherwise
SIZE = (1200, 630)
MARGIN = 76
PAPER, TEXT_COLOUR, ASH, RULE_COLOUR = "#faf8f3", "#17140f", "#5f584c", "#d9d2c3"
LEADING = {"ar": 1.5, "hi": 1.45}
OTHER_LEADING = 1.14
TEXT_TOP, TEXT_BOTTOM = 132, 446
LOGO, LOGO_MIDDLE = (320, 72), 84
RULE_TOP, BASELINE = 482, 582
TEXT_SIZES = range(92, 36, -4)
LINE_GAP = 24  # between words of the largest size
COLOURS = 128


@dataclass(frozen=True)
class SharePictureContent:
    """All that is drawn. The words may be the original, in another language than the page."""

    organiser: str
    text: str
    text_language: str
    number: str
    caption: str
    site: str
    language: str
    is_rtl: bool
    text_is_rtl: bool
    accent: str
    logo: str = ""

    @property
    def digest(self) -> str:
        return sha256("\0".join([LAYOUT, *map(str, astuple(self))]).encode()).hexdigest()


def draw(poster: SharePictureContent, logo: bytes | None = None) -> bytes:
    image = Image.new("RGB", SIZE, PAPER)
    if logo:
        _paste(image, logo, poster.text_is_rtl)
    pen = Pen(ImageDraw.Draw(image))
    pen.write(poster.organiser, at=96, size=30, colour=ASH, is_rtl=poster.text_is_rtl)
    _write_text(pen, poster)
    pen.rule(RULE_TOP)
    _write_count(pen, poster)
    buffer = BytesIO()
    image.quantize(COLOURS, dither=Image.Dither.NONE).save(buffer, "PNG", optimize=True)
    return buffer.getvalue()


def has_glyphs(text: str) -> bool:
    """Whether the font has every letter; else the picture would show boxes."""
    known = letters_in(FONT.with_suffix(".txt"))
    return all(ord(letter) in known or not letter.isprintable() or letter.isspace() for letter in text)


class Pen:
    """Writes from the side on which a reader begins."""

    def __init__(self, drawing: ImageDraw.ImageDraw):
        self.drawing = drawing

    def write(self, text: str, *, at: int, size: int, colour: str, is_rtl: bool, indent: float = 0) -> float:
        """One line on the baseline `at`; as much as fits. How wide it became."""
        room = SIZE[0] - 2 * MARGIN - indent
        shown = _truncated(text, size, is_rtl, room)
        begin = SIZE[0] - MARGIN - indent if is_rtl else MARGIN + indent
        self.drawing.text(
            (begin, at),
            shown,
            fill=colour,
            font=_font(size),
            anchor="rs" if is_rtl else "ls",
            direction=direction(is_rtl),
        )
        return _width(shown, size, is_rtl)

    def rule(self, at: int) -> None:
        self.drawing.line([(MARGIN, at), (SIZE[0] - MARGIN, at)], fill=RULE_COLOUR, width=2)


def _paste(image: Image.Image, logo: bytes, is_rtl: bool) -> None:
    """Opposite to where the reader begins."""
    shown = Image.open(BytesIO(logo)).convert("RGBA")
    shown.thumbnail(LOGO)
    image.paste(shown, (MARGIN if is_rtl else SIZE[0] - MARGIN - shown.width, LOGO_MIDDLE - shown.height // 2), shown)


def _write_text(pen: Pen, poster: SharePictureContent) -> None:
    """As large as it fits; where even the smallest is too large, as many lines as there is room for."""
    room, leading = TEXT_BOTTOM - TEXT_TOP, LEADING.get(poster.text_language, OTHER_LEADING)
    words = [(word, _width(word, TEXT_SIZES[0], poster.text_is_rtl)) for word in poster.text.split()]
    for size in TEXT_SIZES:
        lines = _lines(words, size)
        if len(lines) * size * leading <= room:
            break
    fitting = int(room / (size * leading))
    if len(lines) > fitting:
        lines = [*lines[: fitting - 1], " ".join(lines[fitting - 1 :])]  # cut as it is written
    for place, line in enumerate(lines):
        baseline = TEXT_TOP + round(size * 0.86 + place * size * leading + (leading - OTHER_LEADING) * size / 2)
        pen.write(line, at=baseline, size=size, colour=TEXT_COLOUR, is_rtl=poster.text_is_rtl)


def _write_count(pen: Pen, poster: SharePictureContent) -> None:
    width = 0.0
    if poster.number:
        width = pen.write(poster.number, at=BASELINE, size=96, colour=poster.accent, is_rtl=poster.is_rtl) + 26
    pen.write(poster.caption, at=BASELINE - 34, size=34, colour=TEXT_COLOUR, is_rtl=poster.is_rtl, indent=width)
    pen.write(poster.site, at=BASELINE + 4, size=26, colour=ASH, is_rtl=poster.is_rtl, indent=width)


def _lines(words: Sequence[tuple[str, float]], size: int) -> list[str]:
    """Of about the same width, so that no word is left alone. Each word's width is told for the largest size."""
    scale = size / TEXT_SIZES[0]
    widest = (SIZE[0] - 2 * MARGIN) / scale
    fewest = len(_wrapped(words, widest))
    least, most = widest / max(fewest, 1) / 2, widest
    while most - least > size:
        middle = (least + most) / 2
        least, most = (least, middle) if len(_wrapped(words, middle)) == fewest else (middle, most)
    return _wrapped(words, most)


def _wrapped(words: Sequence[tuple[str, float]], widest: float) -> list[str]:
    lines: list[str] = []
    end = 0.0
    for word, width in words:
        if lines and end + LINE_GAP + width <= widest:
            lines[-1], end = f"{lines[-1]} {word}", end + LINE_GAP + width
        else:
            lines.append(word)
            end = width
    return lines


def _truncated(text: str, size: int, is_rtl: bool, room: float) -> str:
    if _width(text, size, is_rtl) <= room:
        return text
    while text and _width(f"{text} …", size, is_rtl) > room:
        shorter = text.rpartition(" ")[0]
        text = shorter or text[:-1]
    return f"{text} …"


def _width(text: str, size: int, is_rtl: bool) -> float:
    return _font(size).getlength(text, direction=direction(is_rtl))


@lru_cache
def _font(size: int) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(FONT, size, layout_engine=ImageFont.Layout.RAQM)
