"""Tests backup and restore. Numbers in test names are those of docs/security.md."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from io import BytesIO, StringIO
from pathlib import Path

import psycopg2
import pytest
import yaml
from django.core.exceptions import ImproperlyConfigured
from django.core.management import CommandError, call_command
from django.db import connection

from petition import env
from signatures.operations.backup import age_encryption
from signatures.privacy.erase import erase
from signatures.public.fold_tally import fold
from signatures.signing.models.signature import Signature
from signatures.signing.resend import queue_own_page_email
from tests.people import NOON, make_signature, make_statement, sign
from tests.production.compose import services
from tests.site import database_url, folder, running
from tools.dev.postgres_paths import postgres_binaries
from tools.dev.processes import ROOT
from tools.dev.servers import Postgres

PUBLIC, SECRET = age_encryption.new_key()
OTHER_PUBLIC, OTHER_SECRET = age_encryption.new_key()
SECOND = "restored"


@pytest.fixture
def statement(transactional_db):
    """Returns a statement with signatures in every state and queued emails."""
    statement = make_statement()
    make_signature(statement, name="Ilse Varga", address="ilse@example.org", notable=True)
    make_signature(statement, name="김하늘", visibility="anonymous", sector="literature")
    make_signature(statement, name="Held Back", state=Signature.State.HELD, flags=["burst"])
    sign(statement, "pending@example.org", name="د. ليلى الحداد")
    erase(signature_id=make_signature(statement).id, now=NOON)
    fold()
    queue_own_page_email(signature_id=Signature.objects.get(notable=True).id, now=NOON)
    return statement


@pytest.fixture
def backups(tmp_path):
    folder = tmp_path / "backups"
    folder.mkdir()
    return folder


@pytest.fixture
def secret(tmp_path):
    path = tmp_path / "secret.txt"
    path.write_text(f"# created: today\n# public key: {PUBLIC}\n{SECRET}\n")
    return path


@pytest.fixture(autouse=True)
def ready(settings, monkeypatch, tmp_path):
    """The settings of a server, and PG variables in the shell that name another server."""
    settings.BACKUP_KEYS, settings.PG_BIN = [PUBLIC], str(postgres_binaries())
    keep_files_in(settings, tmp_path / "files")
    monkeypatch.setenv("PGHOST", "elsewhere.example.org")
    monkeypatch.setenv("PGOPTIONS", "--search_path=elsewhere")


def keep_files_in(settings, folder: Path) -> Path:
    folder.mkdir(exist_ok=True)
    storage = {"BACKEND": "django.core.files.storage.FileSystemStorage", "OPTIONS": {"location": folder}}
    settings.STORAGES = {**settings.STORAGES, "default": storage}
    return folder


def manage(*words: object) -> tuple[int, str]:
    """Returns the exit code and the output of a command."""
    out = StringIO()
    try:
        call_command(*map(str, words), stdout=out)
    except CommandError as error:
        return error.returncode, f"{out.getvalue()}{error}"
    except SystemExit as stop:
        return int(stop.code or 0), out.getvalue()
    return 0, out.getvalue()


@pytest.fixture
def second(transactional_db) -> Iterator[str]:
    """Yields the URL of another, empty database on the same server."""
    drop = f"DROP DATABASE IF EXISTS {SECOND} WITH (FORCE)"
    _on_server(drop, f"CREATE DATABASE {SECOND}")
    yield database_url().rpartition("/")[0] + f"/{SECOND}"
    _on_server(drop)


def _on_server(*statements: str) -> None:
    with connection._nodb_cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)


@contextmanager
def on(**changed: str) -> Iterator[None]:
    """Makes another database the site's database inside the block."""
    before = {**connection.settings_dict}
    connection.close()
    connection.settings_dict.update(changed)
    try:
        yield
    finally:
        connection.close()
        connection.settings_dict.update(before)


