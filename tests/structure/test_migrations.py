"""Migrations are linear, named, and stand without our code."""

from __future__ import annotations

import ast
import re

import pytest
from django.db.migrations.loader import MigrationLoader

from tests.structure.tree import PACKAGE, ROOMS

FOLDERS = {room: PACKAGE / room / "migrations" for room in ROOMS if (PACKAGE / room / "migrations").is_dir()}
# Column types and the defaults of columns, which a migration can only name by importing them, and the operations.
COLUMNS = {"liengia.core.fields", "liengia.core.clock", "liengia.core.operations"}


@pytest.mark.parametrize("room", FOLDERS)
def test_migrations_are_numbered_and_named(room: str) -> None:
    names = sorted(path.stem for path in FOLDERS[room].glob("[0-9]*.py"))
    assert [int(name[:4]) for name in names] == list(range(1, len(names) + 1)), "one number, one migration"
    for name in names:
        assert re.fullmatch(r"\d{4}_[a-z][a-z0-9_]+", name)
        assert "_auto_" not in name
        assert "alter_" not in name, "say what it means, not which columns it touches"
        assert "and_more" not in name


@pytest.mark.parametrize("room", FOLDERS)
def test_migrations_are_linear(room: str) -> None:
    loader = MigrationLoader(None)
    assert len(loader.graph.leaf_nodes(room)) <= 1, f"{room} has two ends: merge them by renumbering"


@pytest.mark.parametrize("room", FOLDERS)
def test_migrations_import_none_of_our_code(room: str) -> None:
    for path in FOLDERS[room].glob("[0-9]*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            names = [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            names += [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            ours = {name for name in names if name.startswith("liengia") and not models_only(name)} - COLUMNS
            assert not ours, f"{path.name} imports {ours}"


def models_only(name: str) -> bool:
    """Tell whether a name is a models module, which Django names for a bare function of a model (a default)."""
    return name.split(".")[2:3] == ["models"]
