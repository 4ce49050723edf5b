"""Reads docker-compose.yml and the Dockerfile as Compose and a builder do."""

import json
import os
import re
import shlex
import shutil
import subprocess
from collections.abc import Mapping
from fnmatch import fnmatch
from functools import cache
from pathlib import Path
from typing import Any

from tests.production.edge import SCRIPTS
from tools.dev.processes import ROOT

COMPOSE = ROOT / "docker-compose.yml"
DOCKERFILE = ROOT / "Dockerfile"
SIX = {
    "DOMAIN": "petition.example.org",
    "EMAIL_URL": "smtp+tls://someone:word@mail.example.org:587",
    "SECRET_KEY": "first-secret-0123456789abcdefghijklmnop",
    "FIELD_KEY": "second-secret-0123456789abcdefghijklmno",
    "DIGEST_KEY": "third-secret-0123456789abcdefghijklmnop",
    "INTERNAL_PASSWORD": "fourth-secret-0123456789abcdefghijklmno",
}


def docker_compose(
    env: Mapping[str, str], *arguments: str, env_file: Path | str = os.devnull
) -> "subprocess.CompletedProcess[str]":
    """Runs Compose with only `env` as its environment. It needs no Docker to read a file."""
    command = [SCRIPTS / "docker-compose", "--env-file", env_file, "-f", COMPOSE, "--profile", "*", *arguments]
    home = {"PATH": os.environ["PATH"], "HOME": "/nonexistent"}
    return subprocess.run(command, env={**home, **env}, capture_output=True, text=True, timeout=30)


@cache
def services() -> dict[str, dict[str, Any]]:
    """Returns every service with the six variables set. Do not change the result."""
    return services_with(SIX)


def services_with(env: Mapping[str, str], **how: Path) -> dict[str, dict[str, Any]]:
    done = docker_compose(env, "config", "--format", "json", **how)
    assert done.returncode == 0, done.stderr
    unescaped = done.stdout.replace("$$", "$")  # Compose escapes its output so that it can read it again
    parsed: dict[str, dict[str, Any]] = json.loads(unescaped)["services"]
    return parsed


def instructions() -> list[tuple[str, str]]:
    """Returns the instructions of the Dockerfile, such as ("COPY", "manage.py ./")."""
    whole = re.sub(r"\\\n\s*", "", DOCKERFILE.read_text())
    lines = [line for line in whole.splitlines() if line and not line.startswith("#")]
    return [(name, rest.strip()) for name, _space, rest in (line.partition(" ") for line in lines)]


def copied() -> list[tuple[list[str], str]]:
    """Returns what the last stage copies from the checkout: ([sources], target)."""
    stages = [number for number, (name, _rest) in enumerate(instructions()) if name == "FROM"]
    copies = [shlex.split(rest) for name, rest in instructions()[stages[-1] :] if name == "COPY"]
    return [(words[:-1], words[-1]) for words in copies if not words[0].startswith("--from")]


def reaches_the_builder(path: str) -> bool:
    """Tells whether .dockerignore, which ignores everything and then names exceptions, includes the path."""
    rules = [line for line in (ROOT / ".dockerignore").read_text().splitlines() if line and line[0] != "#"]
    assert rules[0] == "*"
    return any(path.startswith(rule[1:]) for rule in rules if rule.startswith("!")) and not any(
        fnmatch(path, rule.replace("**/", "*").rstrip("/") + ("*" if rule.endswith("/") else ""))
        for rule in rules[1:]
        if not rule.startswith("!")
    )


def lay_out_image(folder: Path) -> None:
    """Puts the files of the image's /app into `folder`, including static files."""
    for sources, target in copied():
        for source in sources:
            assert reaches_the_builder(source), f".dockerignore keeps {source} from the builder"
            _copy(ROOT / source, folder / target / ("" if source.endswith("/") else Path(source).name))
    (folder / "var" / "files").mkdir(parents=True)
    run = next(rest for name, rest in instructions() if name == "RUN" and "collectstatic" in rest)
    collect = re.search(r"SECRET_KEY=.*collectstatic --noinput", run)
    assert collect
    subprocess.run(["sh", "-c", collect[0]], cwd=folder, env=path_alone(), check=True, capture_output=True)


def path_alone() -> dict[str, str]:
    """Returns the environment that every container has: PATH."""
    return {"PATH": f"{SCRIPTS}:{os.environ['PATH']}", "HOME": "/nonexistent", "PYTHONDONTWRITEBYTECODE": "1"}


def _copy(source: Path, target: Path) -> None:
    if source.is_dir():
        ignore = shutil.ignore_patterns("__pycache__", "*.pyc")
        shutil.copytree(source, target, ignore=ignore, dirs_exist_ok=True)
    else:
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(source, target)
