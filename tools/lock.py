"""Resolve the dependencies into requirements/*.txt: every file by its hash, no index, no address, no note.

`make lock` renews what pyproject allows to be renewed; `tools/lock.py --keep` changes only what pyproject forces.
The lock of `run` is resolved first and binds the lock of `dev`, so that tests see what people run.
"""

from __future__ import annotations

import re
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
# Wagtail asks for pillow-heif, whose wheels carry x265 under the GPL. Nothing of ours needs HEIF pictures, and
# Willow does without: it is left out of the locks.
LEFT_OUT = ["pillow-heif"]


def main() -> int:
    """Write both locks."""
    uv = str(Path(sys.executable).with_name("uv"))
    renew = [] if "--keep" in sys.argv[1:] else ["--upgrade"]
    with tempfile.NamedTemporaryFile("w", suffix=".txt") as bound, tempfile.NamedTemporaryFile("w") as override:
        override.writelines(f"{name} ; sys_platform == 'never'\n" for name in LEFT_OUT)
        override.flush()
        for name, extra in (("run", []), ("dev", ["--extra=dev", f"--constraint={bound.name}"])):
            command = [uv, "pip", "compile", "pyproject.toml", "requirements/build.in", *OPTIONS, *renew, *extra]
            command += [f"--override={override.name}"]
            command += ["--output-file", str(FOLDER / f"{name}.txt")]
            code = subprocess.run(command, cwd=ROOT, stdout=subprocess.DEVNULL).returncode
            if code:
                return code
            path = FOLDER / f"{name}.txt"
            entries = re.split(r"\n(?=\S)", path.read_text(encoding="utf-8").strip())
            kept = [entry for entry in entries if entry.partition("==")[0] not in LEFT_OUT]
            path.write_text("\n".join(kept) + "\n", encoding="utf-8")
            lines = path.read_text(encoding="utf-8").splitlines()
            bound.writelines(line.removesuffix("\\").strip() + "\n" for line in lines if "==" in line and line[0] != " ")
            bound.flush()
            print(f"requirements/{name}.txt: {sum('==' in line for line in lines)} packages")
    return 0


if __name__ == "__main__":
    sys.exit(main())
