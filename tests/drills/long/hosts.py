"""Runs the site on several hosts, as docs/scaling.md describes: edge, database, pool, broker, beat and mail server
on this machine, two hosts with web and worker, and one host with a replica, connected by a switch."""

import os
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

import psycopg2
from django.conf import settings
from pytest_django import DjangoDbBlocker

from signatures.web.models import REPLICATION_HEARTBEAT
from tests import discretion
from tests.drills.databases import statement_in
from tests.dumps import leaks_in_dump
from tests.network import Host, Network
from tests.production.application import NameServer
from tests.production.edge import Nginx
from tests.production.pool import Pool
from tests.production.replica import Replica
from tests.site import folder, running
from tests.smtp import Sink, serving
from tools.dev import ports
from tools.dev import site as parts
from tools.dev.processes import Child
from tools.dev.servers import Postgres, Valkey, password

WEB_PORT = 8000


class Primary(Postgres):
    """A PostgreSQL that waits for the disk at every commit, and accepts the hosts of `network`."""

    def __init__(self, place: Path, network: Network):
        self.network = network
        super().__init__(place, password(), hosts=(ports.HOST, network.address))

    def _make_cluster(self) -> None:
        super()._make_cluster()
        with (self.home / "data" / "pg_hba.conf").open("a") as rules:
            rules.writelines(f"host {what} all {self.network.mask} scram-sha-256\n" for what in ("all", "replication"))


class Follower(Replica):
    """Describes a replica that runs on its own host."""

    def __init__(self, place: Path, primary: Primary, host: Host):
        gate = primary.network.address
        super().__init__(place, primary, primary_host=gate, hosts=(host.address,), within=host.within)
        self.on = host

    def die(self) -> None:
        self.on.die()
        self.kill()

    def ask(self, question: str, *values: object) -> object:
        with closing(psycopg2.connect(self.url)) as connection:
            connection.autocommit = True
            cursor = connection.cursor()
            cursor.execute(question, values)
            return (cursor.fetchone() or [None])[0]

    def is_just_stamped(self) -> bool:
        """Tells whether the heartbeat that the worker writes every five seconds has just been replicated."""
        age = "SELECT clock_timestamp() - at < '1 s' FROM signatures_measurement WHERE name = %s"
        return self.ask(age, REPLICATION_HEARTBEAT) is True

    def times_asked(self) -> int:
        """Returns how often a query has read the table of signatures here."""
        return int(str(self.ask("SELECT seq_scan + idx_scan FROM pg_stat_user_tables WHERE relname = %s", TABLE)))


TABLE = "signatures_signature"


@dataclass
class WebHost:
    """Describes a host that runs a web and a worker."""

    on: Host
    web: Child
    worker: Child
    requests: Path

    def die(self) -> None:
        self.on.die()
        self.web.kill()
        self.worker.kill()

    def has_shown(self, page: str) -> bool:
        return f'"{page}" 200' in self.requests.read_text()

    def has_logged(self, words: str) -> bool:
        return words in self.web.log.read_text(errors="replace")


@dataclass
class Hosts:
    nginx: Nginx
    replica: Follower
    first: WebHost
    second: WebHost


@contextmanager
def all_hosts(place: Path, network: Network, sink: Sink, blocker: DjangoDbBlocker) -> Iterator[Hosts]:
    """Runs everything, and continues when nginx has sent requests to both web hosts. Django in this process uses the
    primary."""
    logs, names = place / "log", NameServer()
    with ExitStack() as on:
        primary = on.enter_context(running(Primary(on.enter_context(folder()), network)))
        on.enter_context(statement_in(primary, blocker))
        replica = on.enter_context(running(Follower(on.enter_context(folder()), primary, network.host("replica"))))
        on.enter_context(names.running())
        nginx = Nginx(place / "nginx", WEB_PORT, names.port)
        nginx.host = ports.HOST
        services = _services(on, primary, place, network, sink)
        env = {**os.environ, **services, "DATABASE_REPLICA_URL": replica.url, "SITE_URL": f"http://{ports.HOST}"}
        first, second = (_web_host(network.host(name), env, logs) for name in ("first", "second"))
        names.address, names.others = first.on.address, [second.on.address]
        for child in (first.web, first.worker, second.web, second.worker, parts.beat(env, logs), nginx):
            on.enter_context(running(child))
        for host in (first, second):
            host.web.wait_until(lambda: nginx.ask("/letter/").status == 200 and host.has_shown("/letter/"), patience=90)  # noqa: B023
        yield Hosts(nginx, replica, first, second)
        assert [leak for log in logs.iterdir() for leak in discretion.leaks_in(log)] == []
        assert leaks_in_dump(primary.url) == []


def _services(on: ExitStack, primary: Primary, place: Path, network: Network, sink: Sink) -> dict[str, str]:
    """Returns the services' addresses as the hosts see them: this machine's address in `network`."""
    here = (ports.HOST, network.address)
    pool = on.enter_context(running(Pool(primary.folder, primary, connections=40, hosts=here)))
    broker = on.enter_context(running(Valkey(place, password(), hosts=here)))
    return {
        "VAR": str(settings.VAR),
        "DATABASE_URL": pool.url.replace(ports.HOST, network.address),
        "REDIS_URL": broker.url.replace(ports.HOST, network.address),
        "EMAIL_URL": on.enter_context(serving(sink, ports.free(), host=network.address)),
        "LIMIT_FACTOR": "100",  # all signers come from one address
        "TRUSTED_PROXIES": "1",
    }


def _web_host(host: Host, env: dict[str, str], logs: Path) -> WebHost:
    name = f"web-{host.name}"
    web = parts.web(env, logs, WEB_PORT, host=host.address, name=name, within=host.within)
    worker = parts.worker(env, logs, name=f"worker-{host.name}", within=host.within)
    return WebHost(host, web, worker, logs / f"{name}.requests")