@contextmanager
def asking(url: str) -> Iterator:
    with closing(psycopg2.connect(url, options="-c search_path=public")) as connection:
        connection.autocommit = True
        yield connection.cursor()


def contents(url: str) -> dict[str, tuple]:
    """Returns the number of rows of each table and a digest of their content."""
    with asking(url) as cursor:
        cursor.execute("SELECT relname FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace")
        tables = [row[0] for row in cursor.fetchall()]
        digests = {}
        for table in tables:
            cursor.execute(f"SELECT count(*), md5(string_agg(t::text, ' ' ORDER BY t::text)) FROM \"{table}\" AS t")
            digests[table] = cursor.fetchone()
    return digests


def definitions(url: str) -> dict[str, list]:
    """Returns constraints, indexes, triggers and functions. A restore changes the text of checks, but not their
    meaning."""
    with asking(url) as cursor:
        rows = {}
        for what, query in {
            "constraints": "SELECT conname, contype, convalidated FROM pg_constraint"
            " WHERE connamespace = 'public'::regnamespace",
            "indexes": "SELECT indexname, indexdef FROM pg_indexes WHERE schemaname = 'public'",
            "triggers": "SELECT tgname, pg_get_triggerdef(oid) FROM pg_trigger WHERE NOT tgisinternal",
            "functions": "SELECT proname, prosrc FROM pg_proc WHERE pronamespace = 'public'::regnamespace"
            " AND proname LIKE 'signatures%'",
        }.items():
            cursor.execute(query + " ORDER BY 1, 2")
            rows[what] = cursor.fetchall()
    return rows


def the_backup(backups: Path, what: str = "dump") -> Path:
    paths = list(backups.glob(f"*.{what}.age"))
    assert len(paths) == 1
    return paths[0]


