"""Starts, watches and stops processes. None outlives the process that started it."""

import contextlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
RUN_TIED_SCRIPT = ROOT / "tools" / "dev" / "tied_to_parent.py"


class Failed(Exception):
    """A process ended, or never became ready. The message has the end of its log."""


class Child:
    """One process in its own session: only we pass Ctrl-C to it, and its output goes to a file.

    On Linux it also dies with the thread that starts it, so start it from a thread that stays. `within` is a command
    that
    runs the given one, such as ip netns exec NAME.
    """

    def __init__(
        self,
        name: str,
        command: Sequence[str | Path],
        *,
        log: Path,
        env: Mapping[str, str] | None = None,
        user: str | None = None,
        stop_with: signal.Signals = signal.SIGTERM,
        within: Sequence[str] = (),
    ):
        self.name, self.command, self.log, self.env = name, [str(word) for word in command], log, env
        self.user, self.stop_with, self.within = user, stop_with, within
        self.process: subprocess.Popen[bytes] | None = None
        self._read_to = 0

    def start(self) -> None:
        tether = [str(RUN_TIED_SCRIPT), str(os.getpid()), str(int(self.stop_with)), self.user or "-"]
        self.log.parent.mkdir(mode=0o700, exist_ok=True)
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                [*self.within, sys.executable, "-I", "-S", *tether, *self.command],
                cwd=ROOT,
                env=self.env,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )

    @property
    def pid(self) -> int:
        if self.process is None:
            raise Failed(f"{self.name} was never started")
        return self.process.pid

    @property
    def is_running(self) -> bool:
        return self.process is not None and self.process.poll() is None

    @property
    def exit_code(self) -> int | None:
        return self.process.poll() if self.process else None

    def ask_to_stop(self) -> None:
        if self.is_running:
            os.kill(self.pid, self.stop_with)

    def kill(self) -> None:
        """Kills the process and its own children."""
        if self.process is None:
            return
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.pid, signal.SIGKILL)
        self.process.wait()

    def pause(self) -> None:
        """Freezes the process: it keeps its port and answers nobody."""
        os.killpg(self.pid, signal.SIGSTOP)

    def resume(self) -> None:
        os.killpg(self.pid, signal.SIGCONT)

    def stop(self, *, patience: float = 10) -> None:
        stop([self], patience=patience)

    def wait_until(self, ready: Callable[[], bool], *, patience: float = 30) -> None:
        deadline = time.monotonic() + patience
        while not ready():
            if not self.is_running:
                raise Failed(f"{self.name} ended:\n{self.tail()}")
            if time.monotonic() > deadline:
                raise Failed(f"{self.name} is not ready after {patience:.0f} s:\n{self.tail()}")
            time.sleep(0.05)

    def tail(self, lines: int = 15) -> str:
        text = self.log.read_text(encoding="utf-8", errors="replace") if self.log.exists() else ""
        return "\n".join(text.splitlines()[-lines:])

    def new_lines(self) -> list[str]:
        """Returns the complete lines that were written since the last call."""
        with self.log.open("rb") as log:
            log.seek(self._read_to)
            whole, newline, _ = log.read().rpartition(b"\n")
        self._read_to += len(whole) + len(newline)
        return whole.decode(errors="replace").splitlines()


def stop(children: Iterable[Child], *, patience: float = 10, hurry: Callable[[], bool] = lambda: False) -> None:
    """Asks all processes to stop, waits for the last one, and kills those that remain."""
    children = list(children)
    for child in children:
        child.ask_to_stop()
    deadline = time.monotonic() + patience
    while any(child.is_running for child in children) and time.monotonic() < deadline and not hurry():
        time.sleep(0.05)
    for child in children:
        child.kill()


class StopRequested(BaseException):
    """Reports that a signal asked this process to stop."""


class Signals:
    """Turns the first Ctrl-C, TERM or closed terminal into StopRequested. Later ones make the stop faster."""

    def __init__(self) -> None:
        self.received: list[int] = []
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            if number != signal.SIGHUP or signal.getsignal(number) is not signal.SIG_IGN:  # as with nohup bin/dev
                signal.signal(number, self._note)

    def _note(self, number: int, frame: object) -> None:
        self.received.append(number)
        if len(self.received) == 1:
            raise StopRequested

    @property
    def hurry(self) -> bool:
        return len(self.received) > 1

    @property
    def exit_code(self) -> int:
        return 128 + self.received[0]
