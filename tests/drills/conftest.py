import os
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from django.utils import timezone

from signatures.statements.models.statement import Statement
from tests.drills.reckoning import DrillResult, Tell, seconds
from tests.people import make_statement
from tests.site import Site, database_url, running
from tests.smtp import Sink, serving
from tools.dev import ports
from tools.dev.servers import Valkey, password

StartSite = Callable[..., Site]


@pytest.fixture
def statement(transactional_db: None) -> Statement:
    """Returns an open statement that every process can see."""
    return make_statement(now=timezone.now())


@pytest.fixture
def broker(tmp_path: Path) -> Iterator[Valkey]:
    """Returns a Valkey that the drill can break: broker and cache of its own site."""
    with running(Valkey(tmp_path, password())) as valkey:
        yield valkey


@pytest.fixture
def sink() -> Sink:
    return Sink()


@pytest.fixture
def start_site(tmp_path: Path, broker: Valkey) -> Iterator[StartSite]:
    """Starts the site with the drill's own broker. LIMIT_FACTOR is high because all signers come from one address."""
    with ExitStack() as started:

        def start(**more) -> Site:
            services = {"DATABASE_URL": database_url(), "REDIS_URL": broker.url, "LIMIT_FACTOR": "100"}
            return started.enter_context(Site(tmp_path, **{**services, **more}))

        yield start


@pytest.fixture
def site(statement: Statement, sink: Sink, start_site: StartSite) -> Iterator[Site]:
    """Returns a running site, with a mail server that accepts everything."""
    with serving(sink, ports.free()) as mail:
        yield start_site(EMAIL_URL=mail)


@pytest.fixture
def tell(record_property: Callable[[str, object], None]) -> Tell:
    """Puts a row into the table of bin/drill. `recovered`: seconds from the end of the fault until everything works."""

    def tell(done: DrillResult, *, recovered: float | None = None, remark: str = "", **others: float) -> None:
        figures = {**done.figures, "load": f"{os.getloadavg()[0]:.1f}"}
        if recovered is not None:
            figures["recovered"] = seconds(recovered)
        remarks = [remark, *(f"{name.replace('_', ' ')} {seconds(number)}" for name, number in others.items())]
        figures["remark"] = ", ".join(text for text in remarks if text)
        for name, figure in figures.items():
            record_property(name, figure)

    return tell
