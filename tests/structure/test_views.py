"""Views are thin: a guard, a form, one service, a page."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

from tests.structure.tree import PACKAGE, ROOT

LONGEST = 15
WRITES = {"create", "bulk_create", "bulk_update", "get_or_create", "update_or_create", "aupdate", "acreate"}
# Receivers whose save, update or delete is no row of the database.
NO_ROW = ("form", "session", "cache", "cookies", "digest", "hash", "context", "data", "headers", "params", "query", "shown")


def view_files() -> Iterator[Path]:
    """Yield the modules of views."""
    for path in sorted(PACKAGE.glob("*/views*.py")):
        yield path
    for path in sorted(PACKAGE.glob("*/views/**/*.py")):
        yield path


def views(tree: ast.Module) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    """Yield functions that take a request first and are addressed: public, at the module's own level."""
    for node in tree.body:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and not node.name.startswith("_"):
            first = node.args.args[:1]
            if first and first[0].arg == "request" and node.decorator_list:
                yield node


def lines(function: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    """Count the lines of a body without its docstring."""
    body = function.body[1:] if ast.get_docstring(function) else function.body
    return (body[-1].end_lineno or 0) - body[0].lineno + 1 if body else 0


def test_views_are_short() -> None:
    long = [
        f"{path.relative_to(ROOT)}:{view.lineno} {view.name} has {lines(view)} lines"
        for path in view_files()
        for view in views(ast.parse(path.read_text(encoding="utf-8")))
        if lines(view) > LONGEST
    ]
    assert not long, "\n".join(long)


def test_views_write_no_rows() -> None:
    writes = []
    for path in view_files():
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)):
                continue
            receiver = ast.unparse(node.func.value).lower()
            method = node.func.attr
            is_row = method in WRITES and "objects" in receiver
            is_row |= method in ("save", "delete", "asave", "adelete") and not any(word in receiver for word in NO_ROW)
            is_row |= method == "update" and ("objects" in receiver or "filter(" in receiver)
            if is_row:
                writes.append(f"{path.relative_to(ROOT)}:{node.lineno} {ast.unparse(node.func)}")
    assert not writes, "a view writes rows itself:\n" + "\n".join(writes)
