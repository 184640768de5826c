"""Triggers that refuse every change and deletion of an entry, but for the one filling-in of its seal."""

from __future__ import annotations

from typing import Any

from django.db import migrations

COLUMNS = (
    "id", "kind", "at", "recorded_at", "actor_kind", "actor_id", "about_type", "about_id", "unit_id", "facts",
    "personal_hash",
)  # fmt: skip

SQLITE = [
    f"""
    CREATE TRIGGER audit_entry_is_never_changed BEFORE UPDATE ON audit_entry
    WHEN NOT (
        OLD.seq IS NULL AND OLD.prev_hash IS NULL AND OLD.hash IS NULL
        AND NEW.seq IS NOT NULL AND NEW.prev_hash IS NOT NULL AND NEW.hash IS NOT NULL
        AND {" AND ".join(f"NEW.{c} IS OLD.{c}" for c in COLUMNS)}
    )
    BEGIN SELECT RAISE(ABORT, 'audit_entry_is_never_changed: an audit entry cannot be changed'); END
    """,
    """
    CREATE TRIGGER audit_entry_is_never_deleted BEFORE DELETE ON audit_entry
    BEGIN SELECT RAISE(ABORT, 'audit_entry_is_never_deleted: an audit entry cannot be deleted'); END
    """,
]
SQLITE_UNDO = ["DROP TRIGGER audit_entry_is_never_changed", "DROP TRIGGER audit_entry_is_never_deleted"]

POSTGRESQL = [
    f"""
    CREATE FUNCTION audit_entry_guard() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        IF TG_OP = 'UPDATE' THEN
            IF OLD.seq IS NULL AND OLD.prev_hash IS NULL AND OLD.hash IS NULL
               AND NEW.seq IS NOT NULL AND NEW.prev_hash IS NOT NULL AND NEW.hash IS NOT NULL
               AND ROW({", ".join(f"NEW.{c}" for c in COLUMNS)})
                   IS NOT DISTINCT FROM ROW({", ".join(f"OLD.{c}" for c in COLUMNS)}) THEN
                RETURN NEW;
            END IF;
            RAISE EXCEPTION 'audit_entry_is_never_changed: an audit entry cannot be changed'
                USING ERRCODE = 'integrity_constraint_violation';
        END IF;
        RAISE EXCEPTION 'audit_entry_is_never_deleted: an audit entry cannot be deleted'
            USING ERRCODE = 'integrity_constraint_violation';
    END $$
    """,
    """
    CREATE TRIGGER audit_entry_is_never_changed BEFORE UPDATE OR DELETE ON audit_entry
    FOR EACH ROW EXECUTE FUNCTION audit_entry_guard()
    """,
    """
    CREATE TRIGGER audit_entry_is_never_emptied BEFORE TRUNCATE ON audit_entry
    FOR EACH STATEMENT EXECUTE FUNCTION audit_entry_guard()
    """,
]
POSTGRESQL_UNDO = [
    "DROP TRIGGER audit_entry_is_never_emptied ON audit_entry",
    "DROP TRIGGER audit_entry_is_never_changed ON audit_entry",
    "DROP FUNCTION audit_entry_guard()",
]


def run(connection: Any, for_sqlite: list[str], for_postgresql: list[str]) -> None:
    """Run the statements of the vendor in use."""
    statements = {"sqlite": for_sqlite, "postgresql": for_postgresql}[connection.vendor]
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)


def protect(apps: Any, schema_editor: Any) -> None:
    """Lay the triggers."""
    run(schema_editor.connection, SQLITE, POSTGRESQL)


def unprotect(apps: Any, schema_editor: Any) -> None:
    """Take the triggers away."""
    run(schema_editor.connection, SQLITE_UNDO, POSTGRESQL_UNDO)


class Migration(migrations.Migration):
    """A later migration that alters audit_entry must lay SQLite's triggers again: Django copies the table."""

    dependencies = [("audit", "0001_entries")]
    operations = [migrations.RunPython(protect, unprotect)]
