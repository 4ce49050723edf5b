"""Makes the environment with which the site is started, and its secrets."""

import os
import secrets
import shlex
from collections.abc import Mapping
from pathlib import Path

from tools.dev import ports

SITE_SECRETS = ("SECRET_KEY", "FIELD_KEY", "DIGEST_KEY", "DEMO_PASSWORD")
SERVER_SECRETS = ("DATABASE_PASSWORD", "REDIS_PASSWORD")
DEMO_USER = "organiser"
LOCAL = (ports.HOST, "localhost")


def folder(environment: Mapping[str, str], default: str) -> Path:
    """Returns VAR, which it creates if necessary. Other users may pass through it (as root, PostgreSQL must), but
    not list it."""
    path = Path(environment.get("VAR") or default).expanduser().absolute()
    if not path.exists():
        path.mkdir(parents=True)
        path.chmod(0o711)
    return path


def load_or_create_secrets(var: Path) -> dict[str, str]:
    """Returns the secrets. They are created once and kept beside the data that they protect."""
    path = var / "secrets"
    kept = _read(path) if path.exists() else {}
    missing = {name: _new(name) for name in (*SITE_SECRETS, *SERVER_SECRETS) if name not in kept}
    if missing:
        write(path, {**kept, **missing})
    return {**kept, **missing}


def site_environment(*, var: Path, port: int, secrets: Mapping[str, str], **more: str) -> dict[str, str]:
    """Returns what a site on this machine needs, except its services."""
    return {
        "DJANGO_SETTINGS_MODULE": "petition.settings",
        "SITE_URL": f"http://{ports.HOST}:{port}",
        "ALLOWED_HOSTS": ",".join(LOCAL),
        "DEFAULT_FROM_EMAIL": "Undersigned <hello@localhost>",
        "TRUSTED_PROXIES": "0",
        "COOKIES_SECURE": "false",
        "PYTHONUNBUFFERED": "1",
        "VAR": str(var),
        **{name: secrets[name] for name in SITE_SECRETS},
        **more,
    }


def named() -> dict[str, str]:
    """Returns the settings that the person at the terminal has set."""
    return {name: value for name, value in os.environ.items() if value}


def write(path: Path, values: Mapping[str, str]) -> None:
    """Writes the environment in a form that a shell can read, for this user only."""
    new = path.with_name(f"{path.name}.new")
    with open(os.open(new, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8") as file:
        file.writelines(f"{name}={shlex.quote(value)}\n" for name, value in values.items())
    new.replace(path)


def _read(path: Path) -> dict[str, str]:
    words = shlex.split(path.read_text(encoding="utf-8"))
    return dict(word.split("=", 1) for word in words)


def _new(name: str) -> str:
    return secrets.token_urlsafe(9 if name == "DEMO_PASSWORD" else 48)
