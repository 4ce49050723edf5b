"""This module has helpers for tests of imports."""

from signatures.transfers.imports.manage import choose_columns, create_import
from signatures.transfers.imports.run import work_on_imports
from signatures.transfers.models.imports import Import
from tests.people import NOON


def make_import(statement, organiser, text, *, name="people.csv", now=NOON) -> Import:
    content = text if isinstance(text, bytes) else text.encode()
    return create_import(
        statement=statement, source="on paper at the book fair", name=name, content=content, actor=organiser, now=now
    )


def make_checked_import(statement, organiser, text, *, now=NOON, columns=None, **defaults) -> Import:
    import_ = make_import(statement, organiser, text, now=now)
    run_import_worker(now)
    defaults = {"sector": None, "language": "en", "visibility": "public", **defaults}
    columns = columns if columns is not None else reload(import_).columns
    assert choose_columns(import_id=import_.id, columns=columns, **defaults, now=now)
    run_import_worker(now)
    return reload(import_)


def run_import_worker(at=NOON, *, times=3) -> None:
    """Runs the import task at that time."""
    for _ in range(times):
        work_on_imports(clock=lambda: at)


def reload(import_: Import) -> Import:
    return Import.objects.get(id=import_.id)
