"""No two rows of one code may stand on the same day: an exclusion constraint on PostgreSQL, triggers on SQLite.

PostgreSQL's constraint compares a 64-bit hash of the code as a one-point range, so that it needs no extension.
"""

from __future__ import annotations

from typing import Any

from django.db import migrations

CONDITION = """
    SELECT 1 FROM units_unit other
    WHERE other.code = NEW.code AND other.id IS NOT NEW.id
      AND (other.valid_to IS NULL OR NEW.valid_from IS NULL OR NEW.valid_from < other.valid_to)
      AND (NEW.valid_to IS NULL OR other.valid_from IS NULL OR other.valid_from < NEW.valid_to)
"""
SQLITE = [
    f"""
    CREATE TRIGGER unit_code_never_overlaps_{verb} AFTER {event} ON units_unit
    WHEN EXISTS ({CONDITION})
    BEGIN SELECT RAISE(ABORT, 'unit_code_never_overlaps: another unit has this code at the time'); END
    """
    for verb, event in (("begun", "INSERT"), ("changed", "UPDATE OF code, valid_from, valid_to"))
]
SQLITE_UNDO = ["DROP TRIGGER unit_code_never_overlaps_begun", "DROP TRIGGER unit_code_never_overlaps_changed"]
POSTGRESQL = [
    """
    ALTER TABLE units_unit ADD CONSTRAINT unit_code_never_overlaps EXCLUDE USING gist (
        numrange(hashtextextended(code, 0)::numeric, hashtextextended(code, 0)::numeric, '[]') WITH &&,
        daterange(valid_from, valid_to) WITH &&
    )
    """
]
POSTGRESQL_UNDO = ["ALTER TABLE units_unit DROP CONSTRAINT unit_code_never_overlaps"]


def run(connection: Any, for_sqlite: list[str], for_postgresql: list[str]) -> None:
    """Run the statements of the vendor in use."""
    statements = {"sqlite": for_sqlite, "postgresql": for_postgresql}[connection.vendor]
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)


def refuse(apps: Any, schema_editor: Any) -> None:
    """Lay the constraint."""
    run(schema_editor.connection, SQLITE, POSTGRESQL)


def allow(apps: Any, schema_editor: Any) -> None:
    """Take the constraint away."""
    run(schema_editor.connection, SQLITE_UNDO, POSTGRESQL_UNDO)


class Migration(migrations.Migration):
    """A later migration that alters units_unit must lay SQLite's triggers again: Django copies the table."""

    dependencies = [("units", "0001_units")]
    operations = [migrations.RunPython(refuse, allow)]
