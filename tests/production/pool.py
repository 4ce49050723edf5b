"""Runs pgbouncer with the configuration of docker-compose.yml."""

import json
import os
import shutil
from collections.abc import Sequence
from pathlib import Path

import pytest

from tests.production.compose import SIX, docker_compose
from tests.production.edge import changed_text
from tools.dev import debian, ports
from tools.dev.postgres_paths import give, unprivileged_user
from tools.dev.processes import Child
from tools.dev.servers import Postgres

PROGRAM = "/usr/sbin/pgbouncer"


class Pool(Child):
    """Runs pgbouncer in front of `postgres`, with `connections` shared by all clients."""

    def __init__(self, place: Path, postgres: Postgres, *, connections: int = 2, hosts: Sequence[str] = (ports.HOST,)):
        self.port = ports.free()
        self.url = postgres.url.replace(f":{postgres.port}/", f":{self.port}/")
        configs = json.loads(docker_compose(SIX, "config", "--format", "json").stdout)["configs"]
        users, ini = place / "users", place / "pgbouncer.ini"
        users.write_text(configs["pgbouncer-users"]["content"].replace(SIX["INTERNAL_PASSWORD"], postgres.password))
        here = {
            "host=postgres port=5432": f"host={ports.HOST} port={postgres.port}",
            "listen_addr = 0.0.0.0": f"listen_addr = {','.join(hosts)}",
            "listen_port = 6432": f"listen_port = {self.port}",
            "/etc/pgbouncer-users": str(users),
            "default_pool_size = 40": f"default_pool_size = {connections}",
        }
        ini.write_text(changed_text(configs["pgbouncer"]["content"], here))
        for path in (users, ini):
            give(path, unprivileged_user())
        super().__init__("pgbouncer", [program(), ini], log=place / "log" / "pool.log", user=unprivileged_user())

    def start(self) -> None:
        super().start()
        self.wait_until(lambda: ports.is_open(self.port))


def program() -> str:
    """Returns Debian's pgbouncer: there is no wheel of it."""
    path = shutil.which("pgbouncer") or (PROGRAM if Path(PROGRAM).exists() else None)
    if path is None and debian.may_install():
        debian.install("pgbouncer", "pgbouncer")
        path = PROGRAM
    if path is None and os.environ.get("CI"):
        pytest.fail("pgbouncer is missing: apt-get install pgbouncer")
    return path or pytest.skip("pgbouncer is missing: apt-get install pgbouncer")
