import itertools
import secrets
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from pathlib import Path

import psycopg2
import pytest
from aiosmtpd.controller import Controller
from django.conf import settings
from psycopg2.extensions import ISOLATION_LEVEL_AUTOCOMMIT

from tests import discretion
from tests.dumps import leaks_in_dump
from tests.production.application import Answer, Application, NameServer
from tests.production.compose import lay_out_image
from tests.production.edge import Caddy, Nginx
from tests.production.running import LOCAL_ENVIRONMENT, MAIL_PORT, Service, Site, Valkey
from tests.site import running
from tests.smtp import Sink
from tools.dev import ports

HOSTS = (f"{number}.example.org" for number in itertools.count())


@pytest.fixture(scope="module")
def both(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Nginx, Application]]:
    """Returns a running application, and nginx in front of it."""
    application, names = Application(ports.free()), NameServer()
    nginx = Nginx(tmp_path_factory.mktemp("edge") / "nginx", application.port, names.port)
    with names.running(), application.running(), running(nginx):
        nginx.wait_until(lambda: nginx.ask("/-/alive").status != 503)  # until it knows web's address
        yield nginx, application


@pytest.fixture
def edge(both: tuple[Nginx, Application]) -> Nginx:
    """Returns nginx under a host name for which it has cached nothing."""
    nginx, _application = both
    nginx.host = next(HOSTS)
    return nginx


@pytest.fixture
def application(both: tuple[Nginx, Application]) -> Application:
    """Returns the application behind `edge`."""
    _nginx, application = both
    application.answer, application.answers = Answer(), {}
    application.seen.clear()
    return application


@pytest.fixture
def other_application() -> Application:
    """Returns an application that is not running yet."""
    return Application(ports.free())


@pytest.fixture
def names() -> Iterator[NameServer]:
    """Returns the name server that gives `start_nginx`'s nginx the address of `other_application`."""
    server = NameServer()
    with server.running():
        yield server


@pytest.fixture
def start_nginx(tmp_path: Path, other_application: Application, names: NameServer) -> Iterator[Callable[..., Nginx]]:
    """Starts another nginx in front of `other_application`, which a test can break."""
    with ExitStack() as started:

        def start(**sooner: str) -> Nginx:
            nginx = Nginx(tmp_path / "nginx", other_application.port, names.port, **sooner)
            started.enter_context(running(nginx))
            nginx.wait_until(lambda: nginx.ask("/-/alive").status != 503)
            return nginx

        yield start


@pytest.fixture
def start_caddy(tmp_path: Path) -> Iterator[Callable[..., Caddy]]:
    with ExitStack() as started:

        def start(nginx: Nginx, cdn: str = "") -> Caddy:
            return started.enter_context(running(Caddy(tmp_path / "caddy", nginx_port=nginx.port, cdn=cdn)))

        yield start


# All services of docker-compose.yml


@pytest.fixture(scope="package")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("host")


@pytest.fixture(scope="package")
def app(folder: Path) -> Path:
    """Returns /app as in the image."""
    lay_out_image(folder / "app")
    return folder / "app"


@pytest.fixture(scope="package")
def broker(folder: Path) -> Iterator[Valkey]:
    with running(Valkey("broker", folder)) as valkey:
        yield valkey


@pytest.fixture(scope="package")
def cache(folder: Path) -> Iterator[Valkey]:
    with running(Valkey("cache", folder)) as valkey:
        yield valkey


@pytest.fixture(scope="package")
def here(broker: Valkey, cache: Valkey) -> Iterator[dict[str, str]]:
    """Returns this machine's address for each address in docker-compose.yml."""
    server = settings.DATABASES["default"]
    name = f"compose_{secrets.token_hex(4)}"
    _on_server(f"CREATE DATABASE {name}")
    account = f"{server['USER']}:{server['PASSWORD']}@{server['HOST']}:{server['PORT']}"
    web_port = ports.free()
    yield {
        f"undersigned:{LOCAL_ENVIRONMENT['INTERNAL_PASSWORD']}@postgres:5432/undersigned": f"{account}/{name}",
        "broker:6379": f"{ports.HOST}:{broker.port}",
        "cache:6379": f"{ports.HOST}:{cache.port}",
        "0.0.0.0:8000": f"{ports.HOST}:{web_port}",
        "8000": str(web_port),
    }
    assert leaks_in_dump(f"postgres://{account}/{name}") == []
    _on_server(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture(scope="package")
def site(app: Path, here: dict[str, str]) -> Iterator[Site]:
    """Migrates and starts the three services, which takes two seconds on an idle machine."""
    done = Service("migrate", app=app, here=here).run()
    assert done.returncode == 0, done.stderr
    assert "Applying signatures.0004_starter_data... OK" in done.stdout
    site = Site(*(Service(name, app=app, here=here) for name in ("web", "worker", "beat")))
    assert site.web.check().returncode == 1
    assert (site.worker.check().returncode, site.worker.check().stderr) == (1, "no heartbeat\n")
    for service in site.all:
        service.start()
    yield site
    for service in site.all:
        service.kill()
    assert [leak for service in site.all for leak in discretion.leaks_in(service.log)] == []


@pytest.fixture(scope="package")
def caddy(site: Site, folder: Path, here: dict[str, str]) -> Iterator[Caddy]:
    """Returns Caddy in front of nginx and web."""
    names = NameServer()
    with names.running():
        nginx = Nginx(folder / "nginx", int(here["8000"]), names.port)
        front = Caddy(folder / "caddy", nginx_port=nginx.port)
        with running(nginx), running(front):
            front.wait_until(lambda: front.ask("/-/ready").status == 200)
            yield front


@pytest.fixture(scope="package")
def mails() -> Iterator[Sink]:
    """Returns the emails that the mail server of EMAIL_URL has accepted."""
    sink = Sink()
    server = Controller(sink, hostname=ports.HOST, port=MAIL_PORT)
    server.start()
    yield sink
    server.stop()


def _on_server(statement: str) -> None:
    server = settings.DATABASES["default"]
    account = {"user": server["USER"], "password": server["PASSWORD"], "host": server["HOST"], "port": server["PORT"]}
    with closing(psycopg2.connect(dbname="postgres", **account)) as connection:
        connection.set_isolation_level(ISOLATION_LEVEL_AUTOCOMMIT)
        connection.cursor().execute(statement)
