"""The documentation and the configuration name only files and modules that exist."""

import re

import pytest

from tools.dev.processes import ROOT

PATTERNS = (
    "*.md",
    "docs/**/*.md",
    "deploy/*.*",
    "bin/*",
    "pyproject.toml",
    "Dockerfile",
    "docker-compose.yml",
    ".ci/run",
)
TEXTS = [path for pattern in PATTERNS for path in sorted(ROOT.glob(pattern)) if path.is_file()]
FOLDERS = (
    "bin",
    "deploy",
    "docs",
    "locale",
    "petition",
    "signatures",
    "sql",
    "static",
    "templates",
    "tests",
    "tools",
    ".ci",
)
PATH = re.compile(rf"(?<![\w/.-])((?:{'|'.join(map(re.escape, FOLDERS))})/[\w./*-]*[\w*])")
FILE = re.compile(r"`((?:[\w-]+/)*[\w-]+\.(?:conf|css|html|js|lua|py|sql|toml|txt|yml))`")
MODULE = re.compile(r"(?<![\w./@-])((?:petition|signatures|tests|tools)(?:\.\w+)+)")
EXAMPLES = {"locale/es/LC_MESSAGES/django.po", "signatures/web/languages/formats/es/formats.py"}  # a language to add
CELERY_TASK = re.compile(r'name="(signatures\.\w+)"')
EXAMPLE_DOMAIN = "petition.example"


@pytest.mark.parametrize("text", TEXTS, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_every_path_of_the_repository_exists(text):
    content = text.read_text("utf-8")
    paths = [path for path in PATH.findall(content) if not any(ROOT.glob(path))]
    files = [name for name in FILE.findall(content) if not _ends_a_path(name)]

    assert sorted({*paths, *files} - EXAMPLES) == []


@pytest.mark.parametrize("text", TEXTS, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_every_module_exists(text):
    names = set(MODULE.findall(text.read_text("utf-8")))

    assert [name for name in names if not _is_module(name) and not name.startswith(EXAMPLE_DOMAIN)] == []


def test_the_patterns_find_paths_and_modules():
    assert PATH.findall("see `signatures/mail/send.py`, tests/drills/ and bin/dev.") == [
        "signatures/mail/send.py",
        "tests/drills",
        "bin/dev",
    ]
    assert FILE.findall("`signing/sign.py` and `prepared.py`") == ["signing/sign.py", "prepared.py"]
    assert MODULE.findall("python -m tools.dev.fonts") == ["tools.dev.fonts"]
    assert not _is_module("signatures.mail.nowhere")


def _ends_a_path(name: str) -> bool:
    """Tells whether a file of the repository has this name, or a path that ends with it."""
    return (ROOT / name).exists() or any(any((ROOT / folder).glob(f"**/{name}")) for folder in FOLDERS)


def _is_module(name: str) -> bool:
    """Tells whether this is a module, something in a module, or a Celery task."""
    parts = name.split(".")
    for length in range(len(parts), 1, -1):
        path = ROOT.joinpath(*parts[:length])
        source = path / "__init__.py" if path.is_dir() else path.with_suffix(".py")
        if source.exists():
            return length == len(parts) or re.search(rf"\b{parts[length]}\b", source.read_text("utf-8")) is not None
    return name in _tasks()


def _tasks() -> set[str]:
    return {
        name for path in ROOT.glob("signatures/**/tasks.py") for name in CELERY_TASK.findall(path.read_text("utf-8"))
    }
