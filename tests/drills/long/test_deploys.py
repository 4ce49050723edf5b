"""Deploys a new version fifteen times while people sign, as docs/running.md describes."""

import signal
import sys
from collections.abc import Iterator

import pytest

from tests.drills.crowd import Answer, Crowd
from tests.drills.reckoning import reckon, recount
from tests.outbox import seconds_until_all_sent
from tests.production.application import NameServer
from tests.production.edge import Nginx
from tests.site import Site, running
from tests.smtp import serving
from tests.waiting import wait_for
from tools.dev import ports
from tools.dev import site as parts
from tools.dev.processes import Child

pytestmark = [pytest.mark.drill, pytest.mark.django_db(transaction=True)]

DEPLOYS = 15
SEARCH = "/letter/signatories/?q=ilse+{}"
PLACES = ("127.0.0.1", "127.0.0.2")
PAUSE = 0.25  # seconds between two requests of each of eight signers: 32 a second, the peak of the busiest petition
GRACE = 70  # seconds that docker-compose.yml gives a worker


class Deployer:
    """Starts the new process beside the old one, waits until nginx knows it, and stops the old one with SIGTERM. The
    worker is replaced in the same way."""

    def __init__(self, site: Site, names: NameServer):
        self.site, self.names = site, names
        self.web, self.worker = site.web, site.worker
        self.old_workers: list[Child] = []

    def deploy(self, number: int) -> None:
        place = PLACES[number % 2]
        web = self._start(parts.web(self.site.env, self.site.logs, self.site.port, host=place, name=f"web-{number}"))
        web.wait_until(lambda: parts.answers(f"http://{place}:{self.site.port}/-/alive", self.site.env), patience=90)
        self.names.others = [place]
        wait_for(
            lambda: "/letter/" in (self.site.logs / f"{web.name}.requests").read_text()
        )  # nginx knows it now, and sends requests to it
        self.web.stop(patience=GRACE)
        self.names.address, self.names.others = place, []
        self.web = web
        worker = self._start(parts.worker(self.site.env, self.site.logs))
        self.worker.ask_to_stop()
        self.old_workers.append(self.worker)
        self.worker = worker

    def wait_for_old_workers(self) -> list[int | None]:
        """Returns the exit codes. Each worker got one SIGTERM; a second one would stop it immediately."""
        wait_for(lambda: not any(worker.is_running for worker in self.old_workers), patience=GRACE)
        return [worker.exit_code for worker in self.old_workers]

    def _start(self, child: Child) -> Child:
        self.site.processes.append(child)
        child.start()
        return child


@pytest.fixture
def names() -> Iterator[NameServer]:
    server = NameServer()
    with server.running():
        yield server


@pytest.mark.skipif(sys.platform != "linux", reason="a second address of this machine, without asking, is Linux's")
def test_row_11_fifteen_deploys_turn_nobody_away(start_site, statement, sink, names, tmp_path, tell):
    """Measures everybody who reads or signs through nginx, from before the first deploy to after the last."""
    with serving(sink, ports.free()) as mail:
        site = start_site(EMAIL_URL=mail, TRUSTED_PROXIES="1")
        nginx = Nginx(tmp_path / "nginx", site.port, names.port)
        nginx.host = ports.HOST
        with running(nginx):
            nginx.wait_until(lambda: nginx.ask("/-/alive").status == 200)
            crowd, deployer, reads = Crowd(nginx, at_a_time=8), Deployer(site, names), list[Answer]()
            with crowd.signing_all_the_time(pause=PAUSE), crowd.reading_all_the_time(SEARCH, reads):
                for number in range(1, DEPLOYS + 1):
                    deployer.deploy(number)
        ended = deployer.wait_for_old_workers()
        recovered = seconds_until_all_sent(sink)

    done = reckon(crowd, sink)
    shown = sum(read.status == 200 for read in reads)
    tell(done, recovered=recovered, remark=f"{len(reads):,} pages read meanwhile, {len(reads) - shown:,} not shown")
    assert len(ended) == DEPLOYS
    assert set(ended) <= {0, -signal.SIGTERM}  # finished, or replaced before it began, as on a busy machine
    assert {answer.status for answer in done.answers} == {303}
    assert shown == len(reads) > 0
    assert (done.rows, set(done.mails), done.duplicates) == (done.accepted, done.accepted, 0)
    assert recount() == "counts agree\n"
