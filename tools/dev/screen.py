"""Prints for a person at a terminal."""

import os
import sys


class Terminal:
    """A terminal that may be closed at any moment; `is_gone` tells."""

    def __init__(self) -> None:
        self.is_gone = False
        self._has_styles = sys.stdout.isatty() and not os.environ.get("NO_COLOR")

    def say(self, text: str = "") -> None:
        try:
            print(text, flush=True)
        except OSError:
            self.is_gone = True
            sys.stdout = open(os.devnull, "w")  # noqa: SIM115  what is still buffered has nowhere to go

    def strong(self, text: str) -> str:
        return f"\033[1m{text}\033[0m" if self._has_styles else text

    def faint(self, text: str) -> str:
        return f"\033[2m{text}\033[0m" if self._has_styles else text
