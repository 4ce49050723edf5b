"""Becomes a command that does not outlive its starter: python tether.py STARTER SIGNAL USER COMMAND ...

STARTER is the pid of who starts it, USER a user to become, or "-". Where the system can (Linux), SIGNAL comes
when the starter is gone, however it went. A program of its own, because Python can safely run nothing of ours
between fork and exec once it has threads.
"""

import ctypes
import os
import pwd
import signal
import sys

PR_SET_PDEATHSIG = 1


def main(starter: str, stop_with: str, user: str, *command: str) -> None:
    if user != "-":
        _become(user)
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, int(stop_with))
        if os.getppid() != int(starter):
            sys.exit("the starter is gone")
    signal.signal(signal.SIGPIPE, signal.SIG_DFL)  # Python's own start ignores it, and exec would keep that
    os.execvp(command[0], command)


def _become(user: str) -> None:
    entry = pwd.getpwnam(user)
    os.chdir("/")
    os.setgroups([])
    os.setgid(entry.pw_gid)
    os.setuid(entry.pw_uid)


main(*sys.argv[1:])
