"""What CI promises: nothing is skipped, and what Python says of our own code is heard."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.structure.tree import ROOT

SKIPPED = "import pytest\n\n@pytest.mark.skip(reason='another day')\ndef test_nothing():\n    assert False\n"


def outcome(folder: Path, code: str, *options: str, ci: bool, name: str = "test_probe.py") -> int:
    """Run a test file as `make` does, and return pytest's exit code."""
    (folder / name).write_text(code, encoding="utf-8")
    kept = {key: value for key, value in os.environ.items() if not key.startswith(("PYTEST_", "CI"))}
    command = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "-q", "-c", str(ROOT / "pyproject.toml"), *options]
    done = subprocess.run(
        [*command, str(folder / name)], cwd=ROOT, env={**kept, **({"CI": "true"} if ci else {})}, capture_output=True, check=False
    )
    return done.returncode


def test_a_skipped_test_fails_in_ci_alone(tmp_path: Path) -> None:
    assert outcome(tmp_path, SKIPPED, ci=True) == 1
    assert outcome(tmp_path, SKIPPED, ci=False) == 0


def test_a_file_skipped_whole_fails_in_ci(tmp_path: Path) -> None:
    assert outcome(tmp_path, "import pytest\npytest.skip('all', allow_module_level=True)\n", ci=True) == 1


def test_a_skip_is_seen_through_several_processes(tmp_path: Path) -> None:
    assert outcome(tmp_path, SKIPPED, "-n1", ci=True) == 1


def test_ci_runs_the_whole_with_nothing_skipped() -> None:
    said = (ROOT / ".ci/run").read_text(encoding="utf-8")
    assert re.search(r"^export CI=true$", said, re.MULTILINE)
    assert said.rstrip().endswith("exec make test")
    assert os.access(ROOT / ".ci/run", os.X_OK)


def test_deprecations_of_our_code_are_errors(pytestconfig: pytest.Config) -> None:
    kept = pytestconfig.getini("filterwarnings")
    for module in ("liengia", "tests"):
        for kind in ("DeprecationWarning", "PendingDeprecationWarning"):
            assert f"error::{kind}:{module}" in kept


def test_hooks_of_a_commit_fetch_nothing() -> None:
    said = (ROOT / ".pre-commit-config.yaml").read_text(encoding="utf-8")
    assert re.findall(r"repo: (\S+)", said) == ["local"]
    assert set(re.findall(r"language: (\S+)", said)) == {"system"}
