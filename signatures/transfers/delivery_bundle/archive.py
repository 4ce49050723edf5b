"""Writes a delivery bundle: the statement and its public signatories as a PDF and as tables, with their digests."""

import csv
import hashlib
import json
from collections.abc import Callable
from datetime import datetime
from io import StringIO
from typing import IO, Any
from zipfile import ZIP_DEFLATED, ZipFile

from django.utils import translation

from signatures.statements.models.statement import Statement
from signatures.transfers.delivery_bundle.book import render_book
from signatures.transfers.delivery_bundle.contents import HEADINGS, Clock, Contents, read_contents
from signatures.transfers.exports.csv_file import BOM
from signatures.transfers.exports.formula_injection import escape_formula

Progress = Callable[[int], object]


def write_archive(file: IO[bytes], statement: Statement, clock: Clock, progress: Progress) -> datetime:
    """Writes a zip archive to `file` and calls `progress` with the per cent done. Returns when the names were read."""
    with translation.override(statement.language):
        contents = read_contents(statement, clock)
        progress(10)
        names = f"{statement.slug}-signatories"
        files = {
            f"{statement.slug}.pdf": render_book(contents),
            f"{names}.csv": _csv(contents),
            f"{names}.json": _json({"as_of": contents.as_of, **contents.facts, "signatories": contents.records()}),
            f"{statement.slug}-corrections.json": _json(contents.corrections),
        }
    progress(80)
    with ZipFile(file, "w", ZIP_DEFLATED) as archive:
        for name, content in {**files, "manifest.json": _json(_manifest(contents, files))}.items():
            archive.writestr(f"{statement.slug}/{name}", content)
    progress(100)
    return contents.now


def _manifest(contents: Contents, files: dict[str, bytes]) -> dict[str, Any]:
    return {
        "as_of": contents.as_of,
        "about": "Names are those that the public saw at this minute. Who left, or chose not to be named, since then "
        "is to be left out of what is published from here.",
        "version_sha256": contents.facts["versions"],
        "count": contents.facts["count"],
        "files": {
            name: {"sha256": hashlib.sha256(content).hexdigest(), "bytes": len(content)}
            for name, content in files.items()
        },
    }


def _csv(contents: Contents) -> bytes:
    buffer = StringIO()
    writer = csv.writer(buffer)
    writer.writerow(HEADINGS)
    writer.writerows([escape_formula(text) for text in record.values()] for record in contents.records())
    return (BOM + buffer.getvalue()).encode()


def _json(value: Any) -> bytes:
    return json.dumps(value, ensure_ascii=False, indent=1).encode()
