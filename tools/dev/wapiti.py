"""The scanner wapiti, in a venv of its own: its pins are not ours."""

import os
import subprocess
import sys

from tools.dev.processes import ROOT, Failed

HOME = ROOT / "var" / "wapiti"


def find() -> str:
    """Its path; installed the first time, from requirements-wapiti.txt."""
    python = getattr(sys, "_base_executable", sys.executable)
    command = [python, "-m", "tools.dev.venv", "requirements-wapiti.txt", "site"]  # "site" shows that it can be run
    HOME.parent.mkdir(mode=0o711, exist_ok=True)
    if not HOME.exists():
        print("Installing wapiti into var/wapiti ...", flush=True)
    done = subprocess.run(command, cwd=ROOT, env={**os.environ, "VENV": str(HOME)}, capture_output=True, text=True)
    if done.returncode:
        raise Failed(f"wapiti cannot be installed:\n{done.stdout}{done.stderr}")
    return str(HOME / "bin" / "wapiti")