def test_row_32_a_backup_restores_into_an_empty_database(statement, backups, secret, second):
    """Runs the commands as an operator would."""
    environment = {**os.environ, "BACKUP_KEY": PUBLIC, "PG_BIN": str(postgres_binaries())}

    def typed(*words: object, url: str) -> str:
        command = [sys.executable, "manage.py", *map(str, words)]
        env = {**environment, "DATABASE_URL": url}
        done = subprocess.run(command, cwd=ROOT, env=env, input=SECRET, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
        return done.stdout

    typed("backup", backups, url=database_url())
    before, defined = contents(database_url()), definitions(database_url())
    output = typed("restore", the_backup(backups), "--key", "-", url=second)

    assert output.splitlines()[1].startswith("Restored. Now: manage.py migrate")
    assert contents(second) == before
    assert before["signatures_signature"][0] == 5
    assert definitions(second) == defined
    assert {"signatures_tally_update", "signatures_keep_audit"} <= {name for name, *_rest in defined["triggers"]}


def test_row_32_what_is_restored_lives(statement, backups, secret, second):
    """The restored site accepts and counts signatures, keeps its records and recognises known mailboxes."""
    manage("backup", backups)
    with on(NAME=SECOND):
        assert manage("restore", the_backup(backups), "--key", secret)[0] == 0
        assert manage("migrate", "--check")[0] == 0
        assert manage("recount") == (0, "counts agree\n")
        assert '"ilse@example.org"' in manage("find_person", "Ilse@example.org")[1]
    with asking(second) as cursor:
        cursor.execute("UPDATE signatures_signature SET hidden_at = now() WHERE notable")
        cursor.execute("SELECT counted, listed FROM signatures_tallyentry")
        assert cursor.fetchall() == [(0, -1)]
        cursor.execute("SELECT max(id) FROM signatures_signature")
        (last,) = cursor.fetchone()
        cursor.execute("SELECT nextval(pg_get_serial_sequence('signatures_signature', 'id'))")
        assert cursor.fetchone() == (last + 1,)
        with pytest.raises(psycopg2.errors.RaiseException, match="append-only"):
            cursor.execute("UPDATE signatures_version SET reason = 'none'")
        with pytest.raises(psycopg2.errors.UniqueViolation, match="one_signature_per_mailbox"):
            cursor.execute(
                "UPDATE signatures_signature SET mailbox_digest = (SELECT mailbox_digest FROM signatures_signature"
                " WHERE notable) WHERE state = 'pending'"
            )


class TestTheFile:
    def test_is_named_by_its_moment_and_for_its_owner_alone(self, statement, backups):
        code, output = manage("backup", backups)

        path = the_backup(backups)
        assert code == 0
        assert path.name.startswith("undersigned-20")
        assert path.name.endswith("Z.dump.age")
        assert path.stat().st_mode & 0o777 == 0o600
        assert output.startswith(f"{path}: {path.stat().st_size} bytes, ")
        assert output.endswith(" tables, read back\n")
        assert list(backups.iterdir()) == [path]

    def test_shows_nothing_to_who_has_no_key(self, statement, backups):
        manage("backup", backups)

        content = the_backup(backups).read_bytes()
        assert content.startswith(b"age-encryption.org/v1\n")
        for word in (b"Ilse", b"signatures_", b"PGDMP", PUBLIC.encode()):
            assert word not in content

    def test_can_be_for_two_people(self, statement, backups, tmp_path, settings, second):
        settings.BACKUP_KEYS = [OTHER_PUBLIC, PUBLIC]
        manage("backup", backups)
        (tmp_path / "other.txt").write_text(OTHER_SECRET)

        with on(NAME=SECOND):
            assert manage("restore", the_backup(backups), "--key", tmp_path / "other.txt")[0] == 0

    def test_is_readable_by_nobody_else(self, statement, backups):
        """The file is encrypted for the configured keys and for one temporary key that is not stored."""
        manage("backup", backups)

        header = the_backup(backups).read_bytes().split(b"\n---")[0]
        assert header.count(b"-> X25519") == 2

    def test_takes_the_place_of_old_ones(self, statement, backups):
        old = backups / "undersigned-20200101T000000Z.dump.age"
        left = backups / "undersigned-20200102T000000Z.dump.age.partial"
        others = backups / "undersigned-notes.age", backups / "undersigned-29990101T000000Z.files.age"
        for path in (old, left, *others):
            path.write_bytes(b"")

        assert manage("backup", backups, "--keep", "30")[0] == 0

        assert not old.exists()
        assert not left.exists()
        assert all(path.exists() for path in others)
        assert len(list(backups.iterdir())) == 3

    def test_is_not_there_where_the_database_is_away(self, statement, backups):
        with on(PORT="9", PASSWORD="a-word-of-theirs"):
            code, output = manage("backup", backups)

        assert code == 1
        assert output.startswith("pg_dump: pg_dump: error: connection to server")
        assert "a-word-of-theirs" not in output
        assert list(backups.iterdir()) == []

    def test_does_not_take_a_name_before_it_was_read_back(self, statement, backups, monkeypatch):
        def cut_off(source, file, readers):
            source.read()
            file.write(b"age-encryption.org/v1\n")

        monkeypatch.setattr(age_encryption, "encrypt_io", cut_off)

        code, output = manage("backup", backups)
        assert (code, list(backups.iterdir())) == (1, [])
        assert "cannot be decrypted" in output

    def test_is_not_there_where_the_disk_is_full(self, statement, backups, monkeypatch):
        def fill(source, file, readers):
            raise OSError(28, "No space left on device")

        monkeypatch.setattr(age_encryption, "encrypt_io", fill)

        assert manage("backup", backups) == (1, "[Errno 28] No space left on device")
        assert list(backups.iterdir()) == []

    def test_that_lacks_a_table_is_none(self, statement, backups):
        with connection.cursor() as cursor:
            cursor.execute("CREATE TEMPORARY TABLE not_in_the_dump (id int)")

        assert manage("backup", backups) == (1, "The dump lacks not_in_the_dump.")
        connection.close()
        assert list(backups.iterdir()) == []


class TestRestoring:
    @pytest.fixture
    def backup(self, statement, backups):
        assert manage("backup", backups)[0] == 0
        return the_backup(backups)

    def test_refuses_a_database_that_is_not_empty(self, backup, secret):
        before = contents(database_url())
        code, output = manage("restore", backup, "--key", secret)

        assert code == 1
        assert "tables. Restore into an empty one, or use --replace." in output
        assert contents(database_url()) == before

    def test_replaces_what_is_there_when_told(self, backup, secret, second):
        before = contents(database_url())
        with on(NAME=SECOND):
            assert manage("restore", backup, "--key", secret)[0] == 0
            with asking(second) as cursor:
                cursor.execute("DELETE FROM signatures_mail")
                cursor.execute("CREATE TABLE from_a_later_version (id int)")

            code, output = manage("restore", backup, "--key", secret, "--replace")

            assert code == 0, output
            assert contents(second) == before
            assert manage("recount")[0] == 0

    def test_an_ordinary_owner_of_a_database_can_do_it_too(self, backup, secret, second):
        """A hosted PostgreSQL has no superuser for customers."""
        _on_server("CREATE ROLE tenant LOGIN PASSWORD 'word'", f"ALTER DATABASE {SECOND} OWNER TO tenant")
        try:
            with on(NAME=SECOND, USER="tenant", PASSWORD="word"):
                for more in ([], ["--replace"], ["--replace"]):
                    code, output = manage("restore", backup, "--key", secret, *more)
                    assert code == 0, output
                assert manage("recount")[0] == 0
        finally:
            _on_server(f"DROP DATABASE {SECOND} WITH (FORCE)", "DROP ROLE tenant")

    def test_needs_the_right_key(self, backup, tmp_path, second):
        (tmp_path / "other.txt").write_text(OTHER_SECRET)
        with on(NAME=SECOND):
            code, output = manage("restore", backup, "--key", tmp_path / "other.txt")

        assert (code, contents(second)) == (1, {})
        assert output.endswith(".dump.age cannot be decrypted: No matching keys found.")

    @pytest.mark.parametrize("text", ["", PUBLIC, "AGE-SECRET-KEY-1OOPS"], ids=["nothing", "public key", "odd key"])
    def test_says_what_is_no_key(self, tmp_path, text):
        (tmp_path / "other.txt").write_text(text)
        code, output = manage("restore", tmp_path / "any.dump.age", "--key", tmp_path / "other.txt")

        assert code == 1
        assert "secret key" in output

    @pytest.mark.parametrize("how", ["cut off", "changed", "cut to its header"])
    def test_touches_nothing_for_a_file_that_is_not_whole(self, backup, secret, second, how):
        content = bytearray(backup.read_bytes())
        if how == "changed":
            content[-5000] ^= 1
        else:
            del content[-5000 if how == "cut off" else 300 :]
        damaged = backup.with_name("damaged.dump.age")
        damaged.write_bytes(content)

        with on(NAME=SECOND):
            assert manage("restore", damaged, "--key", secret)[0] == 1
            assert contents(second) == {}
            assert manage("restore", backup, "--key", secret)[0] == 0
            before = contents(second)
            code, output = manage("restore", damaged, "--key", secret, "--replace")

        assert code == 1
        assert "damaged.dump.age" in output
        assert contents(second) == before

    def test_undoes_what_fails_half_way(self, backup, secret, second):
        """An object in the new database makes a statement in the middle fail."""
        with asking(second) as cursor:
            cursor.execute("CREATE FUNCTION signatures_keep() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN END'")
        with on(NAME=SECOND):
            code, output = manage("restore", backup, "--key", secret)

        assert code == 1
        assert 'psql: ERROR:  function "signatures_keep" already exists with same argument types' in output
        assert contents(second) == {}

    def test_undoes_what_fails_at_the_end(self, backup, secret, second, monkeypatch):
        """The stream breaks off during the restore, after the check has read all of it."""
        pour_whole = age_encryption.decrypt_io
        calls = []

        def pour_less(source, sink, secrets):
            calls.append(sink)
            if len(calls) == 1:
                return pour_whole(source, sink, secrets)
            whole = BytesIO()
            pour_whole(source, whole, secrets)
            sink.write(whole.getvalue()[:-3000])
            raise OSError("the disk went")

        monkeypatch.setattr(age_encryption, "decrypt_io", pour_less)
        with on(NAME=SECOND):
            code, output = manage("restore", backup, "--key", secret)

        assert (code, len(calls)) == (1, 2)
        assert "the disk went" in output or "pg_restore" in output
        assert contents(second) == {}


class TestFiles:
    @pytest.fixture
    def files(self, settings, tmp_path):
        return tmp_path / "files"

    def test_come_with_it_and_come_back(self, transactional_db, backups, secret, files, tmp_path, settings):
        (files / "logos").mkdir()
        (files / "logos" / "choir.svg").write_bytes(b"<svg/>")
        (files / "big.bin").write_bytes(os.urandom(300_000))
        kept = {name: (files / name).read_bytes() for name in ("logos/choir.svg", "big.bin")}
        code, output = manage("backup", backups)
        assert code == 0, output
        assert "2 files, read back" in output
        assert b"<svg/>" not in the_backup(backups, "files").read_bytes()

        elsewhere = keep_files_in(settings, tmp_path / "elsewhere")
        code, output = manage("restore", the_backup(backups, "files"), "--key", secret)

        assert code == 0, output
        assert {name: (elsewhere / name).read_bytes() for name in kept} == kept

    def test_that_are_there_are_not_overwritten_unasked(self, transactional_db, backups, secret, files):
        (files / "logo.svg").write_bytes(b"old")
        manage("backup", backups)
        (files / "logo.svg").write_bytes(b"new")
        (files / "later.svg").write_bytes(b"later")

        code, output = manage("restore", the_backup(backups, "files"), "--key", secret)
        assert (code, (files / "logo.svg").read_bytes()) == (1, b"new")
        assert "use --replace" in output

        assert manage("restore", the_backup(backups, "files"), "--key", secret, "--replace")[0] == 0
        assert sorted(path.name for path in files.iterdir()) == ["later.svg", "logo.svg"]
        assert (files / "logo.svg").read_bytes() == b"old"

    def test_that_are_damaged_touch_nothing(self, transactional_db, backups, secret, files):
        (files / "logo.svg").write_bytes(os.urandom(100_000))
        manage("backup", backups)
        (files / "logo.svg").unlink()
        backup = the_backup(backups, "files")
        backup.write_bytes(backup.read_bytes()[:-5000])

        code, output = manage("restore", backup, "--key", secret)
        assert (code, list(files.iterdir())) == (1, [])
        assert "is damaged or cut off" in output


class TestTheKey:
    def test_is_made_in_two_halves(self):
        code, output = manage("backup_key")
        public, secret = (line for line in output.splitlines() if not line.startswith("#"))

        assert code == 0
        (identity,) = age_encryption.read_secrets(output)
        assert (public, secret) == (f"BACKUP_KEY={identity.to_public()}", str(identity))

    def test_is_missed(self, backups, settings):
        settings.BACKUP_KEYS = []

        assert manage("backup", backups)[1].startswith("BACKUP_KEY is not set: manage.py backup_key makes one.")

    @pytest.mark.parametrize(
        ("value", "words"),
        [(SECRET, "is a secret key"), ("age1nonsense", "no age key"), (f"{PUBLIC},", "empty entry")],
        ids=["secret key", "odd key", "empty entry"],
    )
    def test_that_is_wrong_stops_the_start(self, monkeypatch, value, words):
        monkeypatch.setenv("BACKUP_KEY", value)

        with pytest.raises(ImproperlyConfigured, match=words) as refusal:
            env.public_keys("BACKUP_KEY")
        assert SECRET not in str(refusal.value)

    def test_is_not_needed_to_run_the_site(self, monkeypatch):
        monkeypatch.delenv("BACKUP_KEY", raising=False)

        assert env.public_keys("BACKUP_KEY") == []


def test_a_folder_that_is_none_is_said(tmp_path):
    assert manage("backup", tmp_path / "nowhere") == (1, f"{tmp_path / 'nowhere'} is not a folder.")


def test_missing_programs_are_said(backups, tmp_path, settings, db):
    settings.PG_BIN = str(tmp_path)
    missing = "pg_dump is not installed: install the client programs of your PostgreSQL's version, or set PG_BIN."

    assert manage("backup", backups) == (1, missing)


def test_the_image_has_the_programs_of_its_server():
    """pg_dump refuses a server that is newer than itself, and Debian's package is older."""
    server = services()["postgres"]["image"].removeprefix("postgres:").partition(".")[0]
    dockerfile = (ROOT / "Dockerfile").read_text()

    assert f"PG_BIN=/usr/lib/postgresql/{server}/bin" in dockerfile
    assert f"postgresql-client-{server} " in dockerfile


@pytest.mark.drill
def test_row_32_the_moment_before_a_mistake_comes_back():
    """Follows the settings and steps of docs/running.md, without Docker."""
    text = (ROOT / "docs" / "running.md").read_text().partition("### To any moment")[2]
    archiving = yaml.safe_load(text.split("```yaml")[1].split("```")[0])["services"]["postgres"]["command"][2::2]
    recovering = text.split("<<END\n")[1].split("END\n")[0]

    with folder() as place:
        postgres = Postgres(place, "secret")
        home, data = str(postgres.home), postgres.home / "data"
        with running(postgres):
            for setting in archiving:
                name, _equals, value = setting.replace("/var/lib/postgresql", home).partition("=")
                ask(postgres, f"ALTER SYSTEM SET {name} = '{value}'")
            ask(postgres, "CREATE TABLE kept (word text)", "INSERT INTO kept VALUES ('before the copy')")
            run_as(postgres, "mkdir", f"{home}/archive")
        with running(postgres):
            run_as(postgres, postgres.binaries / "pg_basebackup", "-d", postgres.url, "-c", "fast", "-X", "none", "-D",
                   f"{home}/base")  # fmt: skip
            ask(postgres, "INSERT INTO kept VALUES ('after the copy')")
            [(moment,)] = ask(postgres, "SELECT clock_timestamp()::text")
            ask(postgres, "DROP TABLE kept", "SELECT pg_switch_wal()")
        run_as(postgres, "mv", data, f"{home}/before")
        run_as(postgres, "cp", "-a", f"{home}/base", data)
        run_as(postgres, "touch", f"{data}/recovery.signal")
        with (data / "postgresql.auto.conf").open("a") as conf:
            conf.write(recovering.replace("/var/lib/postgresql", home).replace("2026-11-03 12:34:00+00", moment))
        with running(postgres):
            assert ask(postgres, "SELECT word FROM kept") == [("before the copy",), ("after the copy",)]
            assert ask(postgres, "SELECT pg_is_in_recovery()") == [(False,)]


def ask(postgres: Postgres, *questions: str) -> list[tuple]:
    with closing(psycopg2.connect(postgres.url, options="-c search_path=public")) as connection:
        connection.autocommit = True
        cursor = connection.cursor()
        for question in questions:
            cursor.execute(question)
        return cursor.fetchall() if cursor.description else []


def run_as(postgres: Postgres, *words: object) -> None:
    """Runs a command as the owner of the cluster."""
    clean = {name: value for name, value in os.environ.items() if not name.startswith("PG")}
    subprocess.run(list(map(str, words)), user=postgres.user, cwd="/", env=clean, check=True)
