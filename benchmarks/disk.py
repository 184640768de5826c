"""A slow disk, emulated: every fsync and fdatasync of every process takes longer.

It is done by strace (`-e inject=…:delay_exit`), with a seccomp filter, so that no other call is stopped. Delayed are
the broker's fsync after each press, its folders' fsync, and the database's fdatasync. Not delayed is the O_SYNC write
of the state of the bridge's consumer at the broker, which however is followed by a delayed fsync of its folder.
"""

from __future__ import annotations

import shutil
import subprocess
import sys

SLOW_MS = 8


def slow_below(delay_ms: float) -> list[str]:
    """Return the command that a program runs below, for its synced writes to take so much longer."""
    return [
        "strace", "-f", "-qq", "--seccomp-bpf", "-o", "/dev/null", "--signal=none",
        "--trace=fsync,fdatasync", f"--inject=fsync,fdatasync:delay_exit={int(delay_ms * 1000)}",
    ]  # fmt: skip


def why_not() -> str:
    """Return why a slow disk cannot be emulated here; empty when it can."""
    if shutil.which("strace") is None:
        return "strace is not installed (`apt install strace`)"
    probe = "import os,tempfile,time\nf=tempfile.TemporaryFile()\nt=time.perf_counter()\nos.fsync(f.fileno())\nprint(time.perf_counter()-t)"
    done = subprocess.run(
        [*slow_below(50), sys.executable, "-c", probe], capture_output=True, text=True, timeout=30, check=False
    )
    if done.returncode:
        return f"strace may not trace here ({done.stderr.strip()[:120]})"
    if float(done.stdout) < 0.05:
        return "strace runs, but its delay has no effect here"
    return ""
