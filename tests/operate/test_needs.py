"""`make test` on another machine: what it says is missing, and how to get it there."""

from __future__ import annotations

import importlib.util
import stat
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).resolve().parents[2]
DEBIAN = 'ID=debian\nVERSION_ID="12"\n'
UBUNTU = 'ID=ubuntu\nID_LIKE=debian\nVERSION_ID="24.04"\n'
MINT = 'ID=linuxmint\nID_LIKE="ubuntu debian"\n'
FEDORA = "ID=fedora\n"


class Machine:
    """A machine with its own programs, its own name and its own account."""

    def __init__(self, tool: ModuleType, folder: Path, patch: pytest.MonkeyPatch) -> None:
        self.tool, self.programs, self.patch = tool, folder / "bin", patch
        self.programs.mkdir()
        self.servers = folder / "postgresql"
        self.asked: list[tuple[str, ...]] = []
        patch.setenv("PATH", str(self.programs))
        patch.delenv("LIENGIA_CHROMIUM", raising=False)
        patch.setattr(tool, "SERVERS", self.servers)
        patch.setattr(tool, "CLUSTERS", folder / "createcluster.conf")
        patch.setattr(tool, "RELEASE", folder / "os-release")
        patch.setattr(tool, "apt", lambda *words: self.asked.append(words))
        patch.setattr(tool, "has_libatomic", lambda: self.has_library)
        self.has_library = True
        self.is_called(DEBIAN)
        self.is_used_by(1000)

    def is_called(self, release: str) -> None:
        self.tool.RELEASE.write_text(release, encoding="utf-8")

    def is_used_by(self, account: int) -> None:
        self.patch.setattr(self.tool.os, "geteuid", lambda: account)

    def has(self, name: str, content: str = "#!/bin/sh\n") -> Path:
        path = self.programs / name
        path.write_text(content, encoding="utf-8")
        path.chmod(path.stat().st_mode | stat.S_IXUSR)
        return path

    def has_postgres(self) -> None:
        (self.servers / "15" / "bin").mkdir(parents=True)
        (self.servers / "15" / "bin" / "initdb").touch()

    def has_speech(self) -> None:
        self.has("espeak-ng")
        self.has("ffmpeg")


@pytest.fixture
def machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Machine:
    """Return a bare Debian with an ordinary user."""
    spec = importlib.util.spec_from_file_location("test_needs_tool", ROOT / "tools" / "test_needs.py")
    assert spec and spec.loader
    tool = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(tool)
    return Machine(tool, tmp_path, monkeypatch)


def test_an_ordinary_user_is_told_the_exact_command(machine: Machine, capsys: pytest.CaptureFixture[str]) -> None:
    machine.has_library = False
    assert machine.tool.main() == 1
    said = capsys.readouterr().err
    assert "sudo apt install --no-install-recommends chromium espeak-ng ffmpeg libatomic1 mosquitto-clients postgresql" in said
    assert "create_main_cluster = false" in said, "no server of the system's is started by that"
    assert not machine.asked, "nothing is changed without asking"


def test_only_what_is_missing_is_asked_for(machine: Machine, capsys: pytest.CaptureFixture[str]) -> None:
    machine.has_postgres()
    machine.has_speech()
    machine.has("chromium")
    assert machine.tool.main() == 1
    assert "apt install --no-install-recommends mosquitto-clients\n" in capsys.readouterr().err
    machine.has("mosquitto_pub")
    assert machine.tool.main() == 0


def test_root_on_debian_installs_it_and_starts_nothing(machine: Machine) -> None:
    machine.is_used_by(0)
    machine.has("apt-get")
    machine.has("apt-cache", "#!/bin/sh\necho '  Depends: postgresql-15'\n")
    assert machine.tool.main() == 1, "this apt brings nothing"
    update, install = machine.asked
    assert update[0] == "update"
    assert {"chromium", "mosquitto-clients", "postgresql-15"} <= set(install)
    assert machine.tool.CLUSTERS.read_text() == "create_main_cluster = false\n"


@pytest.mark.parametrize("release", [UBUNTU, MINT])
@pytest.mark.parametrize("account", [0, 1000])
def test_on_ubuntu_a_snap_is_no_chromium(
    machine: Machine, capsys: pytest.CaptureFixture[str], release: str, account: int
) -> None:
    machine.is_called(release)
    machine.is_used_by(account)
    machine.has_postgres()
    machine.has_speech()
    machine.has("mosquitto_pub")
    machine.has("apt-get")
    machine.has("chromium-browser", "#!/bin/sh\nexec /snap/bin/chromium\n")
    assert machine.tool.main() == 1
    said = capsys.readouterr().err
    assert "only a door to a snap" in said
    assert "LIENGIA_CHROMIUM=" in said
    assert "apt install" not in said, "apt would bring the same door again"
    assert not machine.asked


def test_a_chromium_of_its_own_is_taken_by_its_name(machine: Machine, monkeypatch: pytest.MonkeyPatch) -> None:
    own = machine.has("my-browser")
    machine.has("chromium-browser", "#!/bin/sh\nexec /snap/bin/chromium\n")
    assert machine.tool.chromium() is None
    monkeypatch.setenv("LIENGIA_CHROMIUM", str(own))
    assert machine.tool.chromium() == own


def test_elsewhere_nothing_is_installed(machine: Machine, capsys: pytest.CaptureFixture[str]) -> None:
    machine.is_called(FEDORA)
    machine.is_used_by(0)
    machine.has("apt-get")
    assert machine.tool.main() == 1
    assert not machine.asked
    assert "PostgreSQL" in capsys.readouterr().err
