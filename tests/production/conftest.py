from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from dev import ports
from tests.production.application import Application, NameServer
from tests.production.edge import Caddy, Nginx


@pytest.fixture
def application() -> Application:
    """Not yet running, on a port that is its own."""
    return Application(ports.free())


@pytest.fixture
def names() -> Iterator[NameServer]:
    server = NameServer()
    with server.running():
        yield server


@pytest.fixture
def start_nginx(tmp_path: Path, application: Application, names: NameServer) -> Iterator[Callable[..., Nginx]]:
    with ExitStack() as started:

        def start(**sooner: str) -> Nginx:
            nginx = Nginx(tmp_path / "nginx", web_port=application.port, name_server_port=names.port, **sooner)
            started.callback(nginx.stop)
            nginx.start()
            nginx.wait_until(lambda: nginx.ask("/-/alive").status != 503)  # until it knows web's address
            return nginx

        yield start


@pytest.fixture
def edge(application: Application, start_nginx: Callable[..., Nginx]) -> Iterator[Nginx]:
    """nginx before a running application."""
    with application.running():
        yield start_nginx()


@pytest.fixture
def front(edge: Nginx, tmp_path: Path) -> Iterator[Caddy]:
    """Caddy before both."""
    caddy = Caddy(tmp_path / "caddy", nginx_port=edge.port)
    caddy.start()
    yield caddy
    caddy.stop()
