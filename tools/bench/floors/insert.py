"""A bare WSGI application: each POST is one INSERT in one transaction, and a redirect."""

import os
import threading
from collections.abc import Callable, Iterable
from typing import Any

import psycopg2

TABLE = (
    "CREATE TABLE IF NOT EXISTS bench_floor (id bigserial PRIMARY KEY, body text, made_at timestamptz DEFAULT now())"
)
INSERT = "INSERT INTO bench_floor (body) VALUES (%s)"

kept = threading.local()


def application(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
    body = environ["wsgi.input"].read(int(environ["CONTENT_LENGTH"])) if environ["REQUEST_METHOD"] == "POST" else b""
    if body:
        _cursor().execute(INSERT, [body.decode()])
    start_response("303 See Other" if body else "200 OK", [("Location", "/done/"), ("Content-Length", "0")])
    return []


def _cursor() -> "psycopg2.extensions.cursor":
    """Returns a cursor on this thread's connection. Without BEGIN, each statement is its own transaction."""
    if not hasattr(kept, "connection"):
        kept.connection = psycopg2.connect(os.environ["DATABASE_URL"])
        kept.connection.autocommit = True
    cursor: psycopg2.extensions.cursor = kept.connection.cursor()
    return cursor
