"""Tests the health check that stops a worker which no longer works."""

import signal
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import pytest

from deploy import health
from tests.production.compose import services
from tests.production.running import Valkey
from tests.site import running
from tools.dev import ports
from tools.dev.processes import Child


@pytest.fixture
def stuck(tmp_path: Path) -> Iterator[Child]:
    """Returns a process that calls itself celery and does nothing."""
    with _sleeper(tmp_path, "celery worker") as sleeper:
        yield sleeper


@pytest.fixture
def broker_answers(broker: Valkey, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("REDIS_URL", f"redis://:{broker.password}@{ports.HOST}:{broker.port}/0")


@pytest.fixture
def long_silence(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(health, "STUCK_AFTER", timedelta(seconds=-1))


def test_row_06_a_stuck_worker_is_asked_to_stop_so_that_a_new_one_comes(stuck: Child, broker_answers, long_silence):
    health.end_if_stuck(stuck.pid)
    assert stuck.process
    assert stuck.process.wait(5) == -signal.SIGTERM


def test_a_worker_younger_than_the_silence_is_given_time(stuck: Child, broker_answers):
    health.end_if_stuck(stuck.pid)
    assert _still_runs(stuck)


def test_while_the_broker_is_away_a_new_worker_would_be_no_better(
    stuck: Child, long_silence, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv("REDIS_URL", f"redis://{ports.HOST}:{ports.free()}/0")
    health.end_if_stuck(stuck.pid)
    assert _still_runs(stuck)


def test_what_is_no_worker_is_left_alone(tmp_path: Path, broker_answers, long_silence):
    with _sleeper(tmp_path, "somebody else's") as other:
        health.end_if_stuck(other.pid)
        assert _still_runs(other)


def test_the_container_gives_its_own_process_to_the_check():
    test = services()["worker"]["healthcheck"]["test"]
    assert test[test.index("--end-if-stuck") + 1] == "1"
    assert [name for name, s in services().items() if "--end-if-stuck" in s.get("healthcheck", {}).get("test", [])] == [
        "worker"
    ]


@contextmanager
def _sleeper(folder: Path, name: str) -> Iterator[Child]:
    code = "import time; print('here', flush=True); time.sleep(60)"
    sleeper = Child("sleeper", [sys.executable, "-c", code, name], log=folder / "log")
    with running(sleeper):
        sleeper.wait_until(lambda: "here" in sleeper.tail())
        yield sleeper


def _still_runs(child: Child) -> bool:
    time.sleep(0.3)
    return child.is_running
