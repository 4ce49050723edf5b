"""Runs the sources in sql/. Django takes no module whose name begins with an underscore for a migration."""

from pathlib import Path

from django.db import migrations

FOLDER = Path(__file__).parents[2] / "sql"


def load(name: str, *, drop: str) -> migrations.RunSQL:
    """Runs sql/<name>.sql; `drop` is the SQL that takes back what the file makes.

    Each file replaces what is there. To change a function or a trigger, change its file, and load it again in a new
    migration, with `drop=migrations.RunSQL.noop`. What needs a column of a later migration goes into a new file.
    """
    return migrations.RunSQL((FOLDER / f"{name}.sql").read_text(encoding="utf-8"), drop)
