"""Checks docs/running.md and docs/configuration.md against settings and docker-compose.yml."""

import ast
import re
from pathlib import Path

from django.core.management import get_commands

from tests.production.compose import COMPOSE, SIX, services
from tools.dev import ports
from tools.dev.processes import ROOT

RUNNING = (ROOT / "docs/running.md").read_text()
CONFIGURATION = (ROOT / "docs/configuration.md").read_text()


def test_every_variable_that_the_site_reads_is_explained_and_no_other():
    read = _read_by(ROOT / "petition/settings.py") | _read_by(ROOT / "deploy/gunicorn.py")
    assert set(_table("The site")) == read


def test_every_variable_of_dot_env_is_explained_and_no_other():
    asked_for = set(re.findall(r"\$\{(\w+)", COMPOSE.read_text()))
    assert set(_table(".env, for docker-compose.yml")) == asked_for
    assert list(_table(".env, for docker-compose.yml"))[:6] == list(SIX)


def test_those_that_must_be_set_are_those_that_compose_insists_on():
    explained = _table(".env, for docker-compose.yml")
    assert {name for name, default in explained.items() if default == "must be set"} == set(SIX)


def test_the_ports_of_bin_dev_are_explained_with_their_defaults():
    defaults = {name: f"`{number}`" for name, (number, _what) in ports.DEFAULT_PORTS.items()}
    assert _table("bin/dev") == {**defaults, "VAR": "`var`"}


def test_every_service_is_explained_and_no_other():
    rows = re.findall(r"^\| (\w+) \|.+\|.*\|$", RUNNING, re.MULTILINE)
    assert sorted(rows[1:]) == sorted(services())  # the first is the table's head


def test_every_command_that_is_told_exists():
    commands = set(re.findall(r"manage\.py (\w+)", RUNNING))
    assert commands >= {"createsuperuser", "migrate", "recount", "drain_outbox"}
    assert commands - set(get_commands()) == set()


def test_the_commands_without_docker_are_those_with_it():
    plain = re.findall(r"^\.venv/bin/(.+)$", RUNNING, re.MULTILINE)
    for name in ("migrate", "web", "worker", "beat"):
        words = [word for word in services()[name]["command"] if word not in ("--loglevel", "INFO")]
        command = " ".join(word or "''" for word in words).replace("0.0.0.0", "127.0.0.1")
        assert command in plain


def test_production_takes_ten_lines():
    first = re.search(r"```sh\n(.+?)```", RUNNING, re.DOTALL)
    assert first
    assert len(first[1].splitlines()) <= 10


def _read_by(path: Path) -> set[str]:
    """Returns the names in calls such as env.integer("NAME")."""
    calls = [node for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.Call)]
    return {
        ast.literal_eval(call.args[0])
        for call in calls
        if isinstance(call.func, ast.Attribute)
        and isinstance(call.func.value, ast.Name)
        and call.func.value.id == "env"
    }


def _table(heading: str) -> dict[str, str]:
    """Returns the first and the last column below a heading of configuration.md."""
    section = CONFIGURATION.split(f"## {heading}\n")[1].split("\n## ")[0]
    rows = re.findall(r"^\| ([A-Z0-9_]+) \|.+\| (.+) \|$", section, re.MULTILINE)
    assert rows
    return dict(rows)
