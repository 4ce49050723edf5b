"""Finds what is wrong with a catalogue, one line for each problem."""

import re
import tomllib
from collections.abc import Iterator
from pathlib import Path

from babel.messages import Catalog, Message

from tools.catalogues import files

# Parts that a translation must share with its source: placeholders and tags.
PLACEHOLDER = re.compile(r"%%|%\(\w+\)[a-z]|%[a-z]|\{\w*\}|</?[a-z][^>]*>")
INTERPOLATION = re.compile(r"%\(\w+\)[a-z]|%[a-z]")
BARE_PERCENT = re.compile(r"%(?!%|\(\w+\)[a-z]|[a-z])")

# Plural forms that stand for one number only, and may write it as a word.
SINGLE_NUMBER_FORMS = {"en": {0}, "ar": {0, 1, 2}}


def faults(folder: Path, language: str, marked: Catalog) -> list[str]:
    """Returns no problem if every marked string has a valid translation and both files are up to date."""
    translated = files.read(folder, language)
    catalogue = files.merged(marked, translated, language)
    problems = [
        *_of_translations(catalogue, translated, language),
        *_equal_to_their_source(catalogue, language, _exceptions(folder).get(language, [])),
        *(f"{_shown(message)}: not in the sources any more" for message in translated if _is_gone(message, marked)),
    ]
    return problems or _unlike_their_sources(folder, language, catalogue)


def _of_translations(catalogue: Catalog, translated: Catalog, language: str) -> Iterator[str]:
    for message in catalogue:
        if message.id:
            yield from (f"{_shown(message)}: {fault}" for fault in _wrong(message, translated, language))


def _wrong(message: Message, translated: Catalog, language: str) -> Iterator[str]:
    translation = translated.get(message.id, message.context)
    if translation is None:
        yield "missing"
    elif message.fuzzy:
        yield "fuzzy"
    elif not all(_forms(message)):
        yield "not translated"
    elif language != "en":
        for number, form in enumerate(_forms(message)):
            yield from _differs(message, form, may_leave_out=number in SINGLE_NUMBER_FORMS.get(language, ()))


def _differs(message: Message, form: str, *, may_leave_out: bool) -> Iterator[str]:
    sources = _sources(message)
    expected, given = _held(sources[-1]), _held(form)
    allowed = set().union(*map(_held, sources))
    lacking = set() if message.pluralizable and may_leave_out else expected - given
    if lacking or given - allowed:
        yield f"“{form}” holds {_listed(given)} where its source holds {_listed(expected)}"
    if any(map(INTERPOLATION.search, sources)) and BARE_PERCENT.search(form):
        yield f"“{form}” has a per cent sign by itself: write %%"
    if (form[:1].isspace(), form[-1:].isspace()) != (sources[0][:1].isspace(), sources[0][-1:].isspace()):
        yield f"“{form}” begins or ends with white space, or its source does"


def _equal_to_their_source(catalogue: Catalog, language: str, same: list[str]) -> Iterator[str]:
    if language == "en":
        return
    equal = {source for message in catalogue for source in _sources(message) if source and source in _forms(message)}
    yield from (f"“{source}”: the same as its source" for source in sorted(equal - set(same)))
    yield from (f"“{source}”: an exception that is none" for source in sorted(set(same) - equal))


def _unlike_their_sources(folder: Path, language: str, catalogue: Catalog) -> list[str]:
    po_file = files.po_file(folder, language)
    contents = {po_file: files.po(catalogue), po_file.with_suffix(".mo"): files.mo(catalogue)}
    return [
        f"{path.name} is not what it would be written as: run python -m tools.catalogues"
        for path, content in contents.items()
        if not path.exists() or path.read_bytes() != content
    ]


def _exceptions(folder: Path) -> dict[str, list[str]]:
    """Returns the words that a language spells as English does, by language."""
    path = folder / "same.toml"
    return tomllib.loads(path.read_text(encoding="utf-8")) if path.exists() else {}


def _is_gone(message: Message, marked: Catalog) -> bool:
    return bool(message.id) and marked.get(message.id, message.context) is None


def _sources(message: Message) -> list[str]:
    return [message.id] if isinstance(message.id, str) else list(message.id)


def _forms(message: Message) -> list[str]:
    return [message.string or ""] if isinstance(message.string, str | None) else list(message.string)


def _held(text: str) -> set[str]:
    return set(PLACEHOLDER.findall(text))


def _listed(held: set[str]) -> str:
    return ", ".join(sorted(held)) or "nothing"


def _shown(message: Message) -> str:
    context = f" ({message.context})" if message.context else ""
    return f"“{_sources(message)[0]}”{context}"
