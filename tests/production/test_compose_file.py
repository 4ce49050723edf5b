"""Checks the text of docker-compose.yml, the Dockerfile and bin/new-env."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest
import yaml
from django.conf import settings

from tests.production.compose import (
    COMPOSE,
    SIX,
    copied,
    docker_compose,
    instructions,
    reaches_the_builder,
    services,
    services_with,
)
from tools.dev.processes import ROOT

NAMES = sorted(services())
LASTING = [name for name in NAMES if name != "migrate"]
PINNED = re.compile(r"^[a-z/]+:v?\d+(\.\d+)+(-[a-z]+)*$")


def test_compose_itself_reads_the_file_without_a_warning():
    done = docker_compose(SIX, "config", "--quiet")
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def test_these_are_the_services():
    own_services = ["beat", "migrate", "pgbouncer", "web", "worker"]
    assert sorted(["caddy", "nginx", "postgres", "broker", "cache", "mailpit", *own_services]) == NAMES
    assert [name for name in NAMES if services()[name].get("profiles")] == ["mailpit", "pgbouncer"]


@pytest.mark.parametrize("missing", SIX)
def test_a_line_that_is_missing_stops_the_start_and_is_named(missing: str):
    done = docker_compose({name: text for name, text in SIX.items() if name != missing}, "config", "--quiet")
    assert done.returncode != 0
    assert missing in done.stderr
    assert ".env" in done.stderr


def test_new_env_writes_those_six_lines_with_fresh_secrets_and_never_over_others(tmp_path: Path):
    (tmp_path / "bin").mkdir()
    shutil.copy(ROOT / "bin/new-env", tmp_path / "bin")
    command = [str(tmp_path / "bin/new-env"), SIX["DOMAIN"], "smtp://a:b$c#d@mail.example.org"]
    subprocess.run(command, check=True, capture_output=True)
    written = (tmp_path / ".env").read_text()
    again = subprocess.run(command, capture_output=True)

    values = dict(re.findall(r"^(\w+)='(.+)'$", written, re.MULTILINE))
    assert list(values) == list(SIX)
    assert written.count("\n") == 6
    assert (values["DOMAIN"], values["EMAIL_URL"]) == (command[1], command[2])
    secrets = {text for name, text in values.items() if name not in ("DOMAIN", "EMAIL_URL")}
    assert len(secrets) == 4
    assert all(re.fullmatch(r"[A-Za-z0-9]{60}", text) for text in secrets)  # safe in a URL and in an argument
    assert (tmp_path / ".env").stat().st_mode & 0o777 == 0o600
    assert again.returncode != 0
    assert (tmp_path / ".env").read_text() == written

    parsed = services_with({}, env_file=tmp_path / ".env")
    assert parsed["worker"]["environment"]["EMAIL_URL"] == command[2]


def test_the_example_has_the_same_six_lines():
    lines = [line for line in (ROOT / ".env.example").read_text().splitlines() if not line.startswith("#")]
    assert [line.partition("=")[0] for line in lines] == list(SIX)


def test_no_secret_stands_in_the_file():
    written = yaml.safe_load(COMPOSE.read_text())["services"]
    for name, service in written.items():
        for variable, value in service.get("environment", {}).items():
            if re.search("KEY|PASSWORD|AUTH|EMAIL_URL", variable):
                assert re.match(r"^\$\{\w+[:}]", value), f"{name}: {variable}"
            if re.search("DATABASE_URL|REDIS_URL|CACHE_URL", variable):
                assert re.search(r":\$\{INTERNAL_PASSWORD\}@", value), f"{name}: {variable}"


@pytest.mark.parametrize("name", NAMES)
def test_every_image_is_pinned(name: str):
    service = services()[name]
    images = (
        [rest.split()[0] for instruction, rest in instructions() if instruction == "FROM"]
        if "build" in service
        else [service["image"]]
    )
    assert [image for image in images if not PINNED.match(image)] == []


@pytest.mark.parametrize("name", NAMES)
def test_every_service_may_do_little(name: str):
    service = services()[name]
    assert service["user"].split(":")[0] not in ("", "0", "root")
    assert service["read_only"] is True
    assert service["cap_drop"] == ["ALL"]
    assert service.get("cap_add", []) == (["NET_BIND_SERVICE"] if name == "caddy" else [])
    assert service["security_opt"] == ["no-new-privileges:true"]
    assert service["logging"]["options"] == {"max-size": "10m", "max-file": "5"}
    assert not service.get("privileged")


@pytest.mark.parametrize("name", LASTING)
def test_every_service_that_lasts_says_how_it_is_and_comes_back(name: str):
    service = services()[name]
    assert service["restart"] == "unless-stopped"
    assert service["healthcheck"]["test"][0] == "CMD"
    assert len(service["healthcheck"]["test"]) > 1


def test_web_worker_and_beat_wait_for_the_migration():
    for name in ("web", "worker", "beat"):
        assert services()[name]["depends_on"]["migrate"]["condition"] == "service_completed_successfully"
    assert services()["migrate"]["depends_on"]["postgres"]["condition"] == "service_healthy"
    assert services()["migrate"]["restart"] == "no"


def test_only_caddy_can_be_reached_from_outside():
    published = {
        name: {(port.get("host_ip"), port["published"]) for port in service.get("ports", [])}
        for name, service in services().items()
    }
    assert published.pop("caddy") == {(None, "80"), (None, "443")}
    assert published.pop("mailpit") == {("127.0.0.1", "8025")}
    assert set(map(len, published.values())) == {0}


def test_each_sees_only_whom_it_talks_to():
    networks = {name: sorted(service["networks"]) for name, service in services().items()}
    assert networks == {
        "caddy": ["edge", "outside"],
        "nginx": ["app", "edge"],
        "web": ["app", "data"],
        "worker": ["data", "outside"],
        "beat": ["data"],
        "migrate": ["data"],
        "pgbouncer": ["data"],
        "postgres": ["data"],
        "broker": ["data"],
        "cache": ["data"],
        "mailpit": ["outside"],
    }
    inner = yaml.safe_load(COMPOSE.read_text())["networks"]
    assert {name for name, network in inner.items() if network.get("internal")} == {"edge", "app", "data"}


def test_what_must_last_lies_in_volumes():
    volumes = {
        name: {mount["target"]: mount["source"] for mount in service.get("volumes", []) if mount["type"] == "volume"}
        for name, service in services().items()
    }
    assert volumes["postgres"] == {"/var/lib/postgresql": "postgres"}
    assert volumes["broker"] == {"/data": "broker"}
    assert volumes["caddy"] == {"/data": "certificates"}
    assert volumes["web"] == volumes["worker"] == {"/app/var/files": "files"}
    assert volumes["nginx"] == volumes["cache"] == {}


def test_mounted_files_are_there_and_cannot_be_written():
    mounts = [m for s in services().values() for m in s.get("volumes", []) if m["type"] == "bind"]
    assert len(mounts) == 2
    for mount in mounts:
        assert Path(mount["source"]).is_file()
        assert mount["read_only"] is True


# More than one of each service


@pytest.mark.parametrize("name", ["web", "worker"])
def test_there_may_be_several_of_it(name: str):
    """The service has nothing that only one container can have, for docker compose up --scale web=3 --scale
    worker=2."""
    service = services()[name]
    assert [key for key in ("container_name", "ports", "hostname") if key in service] == []
    assert [mount["target"] for mount in service["volumes"]] == ["/app/var/files"]  # which all of them share


def test_nginx_goes_to_every_web_that_there_is():
    text = (ROOT / "deploy" / "nginx.conf").read_text()
    assert "server web:8000 resolve max_fails=3 fail_timeout=5s;" in text


def test_a_pool_stands_between_where_it_is_asked_for_and_never_before_a_migration():
    usual, pooled = services(), services_with({**SIX, "DATABASE_HOST": "pgbouncer:6432"})
    for name in ("web", "worker", "beat"):
        assert "@postgres:5432/" in usual[name]["environment"]["DATABASE_URL"]
        assert "@pgbouncer:6432/" in pooled[name]["environment"]["DATABASE_URL"]
    assert "@postgres:5432/" in pooled["migrate"]["environment"]["DATABASE_URL"]


def test_the_pool_begins_its_connections_with_the_settings_that_the_site_begins_its_own_with():
    config = yaml.safe_load(COMPOSE.read_text())["configs"]["pgbouncer"]["content"]
    assert dict(re.findall(r"SET ([\w.]+) = (?:'')?([^;']+)", config)) == settings.DATABASE_SESSION_SETTINGS


# The Dockerfile


def test_the_dockerfile_copies_only_what_is_there_and_reaches_the_builder():
    assert copied()
    for sources, _target in copied():
        for source in sources:
            assert (ROOT / source).exists(), source
            assert reaches_the_builder(source), source


@pytest.mark.parametrize(
    "secret", [".env", ".git/config", "var/secrets", "docs/running.md", "petition/__pycache__/a.pyc"]
)
def test_what_is_not_the_sites_own_code_does_not_reach_the_builder(secret: str):
    assert not reaches_the_builder(secret)


def test_the_image_runs_as_an_ordinary_user_and_gets_its_signals():
    last = dict(instructions())
    assert last["USER"] == services()["web"]["user"]
    assert last["CMD"].startswith('["gunicorn"')  # not through a shell, which would not pass TERM on
    assert yaml.safe_load(last["CMD"]) == services()["web"]["command"]


def test_its_packages_are_checked_against_their_hashes():
    installs = [rest for name, rest in instructions() if name == "RUN" and "pip install" in rest]
    assert installs
    assert all("--require-hashes" in install for install in installs)
