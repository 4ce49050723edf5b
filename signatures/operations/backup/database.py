"""Dumps and restores the database with pg_dump, pg_restore and psql. Nothing is written to disk unencrypted."""

import os
import re
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import IO, Any

from django.conf import settings
from django.db import connection

from signatures.operations.backup.age_encryption import BackupFailed, DecryptInto

TABLE_READ = re.compile(r'^pg_restore: processing data for table "public\.(\w+)"$', re.MULTILINE)

BEGIN_SQL = b"SET lock_timeout = '10s';\nBEGIN;\n"
EMPTY_SCHEMA_SQL = (
    b"DROP SCHEMA public CASCADE;\nCREATE SCHEMA public AUTHORIZATION pg_database_owner;\n"
    b"GRANT USAGE ON SCHEMA public TO PUBLIC;\n"
)
COMMIT_SQL = b"\nCOMMIT;\n"


@contextmanager
def dump() -> Iterator[IO[bytes]]:
    with _running("pg_dump", "--format=custom", "--no-owner", "--no-privileges", stdout=subprocess.PIPE) as program:
        yield program.stdout


def verify(decrypt: DecryptInto) -> list[str]:
    """Checks a new dump, and that it contains every table of the database."""
    tables = check(decrypt)
    if missing := sorted(set(connection.introspection.table_names()) - set(tables)):
        raise BackupFailed(f"The dump lacks {', '.join(missing)}.")
    return tables


def check(decrypt: DecryptInto) -> list[str]:
    """Reads a dump completely and discards it. Returns the tables whose data it contains."""
    with tempfile.TemporaryFile() as log:
        discard = ["--verbose", "--no-owner", "--file", os.devnull]
        with _running("pg_restore", *discard, stdin=subprocess.PIPE, stderr=log) as program:
            _pipe_into(program, decrypt)
        log.seek(0)
        return TABLE_READ.findall(log.read().decode(errors="replace"))


def restore(decrypt: DecryptInto, *, replace: bool) -> None:
    """Restores in one transaction, so that an error leaves the database unchanged."""
    if (tables := connection.introspection.table_names()) and not replace:
        raise BackupFailed(f"The database has {len(tables)} tables. Restore into an empty one, or use --replace.")
    connection.close()
    quietly = ["--no-psqlrc", "--quiet", "--set=ON_ERROR_STOP=1"]
    with _running("psql", *quietly, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL) as psql:
        psql.stdin.write(BEGIN_SQL + (EMPTY_SCHEMA_SQL if replace else b""))
        psql.stdin.flush()
        script = ["--no-owner", "--no-privileges", "--file", "-"]
        with _running("pg_restore", *script, stdin=subprocess.PIPE, stdout=psql.stdin) as program:
            _pipe_into(program, decrypt)
        psql.stdin.write(COMMIT_SQL)  # without COMMIT, psql rolls everything back at the end of its input
        psql.stdin.flush()


def _pipe_into(program: Any, decrypt: DecryptInto) -> None:
    with suppress(BrokenPipeError):  # the program has ended; its exit code shows why
        decrypt(program.stdin)
        program.stdin.close()


@contextmanager
def _running(name: str, *arguments: str, stderr: IO[bytes] | None = None, **streams: Any) -> Iterator[Any]:
    """Runs a program on the site's database until the block ends. Raises BackupFailed with its last output if it
    fails."""
    with tempfile.TemporaryFile() as own_log:
        log = stderr or own_log
        program = subprocess.Popen(  # noqa: S603
            [_program_path(name), *arguments], env=_environment(), stderr=log, **streams
        )
        try:
            yield program
        except BaseException as error:
            if not _has_failed(program):
                program.kill()
                raise
            raise BackupFailed(f"{name}: {_error_output(log)}") from error
        finally:
            for stream in (program.stdin, program.stdout):
                if stream:
                    with suppress(BrokenPipeError):
                        stream.close()
            program.wait()
        if program.returncode:
            raise BackupFailed(f"{name}: {_error_output(log)}")


def _has_failed(program: Any) -> bool:
    """Waits a moment for the program to end. If it failed, the exception here is only the consequence."""
    try:
        return program.wait(timeout=0.5) > 0
    except subprocess.TimeoutExpired:
        return False


def _program_path(name: str) -> str:
    path = shutil.which(name, path=settings.PG_BIN or None)
    if path is None:
        raise BackupFailed(
            f"{name} is not installed: install the client programs of your PostgreSQL's version, or set PG_BIN."
        )
    return path


def _environment() -> dict[str, str]:
    """Returns the environment for the programs. The password is in no list of processes. PG variables of the shell are
    removed, because they may name another server, and so are the site's timeouts."""
    database = connection.settings_dict
    named = {"HOST": "HOST", "PORT": "PORT", "USER": "USER", "PASSWORD": "PASSWORD", "DATABASE": "NAME"}
    options = {name.upper(): value for name, value in database["OPTIONS"].items() if name.startswith("ssl")}
    return {
        **{name: value for name, value in os.environ.items() if not name.startswith("PG")},
        **{f"PG{name}": str(database[key]) for name, key in named.items() if database[key]},
        **{f"PG{name}": str(value) for name, value in options.items()},
        "PGOPTIONS": "-c statement_timeout=0 -c idle_in_transaction_session_timeout=0",
        "LC_ALL": "C",
    }


def _error_output(log: IO[bytes]) -> str:
    log.seek(0)
    lines = log.read().decode(errors="replace").strip().splitlines()
    return " ".join(lines[-3:]) or "ended without a message"
