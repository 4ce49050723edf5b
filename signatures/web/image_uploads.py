"""Pictures that organisers send: looked at, and made anew, so that what is served was written by us alone."""

import warnings
from dataclasses import dataclass
from hashlib import sha256
from io import BytesIO
from struct import error as StructError

from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext_lazy as _
from PIL import Image, ImageOps

MOST_BYTES = 1_000_000
MOST_PIXELS = 40_000_000
FORMATS = ("PNG", "JPEG", "WEBP", "GIF")
SHARE = (1200, 630)
LOGO = (640, 160)

IS_SVG = _("This is an SVG, which can carry scripts. Send the picture as PNG, JPEG or WebP.")
IS_NONE = _("This is no picture that we can read. Send PNG, JPEG or WebP.")
IS_LARGE = _("This file has %(size)s kB. Send one of at most 1,000.")
IS_HUGE = _("This picture is %(width)s by %(height)s: make it smaller than 40 million pixels.")


@dataclass(frozen=True)
class Kind:
    """How a picture is written: PNG keeps a logo's edges and its open ground, JPEG is small for a photograph."""

    format: str
    ending: str


PNG, JPEG = Kind("PNG", "png"), Kind("JPEG", "jpg")


def logo(sent: UploadedFile) -> ContentFile:
    image = _read(sent)
    image = image if image.mode in ("RGB", "RGBA") else image.convert("RGBA")
    image.thumbnail(LOGO)
    return _written(image, PNG)


def share_picture(sent: UploadedFile) -> ContentFile:
    """Filled to its edges; what is of another shape is cut at its sides."""
    return _written(ImageOps.fit(_read(sent).convert("RGB"), SHARE), JPEG)


def _read(sent: UploadedFile) -> Image.Image:
    if (sent.size or 0) > MOST_BYTES:
        raise ValidationError(IS_LARGE, params={"size": f"{(sent.size or 0) / 1000:.0f}"})
    content = sent.read()
    if b"<svg" in content[:4096].lower():
        raise ValidationError(IS_SVG)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)  # its size is looked at below
            image = Image.open(BytesIO(content), formats=FORMATS)
    except (OSError, Image.DecompressionBombError):
        raise ValidationError(IS_NONE) from None
    if image.width * image.height > MOST_PIXELS:
        raise ValidationError(IS_HUGE, params={"width": image.width, "height": image.height})
    try:
        image.load()
    except (OSError, SyntaxError, ValueError):
        raise ValidationError(IS_NONE) from None
    return _upright(image)


def _upright(image: Image.Image) -> Image.Image:
    """As the camera says that it is, unless what it says is broken."""
    try:
        return ImageOps.exif_transpose(image)
    except (OSError, SyntaxError, ValueError, TypeError, KeyError, StructError):
        return image


def _written(image: Image.Image, kind: Kind) -> ContentFile:
    """Without place, camera or comments. Its name tells its content, so that caches may keep it for ever."""
    buffer = BytesIO()
    bare = Image.new(image.mode, image.size)
    bare.paste(image)
    bare.save(buffer, kind.format, optimize=True, quality=86)
    content = buffer.getvalue()
    return ContentFile(content, name=f"{sha256(content).hexdigest()[:16]}.{kind.ending}")
