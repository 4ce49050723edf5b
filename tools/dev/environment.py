"""The environment that the site is started with, and the secrets in it."""

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
    """VAR, made where it is missing. Others may pass through (as root, PostgreSQL must), not look."""
    path = Path(environment.get("VAR") or default).expanduser().absolute()
    if not path.exists():
        path.mkdir(parents=True)
        path.chmod(0o711)
    return path


def load_or_create_secrets(var: Path) -> dict[str, str]:
    """Made once, then kept beside the data that they protect."""
    path = var / "secrets"
    kept = _read(path) if path.exists() else {}
    missing = {name: _new(name) for name in (*SITE_SECRETS, *SERVER_SECRETS) if name not in kept}
    if missing:
        write(path, {**kept, **missing})
    return {**kept, **missing}


def site_environment(*, var: Path, port: int, secrets: Mapping[str, str], **more: str) -> dict[str, str]:
    """What a site on this machine needs, apart from its services."""
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
    """What the person who starts us has set."""
    return {name: value for name, value in os.environ.items() if value}


def write(path: Path, values: Mapping[str, str]) -> None:
    """For this user alone, in a form that a shell can read."""
    new = path.with_name(f"{path.name}.new")
    with open(os.open(new, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8") as file:
        file.writelines(f"{name}={shlex.quote(value)}\n" for name, value in values.items())
    new.replace(path)


def _read(path: Path) -> dict[str, str]:
    words = shlex.split(path.read_text(encoding="utf-8"))
    return dict(word.split("=", 1) for word in words)


def _new(name: str) -> str:
    return secrets.token_urlsafe(9 if name == "DEMO_PASSWORD" else 48)
