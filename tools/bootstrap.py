"""Make .venv from nothing, by the standard library alone: `tools/bootstrap.py run|dev`.

Installs the locked requirements (every file by its hash), then the project itself, and compiles the catalogues.
A stamp in .venv makes the second time quick: it holds the hash of the locks, pyproject and Python's version.
"""

from __future__ import annotations

import fcntl
import hashlib
import importlib.util
import json
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
STAMP = VENV / "liengia-stamp.json"
LOCKS = {"run": ROOT / "requirements" / "run.txt", "dev": ROOT / "requirements" / "dev.txt"}
OLDEST = (3, 11)


def main() -> int:
    """Set up what the command line asks for."""
    level = sys.argv[1] if len(sys.argv) > 1 else "run"
    if level not in LOCKS:
        print(f"tools/bootstrap.py: 'run' or 'dev' is expected, not {level!r}.", file=sys.stderr)
        return 2
    if sys.version_info < OLDEST:
        return refuse(
            f"Python {OLDEST[0]}.{OLDEST[1]} or later is needed; this is {sys.version.split()[0]}.",
            "Install a later one beside it, with its venv (on Ubuntu 22.04: python3.11 python3.11-venv); make finds it.",
        )
    (ROOT / "build").mkdir(exist_ok=True)
    with (ROOT / "build" / "bootstrap.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not is_ready(level):
            code = install(level)
            if code:
                return code
        return compile_catalogues()


def refuse(what: str, then: str) -> int:
    """Say what is missing and what to do."""
    print(f"\n{what}\n{then}\nNothing was changed; run make again afterwards.\n", file=sys.stderr)
    return 1


def wanted() -> dict[str, str]:
    """Return what the stamp of this tree would say, a line for each level."""
    said = {}
    for level, lock in LOCKS.items():
        digest = hashlib.sha256(f"{sys.version_info[:2]} {ROOT}".encode())
        for path in (ROOT / "pyproject.toml", lock):
            digest.update(path.read_bytes())
        said[level] = digest.hexdigest()
    return said


def is_ready(level: str) -> bool:
    """Tell whether .venv holds what the level needs; `dev` holds `run` too."""
    if not PYTHON.exists():
        return False
    try:
        stamp = json.loads(STAMP.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return False
    want = wanted()
    return any(stamp.get(name) == want[name] for name in {level, "dev"})


def install(level: str) -> int:
    """Make .venv where there is none, and install the level's lock and the project."""
    if not PYTHON.exists():
        code = make_venv()
        if code:
            return code
    began = time.monotonic()
    print(f"Setting up .venv from {LOCKS[level].relative_to(ROOT)} (the first time takes a minute or two) …", flush=True)
    quiet = ["--quiet", "--disable-pip-version-check", "--no-input", "--retries", "8", "--timeout", "60"]
    pip = [str(PYTHON), "-m", "pip", "install", *quiet]
    # The locks are whole: pip need not resolve them, and must not ask for what they leave out (tools/lock.py).
    steps = (
        [*pip, "--require-hashes", "--no-deps", "--only-binary", ":all:", "-r", str(LOCKS[level])],
        [*pip, "--no-deps", "--no-build-isolation", "--editable", str(ROOT)],
    )
    STAMP.unlink(missing_ok=True)
    for step in steps:
        if subprocess.run(step, cwd=ROOT).returncode:
            return refuse("The packages could not be installed; the lines above say why.", "Is the network there?")
    STAMP.write_text(json.dumps({level: wanted()[level]}), encoding="utf-8")
    print(f".venv is ready after {time.monotonic() - began:.0f} s.", flush=True)
    return 0


def make_venv() -> int:
    """Make .venv; Debian keeps what that needs in a package of its own."""
    missing = [name for name in ("venv", "ensurepip") if importlib.util.find_spec(name) is None]
    package = f"python{sys.version_info[0]}.{sys.version_info[1]}-venv"
    if missing and shutil.which("apt-get") and os.geteuid() == 0 and os.environ.get("CI") == "true":
        subprocess.run(["apt-get", "update", "-q"], stdout=subprocess.DEVNULL)
        subprocess.run(["apt-get", "install", "-y", "-q", "--no-install-recommends", package])
        missing = []
    if missing:
        sudo = "" if os.geteuid() == 0 else "sudo "
        return refuse(
            f"Python's {' and '.join(missing)} is missing, with which a folder of packages is made.",
            f"On Debian and Ubuntu: {sudo}apt install {package}   (or python3-venv)",
        )
    if VENV.exists():
        shutil.rmtree(VENV)
    made = subprocess.run([sys.executable, "-m", "venv", str(VENV)])
    if made.returncode:
        shutil.rmtree(VENV, ignore_errors=True)
        return refuse("The folder .venv could not be made; the lines above say why.", f"Is {package} installed?")
    return 0


def compile_catalogues() -> int:
    """Compile the catalogues that are newer than what was compiled of them."""
    for path in ROOT.glob("liengia/**/locale/*/LC_MESSAGES/*.po"):
        compiled = path.with_suffix(".mo")
        if not compiled.exists() or compiled.stat().st_mtime < path.stat().st_mtime:
            return subprocess.run([str(PYTHON), str(ROOT / "tools" / "messages.py"), "--compile"]).returncode
    return 0


if __name__ == "__main__":
    sys.exit(main())
