"""The floor itself: locks, licences, types, sizes of files."""

from __future__ import annotations

import re
import subprocess
import tomllib
from importlib.metadata import Distribution, distributions
from pathlib import Path

import pytest

from tests.structure.tree import PACKAGE, ROOMS, ROOT

LOCKS = sorted((ROOT / "requirements").glob("*.txt"))
LONGEST_FILE = 500
LICENCES = (
    "apache", "bsd", "mit", "isc", "psf", "python software foundation", "mpl", "mozilla public", "unlicense", "zpl", "0bsd", "cc0",
)
WEAK_COPYLEFT = {
    "soxr": "LGPL-2.1-or-later: used as a library, unchanged, and replaceable by its user",
    "psycopg": "LGPL-3.0: used as a library, unchanged, and replaceable by its user",
    "psycopg-binary": "LGPL-3.0: used as a library, unchanged, and replaceable by its user",
}
# What mypy may be told, and nothing besides; a looser word is a decision, made here.
MYPY = {"python_version", "strict", "files", "plugins", "exclude", "cache_dir", "disable_error_code", "overrides"}
LOOSER = {"disallow_subclassing_any", "warn_return_any"}


def project() -> dict[str, object]:
    """Return pyproject.toml."""
    return tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))


@pytest.mark.parametrize("lock", LOCKS, ids=lambda path: path.name)
def test_locks_have_hashes_and_name_no_place(lock: Path) -> None:
    text = lock.read_text(encoding="utf-8")
    assert not re.search(r"://|--index|--find-links|--extra|-e |@ |\bfile:|#", text)
    for requirement in re.split(r"\n(?=\S)", text.strip()):
        assert re.match(r"[a-z0-9.-]+==\S+", requirement), requirement[:80]
        assert "--hash=sha256:" in requirement, requirement[:80]


def test_the_development_lock_holds_what_runs() -> None:
    pins = [set(re.findall(r"^([a-z0-9.-]+==\S+)", path.read_text(encoding="utf-8"), re.MULTILINE)) for path in LOCKS]
    development, run = pins
    assert run <= development
    assert any(pin.startswith("setuptools==") for pin in run), "the project is built without the network"


def test_every_direct_dependency_is_locked() -> None:
    wanted = project()["project"]["dependencies"]  # type: ignore[index]
    names = {re.match(r"[A-Za-z0-9-]+", one)[0].lower() for one in wanted}  # type: ignore[index]
    locked = set(re.findall(r"^([a-z0-9.-]+)==", (ROOT / "requirements/run.txt").read_text(), re.MULTILINE))
    assert names <= locked, f"run `make lock`: {names - locked}"


def licence(distribution: Distribution) -> str:
    """Return what a package says of its licence."""
    about = distribution.metadata
    classifiers = [line for line in about.get_all("Classifier") or [] if line.startswith("License")]
    return " ".join([about.get("License-Expression") or "", *classifiers, (about.get("License") or "")[:200]]).strip()


def test_every_licence_suits_ours() -> None:
    locked = set(re.findall(r"^([a-z0-9.-]+)==", (ROOT / "requirements/dev.txt").read_text(), re.MULTILINE))
    wrong = []
    for distribution in distributions():
        name = re.sub(r"[-_.]+", "-", distribution.metadata["Name"]).lower()
        if name not in locked:
            continue
        said = licence(distribution).lower()
        if re.search(r"\b[al]?gpl|general public", said) and name not in WEAK_COPYLEFT:
            wrong.append(f"{name}: {said}")
        elif name not in WEAK_COPYLEFT and not any(word in said for word in LICENCES):
            wrong.append(f"{name}: unknown licence {said!r}")
    assert not wrong, "\n".join(wrong)


def test_no_package_brings_a_gpl_library_inside() -> None:
    """Wheels carry C libraries with licences of their own; x265, which pillow-heif brings, is GPL."""
    locked = (ROOT / "requirements/dev.txt").read_text(encoding="utf-8")
    assert "pillow-heif" not in locked


def test_types_are_not_loosened() -> None:
    tools = project()["tool"]
    mypy = tools["mypy"]  # type: ignore[index]
    assert mypy["strict"] is True
    assert set(mypy) <= MYPY, set(mypy) - MYPY
    assert mypy["disable_error_code"] == ["django-manager-missing"]
    for override in mypy["overrides"]:
        said = set(override) - {"module"}
        if any(module.startswith("liengia") for module in override["module"]):
            assert said <= LOOSER, override
        else:
            assert said == {"ignore_missing_imports"}, override


def test_no_file_is_too_long() -> None:
    long = []
    for folder in ("liengia", "tools", "tests", "benchmarks"):
        for path in (ROOT / folder).rglob("*.py"):
            if "migrations" in path.parts:
                continue
            count = len(path.read_text(encoding="utf-8").splitlines())
            if count > LONGEST_FILE:
                long.append(f"{path.relative_to(ROOT)}: {count} lines")
    assert not long, "split these by subject:\n" + "\n".join(long)


def test_no_promise_stands_in_the_code() -> None:
    promises = [
        f"{path.relative_to(ROOT)}: {line.strip()}"
        for path in PACKAGE.rglob("*.py")
        for line in path.read_text(encoding="utf-8").splitlines()
        if re.search(r"#.*\b(TODO|FIXME|XXX)\b(?!\(issue-\d+\):)", line)
    ]
    assert not promises, "\n".join(promises)


def test_the_repository_keeps_no_secret_and_no_address_of_a_machine() -> None:
    tracked = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True).stdout.split("\n")
    assert not [name for name in tracked if name.startswith(("var/", ".venv/")) or name.endswith((".key", ".pem", ".sqlite3"))]


def test_no_file_names_where_packages_come_from() -> None:
    """Who builds chooses the registry: an address here would bind a commune to it, or show where somebody built."""
    hosts = re.compile(r"pypi\.[o]rg|python[h]osted|npm[j]s\.|[u]npkg\.com|[j]sdelivr|[c]dnjs|fonts\.g(oogleapis|static)|deb\.[d]ebian|proxy\.[g]olang")
    tracked = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True).stdout.split("\n")
    named = []
    for name in tracked:
        path = ROOT / name
        if name.startswith(("liengia/static/vendor/", "tests/vendor/")) or not path.is_file():
            continue  # other people's files, as they are
        found = hosts.search(path.read_bytes().decode("utf-8", "replace"))
        if found:
            named.append(f"{name}: {found[0]}")
    assert not named, "\n".join(named)


def test_the_order_inside_a_room_binds_every_room() -> None:
    """A room of the domain: whoever has rows, verbs or reads; core, below them all, and operate, above, have another order."""
    contracts = project()["tool"]["importlinter"]["contracts"]  # type: ignore[index]
    inside = next(one for one in contracts if one["name"] == "Inside a room")
    parts = ("models", "services", "queries")
    domain = {
        f"liengia.{room}"
        for room in ROOMS
        if any((PACKAGE / room / part).is_dir() or (PACKAGE / room / f"{part}.py").exists() for part in parts)
    }
    assert set(inside["containers"]) == domain - {"liengia.core", "liengia.operate"}
    assert not [one for one in contracts if one.get("ignore_imports")], "an exception is a decision: make it here"
