"""Compiles the PDF of a delivery bundle in a process of its own.

`python -m signatures.transfers.delivery_bundle.typst_process FOLDER SCRIPT FONTS MOMENT`

Typst keeps what it computed as long as its process lives, some 15 kB for each name: after a PDF of 50,000 names a
worker would be 750 MB larger. This module imports nothing of Django, so that it starts quickly.
"""

import subprocess
import sys
from datetime import datetime
from pathlib import Path

from signatures.data import DATA

MAX_SECONDS = 240  # less than the time limit of the worker's task

OUTPUT_FILE = "book.pdf"


def run_typst(folder: Path, script: str, fonts: Path, moment: datetime) -> bytes:
    """Compiles the script in `folder` and returns the PDF. A timeout, or the end of the caller, kills the process."""
    arguments = [
        str(folder),
        script,
        str(fonts),
        moment.isoformat(timespec="seconds"),
    ]  # Typst refuses fractions of a second
    process = subprocess.run(  # noqa: S603
        [sys.executable, "-m", "signatures.transfers.delivery_bundle.typst_process", *arguments],
        cwd=DATA.parents[1], capture_output=True, text=True, timeout=MAX_SECONDS, check=False,
    )  # fmt: skip
    if process.returncode:
        raise RuntimeError(f"the PDF could not be compiled: {process.stderr[-500:]}")
    return (folder / OUTPUT_FILE).read_bytes()


def _compile(folder: str, script: str, fonts: str, moment: str) -> None:
    import typst

    font_set = typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=[fonts])
    compiler = typst.Compiler(str(Path(folder) / script), root=folder, font_paths=font_set)
    compiler.compile(output=str(Path(folder) / OUTPUT_FILE), format="pdf", timestamp=datetime.fromisoformat(moment))


if __name__ == "__main__":
    _compile(*sys.argv[1:])
