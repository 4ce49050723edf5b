"""Runs bin/dev: the whole site in the foreground, until Ctrl-C."""

import fcntl
import os
import sys
import time
from collections.abc import Mapping
from pathlib import Path
from typing import IO
from urllib.parse import urlsplit

from tools.dev import environment, ports, postgres_paths, servers, site
from tools.dev.processes import ROOT, Child, Failed, Signals, StopRequested, stop
from tools.dev.screen import Terminal

TRIAL_SETTINGS = {
    "LIMIT_FACTOR": "100",
    "MAILBOX_TEST_DOMAINS": "true",
}  # many signers at one address, with mailboxes such as any@name.test
SERVICES = ("DATABASE_URL", "REDIS_URL", "EMAIL_URL")


class RunningSite:
    """Everything that bin/dev starts. It stops in the reverse order: the site before its servers."""

    def __init__(self, screen: Terminal):
        self.screen = screen
        self.servers: list[Child] = []
        self.site: list[Child] = []
        self.lock: IO[str] | None = None

    def start(self, child: Child, among: list[Child]) -> None:
        child.log.unlink(missing_ok=True)
        among.append(child)
        child.start()

    def watch(self) -> None:
        """Shows what the site prints, until one process ends or the terminal is closed."""
        while not self.screen.is_gone:
            self._show_lines()
            ended = [child for child in [*self.site, *self.servers] if not child.is_running]
            if ended:
                raise Failed(f"{ended[0].name} ended:\n{ended[0].tail()}")
            time.sleep(0.2)

    def _show_lines(self) -> None:
        for child in self.site:
            for line in child.new_lines():
                self.screen.say(f"{self.screen.faint(f'{child.name:>7} |')} {line}")

    def stop(self, signals: Signals) -> None:
        for children in (self.site, self.servers):
            stop(children, hurry=lambda: signals.hurry)


def main() -> int:
    signals, screen = Signals(), Terminal()
    house = RunningSite(screen)
    try:
        var = environment.folder(os.environ, "var")
        house.lock = _lock_folder(var)
        env = start(house, var)
        screen.say(welcome(env, screen))
        house.watch()
    except StopRequested:
        screen.say("\nStopping ...")
    except (Failed, OSError) as error:
        screen.say(f"\n{error}")
    finally:
        house.stop(signals)
    return signals.exit_code if signals.received else 1


def start(house: RunningSite, var: Path) -> dict[str, str]:
    has_mailbox = not os.environ.get("EMAIL_URL")
    chosen = ports.chosen(os.environ, ["PORT", "MAILBOX_PORT", "SMTP_PORT"] if has_mailbox else ["PORT"])
    secrets = environment.load_or_create_secrets(var)

    services = _start_servers(house, var, chosen, secrets)
    if "DATABASE_URL" in services:
        services["PG_BIN"] = str(postgres_paths.postgres_binaries())
    defaults = environment.site_environment(var=var, port=chosen["PORT"], secrets=secrets, **TRIAL_SETTINGS, **services)
    env = {**defaults, **environment.named(), "VAR": str(var)}
    if _is_own_mailbox(env):
        # bin/dev prints the demonstration's login itself
        defaults["SECOND_FACTOR"] = env.setdefault("SECOND_FACTOR", "false")
    environment.write(var / "environment", {name: env[name] for name in [*defaults, *SERVICES]})

    house.screen.say("Preparing the database ...")
    _prepare(house, env, var / "log")
    _start_site(house, env, var / "log", chosen["PORT"])
    return env


def _lock_folder(var: Path) -> IO[str]:
    lock = (var / "lock").open("a")
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        raise SystemExit(
            f"bin/dev already runs with the data in {_relative_path(var)}. To start a second one:\n"
            "VAR=var/other PORT=8001 MAILBOX_PORT=1081 SMTP_PORT=1026 bin/dev"
        ) from None
    return lock


def _start_servers(
    house: RunningSite, var: Path, chosen: Mapping[str, int], secrets: Mapping[str, str]
) -> dict[str, str]:
    """Starts the servers that the environment does not name. Returns their URLs."""
    started: dict[str, servers.Postgres | servers.Valkey | servers.Mailbox] = {}
    if not os.environ.get("DATABASE_URL"):
        started["DATABASE_URL"] = servers.Postgres(var, secrets["DATABASE_PASSWORD"])
    if not os.environ.get("REDIS_URL"):
        started["REDIS_URL"] = servers.Valkey(var, secrets["REDIS_PASSWORD"])
    if "SMTP_PORT" in chosen:
        mailbox = servers.Mailbox(var, smtp_port=chosen["SMTP_PORT"], web_port=chosen["MAILBOX_PORT"])
        started["EMAIL_URL"] = mailbox
    if started:
        house.screen.say("Starting the servers ...")
    for server in started.values():
        house.start(server, house.servers)
    return {name: server.url for name, server in started.items()}


def _prepare(house: RunningSite, env: Mapping[str, str], log: Path) -> None:
    steps = ["demo", "demo_login"] if _is_own_mailbox(env) else ["demo"]
    preparing = site.prepare(env, log, *steps)
    house.start(preparing, house.site)
    while preparing.is_running:
        time.sleep(0.05)
    house.site.remove(preparing)
    if preparing.exit_code:
        raise Failed(f"The site could not be prepared:\n{preparing.tail()}")
    for line in preparing.new_lines():
        house.screen.say(house.screen.faint(f"  {line}"))


def _start_site(house: RunningSite, env: Mapping[str, str], log: Path, port: int) -> None:
    (log / "requests.log").unlink(missing_ok=True)
    web = site.web(env, log, port)
    for child in (web, site.worker(env, log), site.beat(env, log)):
        house.start(child, house.site)
    web.wait_until(lambda: site.answers(f"http://{ports.HOST}:{port}/-/ready", env))


def welcome(env: Mapping[str, str], screen: Terminal) -> str:
    address = env["SITE_URL"].rstrip("/")
    login = f"{environment.DEMO_USER}  {env['DEMO_PASSWORD']}" if _is_own_mailbox(env) else ""
    rows = [
        ("Site", f"{address}/", ""),
        ("Admin", f"{address}/admin/", login),
        ("Mailbox", *_mailbox_addresses(env)),
        ("Health", f"{address}/-/ready", ""),
    ]
    width = max(len(place) for _, place, _ in rows)
    lines = [f"{name:<9}{screen.strong(place)}{' ' * (width - len(place))}  {note}" for name, place, note in rows]
    end = f"Data and logs are in {_relative_path(Path(env['VAR']))}. Ctrl-C stops everything."
    text = ["", "Undersigned is running.", "", *lines, "", screen.faint(end), ""]
    return "\n".join(f"  {line}".rstrip() for line in text)


def _mailbox_addresses(env: Mapping[str, str]) -> tuple[str, str]:
    if os.environ.get("EMAIL_URL"):
        return "", f"mail goes out through {urlsplit(env['EMAIL_URL']).hostname}"
    port = env.get("MAILBOX_PORT") or ports.DEFAULT_PORTS["MAILBOX_PORT"][0]
    return f"http://{ports.HOST}:{port}/", "all mail ends here"


def _is_own_mailbox(env: Mapping[str, str]) -> bool:
    return urlsplit(env["SITE_URL"]).hostname in environment.LOCAL


def _relative_path(path: Path) -> str:
    return str(path.relative_to(ROOT)) if path.is_relative_to(ROOT) else str(path)


if __name__ == "__main__":
    if len(sys.argv) > 1:
        sys.exit("bin/dev takes no arguments. CONTRIBUTING.md lists its variables.")
    sys.exit(main())
