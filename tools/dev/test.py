"""Runs bin/test: pytest, with temporary servers and a temporary folder."""

import contextlib
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
from pathlib import Path

from tools.dev import chromium, environment, ports, postgres_paths, servers
from tools.dev.processes import ROOT, Child, Failed, Signals, StopRequested, stop

SINGLE_PROCESS_CACHES = (
    "-n",
    "--numprocesses",
    "-s",
    "--capture",
    "--pdb",
    "--trace",
    "--co",
    "--fixtures",
    "--markers",
)
MOST_WORKERS = 8  # each may run its own site, and has its own database of the one Valkey


def main(arguments: list[str]) -> int:
    browser = chromium.find()
    var = Path(tempfile.mkdtemp(prefix="undersigned-test-"))
    var.chmod(0o711)  # as root, PostgreSQL runs as another user, who must be able to pass through
    started: list[Child] = []
    signals = Signals()
    try:
        secrets = environment.load_or_create_secrets(var)
        services = _start_servers(var, secrets, started)
        settings = environment.site_environment(
            var=var, port=ports.free(), secrets=secrets, CHROMIUM=browser, SENTRY_DSN="", **services
        )
        return _pytest(arguments, {**environment.named(), **settings}, signals)
    except StopRequested:
        return signals.exit_code
    except Failed as error:
        print(error, file=sys.stderr)
        return 1
    finally:
        stop(started, hurry=lambda: signals.hurry)
        _remove(var)


def _start_servers(var: Path, secrets: dict[str, str], started: list[Child]) -> dict[str, str]:
    # no server listens there: a test that needs email starts one
    services = {"EMAIL_URL": f"smtp://{ports.HOST}:{ports.free()}"}
    if not os.environ.get("DATABASE_URL"):
        postgres = servers.Postgres(var, secrets["DATABASE_PASSWORD"], careless=True)
        _start(postgres, started)
        services["DATABASE_URL"] = postgres.url
    if not os.environ.get("REDIS_URL"):
        valkey = servers.Valkey(var, secrets["REDIS_PASSWORD"])
        _start(valkey, started)
        services["REDIS_URL"] = valkey.url
    return services


def _start(child: Child, started: list[Child]) -> None:
    started.append(child)
    child.start()


def _pytest(arguments: list[str], env: dict[str, str], signals: Signals) -> int:
    """Runs pytest in our own foreground, so that a debugger's prompt works and Ctrl-C reaches it directly."""
    command = [sys.executable, "-m", "pytest", *workers(arguments), *arguments]
    running = subprocess.Popen(command, cwd=ROOT, env=env)
    try:
        return running.wait()
    except StopRequested:
        if signals.received != [signal.SIGINT] or not sys.stdin.isatty():
            running.send_signal(signal.SIGINT)  # pytest then cleans up
        with contextlib.suppress(subprocess.TimeoutExpired):
            running.wait(timeout=20)
        raise
    finally:
        running.kill()


def workers(arguments: list[str]) -> list[str]:
    """Returns one worker for each core, and none for single files and for options that need the terminal. -n
    overrides this."""
    is_small = any(re.match(r"[^-].*\.py($|:)", argument) for argument in arguments)
    if is_small or any(argument.startswith(SINGLE_PROCESS_CACHES) for argument in arguments):
        return []
    return ["-n", str(min(os.cpu_count() or 1, MOST_WORKERS))]


def _remove(var: Path) -> None:
    postgres_paths.remove_postgres_home(var)
    shutil.rmtree(var, ignore_errors=True)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
