"""Extracts the strings that are marked for translation, from Python files and templates."""

from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from tokenize import TokenError

from babel.messages import Catalog
from babel.messages.extract import extract
from django.utils.translation import template as django_template

FOLDERS = ("petition", "signatures", "templates")
IGNORED_FOLDERS = {"migrations", "__pycache__"}
TEMPLATES = {".html", ".txt"}
TRANSLATORS = ["Translators:"]

ONE, PLURAL = None, (1, 2)
WITH_CONTEXT, PLURAL_WITH_CONTEXT = ((1, "c"), 2), ((1, "c"), 2, 3)
KEYWORDS = {
    **dict.fromkeys(("_", "gettext", "gettext_lazy", "gettext_noop"), ONE),
    **dict.fromkeys(("ngettext", "ngettext_lazy"), PLURAL),
    **dict.fromkeys(("pgettext", "pgettext_lazy"), WITH_CONTEXT),
    **dict.fromkeys(("npgettext", "npgettext_lazy"), PLURAL_WITH_CONTEXT),
}


def marked(root: Path) -> Catalog:
    """Returns every marked string once, with the files that contain it."""
    catalogue = Catalog()
    for path in _files(root):
        name = path.relative_to(root).as_posix()
        for _line, message, comments, context in _strings(path):
            catalogue.add(message, locations=[(name, 0)], auto_comments=comments, context=context)
    return catalogue


def _files(root: Path) -> Iterator[Path]:
    for folder in FOLDERS:
        for path in sorted((root / folder).rglob("*")):
            is_source = path.suffix == ".py" or (path.suffix in TEMPLATES and "templates" in path.parts)
            if is_source and not IGNORED_FOLDERS.intersection(path.parts):
                yield path


def _strings(path: Path) -> list[tuple]:
    text = path.read_text(encoding="utf-8")
    if path.suffix in TEMPLATES:
        text = _template_as_python(text, str(path))
    try:
        return list(extract("python", BytesIO(text.encode()), KEYWORDS, TRANSLATORS, {"encoding": "utf-8"}))
    except (TokenError, SyntaxError) as error:
        raise SyntaxError(f"{path}: {error}") from None


def _template_as_python(text: str, name: str) -> str:
    """Returns a template as Python source. Django turns a template into gettext calls between crossed-out words,
    which xgettext can read. Babel reads it as Python does, where indentation has a meaning."""
    lines = django_template.templatize(text, origin=name).splitlines()
    return "\n".join(line.strip() for line in lines)
