"""A statement's own colour: whether it can be read, and the style sheet that it becomes.

Contrast is that of WCAG 2.2 (https://www.w3.org/TR/WCAG22/#dfn-contrast-ratio). The papers are those of
static/css/tokens.css; a test compares.
"""

import re
from dataclasses import dataclass
from functools import cached_property, lru_cache
from hashlib import sha256

PAPER, DARK_PAPER = "#faf8f3", "#14120e"
SHEET, DARK_SHEET = "#fffdf8", "#1b1813"
DARK_TEXT, LIGHT_TEXT = "#1a0f0c", "#fffdf8"
MIN_CONTRAST = 4.5
HEX = re.compile(r"#[0-9a-f]{6}")
STEPS = 50

STYLESHEET_RULES = (
    ":root{{--raw-vermilion:{light};--raw-vermilion-deep:{light_deep};--raw-on-vermilion:{on_light}}}"
    "@media (prefers-color-scheme:dark){{:root{{--raw-vermilion:{dark};--raw-vermilion-deep:{dark_deep};"
    "--raw-on-vermilion:{on_dark}}}}}\n"
)


@dataclass(frozen=True)
class Palette:
    """`accent` as an organiser chose it; `accent_dark` for dark mode, "" to have it reckoned from the other."""

    accent: str
    accent_dark: str = ""

    @cached_property
    def dark(self) -> str:
        return self.accent_dark or lightened(self.accent)

    @cached_property
    def on_light(self) -> str:
        return text_colour_on(self.accent)

    @cached_property
    def on_dark(self) -> str:
        return text_colour_on(self.dark)

    @property
    def sheet(self) -> str:
        return STYLESHEET_RULES.format(
            light=self.accent,
            light_deep=mix(self.accent, "#000000", 0.25),
            on_light=self.on_light,
            dark=self.dark,
            dark_deep=mix(self.dark, "#ffffff", 0.25),
            on_dark=self.on_dark,
        )

    @property
    def digest(self) -> str:
        return sha256(self.sheet.encode()).hexdigest()[:16]


OURS = Palette("#b3261e", "#ff8a73")


@lru_cache(maxsize=100)
def palette_of(accent: str, accent_dark: str) -> Palette:
    """For mails, which bring their colours along: that of the site where a statement has none."""
    return Palette(accent, accent_dark) if accent else OURS


def contrast(one: str, other: str) -> float:
    """From 1 to 21."""
    darker, brighter = sorted((_luminance(one), _luminance(other)))
    return (brighter + 0.05) / (darker + 0.05)


def least_contrast(accent: str, *, dark: bool) -> float:
    """As letters on the paper and on the form, and with letters on it."""
    grounds = (DARK_PAPER, DARK_SHEET) if dark else (PAPER, SHEET)
    return min(contrast(accent, ground) for ground in (*grounds, text_colour_on(accent)))


def lightened(accent: str) -> str:
    """The same colour, as light as dark mode needs."""
    tones = (mix(accent, "#ffffff", step / STEPS) for step in range(STEPS + 1))
    return next(tone for tone in tones if least_contrast(tone, dark=True) >= MIN_CONTRAST + 1)


def text_colour_on(accent: str) -> str:
    return max((LIGHT_TEXT, DARK_TEXT), key=lambda letters: contrast(accent, letters))


def mix(one: str, other: str, part: float) -> str:
    """`part` of the other in the one."""
    pairs = zip(_channels(one), _channels(other), strict=True)
    return "#" + "".join(f"{round(a + (b - a) * part):02x}" for a, b in pairs)


def _luminance(colour: str) -> float:
    red, green, blue = (_linear(channel / 255) for channel in _channels(colour))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _linear(channel: float) -> float:
    return float(channel / 12.92 if channel <= 0.04045 else ((channel + 0.055) / 1.055) ** 2.4)


def _channels(colour: str) -> tuple[int, int, int]:
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)
