"""What is written down holds nobody's mailbox or whole address, no link that works, and no row of the database.

A name is not known by its looks: no code of ours logs one, and a test reads everything that the tests log.
"""

import ipaddress
import json
import logging
import re
from datetime import UTC, datetime

TOKEN_IN_PATH = re.compile(r"(/(?:confirm|thanks|signature|invitation|not-me|unsubscribe)/)[^/\s\"'?]+")
TOKEN = re.compile(r"(?<![\w.-])[\w-]{8,}\.[\w-]{43}(?![\w-])", re.ASCII)
MAILBOX = re.compile(r"[^\s@<>()\[\]\"',:;=/]+@(?:[\w-]+\.)+[^\W\d_][\w-]*")
SEARCH = re.compile(r"([?&]q=)[^\s&\"']+")
IPV4 = re.compile(r"(?<![\w.])(?:\d{1,3}\.){3}\d{1,3}(?![\w.]*\w)", re.ASCII)
IPV6 = re.compile(r"(?<![\w:.])[0-9a-f]{1,4}(?::[0-9a-f]{0,4}){2,7}(?![\w:.])", re.ASCII | re.IGNORECASE)

# PostgreSQL quotes the row that broke a rule, and the statement that it could not read
DATABASE_DETAIL = re.compile(
    r"^(?:DETAIL|CONTEXT|QUERY|STATEMENT|WHERE):.*$|^LINE \d+:.*\n[ \t]*\^?|(?<=invalid input syntax for ).*$",
    re.MULTILINE,
)
PRIVATE_NETWORKS = [
    ipaddress.ip_network(net) for net in ("127.0.0.0/8", "10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16")
]
MASK = "…"
# A path may hold a line's end or what steers a terminal: written as it is, a stranger writes our log
CONTROL_CHARACTERS = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069]")


def mask(text: str) -> str:
    text = DATABASE_DETAIL.sub(MASK, text)
    text = TOKEN.sub(MASK, TOKEN_IN_PATH.sub(rf"\1{MASK}", text))
    text = SEARCH.sub(rf"\1{MASK}", MAILBOX.sub(MASK, text))
    return IPV6.sub(_masked_network, IPV4.sub(_masked_network, text))


def _masked_network(found: re.Match[str]) -> str:
    """Enough to tell a provider by, not a person. Our own servers stay as they are."""
    try:
        address = ipaddress.ip_address(found[0])
    except ValueError:
        return found[0]
    if any(address in network for network in PRIVATE_NETWORKS):
        return found[0]
    kept = ".".join(found[0].split(".")[:3]) + "." if address.version == 4 else address.exploded[:14] + ":"
    return kept + MASK


class Line(logging.Formatter):
    """For people: one line, and below it what failed."""

    def __init__(self, fmt: str = "%(levelname)s %(name)s: %(message)s", datefmt: str | None = None):
        super().__init__(fmt, datefmt)

    def formatMessage(self, record: logging.LogRecord) -> str:
        return CONTROL_CHARACTERS.sub(
            lambda found: found[0].encode("unicode_escape").decode(), mask(super().formatMessage(record))
        )

    def format(self, record: logging.LogRecord) -> str:
        return mask(super().format(record))


class JsonFormatter(logging.Formatter):
    """For programs: one object a line, what failed included."""

    def format(self, record: logging.LogRecord) -> str:
        told = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": mask(record.getMessage()),
            "process": record.process,
        }
        if record.exc_info:
            told["exception"] = mask(self.formatException(record.exc_info))
        return json.dumps(told, ensure_ascii=False)


FORMATTERS: dict[str, type[Line] | type[JsonFormatter]] = {"plain": Line, "json": JsonFormatter}
