"""Sets the book of a delivery pack, in a process of its own: `python -m signatures.transfers.delivery_bundle.typst_process FOLDER SCRIPT FONTS MOMENT`.

Typst keeps what it has computed for as long as its process lives, some 15 kB for each name: a worker that set a book
of 50,000 would be three quarters of a gigabyte larger from then on. Imports nothing of the site, and starts at once.
"""

import subprocess
import sys
from datetime import datetime
from pathlib import Path

from signatures.data import DATA

MAX_SECONDS = 240  # seconds: less than the worker's task may take

OUTPUT_FILE = "book.pdf"


def run_typst(folder: Path, script: str, fonts: Path, moment: datetime) -> bytes:
    """`folder` holds the script and what it reads, and gets the book. A TimeoutExpired, or whatever ends the caller,
    ends it too."""
    said = [str(folder), script, str(fonts), moment.isoformat(timespec="seconds")]  # Typst refuses parts of a second
    done = subprocess.run(  # noqa: S603
        [sys.executable, "-m", "signatures.transfers.delivery_bundle.typst_process", *said],
        cwd=DATA.parents[1], capture_output=True, text=True, timeout=MAX_SECONDS, check=False,
    )  # fmt: skip
    if done.returncode:
        raise RuntimeError(f"the book could not be set: {done.stderr[-500:]}")
    return (folder / OUTPUT_FILE).read_bytes()


def _compile(folder: str, script: str, fonts: str, moment: str) -> None:
    import typst

    found = typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=[fonts])
    compiler = typst.Compiler(str(Path(folder) / script), root=folder, font_paths=found)
    compiler.compile(output=str(Path(folder) / OUTPUT_FILE), format="pdf", timestamp=datetime.fromisoformat(moment))


if __name__ == "__main__":
    _compile(*sys.argv[1:])
