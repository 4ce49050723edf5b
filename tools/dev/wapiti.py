"""Installs the scanner wapiti into its own venv, because it needs other versions than the site."""

import os
import subprocess
import sys

from tools.dev.processes import ROOT, Failed

HOME = ROOT / "var" / "wapiti"


def find() -> str:
    """Returns its path. The first call installs it, from requirements-wapiti.txt."""
    python = getattr(sys, "_base_executable", sys.executable)
    # the module "site" only shows that Python runs
    command = [python, "-m", "tools.dev.venv", "requirements-wapiti.txt", "site"]
    HOME.parent.mkdir(mode=0o711, exist_ok=True)
    if not HOME.exists():
        print("Installing wapiti into var/wapiti ...", flush=True)
    done = subprocess.run(command, cwd=ROOT, env={**os.environ, "VENV": str(HOME)}, capture_output=True, text=True)
    if done.returncode:
        raise Failed(f"wapiti cannot be installed:\n{done.stdout}{done.stderr}")
    return str(HOME / "bin" / "wapiti")
