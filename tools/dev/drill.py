"""Runs bin/drill: breaks real servers under a real site, and prints what that cost."""

import argparse
import os
import sys
import tempfile
import time
from pathlib import Path

from tools.dev import drill_report, test, wapiti
from tools.dev.drill_list import DRILLS
from tools.dev.screen import Terminal


def main(arguments: list[str]) -> int:
    options, screen = _parse(arguments), Terminal()
    if options.list:
        screen.say(drill_report.listed(screen))
        return 0
    names = options.names or [name for name, drill in DRILLS.items() if drill.is_quick or not options.quick]
    begin = time.monotonic()
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "drills.xml"
        how = ["-vv", "--no-header", "--tb=short", f"--junitxml={file}", "-o", "junit_family=xunit1"]
        if "wapiti" in names:
            os.environ["WAPITI"] = wapiti.find()
        code = test.main([*how, *(DRILLS[name].test for name in names)])
        outcomes = drill_report.read(file, names) if file.exists() else []
    if not outcomes:
        return code or 1
    minutes = (time.monotonic() - begin) / 60
    screen.say(drill_report.table(outcomes, screen, minutes))
    if options.write:
        drill_report.write(options.write, outcomes)
    return drill_report.exit_code(code, outcomes if options.names else [])


def _parse(arguments: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="bin/drill", description="Breaks real servers under a real site.")
    parser.add_argument("names", nargs="*", metavar="NAME", help="drills to run; without a name, all of them")
    parser.add_argument("--list", action="store_true", help="list the drills, and run none")
    parser.add_argument("--quick", action="store_true", help="run only the drills of bin/test, in a few minutes")
    parser.add_argument("--write", type=Path, metavar="FILE", help="also write the results into the table of this page")
    options = parser.parse_args(arguments)
    if unknown := [name for name in options.names if name not in DRILLS]:
        parser.error(f"there is no drill {unknown[0]!r}. There are: {', '.join(DRILLS)}")
    return options


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
