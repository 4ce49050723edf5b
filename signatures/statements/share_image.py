"""Draws the share image of a statement: its text, its count and its colours, as a PNG of 1200 by 630 pixels.

Other sites show this image beside a link to the statement. Pillow shapes text with Raqm (HarfBuzz, FriBidi), which is
part of its wheels: Arabic letters join and run from the right, Devanagari vowels are reordered. One font has every
script that a statement may use (tools/dev/fonts.py makes it).
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
LAYOUT = "1"  # increase it when the drawing changes, so that every image is drawn again
SIZE = (1200, 630)
MARGIN = 76
BACKGROUND, TEXT_COLOUR, ASH, RULE_COLOUR = "#faf8f3", "#17140f", "#5f584c", "#d9d2c3"
LEADING = {"ar": 1.5, "hi": 1.45}
OTHER_LEADING = 1.14
TEXT_TOP, TEXT_BOTTOM = 132, 446
LOGO, LOGO_MIDDLE = (320, 72), 84
RULE_TOP, BASELINE = 482, 582
TEXT_SIZES = range(92, 36, -4)
WORD_GAP = 24  # pixels between words of the largest size
COLOURS = 128


@dataclass(frozen=True)
class SharePictureContent:
    """Everything that is drawn. The text may be the original, in another language than the page."""

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


def render_picture(poster: SharePictureContent, logo: bytes | None = None) -> bytes:
    image = Image.new("RGB", SIZE, BACKGROUND)
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
    """Returns whether the font has every letter. A missing letter would be drawn as a box."""
    letters = letters_in(FONT.with_suffix(".txt"))
    return all(ord(letter) in letters or not letter.isprintable() or letter.isspace() for letter in text)


class Pen:
    """Writes text from the side where reading begins."""

    def __init__(self, drawing: ImageDraw.ImageDraw):
        self.drawing = drawing

    def write(self, text: str, *, at: int, size: int, colour: str, is_rtl: bool, indent: float = 0) -> float:
        """Writes one line on the baseline `at`, truncated if it is too long. Returns its width in pixels."""
        room = SIZE[0] - 2 * MARGIN - indent
        shown = _truncated(text, size, is_rtl, room)
        start = SIZE[0] - MARGIN - indent if is_rtl else MARGIN + indent
        self.drawing.text(
            (start, at),
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
    """Pastes the logo at the side where lines end."""
    scaled = Image.open(BytesIO(logo)).convert("RGBA")
    scaled.thumbnail(LOGO)
    left = MARGIN if is_rtl else SIZE[0] - MARGIN - scaled.width
    image.paste(scaled, (left, LOGO_MIDDLE - scaled.height // 2), scaled)


def _write_text(pen: Pen, poster: SharePictureContent) -> None:
    """Writes the text in the largest size that fits. If even the smallest is too large, the last line is truncated."""
    room, leading = TEXT_BOTTOM - TEXT_TOP, LEADING.get(poster.text_language, OTHER_LEADING)
    words = [(word, _width(word, TEXT_SIZES[0], poster.text_is_rtl)) for word in poster.text.split()]
    for size in TEXT_SIZES:
        lines = _lines(words, size)
        if len(lines) * size * leading <= room:
            break
    fitting = int(room / (size * leading))
    if len(lines) > fitting:
        lines = [*lines[: fitting - 1], " ".join(lines[fitting - 1 :])]  # Pen.write truncates it
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
    """Breaks the words into lines of similar width, so that no line has a single word. Word widths are for the largest
    size."""
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
        if lines and end + WORD_GAP + width <= widest:
            lines[-1], end = f"{lines[-1]} {word}", end + WORD_GAP + width
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
