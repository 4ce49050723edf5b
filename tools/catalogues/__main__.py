"""Updates locale/ from the sources, without gettext's programs: python -m tools.catalogues [--check]"""

import argparse
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TextIO

import django
from babel.messages import Catalog
from django.conf import settings

from tools.catalogues import files
from tools.catalogues.problems import faults
from tools.catalogues.sources import marked


def main(arguments: Sequence[str], out: TextIO) -> int:
    """Returns the exit code. Without --check, writes every marked string into the catalogues and compiles them."""
    parser = argparse.ArgumentParser(prog="python -m tools.catalogues", description=__doc__)
    parser.add_argument(
        "--check", action="store_true", help="change nothing; list the problems, and exit with 1 if there are any"
    )
    check = parser.parse_args(arguments).check
    folder, strings = Path(settings.LOCALE_PATHS[0]), marked(settings.BASE_DIR)
    languages = [language for language, _name in settings.LANGUAGES]
    if not check:
        for language in languages:
            _write(folder, language, strings)
    wrong = [f"{language}: {fault}" for language in languages for fault in faults(folder, language, strings)]
    print("\n".join([*wrong, f"{len(strings)} strings, {len(wrong)} faults"]), file=out)
    return int(check and bool(wrong))


def _write(folder: Path, language: str, strings: Catalog) -> None:
    catalogue = files.merged(strings, files.read(folder, language), language)
    path = files.po_file(folder, language)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(files.po(catalogue))
    path.with_suffix(".mo").write_bytes(files.mo(catalogue))


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "petition.settings")
    django.setup()
    sys.exit(main(sys.argv[1:], sys.stdout))
