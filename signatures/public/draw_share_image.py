"""Draws the share images. Only the worker does this; the files are kept in the default storage."""

import re
from datetime import datetime, timedelta

from django.conf import settings
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext, ngettext

from signatures.public.models.tally import Count, count
from signatures.statements import share_image
from signatures.statements.colours import DEFAULT_PALETTE
from signatures.statements.models.share_image import SharePicture
from signatures.statements.models.statement import Statement
from signatures.statements.models.version import Translation
from signatures.web import storage
from signatures.web.languages import localized_numbers

MIN_INTERVAL = timedelta(minutes=1)
NUMBER = re.compile(r"<b>(.*?)</b>")


def draw_share_pictures(*, now: datetime) -> None:
    """Draws one image per published statement and language if its content has changed, at most once a minute."""
    drawn = {(picture.statement_id, picture.language): picture for picture in SharePicture.objects.all()}
    for statement in Statement.objects.published().with_translations():
        counted = count(statement.pk)
        for language, _name in settings.LANGUAGES:
            with translation.override(language):
                poster = _poster_for(statement, statement.translation_for(language), counted, now)
            old = drawn.get((statement.pk, language))
            if not old or (old.digest != poster.digest and old.drawn_at <= now - MIN_INTERVAL):
                _draw(statement, language, poster, old, now)


def _draw(
    statement: Statement,
    language: str,
    poster: share_image.SharePictureContent,
    old: SharePicture | None,
    now: datetime,
) -> None:
    """Saves a new image, then deletes the old file. A text gets no image if our font lacks one of its letters."""
    if not share_image.has_glyphs(poster.text):
        return
    name = f"share/{statement.slug}-{language}-{poster.digest[:12]}.png"
    logo = storage.read_or_none(poster.logo) if poster.logo else None
    with transaction.atomic():
        file = default_storage.save(name, ContentFile(share_image.render_picture(poster, logo)))
        values = {"digest": poster.digest, "file": file, "drawn_at": now}
        SharePicture.objects.update_or_create(statement=statement, language=language, defaults=values)
    if old:
        default_storage.delete(old.file)


def _poster_for(
    statement: Statement, wording: Translation, counted: Count, now: datetime
) -> share_image.SharePictureContent:
    number, caption = _count_in_words(counted, statement.is_open(now))
    return share_image.SharePictureContent(
        organiser=statement.organiser,
        text=wording.version.plain_text if wording.version.is_short else wording.title,
        text_language=wording.language,
        number=number,
        caption=caption,
        site=settings.SITE_NAME,
        language=translation.get_language() or "",
        is_rtl=translation.get_language_bidi(),
        text_is_rtl=translation.get_language_info(wording.language)["bidi"],
        accent=statement.accent or DEFAULT_PALETTE.accent,
        logo=statement.logo.name or "",
    )


def _count_in_words(counted: Count, is_open: bool) -> tuple[str, str]:
    """Returns the number and its caption. The text is the same as on the page (templates/public/count.html)."""
    if not counted.all:
        return "", gettext("Nobody has signed yet. Be the first.") if is_open else ""
    if counted.organisations:
        words = ngettext(
            "<b>%(shown)s</b> organisation has signed",
            "<b>%(shown)s</b> people and organisations have signed",
            counted.all,
        )
    else:
        words = ngettext("<b>%(shown)s</b> person has signed", "<b>%(shown)s</b> people have signed", counted.all)
    return localized_numbers.number(counted.all), " ".join(NUMBER.sub("", words).split())
