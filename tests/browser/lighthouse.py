"""Runs only with bin/check --pages: it needs Node, takes minutes, and wants a machine with little other work."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.browser.every_page import furnish

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

LEAST = 98
PAGES = ["short statement", "long", "short signatories/", "confirm", "thanks", "own page confirmed"]
# Search engines list names only if organisers want it, and never a signer's own page
ASKED_TO_PASS_OVER = {"short signatories/", "confirm", "thanks", "own page confirmed"}


@pytest.fixture
def addresses(goes_before_the_site: None) -> dict[str, str]:
    return furnish()


def scores(address: str, chromium: str, folder: Path, *, noindex: bool) -> dict[str, int]:
    report = folder / "report.json"
    options = ["--output=json", f"--output-path={report}", "--quiet", "--chrome-flags=--headless=new --no-sandbox"]
    without = ["--skip-audits=is-crawlable"] if noindex else []
    program = ["node", os.environ["LIGHTHOUSE"], address, *options, *without]
    subprocess.run(program, check=True, env={**os.environ, "CHROME_PATH": chromium}, timeout=300)
    categories = json.loads(report.read_text())["categories"]
    return {name: round(100 * category["score"]) for name, category in categories.items()}


def test_every_score_is_98_or_more(site, addresses, chromium, tmp_path):
    all_scores = {}
    for name in PAGES:
        all_scores[name] = scores(site.url + addresses[name], chromium, tmp_path, noindex=name in ASKED_TO_PASS_OVER)
        sys.stdout.write(f"| {name} | {' | '.join(map(str, all_scores[name].values()))} |\n")
    assert {name: page_scores for name, page_scores in all_scores.items() if min(page_scores.values()) < LEAST} == {}
