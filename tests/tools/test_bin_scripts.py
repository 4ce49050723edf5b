"""Tests bin/dev, bin/test and the modules that they use."""

import os
import re
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import psycopg2
import pytest
import redis

from tests.family import below, is_alive
from tests.site import folder, running
from tests.waiting import wait_for
from tools.dev import environment, ports, postgres_paths, test
from tools.dev.processes import ROOT, Child, Failed, stop
from tools.dev.servers import Mailbox, Postgres, Valkey

FOREVER = "import time; print('here', flush=True); time.sleep(60)"
STUBBORN = "import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN); " + FOREVER
PARENT = f"import subprocess, sys; subprocess.run([sys.executable, '-c', {FOREVER!r}])"


@pytest.fixture
def place() -> Iterator[Path]:
    with folder() as path:
        yield path


@pytest.fixture(scope="module")
def cluster() -> Iterator[Path]:
    """Returns the folder of a PostgreSQL that has been started before."""
    with folder() as path:
        with running(Postgres(path, "secret", careless=True)) as postgres:
            ask(postgres, "CREATE TABLE kept (word text)")
            ask(postgres, "INSERT INTO kept VALUES ('still here')")
        yield path


def python(program: str, place: Path) -> Child:
    return Child("child", [sys.executable, "-c", program], log=place / "child.log")


class TestProcesses:
    def test_a_child_is_heard_and_stopped(self, place):
        with running(python(FOREVER, place)) as child:
            child.wait_until(lambda: child.new_lines() == ["here"])
            assert child.new_lines() == []
        assert not child.is_running

    def test_a_child_of_a_child_is_stopped_too(self, place):
        with running(python(PARENT, place)) as child:
            child.wait_until(lambda: "here" in child.tail())
            family = [child.pid, *below(child.pid)]
            assert len(family) == 2
        wait_for(lambda: not any(is_alive(pid) for pid in family))

    def test_who_does_not_listen_is_killed(self, place):
        with running(python(STUBBORN, place)) as child:
            child.wait_until(lambda: "here" in child.tail())
            stop([child], patience=0.2)
            assert child.exit_code == -signal.SIGKILL

    def test_who_ends_early_is_told_with_the_end_of_its_log(self, place):
        failing = python("print('no such thing'); raise SystemExit(3)", place)
        with running(failing) as child, pytest.raises(Failed, match="child ended:\nno such thing"):
            child.wait_until(lambda: False)

    def test_who_is_never_ready_is_told(self, place):
        with running(python(FOREVER, place)) as child, pytest.raises(Failed, match="not ready after"):
            child.wait_until(lambda: False, patience=0.2)

    @pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells a process that its starter is gone")
    def test_a_child_does_not_outlive_a_killed_starter(self, place):
        starter = (
            "import sys, time; from pathlib import Path; from tools.dev.processes import Child;"
            f"child = Child('child', [sys.executable, '-c', {FOREVER!r}], log=Path({str(place / 'log')!r}));"
            "child.start(); print(child.pid, flush=True); time.sleep(60)"
        )
        with subprocess.Popen([sys.executable, "-c", starter], cwd=ROOT, stdout=subprocess.PIPE) as process:
            assert process.stdout
            pid = int(process.stdout.readline())
            assert is_alive(pid)
            process.kill()
        wait_for(lambda: not is_alive(pid))


class TestServers:
    def test_postgres_keeps_its_data(self, cluster):
        with running(Postgres(cluster, "secret")) as postgres:
            assert ask(postgres, "SELECT word FROM kept") == [("still here",)]

    def test_postgres_survives_its_kill(self, cluster):
        with running(Postgres(cluster, "secret")) as postgres:
            postgres.kill()
            postgres.start()
            assert ask(postgres, "SELECT word FROM kept") == [("still here",)]

    def test_postgres_stops_while_somebody_is_connected(self, cluster):
        with running(Postgres(cluster, "secret")) as postgres, closing(psycopg2.connect(postgres.url)):
            postgres.stop(patience=5)
            assert postgres.exit_code == 0

    def test_postgres_asks_for_its_password(self, cluster):
        refused = pytest.raises(psycopg2.OperationalError, match="password authentication failed")
        with running(Postgres(cluster, "secret")) as postgres, refused:
            psycopg2.connect(postgres.url.replace("secret", "guess"))

    def test_postgres_never_runs_as_root(self, cluster):
        with running(Postgres(cluster, "secret")) as postgres:
            command = ["ps", "-o", "uid=", "-p", str(postgres.pid)]
            owner = subprocess.run(command, capture_output=True, text=True, check=True)
        assert int(owner.stdout) != 0

    def test_a_closed_folder_stays_closed(self, place, monkeypatch):
        """As root, PostgreSQL runs as a user who cannot go there, so its data is in another place."""
        closed, elsewhere = place / "closed", place / "elsewhere"
        closed.mkdir(mode=0o700)
        monkeypatch.setattr(postgres_paths, "SHARED_FOLDER", elsewhere)
        with running(Postgres(closed, "secret", careless=True)) as postgres:
            assert postgres.home.parent == (elsewhere if os.geteuid() == 0 else closed)
            assert ask(postgres, "SELECT 1") == [(1,)]
        assert closed.stat().st_mode & 0o777 == 0o700
        postgres_paths.remove_postgres_home(closed)
        assert not postgres.home.exists()

    def test_valkey_answers_freezes_and_goes_on(self, place):
        with running(Valkey(place, "secret")) as valkey:
            client = redis.Redis.from_url(valkey.url, socket_timeout=0.2)
            client.set("word", "here")
            valkey.pause()
            with pytest.raises(redis.exceptions.TimeoutError):
                client.get("word")
            valkey.resume()
            assert redis.Redis.from_url(valkey.url).get("word") == b"here"
            client.close()

    def test_the_mailbox_takes_mail(self, place):
        with running(Mailbox(place, smtp_port=ports.free(), web_port=ports.free())) as mailbox:
            assert ports.is_open(mailbox.smtp_port)
            assert ports.is_open(mailbox.web_port)


