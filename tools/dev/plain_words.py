"""Checks the plain English of the code: bin/check words. Reports old words in identifiers, texts that open with a
bare "Who ..." or "What ...", and docstrings without a verb.

    python -m tools.dev.plain_words [--files] [FOLDER or FILE ...]

`--files` prints only the files with problems, and how many each has. tools/dev/plain_words.toml has the lists of words.
"""

import ast
import io
import re
import sys
import tokenize
import tomllib
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from tools.dev.processes import ROOT

FOLDERS = ("signatures", "petition", "tools", "tests")
MIGRATION = re.compile(r"migrations/\d{4}_")  # a released migration never changes


LABELS = frozenset({"Who", "Who signs for it"})  # headings of a public table and a public field


def _words(name: str) -> frozenset[str]:
    return frozenset(WORDS[name].split())


WORDS: dict[str, str] = tomllib.loads((Path(__file__).parent / "plain_words.toml").read_text(encoding="utf-8"))
OLD_WORDS, OLD_PARTS = _words("old_words"), _words("old_parts")
AUXILIARIES, SUBJECTS = _words("auxiliaries"), _words("subjects")
BEFORE_NOUNS, AFTER_VERBS = _words("before_nouns"), _words("after_verbs")
PASTS = _words("pasts")

COLUMN = re.compile(r"(models|forms)\.\w+\(|\w*Field\(")  # also a field of a form: others send it by its name

BARE_WHO = re.compile(r"(?:Row \d+[a-z]?: )?(?:who|whoever|whom|whose)\b", re.IGNORECASE)
BARE_WHAT = re.compile(r"(?:Row \d+[a-z]?: )?(?:what|whatever|whether|which)\b", re.IGNORECASE)
ROW = re.compile(r"^Rows? [\d, and]+: ")
DIRECTIVE = re.compile(r"#\s*(?:noqa|type:|fmt:|nosec|pragma|!|-\*-)")
MARKING = {"_", "gettext", "gettext_lazy", "gettext_noop", "ngettext", "ngettext_lazy", "pgettext", "pgettext_lazy"}


@dataclass(frozen=True)
class Problem:
    """Says what is wrong in which line."""

    path: str
    line: int
    reason: str
    text: str

    def __str__(self) -> str:
        return f"{self.path}:{self.line}: {self.reason}: {self.text}"


def problems_in(source: str, path: str = "") -> list[Problem]:
    tree = ast.parse(source)
    findings = [*_old_identifiers(tree), *_bare_openings(tree, source), *_verbless_docstrings(tree)]
    return [Problem(path, line, reason, text) for line, reason, text in sorted(findings)]


Finding = tuple[int, str, str]


def _old_identifiers(tree: ast.AST) -> Iterator[Finding]:
    for line, name in _defined_names(tree):
        words = set(name.lower().strip("_").split("_"))
        is_test = name.startswith("test_")
        if name.lower().strip("_") in OLD_WORDS or (not is_test and words & OLD_PARTS):
            yield line, "old word in a name", name


def _defined_names(tree: ast.AST) -> Iterator[tuple[int, str]]:
    """Yields the names of functions, classes, arguments, variables and attributes where they are defined."""
    columns = {id(target) for target in _columns(tree)}
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            yield node.lineno, node.name
        elif isinstance(node, ast.arg):
            yield node.lineno, node.arg
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store) and id(node) not in columns:
            yield node.lineno, node.id
        elif isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Store) and ast.unparse(node.value) == "self":
            yield node.lineno, node.attr
        elif isinstance(node, ast.alias) and node.asname:
            yield node.lineno, node.asname


def _columns(tree: ast.AST) -> Iterator[ast.expr]:
    for node in ast.walk(tree):
        if isinstance(node, ast.ClassDef):
            for statement in node.body:
                if isinstance(statement, ast.Assign) and COLUMN.match(ast.unparse(statement.value)):
                    yield from statement.targets


def _bare_openings(tree: ast.AST, source: str) -> Iterator[Finding]:
    docstrings = list(_string_statements(tree))
    for line, text in [*docstrings, *_marked_strings(tree), *_comments(source)]:
        if BARE_WHO.match(text) and not _is_question(text):
            yield line, "opens with a bare Who", _shortened(text)
    for line, text in docstrings:
        if BARE_WHAT.match(text) and not _is_question(text):
            yield line, "opens with a bare What or Whether", _shortened(text)


