"""Makes the delivery bundle and exports of a large statement with the real worker. bin/test -s prints the times."""

import os
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest
from django.utils import timezone

from signatures.demo.fill import fill, settle
from signatures.public.models.tally import count
from signatures.transfers.delivery_bundle.request import request_delivery_pack
from signatures.transfers.models.delivery_bundle import DeliveryPack
from tests.family import below
from tests.organisers import make_organiser
from tests.site import Site, database_url
from tests.waiting import wait_for
from tools.dev.processes import ROOT

pytestmark = [pytest.mark.drill, pytest.mark.long, pytest.mark.django_db(transaction=True)]

NAMES = 50_000
MOST_MEMORY = 64  # MB above the idle process
EXPORT = """
import sys, time
import django
django.setup()
from signatures.transfers.exports.columns import columns_for
from signatures.transfers.exports.csv_file import csv_file
from signatures.transfers.exports.rows import RowSelection, row_batches
from signatures.transfers.exports.xlsx_file import xlsx_file
from signatures.signing.models.signature import Signature
columns = columns_for(for_desk=True, with_mailboxes=True)
Signature.objects.first()

def held():  # the most ever, in kB; what getrusage says begins with the parent's
    return next(int(line.split()[1]) for line in open("/proc/self/status") if line.startswith("VmHWM"))

idle = held()
write = {"csv": csv_file, "xlsx": xlsx_file}[sys.argv[1]]
begun, size = time.monotonic(), 0
for part in write([column.heading for column in columns], row_batches(RowSelection(False), columns)):
    size += len(part)
most = held()
print(size, (most - idle) // 1024, most // 1024, time.monotonic() - begun, time.process_time())
"""


class Memory(threading.Thread):
    """Records the most memory that each process has held at a time, in MB, by its role."""

    def __init__(self, pid: int):
        super().__init__(daemon=True)
        self.pid, self.over, self.most = pid, threading.Event(), {"worker": 0, "press": 0}

    def run(self) -> None:
        while not self.over.wait(0.1):
            for pid in [self.pid, *below(self.pid)]:
                kind = "press" if "signatures.transfers.delivery_bundle.typst_process" in _command(pid) else "worker"
                self.most[kind] = max(self.most[kind], _held(pid))


def _command(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/cmdline").read_text().replace("\0", " ")
    except OSError:
        return ""


def _held(pid: int) -> int:
    try:
        lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    except OSError:
        return 0
    sizes = [int(line.split()[1]) // 1024 for line in lines if line.startswith("VmHWM")]
    return sizes[0] if sizes else 0


@pytest.fixture
def crowd(statement):
    """Adds enough signatures that fifty thousand have a public name."""
    fill(statement=statement, count=NAMES * 13 // 10, seed=1, now=timezone.now())
    settle()
    assert count(statement.id).listed >= NAMES
    return statement


def test_a_pack_of_fifty_thousand_names(crowd, tmp_path):
    with Site(tmp_path, processes=("worker", "beat"), DATABASE_URL=database_url()) as site:
        wait_for(lambda: len(below(site.worker.pid)) > 0)
        memory = Memory(site.worker.pid)
        memory.start()
        request_delivery_pack(statement=crowd, actor=make_organiser(), reason="for the ministry", now=timezone.now())
        wait_for(lambda: DeliveryPack.objects.exclude(status="asked").exists(), patience=280)
        begun = time.monotonic()
        pack = wait_for(lambda: DeliveryPack.objects.filter(status__in=["ready", "failed"]).first(), patience=280)
        took = time.monotonic() - begun
        memory.over.set()
        memory.join()

    sys.stdout.write(
        f"\na pack of {count(crowd.id).listed} names: {took:.1f} s from the worker taking it up, {pack.size / 1e6:.1f}"
        f" MB; peak of the worker {memory.most['worker']} MB, of the press {memory.most['press']} MB;"
        f" load {os.getloadavg()[0]:.1f}\n"
    )
    assert (pack.status, pack.progress, pack.tries) == ("ready", 100, 1)
    assert 0 < memory.most["worker"] < 400 < memory.most["press"] < 1200


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_an_export_of_all_of_them_holds_little(crowd, kind):
    env = {**os.environ, "DATABASE_URL": database_url(), "DJANGO_SETTINGS_MODULE": "petition.settings"}
    done = subprocess.run(
        [sys.executable, "-c", EXPORT, kind], env=env, cwd=ROOT, capture_output=True, text=True, check=True
    )
    size, more, most, took, worked = map(float, done.stdout.split())

    signature_count = count(crowd.id).all
    sys.stdout.write(
        f"\n{kind} of all signatures ({signature_count} counted): {size / 1e6:.0f} MB"
        f" in {took:.1f} s, {worked:.1f} s of CPU"
        f"; {more:.0f} MB more than idle, {most:.0f} in all; load {os.getloadavg()[0]:.1f}\n"
    )
    assert size > 1_000_000
    assert 0 <= more < MOST_MEMORY
