"""Models stand below everything else: they import other models, limits and the ground alone."""

import ast
from pathlib import Path

import pytest

from tools.dev.processes import ROOT

GROUND = ("signatures.identity", "signatures.web", "signatures.data")
MODELS = sorted(
    path for path in (ROOT / "signatures").rglob("*.py") if "models" in path.parts or path.name == "models.py"
)


def imported_by(path: Path) -> list[str]:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    froms = [node.module or "" for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)]
    return [name for name in froms if name.startswith("signatures")]


def may_be_imported(name: str) -> bool:
    return name.startswith(GROUND) or ".models" in name or name.endswith(".limits")


@pytest.mark.parametrize("path", MODELS, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_a_model_imports_no_action_no_view_and_no_page_of_admin(path):
    assert [name for name in imported_by(path) if not may_be_imported(name)] == []


def test_the_rule_refuses_an_action():
    assert [may_be_imported(name) for name in ("signatures.signing.sign", "signatures.mail.models.email")] == [
        False,
        True,
    ]
