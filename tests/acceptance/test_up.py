"""`liengia up` as an operator meets it: started, killed in parts, refused, stopped, backed up and restored."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import suppress
from importlib.metadata import version
from pathlib import Path
from types import SimpleNamespace

import aiomqtt
import psutil
import pytest

from liengia.operate import supervisor
from tests.acceptance.installations import GROUP_OF, Installation
from tests.harness.ports import free_port

pytestmark = pytest.mark.broker
PRESSES = (
    "import json; from liengia.alarms.models import Press;"
    "print(json.dumps(list(Press.objects.values_list('press_id', flat=True))))"
)


@pytest.fixture(scope="module")
def up(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installation]:
    """One installation that runs for all tests of this file, in a folder named as people name folders."""
    one = Installation(tmp_path_factory.mktemp("up") / "Dự án 100%25 #1").start()
    yield one
    one.stop()


@pytest.fixture(scope="module")
def devices(up: Installation) -> list[list[str]]:
    """Two houses of a group, with a device each."""
    rows: list[list[str]] = up.python(GROUP_OF.format(houses=2))
    return rows


def press(up: Installation, row: list[str], press_id: str, *, within_s: float = 20) -> None:
    """Press as a foreign device would, until it has its PUBACK."""
    group, device, _kind, username, password = row

    async def scene() -> None:
        until = time.monotonic() + within_s
        while True:
            try:
                async with aiomqtt.Client(
                    "127.0.0.1", up.ports["LIENGIA_MQTT_PORT"], username=username, password=password,
                    identifier=f"{device}{time.monotonic_ns() % 10**8:08d}", timeout=5,
                ) as client:  # fmt: skip
                    body = json.dumps({"id": press_id, "kind": "fire", "mode": "real"})
                    await client.publish(f"lg/{group}/press/{device}", body, qos=1)
                    return
            except aiomqtt.MqttError:
                if time.monotonic() > until:
                    raise
                await asyncio.sleep(0.2)

    asyncio.run(scene())


def recorded(up: Installation, press_id: str, *, within_s: float = 40) -> bool:
    """Wait until a press is in the database."""
    until = time.monotonic() + within_s
    while time.monotonic() < until:
        if press_id in up.python(PRESSES):
            return True
        time.sleep(0.2)
    return False


def child(up: Installation, name: str) -> int:
    """Return the process of a child by its name; 0 while there is none."""
    assert up.process is not None
    for one in psutil.Process(up.process.pid).children():
        with suppress(psutil.Error):
            words = one.cmdline()
            if words and (words[-1] == name or (name == "broker" and "nats-server" in words[0])):
                return one.pid
    return 0


@pytest.mark.parametrize("name", ["bridge", "worker", "web", "broker"])
def test_a_killed_child_comes_back_and_a_press_meanwhile_is_kept(
    up: Installation, devices: list[list[str]], name: str
) -> None:
    killed = child(up, name)
    os.kill(killed, signal.SIGKILL)
    press(up, devices[0], f"during-{name}")
    assert recorded(up, f"during-{name}")
    # Another stands in its place; what it had started may still answer for a moment.
    until = time.monotonic() + 60
    while child(up, name) in (0, killed) or up.health() != 200:
        assert time.monotonic() < until
        time.sleep(0.3)


def test_a_second_up_on_the_same_data_is_refused_with_a_sentence(up: Installation) -> None:
    second = up.command("up")
    assert second.returncode == 1
    assert "already runs" in second.stdout
    assert "LIENGIA_DATA" in second.stdout


@pytest.mark.parametrize("setting", ["LIENGIA_PORT", "LIENGIA_MQTT_PORT", "LIENGIA_NATS_PORT"])
def test_a_busy_port_is_refused_with_its_setting(up: Installation, tmp_path: Path, setting: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        environment = {**up.environment, "LIENGIA_DATA": str(tmp_path), "LIENGIA_LEAF_PORT": "0"}
        for name in ("LIENGIA_PORT", "LIENGIA_MQTT_PORT", "LIENGIA_NATS_PORT"):
            with socket.create_server(("127.0.0.1", 0)) as probe:
                environment[name] = str(probe.getsockname()[1])
        environment[setting] = port
        done = subprocess.run(
            [sys.executable, "-m", "liengia", "up"], env=environment, capture_output=True, text=True, check=False, timeout=60
        )
    assert done.returncode == 1
    assert f"Port {port}" in done.stderr
    assert setting in done.stderr
    assert not (tmp_path / "liengia.sqlite3").exists(), "nothing was begun"


def start(**settings: str) -> subprocess.CompletedProcess[str]:
    """Try to start on free ports, with other settings, what will be refused."""
    ports = {name: str(free_port()) for name in ("LIENGIA_PORT", "LIENGIA_MQTT_PORT", "LIENGIA_NATS_PORT")}
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("LIENGIA_", "DATABASE_", "DJANGO_"))}
    command = [sys.executable, "-m", "liengia", "up"]
    return subprocess.run(command, env={**kept, **ports, **settings}, capture_output=True, text=True, check=False, timeout=60)


@pytest.mark.parametrize(
    ("settings", "named"),
    [
        ({"LIENGIA_HOST": "0.0.0.0"}, "LIENGIA_TRUSTED_PROXIES"),
        ({"LIENGIA_MQTT_HOST": "0.0.0.0"}, "LIENGIA_TLS_CERT"),
        ({"LIENGIA_HOST": "0.0.0.0", "LIENGIA_TRUSTED_PROXIES": "10.0.0.1", "LIENGIA_DEMO": "yes"}, "LIENGIA_DEMO"),
        ({"LIENGIA_TLS_CERT": "/a.pem"}, "LIENGIA_TLS_KEY"),
        ({"LIENGIA_MQTT_PORT": "many"}, "LIENGIA_MQTT_PORT"),
        ({"DATABASE_URL": "postgresql://nobody@127.0.0.1:9/nothing"}, "DATABASE_URL"),
    ],
)
def test_a_setting_that_cannot_be_is_refused_with_its_name(tmp_path: Path, settings: dict[str, str], named: str) -> None:
    done = start(LIENGIA_DATA=str(tmp_path), **settings)
    assert done.returncode == 1
    assert named in done.stderr
    assert "Traceback" not in done.stderr
    assert not (tmp_path / "liengia.sqlite3").exists(), "nothing was begun"


def test_a_data_folder_that_cannot_be_is_refused_with_its_name(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("no folder")
    for folder in (tmp_path / "file", Path("/proc/liengia")):
        done = start(LIENGIA_DATA=str(folder))
        assert done.returncode == 1
        assert f"The data folder {folder} cannot be written" in done.stdout
        assert not done.stderr


def test_a_full_disk_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("LIENGIA_DATA", str(tmp_path))
    full = supervisor.DISK_LEAST_BYTES - 1
    monkeypatch.setattr(supervisor.shutil, "disk_usage", lambda _path: SimpleNamespace(free=full))
    assert supervisor.main([]) == 1
    assert "is full (31 MiB are free, 32 are needed)" in capsys.readouterr().out


def test_metrics_are_for_this_machine_alone(up: Installation) -> None:
    import urllib.error
    import urllib.request

    url = f"http://127.0.0.1:{up.ports['LIENGIA_PORT']}/metrics"
    with urllib.request.urlopen(url) as answer:
        assert b"liengia_chore_seconds" in answer.read()
    forwarded = urllib.request.Request(url, headers={"X-Forwarded-For": "203.0.113.5"})
    with pytest.raises(urllib.error.HTTPError, match="404"):
        urllib.request.urlopen(forwarded)


def test_a_device_is_minted_and_revoked_by_command(up: Installation, devices: list[list[str]]) -> None:
    group = devices[0][0]
    added = up.command("device", "add", "--group", group, "--household", "1", "--kind", "button", "--json")
    flashed = json.loads(added.stdout)
    assert set(flashed) == {"group", "device", "username", "password", "mqtt"}
    assert len(flashed["password"]) == 28
    row = [group, flashed["device"], "button", flashed["username"], flashed["password"]]
    press(up, row, "by-the-new-one")
    assert recorded(up, "by-the-new-one")
    revoked = up.command("device", "revoke", flashed["device"])
    assert "confirmed by: centre" in revoked.stdout, revoked.stderr
    with pytest.raises(aiomqtt.MqttError):
        press(up, row, "after-revocation", within_s=1)
    press(up, devices[0], "by-another")
    assert "revoked" in up.command("device", "list", "--group", group).stdout


def test_what_was_backed_up_stands_again_after_a_restore(
    up: Installation, devices: list[list[str]], tmp_path: Path
) -> None:
    press(up, devices[1], "before-the-backup")
    assert recorded(up, "before-the-backup")
    archive = tmp_path / "kept.tar.gz"
    assert up.command("backup", str(archive)).returncode == 0
    assert archive.stat().st_mode & 0o777 == 0o600
    press(up, devices[1], "after-the-backup")
    assert recorded(up, "after-the-backup")
    running = up.command("restore", str(archive), "--force")
    assert "runs on this data folder" in running.stderr
    up.stop()
    assert "--force" in up.command("restore", str(archive)).stderr
    done = up.command("restore", str(archive), "--force")
    assert done.returncode == 0, done.stderr
    assert "after-the-backup" not in up.python(PRESSES)
    up.start()
    assert recorded(up, "after-the-backup"), "the broker's log still had it"
    presses = up.python(PRESSES)
    assert len(presses) == len(set(presses))


def test_it_starts_again_and_ctrl_c_leaves_nothing(up: Installation) -> None:
    """Ctrl-C goes to the whole group of the terminal, and make waits for us to end."""
    up.stop()
    up.start()
    assert up.process is not None
    family = psutil.Process(up.process.pid).children(recursive=True)
    assert len(family) >= 4
    os.killpg(up.process.pid, signal.SIGINT)
    assert up.process.wait(timeout=15) == 0
    assert not [one for one in family if one.is_running() and one.status() != psutil.STATUS_ZOMBIE]
    for port in up.ports.values():
        with socket.create_server(("127.0.0.1", port)):
            pass
    assert up.log.read_text().rstrip().endswith("stopped")
    up.start()


def test_children_do_not_outlive_a_killed_up(up: Installation) -> None:
    assert up.process is not None
    family = psutil.Process(up.process.pid).children(recursive=True)
    up.process.kill()
    up.process.wait()
    _gone, left = psutil.wait_procs(family, timeout=15)
    assert not left
    up.start()


def test_doctor_finds_nothing_wrong(up: Installation) -> None:
    done = up.command("doctor")
    assert "✗" not in done.stdout, done.stdout
    assert f"Liên Gia: {version('liengia')}" in done.stdout, "SECURITY.md sends people here for the version"
    assert done.returncode == 0
