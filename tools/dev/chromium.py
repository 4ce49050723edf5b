"""Finds the Chromium of this machine, for the browser tests."""

import os
import shutil
import sys
from pathlib import Path

from tools.dev import debian

NAMES = ("chromium", "chromium-browser", "google-chrome-stable", "google-chrome", "chrome")
MAC = Path("/Applications/Google Chrome.app/Contents/MacOS/Google Chrome")


def find() -> str:
    """Returns its path, or "". Then the browser tests are skipped, and one line explains why. In CI, it exits
    instead."""
    named = os.environ.get("CHROMIUM")
    if named:
        return named if shutil.which(named) else sys.exit(f"CHROMIUM is {named!r}: there is no such program.")
    if not _first_path() and debian.may_install():
        debian.install("chromium", "Chromium")
    if not _first_path():
        _explain()
    return _first_path()


def _first_path() -> str:
    places = (shutil.which(name) for name in (*NAMES, str(MAC)))
    return next((place for place in places if place), "")


def _explain() -> None:
    how = "The browser tests need Chromium: sudo apt-get install chromium, or CHROMIUM=/path/to/it"
    if os.environ.get("CI", "").lower() in ("1", "true"):
        sys.exit(how)
    print(f"{how} (skipped for now)", flush=True)
