"""Makes a streaming replica with pg_basebackup."""

import os
from collections.abc import Sequence
from pathlib import Path

from tools.dev import ports
from tools.dev.postgres_paths import unprivileged_user
from tools.dev.processes import Child
from tools.dev.servers import Postgres


class Replica(Postgres):
    """Follows `primary`, from a copy of it, and connects to it at `primary_host`."""

    def __init__(
        self,
        place: Path,
        primary: Postgres,
        *,
        primary_host: str = ports.HOST,
        hosts: Sequence[str] = (ports.HOST,),
        within: Sequence[str] = (),
    ):
        super().__init__(place, primary.password, careless=primary.careless, hosts=hosts, within=within)
        address = ["-h", primary_host, "-p", str(primary.port), "-U", "undersigned"]
        (place / "log").mkdir(exist_ok=True)
        copying = Child(
            "pg_basebackup",
            [
                self.binaries / "pg_basebackup",
                *address,
                "-D",
                self.home / "data",
                "--write-recovery-conf",
                "-c",
                "fast",
            ],
            log=place / "log" / "copying.log",
            env={**os.environ, "PGPASSWORD": primary.password},
            user=unprivileged_user(),
        )
        copying.start()
        assert copying.process
        assert copying.process.wait(60) == 0, copying.tail()

    def _make_database(self) -> None:
        """Creates nothing: the copy has the database."""
