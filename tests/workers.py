"""A pytest plugin that keeps the workers of one test run apart. pytest loads it before the settings.

bin/test gives all workers (pytest-xdist) the same addresses, so each gets its own folder, Redis database and test
database. Tests in a folder of ALONE share servers, or measure speed: they run in one worker, one after the other.
All other files are units that any worker may run.
"""

import os
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from pytest_django.plugin import blocking_manager_key
from xdist.scheduler import LoadScopeScheduling

ALONE = {"tests/drills/": "drills", "tests/production/": "drills", "tests/browser/": "browser"}


def unit_of(test: str) -> str:
    """Returns the unit that one worker runs as a whole: a folder in ALONE, or the test's file."""
    return next((name for folder, name in ALONE.items() if test.startswith(folder)), test.split("::")[0])


class Scheduling(LoadScopeScheduling):
    def _split_scope(self, nodeid: str) -> str:
        return unit_of(nodeid)


def pytest_xdist_make_scheduler(config: pytest.Config, log: object) -> Scheduling:
    config.option.loadscopereorder = False  # in the order of the tests: see pytest_collection_modifyitems
    return Scheduling(config, log)


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Sorts the tests so that long ones come first, and all workers end at about the same time."""
    if hasattr(config, "workerinput"):
        units = list(dict.fromkeys(ALONE.values()))
        items.sort(key=lambda item: units.index(unit) if (unit := unit_of(item.nodeid)) in units else len(units))


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(session: pytest.Session) -> None:
    """Empties the worker's Redis database, which may be on a developer's server."""
    workers = getattr(session.config.pluginmanager.get_plugin("dsession"), "nodemanager", None)
    if workers:
        from tests.databases import drop_template

        with session.config.stash[blocking_manager_key].unblock():
            drop_template(f"template_{workers.testrunuid}")


def _move_in(worker: str) -> None:
    if "VAR" in os.environ:
        shared = Path(os.environ["VAR"])
        own = shared / worker
        for folder in (own, shared / "static"):
            folder.mkdir(mode=0o711, exist_ok=True)
        if not (own / "static").is_symlink():
            (own / "static").symlink_to(shared / "static")
        os.environ["VAR"] = str(own)
    if "REDIS_URL" in os.environ:
        number = int(worker.removeprefix("gw")) + 1
        os.environ["REDIS_URL"] = urlsplit(os.environ["REDIS_URL"])._replace(path=f"/{number}").geturl()


if "PYTEST_XDIST_WORKER" in os.environ:
    _move_in(os.environ["PYTEST_XDIST_WORKER"])
