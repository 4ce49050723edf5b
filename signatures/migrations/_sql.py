"""Runs the sources in sql/. Django ignores modules whose name begins with an underscore, so this is no migration."""

from pathlib import Path

from django.db import migrations

FOLDER = Path(__file__).parents[2] / "sql"


def load(name: str, *, drop: str) -> migrations.RunSQL:
    """Runs sql/<name>.sql; `drop` is the SQL that reverts it.

    Each file replaces what exists. To change a function or a trigger, change its file and load it again in a new
    migration, with `drop=migrations.RunSQL.noop`. SQL that needs a column of a later migration goes into a new file.
    """
    return migrations.RunSQL((FOLDER / f"{name}.sql").read_text(encoding="utf-8"), drop)
