"""Names that others rely on do not change by accident: queued tasks, roles, links, dashboards, environment variables.
tests/data/contract_names.json holds them all.

To accept a wanted change, run `UPDATE_CONTRACT_NAMES=1 bin/test tests/house/test_contract_names.py`, read the
difference in the file, and commit it together with the change and a line in CHANGELOG.md.
"""

import ast
import difflib
import json
import os
import re
from collections.abc import Iterator

import pytest
from django.apps import apps
from django.conf import settings as django_settings
from django.contrib.auth.models import Group, Permission
from django.core.management import get_commands
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver
from prometheus_client.parser import text_string_to_metric_families

from petition.celery import app as celery

ROOT = django_settings.BASE_DIR
SNAPSHOT = ROOT / "tests/data/contract_names.json"
KEY = "a-key-for-prometheus-with-32-characters"


def tasks() -> list[str]:
    celery.loader.import_default_modules()
    return sorted(name for name in celery.tasks if not name.startswith("celery."))


def schedule() -> dict[str, str]:
    return {name: entry["task"] for name, entry in sorted(celery.conf.beat_schedule.items())}


def roles() -> dict[str, list[str]]:
    return {
        group.name: sorted(_codename(permission) for permission in group.permissions.all())
        for group in Group.objects.all()
    }


def permissions() -> list[str]:
    """Returns the project's own permissions, without Django's four for each model."""
    every = Permission.objects.filter(content_type__app_label="signatures")
    own = every.exclude(codename__regex=r"^(add|change|delete|view)_[a-z]+$")
    return sorted(_codename(permission) for permission in own)


def _codename(permission: Permission) -> str:
    return f"{permission.content_type.app_label}.{permission.codename}"


def content_types() -> dict[str, str]:
    """Returns each model with its table."""
    models = apps.get_app_config("signatures").get_models()
    return {f"signatures.{model._meta.model_name}": model._meta.db_table for model in models}


def urls() -> dict[str, str]:
    return dict(_urls(get_resolver(), "", ""))


def _urls(resolver: URLResolver, prefix: str, path: str) -> Iterator[tuple[str, str]]:
    for pattern in resolver.url_patterns:
        here = path + str(pattern.pattern)
        if isinstance(pattern, URLPattern) and pattern.name:
            yield prefix + pattern.name, here
        elif isinstance(pattern, URLResolver):
            yield from _urls(pattern, f"{prefix}{pattern.namespace}:" if pattern.namespace else prefix, here)


def admin_urls() -> dict[str, str]:
    return {name: path for name, path in urls().items() if name.startswith("admin:")}


def public_urls() -> dict[str, str]:
    return {name: path for name, path in urls().items() if not name.startswith("admin:")}


def commands() -> list[str]:
    return sorted(name for name, of in get_commands().items() if of in ("signatures", "petition"))


def environment() -> list[str]:
    """Returns each environment variable that the code of the product reads."""
    files = [path for folder in ("petition", "signatures", "deploy") for path in (ROOT / folder).rglob("*.py")]
    return sorted({name for path in files for name in _variables_read(ast.parse(path.read_text(encoding="utf-8")))})


def _variables_read(tree: ast.AST) -> Iterator[str]:
    """Finds env.text("X"), os.environ.get("X"), os.environ["X"] and os.getenv("X")."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.args:
            argument, reader = node.args[0], ast.unparse(node.func)
        elif isinstance(node, ast.Subscript):
            argument, reader = node.slice, ast.unparse(node.value)
        else:
            continue
        name = str(argument.value) if isinstance(argument, ast.Constant) else ""
        if re.match(r"(env|environ|os\.environ|os\.getenv)\b", reader) and re.fullmatch(r"[A-Z][A-Z0-9_]+", name):
            yield name


def variables_of_compose() -> list[str]:
    return sorted(set(re.findall(r"\$\{([A-Z][A-Z0-9_]*)", (ROOT / "docker-compose.yml").read_text(encoding="utf-8"))))


def metrics() -> dict[str, str]:
    """Returns each metric with its type and labels. Two of them exist only after these tasks have run."""
    for task in ("signatures.check_counts", "signatures.beat"):
        celery.tasks[task]()
    answer = Client().get("/-/metrics", headers={"Authorization": f"Bearer {KEY}"})
    families = text_string_to_metric_families(answer.content.decode())
    return {family.name: " ".join([family.type, *_labels(family)]) for family in families}


def _labels(family) -> list[str]:
    return sorted({label for sample in family.samples for label in sample.labels})


NAMES = {
    "Celery tasks": tasks,
    "beat's schedule": schedule,
    "roles": roles,
    "permissions": permissions,
    "content types": content_types,
    "admin URLs": admin_urls,
    "public URLs": public_urls,
    "management commands": commands,
    "environment": environment,
    "variables of docker-compose.yml": variables_of_compose,
    "metrics": metrics,
}


def as_text(names: object) -> str:
    return json.dumps(names, indent=1, sort_keys=True, ensure_ascii=False) + "\n"


@pytest.mark.django_db
@pytest.mark.parametrize("kind", NAMES)
def test_names_stay(kind, settings):
    settings.METRICS_KEY = KEY
    names = NAMES[kind]()
    snapshot = json.loads(SNAPSHOT.read_text(encoding="utf-8")) if SNAPSHOT.exists() else {}
    if os.environ.get("UPDATE_CONTRACT_NAMES"):
        SNAPSHOT.write_text(as_text({**snapshot, kind: names}), encoding="utf-8")
        return
    lines = difflib.unified_diff(
        as_text(snapshot.get(kind)).splitlines(), as_text(names).splitlines(), "kept", "now", lineterm="", n=0
    )
    difference = "\n".join(lines)
    assert not difference, f"{kind} changed. If that is wanted, the docstring above says what to do.\n{difference}"


def test_every_kind_of_name_is_kept():
    snapshot = json.loads(SNAPSHOT.read_text(encoding="utf-8"))
    assert set(snapshot) == set(NAMES)
    assert all(snapshot.values())
