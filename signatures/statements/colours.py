"""Checks the contrast of a statement's own colour and makes a style sheet from it.

Contrast is defined in WCAG 2.2 (https://www.w3.org/TR/WCAG22/#dfn-contrast-ratio). The background colours are copied
from static/css/tokens.css; a test compares them.
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
    """The accent of an organiser, and one for dark mode. An empty `accent_dark` is computed from `accent`."""

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
    def stylesheet(self) -> str:
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
        return sha256(self.stylesheet.encode()).hexdigest()[:16]


DEFAULT_PALETTE = Palette("#b3261e", "#ff8a73")


@lru_cache(maxsize=100)
def palette_of(accent: str, accent_dark: str) -> Palette:
    """Returns the colours for an email, which cannot load a style sheet. The default is the site's own."""
    return Palette(accent, accent_dark) if accent else DEFAULT_PALETTE


def contrast(one: str, other: str) -> float:
    """Returns a ratio from 1 to 21."""
    darker, brighter = sorted((_luminance(one), _luminance(other)))
    return (brighter + 0.05) / (darker + 0.05)


def least_contrast(accent: str, *, dark: bool) -> float:
    """Returns the lowest ratio of three: text in this colour on the page and on the form, and text on this colour."""
    backgrounds = (DARK_PAPER, DARK_SHEET) if dark else (PAPER, SHEET)
    return min(contrast(accent, colour) for colour in (*backgrounds, text_colour_on(accent)))


def lightened(accent: str) -> str:
    """Mixes white into the colour until dark mode has enough contrast."""
    tones = (mix(accent, "#ffffff", step / STEPS) for step in range(STEPS + 1))
    return next(tone for tone in tones if least_contrast(tone, dark=True) >= MIN_CONTRAST + 1)


def text_colour_on(accent: str) -> str:
    return max((LIGHT_TEXT, DARK_TEXT), key=lambda text: contrast(accent, text))


def mix(one: str, other: str, share: float) -> str:
    """Mixes two colours. `share`, from 0 to 1, is how much of the other the result has."""
    pairs = zip(_channels(one), _channels(other), strict=True)
    return "#" + "".join(f"{round(a + (b - a) * share):02x}" for a, b in pairs)


def _luminance(colour: str) -> float:
    red, green, blue = (_linear(channel / 255) for channel in _channels(colour))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _linear(channel: float) -> float:
    return float(channel / 12.92 if channel <= 0.04045 else ((channel + 0.055) / 1.055) ** 2.4)


def _channels(colour: str) -> tuple[int, int, int]:
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)
