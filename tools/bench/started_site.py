"""Starts real servers, and the site as in production, in its own folder and on its own ports."""

import contextlib
import json
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Self, TypeVar

from tools.bench import cpu
from tools.bench.load import SITE_HOST
from tools.dev import environment, ports, postgres_paths, servers, site
from tools.dev.processes import ROOT, Child, Failed, stop

C = TypeVar("C", bound=Child)

PEOPLE = 13_500


class House:
    def __init__(self) -> None:
        self.var = Path(tempfile.mkdtemp(prefix="undersigned-bench-"))
        self.var.chmod(0o711)  # as root, PostgreSQL runs as another user, who must be able to pass through
        self.logs = self.var / "log"
        secrets = environment.load_or_create_secrets(self.var)
        self.postgres = servers.Postgres(self.var, secrets["DATABASE_PASSWORD"])
        self.valkey = servers.Valkey(self.var, secrets["REDIS_PASSWORD"])
        self.sink_port = ports.free()
        self.sink = Child(
            "sink",
            [sys.executable, "-m", "tools.bench.smtp_sink", str(self.sink_port), self.var],
            log=self.logs / "sink.log",
        )
        self.env = environment.site_environment(
            var=self.var,
            port=0,
            secrets=secrets,
            DATABASE_URL=self.postgres.url,
            REDIS_URL=self.valkey.url,
            EMAIL_URL=f"smtp://{ports.HOST}:{self.sink_port}",
            PATH=f"{Path(sys.executable).parent}:/usr/local/bin:/usr/bin:/bin",
        )
        self.env |= {
            "SITE_URL": f"https://{SITE_HOST}",
            "ALLOWED_HOSTS": SITE_HOST,
            "COOKIES_SECURE": "true",
            "TRUSTED_PROXIES": "1",
        }
        self.children: list[Child] = []

    def __enter__(self) -> Self:
        try:
            for server in (self.postgres, self.valkey, self.sink):
                self._start(server)
            self.sink.wait_until(lambda: ports.is_open(self.sink_port))
            self._prepare("demo")
            self.statement: dict[str, Any] = self.inside("statement")
        except BaseException:
            self.stop()
            raise
        return self

    def __exit__(self, *error: object) -> None:
        self.stop()

    def stop(self) -> None:
        stop(reversed(self.children))
        postgres_paths.remove_postgres_home(self.var)
        shutil.rmtree(self.var, ignore_errors=True)

    @contextlib.contextmanager
    def running(self, *children: C) -> Iterator[None]:
        """Runs the processes until the end of the block."""
        try:
            for child in children:
                child.start()
            yield
        finally:
            stop(children)

    @contextlib.contextmanager
    def serving(self, name: str = "web", application: str = "petition.wsgi", **more: str) -> Iterator["Web"]:
        """Serves the site, or another application on the same server with the same settings."""
        web = Web(self, name, application, more)
        with self.running(web.child):
            web.child.wait_until(web.answers)
            yield web

    def inside(self, *arguments: str, env: Mapping[str, str] | None = None) -> Any:
        """Returns the answer of tools/bench/in_process.py, which runs the site's own code."""
        return json.loads(self._run("-m", "tools.bench.in_process", *arguments, env=env).splitlines()[-1])

    def manage(self, *arguments: str, env: Mapping[str, str] | None = None) -> None:
        self._run("manage.py", *arguments, env=env)

    def cpu_of(self, *children: Child) -> float:
        """Returns the processor seconds so far of these processes and the servers that they use."""
        return cpu.seconds(child.pid for child in (*children, self.postgres, self.valkey))

    def _run(self, *arguments: str, env: Mapping[str, str] | None) -> str:
        command = [sys.executable, *arguments]
        done = subprocess.run(command, cwd=ROOT, env={**self.env, **(env or {})}, capture_output=True, text=True)
        if done.returncode:
            raise Failed(f"{' '.join(arguments)} failed:\n{done.stdout[-2000:]}{done.stderr[-4000:]}")
        return done.stdout

    def _prepare(self, *steps: str) -> None:
        preparing = site.prepare(self.env, self.logs, *steps)
        preparing.start()
        assert preparing.process
        if preparing.process.wait(timeout=300):
            raise Failed(f"The site could not be prepared:\n{preparing.tail()}")

    def _start(self, child: Child) -> None:
        self.children.append(child)
        child.start()


class Web:
    """Runs one WSGI application on the web server of production."""

    def __init__(self, house: House, name: str, application: str, more: Mapping[str, str]):
        self.port = ports.free()
        self.url = f"http://{ports.HOST}:{self.port}"
        env = {**house.env, **more}
        self.child = site.web(env, house.logs, self.port, name=name, application=application)
        self.answers = lambda: site.answers(f"{self.url}/-/alive", env)
        self.requests_log = house.logs / ("requests.log" if name == "web" else f"{name}.requests")
