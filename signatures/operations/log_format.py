"""Masks mailboxes, network addresses, tokens and database rows in the log.

Names cannot be recognised, so no code logs one; a test checks everything that the tests log.
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

# PostgreSQL quotes the row that violates a constraint, and the value that it cannot parse
DATABASE_DETAIL = re.compile(
    r"^(?:DETAIL|CONTEXT|QUERY|STATEMENT|WHERE):.*$|^LINE \d+:.*\n[ \t]*\^?|(?<=invalid input syntax for ).*$",
    re.MULTILINE,
)
PRIVATE_NETWORKS = [
    ipaddress.ip_network(net) for net in ("127.0.0.0/8", "10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16")
]
MASK = "…"
# A path may contain line breaks or terminal control codes, which could forge lines of the log
CONTROL_CHARACTERS = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069]")


def mask(text: str) -> str:
    text = DATABASE_DETAIL.sub(MASK, text)
    text = TOKEN.sub(MASK, TOKEN_IN_PATH.sub(rf"\1{MASK}", text))
    text = SEARCH.sub(rf"\1{MASK}", MAILBOX.sub(MASK, text))
    return IPV6.sub(_masked_network, IPV4.sub(_masked_network, text))


def _masked_network(match: re.Match[str]) -> str:
    """Shortens an address so that it shows a provider, not a person. Private addresses stay unchanged."""
    try:
        address = ipaddress.ip_address(match[0])
    except ValueError:
        return match[0]
    if any(address in network for network in PRIVATE_NETWORKS):
        return match[0]
    kept = ".".join(match[0].split(".")[:3]) + "." if address.version == 4 else address.exploded[:14] + ":"
    return kept + MASK


class Line(logging.Formatter):
    """Formats a record for people: one line, followed by the traceback."""

    def __init__(self, fmt: str = "%(levelname)s %(name)s: %(message)s", datefmt: str | None = None):
        super().__init__(fmt, datefmt)

    def formatMessage(self, record: logging.LogRecord) -> str:
        return CONTROL_CHARACTERS.sub(
            lambda match: match[0].encode("unicode_escape").decode(), mask(super().formatMessage(record))
        )

    def format(self, record: logging.LogRecord) -> str:
        return mask(super().format(record))


class JsonFormatter(logging.Formatter):
    """Formats a record for programs: one JSON object per line, including the traceback."""

    def format(self, record: logging.LogRecord) -> str:
        fields = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": mask(record.getMessage()),
            "process": record.process,
        }
        if record.exc_info:
            fields["exception"] = mask(self.formatException(record.exc_info))
        return json.dumps(fields, ensure_ascii=False)


FORMATTERS: dict[str, type[Line] | type[JsonFormatter]] = {"plain": Line, "json": JsonFormatter}
