"""A private PostgreSQL cluster in a temporary folder, on a free loopback port; run as `postgres` when we are root."""

from __future__ import annotations

import os
import pwd
import shutil
import signal
import socket
import subprocess
import time
from pathlib import Path


class Cluster:
    """A throw-away cluster that nobody else reaches; nothing is synced to disk, unless it is to be durable."""

    def __init__(self, folder: Path, *, is_durable: bool = False) -> None:
        """Choose the folder and a free port."""
        self.folder = folder
        self.is_durable = is_durable
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]

    def start(self) -> None:
        """Make and start it.

        Raises:
            RuntimeError: PostgreSQL's server programs are not installed.
        """
        self.folder.mkdir(parents=True)
        if os.geteuid() == 0:
            account = pwd.getpwnam("postgres")
            os.chown(self.folder, account.pw_uid, account.pw_gid)
            for parent in self.folder.parents:
                if str(parent) in ("/", "/tmp"):
                    break
                parent.chmod(parent.stat().st_mode | 0o011)
        data = self.folder / "data"
        self._run("initdb", "-D", str(data), "-U", "liengia", "--auth=trust", "-E", "UTF8", "--locale=C.UTF-8", "-N")
        self._serve()

    def _serve(self) -> None:
        options = f"-p {self.port} -h 127.0.0.1 -k {self.folder} -c max_connections=200 -c shared_buffers=64MB"
        if not self.is_durable:
            options += " -c fsync=off -c synchronous_commit=off -c full_page_writes=off -c autovacuum=off"
        data, log = str(self.folder / "data"), str(self.folder / "log")
        self._run("pg_ctl", "-D", data, "-w", "-t", "60", "-l", log, "-o", options, "start")

    def kill(self) -> None:
        """Kill the server (SIGKILL); its other processes notice and end."""
        os.kill(int((self.folder / "data" / "postmaster.pid").read_text().split()[0]), signal.SIGKILL)

    def start_again(self, *, within_s: float = 30) -> None:
        """Start what was killed, as soon as the processes of the killed server are gone.

        Raises:
            RuntimeError: it did not start in time.
        """
        until = time.monotonic() + within_s
        while True:
            try:
                return self._serve()
            except RuntimeError:
                if time.monotonic() > until:
                    raise
                time.sleep(0.2)

    def stop(self) -> None:
        """Stop it at once; what it held is thrown away."""
        self._run("pg_ctl", "-D", str(self.folder / "data"), "-m", "immediate", "stop")

    def url(self, database: str) -> str:
        """Return the address of a database."""
        return f"postgresql://liengia@127.0.0.1:{self.port}/{database}"

    def _run(self, program: str, *arguments: str) -> None:
        command = [str(binary(program)), *arguments]
        if os.geteuid() == 0:
            command = ["setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups", *command]
        done = subprocess.run(
            command, capture_output=True, text=True, cwd=self.folder, env={**os.environ, "LC_ALL": "C.UTF-8"}, check=False
        )
        if done.returncode != 0:
            raise RuntimeError(f"{program} failed: {done.stdout}{done.stderr}")


def binary(name: str) -> Path:
    """Return a server program of the newest PostgreSQL that is installed.

    Raises:
        RuntimeError: none is installed.
    """
    found = sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{name}"), key=lambda path: int(path.parts[4]))
    if found:
        return found[-1]
    on_path = shutil.which(name)
    if on_path is None:
        raise RuntimeError("PostgreSQL's server programs are missing: install the package postgresql.")
    return Path(on_path)
