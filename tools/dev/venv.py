"""Installs the packages that FILE pins into .venv, and runs a module there:
python3 -m tools.dev.venv requirements-dev.txt MODULE ...

It needs only Python, of any version: it looks for a newer one itself.
"""

import fcntl
import glob
import hashlib
import importlib.util
import os
import shutil
import signal
import subprocess
import sys

from tools.dev import debian

MIN_PYTHON = (3, 11)
ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
VENV = os.environ.get("VENV") or os.path.join(ROOT, ".venv")  # tools/dev/wapiti.py uses another folder
PYTHON = os.path.join(VENV, "bin", "python")
LOG = os.path.join(VENV, "install.log")
EVERYTHING = "requirements-dev.txt"


def main(file, module, *arguments):
    if sys.version_info < MIN_PYTHON:
        _restart_in_newer_python(file, module, *arguments)
    if not _is_complete(file):
        with open(os.path.join(ROOT, EVERYTHING)) as lock:  # bin/dev and bin/test may start at the same moment
            fcntl.flock(lock, fcntl.LOCK_EX)
            if not _is_complete(file):
                _install(file)
    os.execv(PYTHON, [PYTHON, "-m", module, *arguments])


def _restart_in_newer_python(*arguments):
    for name in ("python3.13", "python3.12", "python3.11", "python3.14"):
        newer = shutil.which(name)
        if newer:
            os.execv(newer, [newer, "-m", "tools.dev.venv", *arguments])
    sys.exit("Python 3.11 or newer is needed; {} is {}.{}.".format(sys.executable, *sys.version_info))


def _is_complete(file):
    return _is_installed(file) or _is_installed(EVERYTHING)


def _is_installed(file):
    return _read(_stamp(file)) == _fingerprint(file)


def _stamp(file):
    return os.path.join(VENV, "installed-" + file)


def _fingerprint(file):
    """Returns a text that changes with the requirements, the place of the checkout and the interpreter."""
    with open(os.path.join(ROOT, file), "rb") as requirements:
        digest = hashlib.sha256(requirements.read()).hexdigest()
    return "\n".join([*_venv_maker(), digest])


def _venv_maker():
    return [VENV, os.path.realpath(PYTHON)]


def _install(file):
    print(
        "Installing packages into " + os.path.relpath(VENV, ROOT) + " (half a minute, the first time) ...", flush=True
    )
    if _is_outdated():
        shutil.rmtree(VENV)
    pip = _make_venv()
    _run([*pip, "install", "--require-hashes", "--no-deps", "--progress-bar", "off", "-r", os.path.join(ROOT, file)])
    with open(_stamp(file), "w") as stamp:
        stamp.write(_fingerprint(file))


def _is_outdated():
    """Tells whether .venv was made in another place, or by an interpreter that has changed since."""
    stamps = [_read(path) for path in glob.glob(os.path.join(glob.escape(VENV), "installed-*"))]
    return any(stamp.splitlines()[:2] != _venv_maker() for stamp in stamps)


def _read(path):
    try:
        with open(path) as file:
            return file.read()
    except FileNotFoundError:
        return ""


def _make_venv():
    """Creates .venv. Debian has the necessary module in its own package; the machine's pip can replace it."""
    if importlib.util.find_spec("ensurepip"):
        _run([sys.executable, "-m", "venv", VENV])
        return [PYTHON, "-m", "pip"]
    if not importlib.util.find_spec("pip"):
        debian.install("python3-venv", "Python's venv module")
        _run([sys.executable, "-m", "venv", VENV])
        return [PYTHON, "-m", "pip"]
    _run([sys.executable, "-m", "venv", "--without-pip", VENV])
    return [sys.executable, "-m", "pip", "--python", PYTHON]


def _run(command):
    os.makedirs(VENV, exist_ok=True)
    with open(LOG, "a+") as log:
        log.seek(0, os.SEEK_END)
        begin = log.tell()
        if _call(command, log):
            log.seek(begin)
            print("".join(log.readlines()[-20:]), end="", file=sys.stderr)
            sys.exit("The packages could not be installed. The whole output is in {}".format(LOG))


def _call(command, log):
    """Returns the exit code. If we are stopped, the command and everything that it started are stopped too."""
    calmly = dict(os.environ, PIP_USER="0", PIP_DISABLE_PIP_VERSION_CHECK="1")
    with subprocess.Popen(command, stdout=log, stderr=log, env=calmly, start_new_session=True) as running:
        try:
            return running.wait()
        except BaseException:
            os.killpg(running.pid, signal.SIGKILL)
            raise


if __name__ == "__main__":
    for number in (signal.SIGTERM, signal.SIGHUP):
        if signal.getsignal(number) != signal.SIG_IGN:  # as with nohup bin/dev
            signal.signal(number, lambda received, frame: sys.exit(128 + received))
    try:
        main(*sys.argv[1:])
    except KeyboardInterrupt:
        sys.exit(130)
    except PermissionError as error:
        sys.exit("{} belongs to another user: clone the repository for yourself.".format(error.filename))
