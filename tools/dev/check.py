"""Runs bin/check: everything that can be checked without running the site."""

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping

from tools.dev import pages, test
from tools.dev.processes import ROOT

PYTHON = [sys.executable, "-m"]
# makemigrations warns that no database answers, which is correct here
MANAGE = [sys.executable, "-W", "ignore::RuntimeWarning", "manage.py"]
IMPORT_LINTER = "from importlinter.cli import lint_imports_command as run; run()"
STEPS = {
    "lint": [*PYTHON, "ruff", "check", "."],
    "security": [*PYTHON, "bandit", "--quiet", "--recursive", "--configfile", "pyproject.toml", "."],
    "format": [*PYTHON, "ruff", "format", "--check", "--quiet", "."],
    "types": [*PYTHON, "mypy", "."],
    "imports": [sys.executable, "-c", IMPORT_LINTER, "--no-logo"],
    "migrations": [*MANAGE, "makemigrations", "--check", "--dry-run"],
    "deployment": [*MANAGE, "check", "--deploy", "--fail-level", "WARNING"],
    "templates": [*PYTHON, "djlint", "templates", "signatures", "--lint", "--quiet"],
    "words": [*PYTHON, "tools.dev.plain_words"],
    "catalogues": [*PYTHON, "tools.catalogues", "--check"],
}
PRODUCTION = {
    "DJANGO_SETTINGS_MODULE": "petition.settings",
    "SECRET_KEY": "a-key-of-production-has-many-different-letters-and-0123456789",
    "FIELD_KEY": "another-key-of-production-with-0123456789",
    "DIGEST_KEY": "a-third-key-of-production-with-0123456789",
    "DATABASE_URL": "postgres://nobody@127.0.0.1:9/none",
    "REDIS_URL": "redis://127.0.0.1:9/0",
    "EMAIL_URL": "smtp://127.0.0.1:9",
    "SITE_URL": "https://statement.example",
    "DEFAULT_FROM_EMAIL": "hello@statement.example",
    "TRUSTED_PROXIES": "1",
}


def main(names: list[str]) -> int:
    if names == ["--pages"]:
        return pages.main()
    if names == ["--pictures"]:
        return test.main(["tests/browser/pictures.py"])
    unknown = [name for name in names if name not in STEPS]
    if unknown:
        sys.exit(f"There is no check {unknown[0]!r}. There are: {', '.join(STEPS)}")
    with tempfile.TemporaryDirectory() as var:
        env = {**_without_settings(os.environ), **PRODUCTION, "VAR": var}
        failed = [name for name in names or STEPS if not _run_step(name, env)]
    print(f"Failed: {', '.join(failed)}" if failed else "All is well.")
    return len(failed)


def _without_settings(environment: Mapping[str, str]) -> dict[str, str]:
    """Removes a developer's own settings, which must not affect the result."""
    switches = ("DEBUG", "COOKIES_SECURE", "ALLOWED_HOSTS", "CACHE_URL", "LIMIT_FACTOR", "SENTRY_DSN")
    return {name: value for name, value in environment.items() if name not in switches}


def _run_step(name: str, env: Mapping[str, str]) -> bool:
    begin = time.monotonic()
    done = subprocess.run(STEPS[name], cwd=ROOT, env=env, capture_output=True, text=True, check=False)
    verdict = "ok" if done.returncode == 0 else "FAILED"
    print(f"{name:<12}{verdict:<8}{time.monotonic() - begin:4.1f} s", flush=True)
    if done.returncode:
        print(done.stdout + done.stderr, flush=True)
    return done.returncode == 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
