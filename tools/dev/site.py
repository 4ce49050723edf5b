"""Runs the site as its own processes: one that prepares it, then web, worker and beat."""

import sys
import urllib.request
from collections.abc import Mapping, Sequence
from pathlib import Path

from tools.dev import ports
from tools.dev.processes import Child

PYTHON = [sys.executable, "-m"]
# Without the banner and the warning about root: root may be the only user of this machine
CELERY = [sys.executable, "-W", "ignore:::celery.platforms", "-m", "celery", "-A", "petition", "--quiet"]


def prepare(env: Mapping[str, str], log: Path, *steps: str) -> Child:
    """Runs migrations, collects static files, and then runs `steps`: names of management commands."""
    return Child("prepare", [*PYTHON, "tools.dev.prepare", *steps], env=env, log=log / "prepare.log")


def web(
    env: Mapping[str, str],
    log: Path,
    port: int,
    *,
    host: str = ports.HOST,
    name: str = "web",
    application: str = "petition.wsgi",
    within: Sequence[str] = (),
) -> Child:
    """Serves the site. A bench passes another WSGI `application`, and compares the two under the same server."""
    gunicorn = ["gunicorn", application, "-c", "deploy/gunicorn.py", "--bind", f"{host}:{port}"]
    logs = [
        "--log-level",
        "warning",
        "--access-logfile",
        str(log / ("requests.log" if name == "web" else f"{name}.requests")),
    ]
    command = [*PYTHON, *gunicorn, *logs, "--graceful-timeout", "3"]
    return Child(name, command, env=env, log=log / f"{name}.log", within=within)


def worker(
    env: Mapping[str, str], log: Path, *, concurrency: int = 2, name: str = "worker", within: Sequence[str] = ()
) -> Child:
    alone = ["--concurrency", str(concurrency), "--without-gossip", "--without-mingle", "--without-heartbeat"]
    command = [*CELERY, "worker", "--loglevel", "warning", *alone]
    return Child(name, command, env=env, log=log / f"{name}.log", within=within)


def beat(env: Mapping[str, str], log: Path, *, application: str = "petition") -> Child:
    """Runs beat. `application` is the Celery application with the schedule."""
    memory = ["-S", "celery.beat:Scheduler", "--pidfile", ""]
    return Child(
        "beat", [*CELERY, "-A", application, "beat", "--loglevel", "warning", *memory], env=env, log=log / "beat.log"
    )


def answers(url: str, env: Mapping[str, str]) -> bool:
    """Tells whether the site answers at `url`, asked by a host name that it accepts."""
    host = env["ALLOWED_HOSTS"].split(",")[0].strip()
    request = urllib.request.Request(url, headers={"Host": host.replace("*", ports.HOST)})
    try:
        with urllib.request.urlopen(request, timeout=5) as answer:
            return bool(answer.status == 200)
    except OSError:  # refused, reset, or an error status
        return False
