"""Many rows in one statement, where a storm of presses would drown in what Django's bulk methods cost.

`bulk_create` spends some 100 µs a row and `bulk_update` ten times that, on building expressions; the database itself
needs 5. What is written here is what `save` would write: values pass through the same fields. It reads no keys back,
sends no signals, and fills in nothing (`auto_now`, files): give whole objects.

SQLite takes one prepared statement many times over for what a batch of presses has, and one statement with many rows for
more; PostgreSQL one statement with many rows.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from itertools import chain
from operator import attrgetter
from typing import Any, Final

from django.db import connection, models

# Fields whose values the database takes as they are.
_AS_IT_IS: Final = frozenset(
    {
        models.AutoField, models.BigAutoField, models.BigIntegerField, models.BooleanField, models.CharField,
        models.FloatField, models.ForeignKey, models.IntegerField, models.PositiveIntegerField,
    }
)  # fmt: skip
_ROWS_MOST: Final = 500
# Up to so many rows SQLite is given one after another; more at a time, this many a statement.
_PREPARED_MOST: Final = 150


def insert(rows: Sequence[models.Model]) -> None:
    """Insert objects of one model that have no key yet; they do not learn it.

    Raises:
        IntegrityError: one of them breaks a constraint; none is written.
    """
    if not rows:
        return
    model = type(rows[0])
    fields = [field for field in model._meta.concrete_fields if not field.primary_key]
    read = attrgetter(*(field.attname for field in fields))
    into = f"INSERT INTO {_name(model._meta.db_table)} ({', '.join(_name(field.column) for field in fields)})"
    _write(f"{into} VALUES ", "", fields, [read(row) for row in rows])


def update(model: type[models.Model], names: Sequence[str], rows: Sequence[tuple[Any, ...]]) -> None:
    """Change columns of rows: each is (key, value, value …), the values in the order of `names` (attribute names)."""
    if not rows:
        return
    key = model._meta.pk
    by_name = {field.attname: field for field in model._meta.concrete_fields}
    fields, table = [by_name[name] for name in names], _name(model._meta.db_table)
    if connection.vendor == "postgresql":
        changes = ", ".join(f"{_name(f.column)} = fresh.{_name(f.column)}::{f.db_type(connection)}" for f in fields)
        columns = ", ".join(_name(field.column) for field in [key, *fields])
        tail = f") AS fresh ({columns}) WHERE {table}.{_name(key.column)} = fresh.{_name(key.column)}"
        head = f"UPDATE {table} SET {changes} FROM (VALUES "  # noqa: S608
        _write(head, tail, [key, *fields], rows)
        return
    if len(rows) > _PREPARED_MOST:
        changes = ", ".join(f"{_name(field.column)} = fresh.column{place}" for place, field in enumerate(fields, start=2))
        tail = f") AS fresh WHERE {table}.{_name(key.column)} = fresh.column1"
        _write(f"UPDATE {table} SET {changes} FROM (VALUES ", tail, [key, *fields], rows)  # noqa: S608
        return
    changes = ", ".join(f"{_name(field.column)} = %s" for field in fields)
    turned = [(*row[1:], row[0]) for row in rows]
    with connection.cursor() as cursor:
        cursor.executemany(
            f"UPDATE {table} SET {changes} WHERE {_name(key.column)} = %s", _prepared([*fields, key], turned)  # noqa: S608
        )


def present(model: type[models.Model], names: Sequence[str], values: Sequence[tuple[Any, ...]]) -> set[tuple[Any, ...]]:
    """Return which of these tuples stand in the table, found by the index over the columns of `names`."""
    if not values:
        return set()
    by_name = {field.attname: field for field in model._meta.concrete_fields}
    columns = ", ".join(_name(by_name[name].column) for name in names)
    marks = ", ".join([_marks(len(names))] * len(values))
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT {columns} FROM {_name(model._meta.db_table)} WHERE ({columns}) IN (VALUES {marks})",  # noqa: S608
            list(chain.from_iterable(values)),
        )
        return set(cursor.fetchall())


def _write(head: str, tail: str, fields: Sequence[Any], rows: Iterable[tuple[Any, ...]]) -> None:
    prepared, marks = _prepared(fields, rows), _marks(len(fields))
    with connection.cursor() as cursor:
        is_lite = connection.vendor != "postgresql"
        if is_lite and len(prepared) <= _PREPARED_MOST:
            cursor.executemany(f"{head}{marks}{tail}", prepared)
            return
        most = _PREPARED_MOST if is_lite else _ROWS_MOST
        for start in range(0, len(prepared), most):
            some = prepared[start : start + most]
            cursor.execute(f"{head}{', '.join([marks] * len(some))}{tail}", list(chain.from_iterable(some)))


def _prepared(fields: Sequence[Any], rows: Iterable[tuple[Any, ...]]) -> list[list[Any]]:
    """Return the rows as the database takes them."""
    changing = [(place, _writer(field)) for place, field in enumerate(fields) if type(field) not in _AS_IT_IS]
    prepared = []
    for row in rows:
        values = list(row)
        for place, write in changing:
            if values[place] is not None:
                values[place] = write(values[place])
        prepared.append(values)
    return prepared


def _writer(field: Any) -> Callable[[Any], Any]:
    if type(field) is models.DateTimeField:
        return connection.ops.adapt_datetimefield_value
    return lambda value: field.get_db_prep_save(value, connection)


def _marks(count: int) -> str:
    return f"({', '.join(['%s'] * count)})"


def _name(name: str | None) -> str:
    return connection.ops.quote_name(name or "")
