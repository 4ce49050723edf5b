"""Becomes a command that does not outlive its parent: python tied_to_parent.py PARENT SIGNAL USER COMMAND ...

PARENT is the pid of the process that starts it, USER the user to become, or "-". On Linux, the command gets SIGNAL
when
its parent ends for any reason. This is a separate program, because a Python process with threads cannot safely run
its own code between fork and exec.
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
            sys.exit("the parent has ended")
    signal.signal(signal.SIGPIPE, signal.SIG_DFL)  # Python ignores it at its start, and exec would keep that
    os.execvp(command[0], command)


def _become(user: str) -> None:
    entry = pwd.getpwnam(user)
    os.chdir("/")
    os.setgroups([])
    os.setgid(entry.pw_gid)
    os.setuid(entry.pw_uid)


main(*sys.argv[1:])
