"""Lets wapiti crawl the site, including an emailed link, and attack every form and parameter that it finds."""

import json
import os
import re
import subprocess
from collections import Counter
from pathlib import Path

import pytest

from signatures.mail.models.email import Mail
from tests.drills.crowd import Crowd
from tests.drills.reckoning import reckon, recount
from tests.outbox import is_all_sent
from tests.production.application import Application
from tests.smtp import link_in
from tests.waiting import wait_for
from tools.dev import ports

pytestmark = [pytest.mark.drill, pytest.mark.django_db(transaction=True)]

ATTACKS = (
    "backup,cookieflags,crlf,csp,exec,file,htaccess,http_headers,ldap,methods,permanentxss,redirect,shellshock,sql,xss"
)
MEDIUM = 2  # of wapiti's levels, 0 to 4
CRAWL, EACH_ATTACK = 40, 10  # seconds at most


@pytest.fixture
def wapiti() -> str:
    return os.environ.get("WAPITI") or pytest.skip("bin/drill installs it; pytest alone does not")


def test_wapiti_finds_nothing(wapiti, site, statement, sink, tmp_path, tell):
    crowd = Crowd(site)
    crowd.sign(20)
    wait_for(is_all_sent)
    with crowd.confirming(sink.messages[:10]):
        pass
    report = tmp_path / "report.json"
    assert_it_finds_what_is_there(wapiti, tmp_path)
    run(wapiti, site.url, report, start=link_in(sink.messages[-1], "confirm"))

    all_findings = findings(json.loads(report.read_text()))
    requests = Counter(re.findall(r'" (\d{3}) ', site.log("requests").replace("\n", " \n")))
    done = reckon(crowd, sink)
    remark = f"{requests.total():,} requests; findings: {'; '.join(sorted(all_findings)) or 'none'}"
    tell(done, remark=remark)
    assert [finding for finding, level in all_findings.items() if level >= MEDIUM] == []
    assert [status for status in requests if status >= "500"] == []
    assert requests.total() > 500
    assert done.accepted <= done.rows
    assert recount() == "counts agree\n"
    assert not Mail.objects.filter(status=Mail.Status.FAILED).exists()


def assert_it_finds_what_is_there(wapiti: str, folder: Path) -> None:
    """Checks on a page without any policy that wapiti finds a fault."""
    bare, report = Application(ports.free()), folder / "bare.json"
    with bare.running():
        url = f"http://{ports.HOST}:{bare.port}"
        run(wapiti, url, report, start=url, attacks="csp,http_headers")
    assert any("Content Security Policy" in finding for finding in findings(json.loads(report.read_text())))


def run(wapiti: str, url: str, report: Path, *, start: str, attacks: str = ATTACKS) -> None:
    """Runs wapiti without the modules that need its own server, so that it sends requests only to the site."""
    bounds = ["--scope", "folder", "-d", "4", "--max-links-per-page", "60", "--max-files-per-dir", "40"]
    bounds += ["--max-scan-time", str(CRAWL), "--max-attack-time", str(EACH_ATTACK), "-t", "20"]
    places = ["--store-session", str(report.parent), "--store-config", str(report.parent), "--endpoint", url]
    out = ["-f", "json", "-o", str(report), "--no-bugreport", "-v", "0"]
    command = [wapiti, "-u", f"{url}/", "-s", start, "-m", attacks, *bounds, *places, *out]
    done = subprocess.run(command, capture_output=True, text=True, timeout=290)
    assert done.returncode == 0, done.stdout + done.stderr


def findings(report: dict) -> dict[str, int]:
    """Returns each finding once, with its level and the first place: that is enough to find the others."""
    levels: dict[str, int] = {}
    for section in ("vulnerabilities", "anomalies"):
        for kind, all_of_it in report[section].items():
            for finding in all_of_it:
                levels.setdefault(f"{kind}: {finding['info']}"[:200], finding["level"])
    return levels
