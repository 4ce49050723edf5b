"""Checks and re-encodes pictures that organisers upload, so that the site serves only files that it wrote itself."""

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

MAX_BYTES = 1_000_000
MAX_PIXELS = 40_000_000
FORMATS = ("PNG", "JPEG", "WEBP", "GIF")
SHARE_PICTURE_SIZE = (1200, 630)
LOGO_SIZE = (640, 160)

SVG_MESSAGE = _("This is an SVG file, which can contain scripts. Upload the picture as PNG, JPEG or WebP.")
NOT_AN_IMAGE_MESSAGE = _("This file is not a picture that the site can read. Upload PNG, JPEG or WebP.")
TOO_MANY_BYTES_MESSAGE = _("This file has %(size)s kB. Upload a file of at most 1,000 kB.")
TOO_MANY_PIXELS_MESSAGE = _("This picture has %(width)s by %(height)s pixels. Make it smaller than 40 million pixels.")


@dataclass(frozen=True)
class ImageFormat:
    """A file format: PNG keeps the edges and the transparency of a logo, JPEG is small for a photograph."""

    format: str
    ending: str


PNG, JPEG = ImageFormat("PNG", "png"), ImageFormat("JPEG", "jpg")


def logo(sent: UploadedFile) -> ContentFile:
    image = _read(sent)
    image = image if image.mode in ("RGB", "RGBA") else image.convert("RGBA")
    image.thumbnail(LOGO_SIZE)
    return _encoded(image, PNG)


def share_picture(sent: UploadedFile) -> ContentFile:
    """Fills the whole picture; another aspect ratio is cropped."""
    return _encoded(ImageOps.fit(_read(sent).convert("RGB"), SHARE_PICTURE_SIZE), JPEG)


def _read(sent: UploadedFile) -> Image.Image:
    if (sent.size or 0) > MAX_BYTES:
        raise ValidationError(TOO_MANY_BYTES_MESSAGE, params={"size": f"{(sent.size or 0) / 1000:.0f}"})
    content = sent.read()
    if b"<svg" in content[:4096].lower():
        raise ValidationError(SVG_MESSAGE)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)  # the size is checked below
            image = Image.open(BytesIO(content), formats=FORMATS)
    except (OSError, Image.DecompressionBombError):
        raise ValidationError(NOT_AN_IMAGE_MESSAGE) from None
    if image.width * image.height > MAX_PIXELS:
        raise ValidationError(TOO_MANY_PIXELS_MESSAGE, params={"width": image.width, "height": image.height})
    try:
        image.load()
    except (OSError, SyntaxError, ValueError):
        raise ValidationError(NOT_AN_IMAGE_MESSAGE) from None
    return _with_orientation_applied(image)


def _with_orientation_applied(image: Image.Image) -> Image.Image:
    """Applies the orientation in the EXIF data, unless that data is broken."""
    try:
        return ImageOps.exif_transpose(image)
    except (OSError, SyntaxError, ValueError, TypeError, KeyError, StructError):
        return image


def _encoded(image: Image.Image, image_format: ImageFormat) -> ContentFile:
    """Encodes without metadata. The name is a hash of the content, so that caches may keep the file for ever."""
    buffer = BytesIO()
    bare = Image.new(image.mode, image.size)
    bare.paste(image)
    bare.save(buffer, image_format.format, optimize=True, quality=86)
    content = buffer.getvalue()
    return ContentFile(content, name=f"{sha256(content).hexdigest()[:16]}.{image_format.ending}")
