"""Prepares the site before it starts, in one process, because loading Django takes a second."""

import sys

import django
from django.core.management import call_command


def main(*steps: str) -> None:
    django.setup()
    call_command("migrate", interactive=False, verbosity=0)
    call_command("collectstatic", interactive=False, verbosity=0)
    for step in steps:
        call_command(step)


if __name__ == "__main__":
    main(*sys.argv[1:])
