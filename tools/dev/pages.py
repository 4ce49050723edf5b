"""Runs bin/check --pages: Lighthouse on the most visited pages. It needs Node 20 and Chromium, and takes minutes."""

import os
import shutil
import subprocess
import sys

from tools.dev import test
from tools.dev.processes import ROOT

LIGHTHOUSE = "12.8.2"  # the last version that runs on Node 20
FOLDER = ROOT / "var" / "lighthouse"
PROGRAM = FOLDER / "node_modules" / "lighthouse" / "cli" / "index.js"
FIGURES = "tests/browser/lighthouse.py"


def main() -> int:
    if not shutil.which("node") or not shutil.which("npm"):
        sys.exit("Lighthouse needs Node 20 or newer, with npm.")
    if not PROGRAM.exists():
        _install()
    os.environ["LIGHTHOUSE"] = str(PROGRAM)
    return test.main(["-s", FIGURES])


def _install() -> None:
    """Installs Lighthouse into var/, from the registry that npm is configured with."""
    print("Installing Lighthouse ...", flush=True)
    FOLDER.mkdir(parents=True, exist_ok=True)
    quiet = ["--no-audit", "--no-fund", "--no-package-lock", "--loglevel", "error", "--prefix", str(FOLDER)]
    subprocess.run(["npm", "install", *quiet, f"lighthouse@{LIGHTHOUSE}"], check=True)
