"""PostgreSQL: search by the index alone.

The planner does not know what reading a long tsvector from its side table costs, and would rather walk all texts from
the newest on. A function may forbid that for itself. Vectors always stand aside, so that the rows that are sorted are small.
"""

from __future__ import annotations

from typing import Any

from django.db import migrations

MAKE = (
    "ALTER TABLE core_search_index SET (toast_tuple_target = 128)",
    "ALTER TABLE core_search_index ALTER COLUMN tokens SET STORAGE EXTERNAL",
    """
    CREATE FUNCTION core_search_find(asked tsquery, most integer) RETURNS SETOF bigint LANGUAGE sql STABLE
    SET enable_seqscan = off SET enable_indexscan = off
    AS $$ SELECT place FROM core_search_index WHERE tokens @@ asked ORDER BY place DESC LIMIT most $$
    """,
)
UNDO = (
    "DROP FUNCTION core_search_find(tsquery, integer)",
    "ALTER TABLE core_search_index ALTER COLUMN tokens SET STORAGE EXTENDED",
    "ALTER TABLE core_search_index RESET (toast_tuple_target)",
)


def _run(schema_editor: Any, statements: tuple[str, ...]) -> None:
    if schema_editor.connection.vendor == "postgresql":
        for statement in statements:
            schema_editor.execute(statement)


def make(apps: Any, schema_editor: Any) -> None:
    _run(schema_editor, MAKE)


def undo(apps: Any, schema_editor: Any) -> None:
    _run(schema_editor, UNDO)


class Migration(migrations.Migration):
    dependencies = [("core", "0002_search")]

    operations = [migrations.RunPython(make, undo)]
