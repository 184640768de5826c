"""Find what the tests need beside Python packages, and install it where that may be done without asking.

PostgreSQL's server binaries (the tests make a private cluster of their own; nothing of the system's is started or
touched), Chromium, and mosquitto_pub as a foreign button. Root on Debian or Ubuntu: installed by apt. Otherwise
the exact command is printed and nothing is changed.
"""

from __future__ import annotations

import ctypes
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

SERVERS = Path("/usr/lib/postgresql")
RELEASE = Path("/etc/os-release")
CLUSTERS = Path("/etc/postgresql-common/createcluster.conf")
NAMES = {
    "chromium": "Chromium",
    "espeak-ng": "espeak-ng (speaks texts for loudspeakers)",
    "ffmpeg": "ffmpeg (reads recordings of phones)",
    "libatomic1": "libatomic (the browser's driver is linked with it)",
    "mosquitto-clients": "mosquitto_pub",
    "postgresql": "PostgreSQL's server programs",
}
SNAP = (
    "Ubuntu's package chromium-browser is only a door to a snap, whose sandbox does not see our temporary folders.\n"
    "Install another Chromium or Google Chrome from its own .deb and, when it is not called chromium or\n"
    "google-chrome, name it: LIENGIA_CHROMIUM=/path/to/it make test"
)


def main() -> int:
    """Install or name what is missing."""
    missing = lacking()
    if not missing:
        return 0
    if os.geteuid() == 0 and is_debian() and shutil.which("apt-get"):
        install(missing)
        missing = lacking()
    if not missing:
        return 0
    print("\nThe tests need what is not here: " + ", ".join(NAMES[one] for one in sorted(missing)) + ".", file=sys.stderr)
    if "chromium" in missing and (is_ubuntu() or find_snap()):
        print(SNAP, file=sys.stderr)
        missing.discard("chromium")
    if missing:
        sudo = "" if os.geteuid() == 0 else "sudo "
        names = " ".join(sorted(missing))
        print(f"On Debian and Ubuntu: {sudo}apt install --no-install-recommends {names}", file=sys.stderr)
        if any(name.startswith("postgresql") for name in missing):
            print(
                "To keep apt from starting a server of the system's, say before: "
                f"{sudo}mkdir -p {CLUSTERS.parent} && echo 'create_main_cluster = false' | {sudo}tee -a {CLUSTERS}",
                file=sys.stderr,
            )
    print("Then run make test again.\n", file=sys.stderr)
    return 1


def lacking() -> set[str]:
    """Return the Debian packages that would bring what is missing."""
    found = set()
    if postgres_folder() is None:
        found.add("postgresql")
    if chromium() is None:
        found.add("chromium")
    if not has_libatomic():
        found.add("libatomic1")
    for program in ("espeak-ng", "ffmpeg"):
        if shutil.which(program) is None:
            found.add(program)
    if shutil.which("mosquitto_pub") is None:
        found.add("mosquitto-clients")
    return found


def postgres_folder() -> Path | None:
    """Return the folder of PostgreSQL's newest server binaries."""
    folders = [path.parent for path in SERVERS.glob("*/bin/initdb")]
    folders.sort(key=lambda path: [int(part) for part in re.findall(r"\d+", str(path))])
    if folders:
        return folders[-1]
    on_path = shutil.which("initdb")
    return Path(on_path).resolve().parent if on_path and (Path(on_path).resolve().parent / "postgres").exists() else None


def has_libatomic() -> bool:
    """Tell whether libatomic can be loaded; a bare Debian has none, and Playwright's driver does not start without."""
    try:
        ctypes.CDLL("libatomic.so.1")
    except OSError:
        return False
    return True


def chromium() -> Path | None:
    """Return a Chromium that can be driven: no snap, and no stub of one."""
    asked = os.environ.get("LIENGIA_CHROMIUM")
    names = [asked] if asked else ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"]
    for name in names:
        found = shutil.which(name)
        if found and not is_snap(Path(found)):
            return Path(found)
    return None


def is_snap(path: Path) -> bool:
    """Tell whether a program is a snap or the script that leads to one."""
    real = path.resolve()
    if str(real).startswith("/snap/") or real.name == "snap":
        return True
    if real.stat().st_size > 20_000:
        return False
    return "/snap/bin/chromium" in real.read_text(encoding="utf-8", errors="replace")


def find_snap() -> bool:
    """Tell whether the only Chromium here is a snap."""
    return any(shutil.which(name) for name in ("chromium", "chromium-browser"))


def is_debian() -> bool:
    """Tell whether apt's packages are Debian's or Ubuntu's."""
    return "debian" in os_release() or is_ubuntu()


def is_ubuntu() -> bool:
    """Tell whether this is Ubuntu or made of it."""
    return "ubuntu" in os_release()


def os_release() -> set[str]:
    """Return the names that this system goes by."""
    try:
        lines = RELEASE.read_text(encoding="utf-8").splitlines()
    except OSError:
        return set()
    fields = dict(line.split("=", 1) for line in lines if "=" in line)
    return set(f"{fields.get('ID', '')} {fields.get('ID_LIKE', '')}".replace('"', "").lower().split())


def install(missing: set[str]) -> None:
    """Install by apt, without starting anything."""
    if "chromium" in missing and is_ubuntu():
        missing = missing - {"chromium"}
    if not missing:
        return
    print("Installing what the tests need: " + ", ".join(sorted(missing)) + " …", flush=True)
    names = set(missing)
    apt("update", "-q")
    if "postgresql" in names:
        names.discard("postgresql")
        names.add(server_package())
        if not CLUSTERS.exists():
            CLUSTERS.parent.mkdir(parents=True, exist_ok=True)
            CLUSTERS.write_text("create_main_cluster = false\n", encoding="utf-8")
    if "chromium" in names:
        names.add("fonts-dejavu-core")
    keep = ["-o", "Dpkg::Options::=--force-confold", "-o", "Dpkg::Options::=--force-confdef"]
    apt("install", "-y", "-q", "--no-install-recommends", *keep, *sorted(names))


def server_package() -> str:
    """Return the versioned package of the server, which the plain name only points to."""
    said = subprocess.run(["apt-cache", "depends", "postgresql"], capture_output=True, text=True).stdout
    found = re.search(r"Depends: (postgresql-\d+)", said)
    return found[1] if found else "postgresql"


def apt(*words: str) -> None:
    """Run apt-get without questions; its lines are shown only when it fails."""
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    done = subprocess.run(["apt-get", *words], env=environment, capture_output=True, text=True)
    if done.returncode:
        print(done.stdout[-3000:], done.stderr[-3000:], file=sys.stderr)


if __name__ == "__main__":
    sys.exit(main())
