"""Health checks of the containers: python -m deploy.health web PORT | worker [--end-if-stuck PROCESS]

A worker is healthy while the whole chain is: beat told the broker, the broker told the worker, and the worker
wrote so into PostgreSQL. Pinging it proves less: a worker that no longer consumes still answers.
"""

import os
import signal
import sys
import urllib.request
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from urllib.parse import urlsplit

import psycopg2
from redis import Redis, RedisError

STUCK_AFTER = timedelta(minutes=3)
NO_HEARTBEAT = "no heartbeat"
SEEN_AT = "SELECT 1 FROM signatures_measurement WHERE name IN ('worker', 'pulse') AND at > now() - %s"


def web(port: str) -> str | None:
    """What is wrong, or None."""
    request = urllib.request.Request(
        f"http://127.0.0.1:{port}/-/ready", headers={"Host": urlsplit(os.environ["SITE_URL"]).netloc}
    )
    try:
        urllib.request.urlopen(request, timeout=5).close()
    except OSError as error:
        return f"not ready: {error}"
    return None


def worker() -> str | None:
    """What is wrong, or None."""
    try:
        with closing(psycopg2.connect(os.environ["DATABASE_URL"], connect_timeout=2)) as database:
            cursor = database.cursor()
            cursor.execute(SEEN_AT, [STUCK_AFTER])
            beats = cursor.fetchone()
    except psycopg2.Error as error:
        return f"no answer from PostgreSQL: {type(error).__name__}"
    return None if beats else NO_HEARTBEAT


def end_if_stuck(process: int) -> None:
    """Ask a stuck worker to stop, so that its restart policy brings a new one: Docker only marks it unhealthy.

    Where the broker is away, or the worker is younger than the silence, a new worker could do no better. Any other
    process than a worker is left alone.
    """
    if _is_celery(process) and _age(process) > STUCK_AFTER and _broker_answers():
        os.kill(process, signal.SIGTERM)


def main(part: str, *options: str) -> int:
    wrong = web(*options) if part == "web" else worker()
    if wrong:
        print(wrong, file=sys.stderr)
        if wrong == NO_HEARTBEAT and options:
            end_if_stuck(int(options[1]))
    return 1 if wrong else 0


def _broker_answers() -> bool:
    try:
        return Redis.from_url(os.environ["REDIS_URL"], socket_timeout=2, socket_connect_timeout=2).ping()
    except (RedisError, OSError):
        return False


def _is_celery(process: int) -> bool:
    return b"celery" in Path(f"/proc/{process}/cmdline").read_bytes()


def _age(process: int) -> timedelta:
    started = int(Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[19]) / os.sysconf("SC_CLK_TCK")
    return timedelta(seconds=float(Path("/proc/uptime").read_text().split()[0]) - started)


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
