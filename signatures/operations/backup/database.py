"""The database by PostgreSQL's own programs: pg_dump, pg_restore, psql. Nothing of it touches the disk in clear."""

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


def verify(pour: DecryptInto) -> list[str]:
    """The same as `check`, of a dump that was just made: it holds every table that is there."""
    tables = check(pour)
    if missing := sorted(set(connection.introspection.table_names()) - set(tables)):
        raise BackupFailed(f"The dump lacks {', '.join(missing)}.")
    return tables


def check(pour: DecryptInto) -> list[str]:
    """Reads a dump to its end, data and all, into nothing; the tables whose data it holds."""
    with tempfile.TemporaryFile() as said:
        nowhere = ["--verbose", "--no-owner", "--file", os.devnull]
        with _running("pg_restore", *nowhere, stdin=subprocess.PIPE, stderr=said) as program:
            _pipe_into(program, pour)
        said.seek(0)
        return TABLE_READ.findall(said.read().decode(errors="replace"))


def restore(pour: DecryptInto, *, replace: bool) -> None:
    """In one transaction: the whole of it, or the database is as it was."""
    if (tables := connection.introspection.table_names()) and not replace:
        raise BackupFailed(f"The database has {len(tables)} tables. Restore into an empty one, or say --replace.")
    connection.close()
    quietly = ["--no-psqlrc", "--quiet", "--set=ON_ERROR_STOP=1"]
    with _running("psql", *quietly, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL) as psql:
        psql.stdin.write(BEGIN_SQL + (EMPTY_SCHEMA_SQL if replace else b""))
        psql.stdin.flush()
        script = ["--no-owner", "--no-privileges", "--file", "-"]
        with _running("pg_restore", *script, stdin=subprocess.PIPE, stdout=psql.stdin) as program:
            _pipe_into(program, pour)
        psql.stdin.write(COMMIT_SQL)  # only now: at an end without it, psql takes everything back
        psql.stdin.flush()


def _pipe_into(program: Any, pour: DecryptInto) -> None:
    with suppress(BrokenPipeError):  # it has ended, and its exit code says how
        pour(program.stdin)
        program.stdin.close()


@contextmanager
def _running(name: str, *arguments: str, stderr: IO[bytes] | None = None, **streams: Any) -> Iterator[Any]:
    """A program on the site's database; BackupFailed with its last words if it fails. It does not outlive the block."""
    with tempfile.TemporaryFile() as own:
        words = stderr or own
        program = subprocess.Popen(  # noqa: S603
            [_program_path(name), *arguments], env=_environment(), stderr=words, **streams
        )
        try:
            yield program
        except BaseException as error:
            if not _has_failed(program):
                program.kill()
                raise
            raise BackupFailed(f"{name}: {_error_output(words)}") from error
        finally:
            for stream in (program.stdin, program.stdout):
                if stream:
                    with suppress(BrokenPipeError):
                        stream.close()
            program.wait()
        if program.returncode:
            raise BackupFailed(f"{name}: {_error_output(words)}")


def _has_failed(program: Any) -> bool:
    """Given a moment to end: what went wrong here is then only the consequence."""
    try:
        return program.wait(timeout=0.5) > 0
    except subprocess.TimeoutExpired:
        return False


def _program_path(name: str) -> str:
    found = shutil.which(name, path=settings.PG_BIN or None)
    if found is None:
        raise BackupFailed(
            f"{name} is not there: install the client programs of your PostgreSQL's version, or set PG_BIN."
        )
    return found


def _environment() -> dict[str, str]:
    """How the programs reach the database; its password stands in no list of processes. What a person has set for
    another server is left out, and so are our own limits on time."""
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


def _error_output(said: IO[bytes]) -> str:
    said.seek(0)
    lines = said.read().decode(errors="replace").strip().splitlines()
    return " ".join(lines[-3:]) or "ended without a word"
