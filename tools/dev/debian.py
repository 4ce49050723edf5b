"""Installs the two packages that a bare Debian or Ubuntu may lack, or names them if we may not install."""

import os
import shutil
import subprocess
import sys


def install(package, what):
    """Installs `package`, or exits with one line. Runs on any version of Python."""
    command = "apt-get install {}".format(package)
    if not may_install():
        sys.exit("{} is missing. On Debian or Ubuntu: sudo {}".format(what, command))
    print("Installing Debian's {} ...".format(package), flush=True)
    quiet = dict(os.environ, DEBIAN_FRONTEND="noninteractive")
    for step in (["update"], ["install", "-y", "--no-install-recommends", package]):
        done = subprocess.run(["apt-get", "-q", *step], env=quiet, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        if done.returncode:
            sys.stderr.write(done.stdout.decode(errors="replace"))
            sys.exit("{} is missing, and this failed: {}".format(what, command))


def may_install():
    return os.geteuid() == 0 and shutil.which("apt-get") is not None