def ask(postgres: Postgres, question: str) -> list[tuple[object, ...]]:
    with closing(psycopg2.connect(postgres.url)) as connection:
        connection.autocommit = True
        cursor = connection.cursor()
        cursor.execute(question)
        return cursor.fetchall() if cursor.description else []


class TestPorts:
    def test_a_taken_port_is_named_with_a_free_one_beside_it(self):
        with socket.create_server((ports.HOST, 0)) as taken:
            port = taken.getsockname()[1]
            with pytest.raises(SystemExit) as refusal:
                ports.chosen({"PORT": str(port)}, ["PORT"])
        first, second = str(refusal.value).splitlines()
        assert first == f"Port {port}, for the site, is taken."
        assert second.startswith("Choose another, for example: PORT=")
        assert not second.startswith(f"Choose another, for example: PORT={port} ")

    def test_no_two_processes_get_the_same(self):
        """No process has opened the ports yet."""
        mine = [ports.free() for _ in range(20)]
        program = (
            f"from tools.dev import ports; ports.CANDIDATES = {mine} * 50 + [*ports.CANDIDATES]; print(ports.free())"
        )
        command = [sys.executable, "-c", program]
        others = [int(subprocess.check_output(command, cwd=ROOT, text=True)) for _ in range(3)]
        assert len(set(mine)) == 20
        assert set(mine) & set(others) == set()

    def test_one_port_serves_one_purpose(self):
        port = ports.free()
        with pytest.raises(SystemExit, match=f"Port {port}, for the site, is the mailbox's already"):
            ports.chosen({"PORT": str(port), "MAILBOX_PORT": str(port)}, ["PORT", "MAILBOX_PORT"])

    @pytest.mark.parametrize("value", ["0", "65536", "-1", "http", "8000.5", "٨٠٠٠"])
    def test_an_odd_port_is_refused(self, value):
        with pytest.raises(SystemExit, match="use a number from 1 to 65535"):
            ports.chosen({"PORT": value}, ["PORT"])


class TestBinTest:
    @pytest.mark.parametrize(
        "arguments",
        [
            ["tests/tools/test_bin_scripts.py"],
            ["tests/tools/test_bin_scripts.py::TestPorts", "-x"],
            ["-n", "0"],
            ["-n0"],
            ["tests", "--pdb"],
            ["-s"],
        ],
        ids=" ".join,
    )
    def test_one_process_runs_a_file_and_what_needs_the_terminal(self, arguments):
        assert test.workers(arguments) == []

    @pytest.mark.parametrize(
        "arguments",
        [[], ["--all"], ["-m", "not drill"], ["tests/browser"], ["--deselect=tests/tools/test_bin_scripts.py"]],
        ids=str,
    )
    def test_a_worker_on_each_core_runs_all_else(self, arguments):
        assert test.workers(arguments) == ["-n", str(min(os.cpu_count() or 1, test.MOST_WORKERS))]


class TestEnvironment:
    def test_secrets_are_made_once_and_are_nobody_elses(self, tmp_path):
        first = environment.load_or_create_secrets(tmp_path)
        assert environment.load_or_create_secrets(tmp_path) == first
        assert (tmp_path / "secrets").stat().st_mode & 0o777 == 0o600
        assert len(set(first.values())) == 6

    def test_a_shell_reads_them(self, tmp_path):
        kept = environment.load_or_create_secrets(tmp_path)
        read = subprocess.run(
            ["sh", "-c", f'. "{tmp_path}/secrets"; printf %s "$SECRET_KEY"'], capture_output=True, check=True
        )
        assert read.stdout.decode() == kept["SECRET_KEY"]


class TestPackages:
    @pytest.mark.parametrize("file", ["requirements.txt", "requirements-run.txt"])
    def test_a_package_has_one_version_wherever_it_is_pinned(self, file):
        assert pins(file) - pins("requirements-dev.txt") == set()

    @pytest.mark.parametrize("file", ["requirements.txt", "requirements-run.txt", "requirements-dev.txt"])
    def test_no_index_is_named(self, file):
        text = (ROOT / file).read_text()
        assert "://" not in text
        assert "--index" not in text

    def test_a_second_start_installs_nothing(self):
        command = [sys.executable, "-m", "tools.dev.venv", "requirements-run.txt", "tools.dev.prepare"]
        again = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, env={}, check=False)
        assert again.stdout == ""
        assert "settings are not configured" in again.stderr


def pins(file: str) -> set[str]:
    return set(re.findall(r"^[\w.-]+==[^\s;]+", (ROOT / file).read_text(), re.MULTILINE))
