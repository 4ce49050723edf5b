"""Reads and writes the catalogues in locale/. The same sources and translations always give the same bytes."""

from io import BytesIO
from pathlib import Path
from typing import Any

from babel.messages import Catalog, Message
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

# Babel's own rule for Arabic has the last two forms in another order than all Arabic catalogues of Django.
PLURALS = {
    "en": "nplurals=2; plural=(n != 1);",
    "fr": "nplurals=2; plural=(n > 1);",
    "id": "nplurals=1; plural=0;",
    "hi": "nplurals=2; plural=(n > 1);",
    "ar": "nplurals=6; plural=n==0 ? 0 : n==1 ? 1 : n==2 ? 2 : n%100>=3 && n%100<=10 ? 3 : "
    "n%100>=11 && n%100<=99 ? 4 : 5;",
}


class UndatedCatalog(Catalog):
    """A catalogue without dates and versions, which would change the file although no string changed."""

    def __init__(self, language: str):
        super().__init__(locale=language, header_comment="", fuzzy=False)
        self._set_mime_headers([("Plural-Forms", PLURALS[language])])

    @property
    def mime_headers(self) -> list[tuple[str, str]]:
        return [
            ("Language", str(self.locale_identifier)),
            ("Plural-Forms", PLURALS[str(self.locale_identifier)]),
            ("MIME-Version", "1.0"),
            ("Content-Type", "text/plain; charset=utf-8"),
            ("Content-Transfer-Encoding", "8bit\n"),
        ]


def po_file(folder: Path, language: str) -> Path:
    return folder / language / "LC_MESSAGES" / "django.po"


def read(folder: Path, language: str) -> Catalog:
    """Returns the translations so far."""
    path = po_file(folder, language)
    if not path.exists():
        return UndatedCatalog(language)
    with path.open("rb") as file:
        return read_po(file, locale=language)


def merged(marked: Catalog, translated: Catalog, language: str) -> UndatedCatalog:
    """Returns the marked strings with their translations. English is its own translation."""
    catalogue = UndatedCatalog(language)
    for source in marked:
        if not source.id:
            continue
        translation = translated.get(source.id, source.context)
        catalogue.add(
            source.id,
            string=source.id if language == "en" else _matching_translation(source, translation),
            locations=source.locations,
            flags=source.flags | (translation.flags & {"fuzzy"} if translation else set()),
            auto_comments=source.auto_comments,
            user_comments=translation.user_comments if translation else (),
            context=source.context,
        )
    return catalogue


def po(catalogue: Catalog) -> bytes:
    file = BytesIO()
    write_po(file, catalogue, width=0, include_lineno=False, sort_output=True)
    return file.getvalue().strip() + b"\n"


def mo(catalogue: Catalog) -> bytes:
    file = BytesIO()
    write_mo(file, catalogue)
    return file.getvalue()


def _matching_translation(source: Message, translation: Message | None) -> Any:
    """Returns the translation, or None if it is singular and the source has plural forms, or the other way round."""
    if translation is None or source.pluralizable != translation.pluralizable:
        return None
    return translation.string