def _string_statements(tree: ast.AST) -> Iterator[tuple[int, str]]:
    """Yields docstrings, and the strings below a constant or a field."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant) and isinstance(node.value.value, str):
            yield node.lineno, node.value.value.strip()


def _marked_strings(tree: ast.AST) -> Iterator[tuple[int, str]]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in MARKING:
            for argument in node.args:
                if not isinstance(argument, ast.Constant) or not isinstance(argument.value, str):
                    continue
                if argument.value not in LABELS:
                    yield argument.lineno, argument.value.strip()


def _comments(source: str) -> Iterator[tuple[int, str]]:
    """Yields each comment once: lines below each other are one comment."""
    begin, end, text = 0, -1, ""
    for token in tokenize.generate_tokens(io.StringIO(source).readline):
        if token.type != tokenize.COMMENT or DIRECTIVE.match(token.string):
            continue
        line, words = token.start[0], token.string.lstrip("# ").strip()
        if line == end + 1 and not token.line[: token.start[1]].strip():
            end, text = line, f"{text} {words}"
            continue
        if text:
            yield begin, text
        begin, end, text = line, line, words
    if text:
        yield begin, text


def _verbless_docstrings(tree: ast.AST) -> Iterator[Finding]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
            text = ast.get_docstring(node)
            if text and not has_verb(text):
                yield node.body[0].lineno, "docstring without a verb", _shortened(text)


def has_verb(text: str) -> bool:
    """Returns whether the first paragraph contains a verb. Errs on the side of True."""
    paragraph = ROW.sub("", text.strip().split("\n\n")[0])
    words = [word.lower().replace("’", "'") for word in re.findall(r"[A-Za-z]+(?:[’'][a-z]+)?|[.:;]|\d+", paragraph)]
    return any(_is_verb(words, at) for at in range(len(words)))


def _is_verb(words: list[str], at: int) -> bool:
    word = words[at]
    before = words[at - 1] if at else "."
    after = words[at + 1] if at + 1 < len(words) else "."
    if word in AUXILIARIES:
        return True
    verbs, nouns = _finite_forms("verbs"), _finite_forms("nouns_too")
    if before in SUBJECTS and (word in verbs | nouns | PASTS or word.endswith("ed")):
        return True
    if word in verbs:
        return before not in BEFORE_NOUNS
    if word in nouns:
        leads_on = after in AFTER_VERBS or (after.endswith(("s", "ed")) and after not in BEFORE_NOUNS)
        return leads_on and before not in BEFORE_NOUNS
    return False


@cache
def _finite_forms(name: str) -> frozenset[str]:
    """Returns base forms and third persons. A participle is not finite."""
    return frozenset(form for word in _words(name) for form in (word, _third_person(word)))


def _third_person(verb: str) -> str:
    if re.search(r"(s|x|z|ch|sh|o)$", verb):
        return f"{verb}es"
    return f"{verb[:-1]}ies" if re.search(r"[^aeiou]y$", verb) else f"{verb}s"


def _is_question(text: str) -> bool:
    return re.split(r"(?<=[.?!])\s", text, maxsplit=1)[0].endswith("?")


def _shortened(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= 90 else f"{line[:87]}..."


def python_files(places: Iterable[str]) -> list[Path]:
    paths = (ROOT / place for place in places)
    files = (file for path in paths for file in ([path] if path.is_file() else path.rglob("*.py")))
    return sorted(file for file in files if not MIGRATION.search(file.as_posix()))


def problems_in_files(places: Iterable[str] = FOLDERS) -> list[Problem]:
    return [
        problem
        for file in python_files(places)
        for problem in problems_in(file.read_text(encoding="utf-8"), str(file.relative_to(ROOT)))
    ]


def main(arguments: list[str]) -> int:
    places = [argument for argument in arguments if argument != "--files"] or FOLDERS
    problems = problems_in_files(places)
    if "--files" in arguments:
        lines = [f"{count:4} {path}" for path, count in Counter(problem.path for problem in problems).most_common()]
    else:
        lines = [str(problem) for problem in problems]
    sys.stdout.writelines(f"{line}\n" for line in lines)
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
