import itertools
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from dev import ports
from tests.production.application import Answer, Application, NameServer
from tests.production.edge import Caddy, Nginx
from tests.site import running

HOSTS = (f"{number}.example.org" for number in itertools.count())


@pytest.fixture(scope="module")
def both(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Nginx, Application]]:
    """A running application, and nginx before it."""
    application, names = Application(ports.free()), NameServer()
    nginx = Nginx(tmp_path_factory.mktemp("edge") / "nginx", application.port, names.port)
    with names.running(), application.running(), running(nginx):
        nginx.wait_until(lambda: nginx.ask("/-/alive").status != 503)  # until it knows web's address
        yield nginx, application


@pytest.fixture
def edge(both: tuple[Nginx, Application]) -> Nginx:
    """nginx under a name that it has kept nothing for."""
    nginx, _application = both
    nginx.host = next(HOSTS)
    return nginx


@pytest.fixture
def application(both: tuple[Nginx, Application]) -> Application:
    """What `edge` stands before."""
    _nginx, application = both
    application.answer, application.answers = Answer(), {}
    application.seen.clear()
    return application


@pytest.fixture
def other_application() -> Application:
    """Not running yet."""
    return Application(ports.free())


@pytest.fixture
def names() -> Iterator[NameServer]:
    """Who tells `start_nginx`'s nginx where `other_application` is."""
    server = NameServer()
    with server.running():
        yield server


@pytest.fixture
def start_nginx(tmp_path: Path, other_application: Application, names: NameServer) -> Iterator[Callable[..., Nginx]]:
    """Another one, before `other_application`, to be broken."""
    with ExitStack() as started:

        def start(**sooner: str) -> Nginx:
            nginx = Nginx(tmp_path / "nginx", other_application.port, names.port, **sooner)
            started.enter_context(running(nginx))
            nginx.wait_until(lambda: nginx.ask("/-/alive").status != 503)
            return nginx

        yield start


@pytest.fixture
def start_caddy(tmp_path: Path) -> Iterator[Callable[[Nginx], Caddy]]:
    with ExitStack() as started:
        yield lambda nginx: started.enter_context(running(Caddy(tmp_path / "caddy", nginx_port=nginx.port)))
