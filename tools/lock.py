"""Resolve the dependencies into requirements/*.txt: every file by its hash, no index, no address, no note.

`make lock` renews what pyproject allows to be renewed; `tools/lock.py --keep` changes only what pyproject forces.
The lock of `run` is resolved first and binds the lock of `dev`, so that tests see what people run.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
FOLDER = ROOT / "requirements"
OPTIONS = [
    "--universal",
    "--python-version=3.11",
    "--generate-hashes",
    "--no-header",
    "--no-annotate",
    "--no-emit-index-url",
    "--no-emit-find-links",
    "--quiet",
]


def main() -> int:
    """Write both locks."""
    uv = str(Path(sys.executable).with_name("uv"))
    renew = [] if "--keep" in sys.argv[1:] else ["--upgrade"]
    with tempfile.NamedTemporaryFile("w", suffix=".txt") as bound:
        for name, extra in (("run", []), ("dev", ["--extra=dev", f"--constraint={bound.name}"])):
            command = [uv, "pip", "compile", "pyproject.toml", "requirements/build.in", *OPTIONS, *renew, *extra]
            command += ["--output-file", str(FOLDER / f"{name}.txt")]
            code = subprocess.run(command, cwd=ROOT, stdout=subprocess.DEVNULL).returncode
            if code:
                return code
            lines = (FOLDER / f"{name}.txt").read_text(encoding="utf-8").splitlines()
            bound.writelines(line.removesuffix("\\").strip() + "\n" for line in lines if "==" in line and line[0] != " ")
            bound.flush()
            print(f"requirements/{name}.txt: {sum('==' in line for line in lines)} packages")
    return 0


if __name__ == "__main__":
    sys.exit(main())
