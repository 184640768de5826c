"""The player's process in parts: its settings, what it fetches, what it keeps, where its sound goes."""

from __future__ import annotations

import array
import asyncio
import base64
import hashlib
import http.server
import json
import threading
import time
import wave
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace

import pytest

from liengia import env
from liengia.broadcast.audio.making import finished
from liengia.broadcast.audio.sound import write_wav
from liengia.operate.sinks import PIECE, RATE, Aplay, NoSound, WavFile, chime, open_sink, samples_of, scaled
from liengia.operate.speaker import Box as Speaker
from liengia.operate.speaker import NotFetched, Settings
from liengia.operate.speaker_clock import ServerClock
from liengia.operate.speaker_store import Store
from liengia.operate.speakers import Order, Player
from tests.broadcast.audio.signals import tone, voice

SOUND = write_wav(tone(0.5, -12))
HASH = hashlib.sha256(SOUND).hexdigest()


def order(**changes: object) -> Order:
    facts = {"id": "order00001", "sha256": HASH, "size": len(SOUND), "url": f"/loa/am-thanh/{HASH}.wav", "priority": "normal", "mode": "real",
             "at": 0, "expires": 10**10, "times": 1, "pause_s": 0}  # fmt: skip
    return Order(**{**facts, **changes})  # type: ignore[arg-type]


class Server(http.server.BaseHTTPRequestHandler):
    """Gives what a test says."""

    status, body, seen, to, drips = 200, SOUND, [], "", ""

    def do_GET(self) -> None:
        type(self).seen.append((self.path, self.headers.get("Authorization", "")))
        self.send_response(self.status)
        if self.to:
            self.send_header("Location", self.to)
        self.send_header("Content-Length", str(len(self.body)))
        self.end_headers()
        if self.drips and self.path.endswith(self.drips):
            for _turn in range(100):  # a slow line
                self.wfile.write(bytes(10))
                self.wfile.flush()
                time.sleep(0.05)
                if self.stopped.is_set():
                    return
        self.wfile.write(self.body)

    stopped: threading.Event

    def log_message(self, *args: object) -> None:
        """Be silent."""


@pytest.fixture
def server() -> Iterator[type[Server]]:
    handler = type("Handler", (Server,), {"seen": [], "stopped": threading.Event()})
    running = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
    thread = threading.Thread(target=running.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    handler.port = running.server_port  # type: ignore[attr-defined]
    yield handler
    handler.stopped.set()  # type: ignore[attr-defined]
    running.shutdown()
    running.server_close()
    thread.join()


def box(tmp_path: Path, port: int = 1) -> Speaker:
    settings = Settings(tmp_path, f"http://127.0.0.1:{port}", "127.0.0.1", 1, False, "cluster001", "device0001", "secret")
    return Speaker(settings, WavFile(tmp_path / "out.wav"))


def test_a_sound_is_fetched_with_the_boxs_credential(server: type[Server], tmp_path: Path) -> None:
    data, _date = box(tmp_path, server.port)._get(order(), threading.Event())  # type: ignore[attr-defined]
    assert data == SOUND
    assert server.seen == [(order().url, "Basic " + base64.b64encode(b"device0001:secret").decode())]


@pytest.mark.parametrize(
    ("status", "body", "to"),
    [(404, b"", ""), (500, b"x", ""), (200, SOUND[:-2], ""), (200, SOUND + b"x", ""), (200, SOUND[:-1] + b"\x7f", ""), (302, b"", "http://127.0.0.1:1/")],
)
def test_what_is_not_what_was_announced_is_not_kept(status: int, body: bytes, to: str, server: type[Server], tmp_path: Path) -> None:
    server.status, server.body, server.to = status, body, to
    with pytest.raises(NotFetched):
        box(tmp_path, server.port)._get(order(), threading.Event())  # type: ignore[attr-defined]
    assert len(server.seen) == 1


def test_nothing_larger_than_may_be_is_asked_for(server: type[Server], tmp_path: Path) -> None:
    with pytest.raises(NotFetched):
        box(tmp_path, server.port)._get(order(size=10**9), threading.Event())  # type: ignore[attr-defined]
    assert not server.seen


def test_a_sound_damaged_on_the_disk_is_thrown_away(tmp_path: Path) -> None:
    store = Store(tmp_path)
    store.put(HASH, SOUND, wanted=())
    assert store.get(HASH) == SOUND[44:]
    (tmp_path / "sounds" / f"{HASH}.wav").write_bytes(SOUND[:-1] + b"\x01")
    with pytest.raises(ValueError, match="damaged"):
        store.get(HASH)
    assert HASH not in store.present
    assert not Store(tmp_path).present


async def test_a_fetch_is_broken_off_for_an_alarm(server: type[Server], tmp_path: Path) -> None:
    """On a slow line a recording takes minutes; its fetching begins again when the alarm's sound is there."""
    server.drips = "/slow.wav"
    speaker = box(tmp_path, server.port)  # type: ignore[attr-defined]
    slow = order(id="order00002", sha256="b" * 64, size=10**7, url="/slow.wav")
    speaker.player.orders = {slow.id: slow}
    fetching = asyncio.create_task(speaker._fetch())
    while not any(path == "/slow.wav" for path, _word in server.seen):
        await asyncio.sleep(0.01)
    speaker.player.orders["order00001"] = order(priority="urgent")
    async with asyncio.timeout(3):
        while HASH not in speaker.store.present:
            await asyncio.sleep(0.01)
    assert "no_fetch" not in speaker.faults and not speaker.failed_at
    fetching.cancel()
    await asyncio.gather(fetching, return_exceptions=True)


async def test_a_full_disk_makes_room_and_what_is_urgent_is_played_from_memory(
    monkeypatch: pytest.MonkeyPatch, server: type[Server], tmp_path: Path
) -> None:
    speaker, alarm, put, room = box(tmp_path, server.port), order(priority="urgent"), Store._put, [False]  # type: ignore[attr-defined]
    old = speaker.store.sounds / f"{'0' * 64}.wav"
    old.write_bytes(b"old")

    def full(self: Store, path: Path, data: bytes) -> None:
        if path.suffix == ".wav" and (old.exists() or not room[0]):
            raise OSError(28, "No space left on device")
        put(self, path, data)

    monkeypatch.setattr(Store, "_put", full)
    speaker.player.orders = {"order00001": alarm}
    await speaker._fetch_one(order(), threading.Event())
    assert not speaker.store.present and not old.exists(), "what nothing wants made room"
    await speaker._fetch_one(alarm, threading.Event())
    assert speaker.store.get(HASH) == SOUND[44:] and not list(speaker.store.sounds.iterdir())
    speaker.store.tidy(())
    assert not speaker.store.present, "it goes with its order"
    room[0] = True
    old.write_bytes(b"old")
    speaker.store.put(HASH, SOUND, wanted=())
    assert Store(speaker.store.folder).present == {HASH}


async def test_nothing_is_left_out_by_a_clock_that_is_wrong(monkeypatch: pytest.MonkeyPatch, server: type[Server], tmp_path: Path) -> None:
    """The box began two hours ahead; then its clock is set right, and what was known of its error is over."""
    real, ahead = time.time, [7200.0]
    monkeypatch.setattr("liengia.operate.speaker_clock.time", SimpleNamespace(time=lambda: real() + ahead[0], monotonic=time.monotonic))
    speaker = box(tmp_path, server.port)  # type: ignore[attr-defined]
    alarm = order(priority="urgent", at=int(real()) - 60, expires=int(real()) + 600)
    speaker.player.orders = {alarm.id: alarm}
    speaker._leave_out()
    assert not speaker.player.done, "nobody was asked for the time yet"
    fetching = asyncio.create_task(speaker._fetch())
    while not speaker.store.present:
        await asyncio.sleep(0.01)
    fetching.cancel()
    speaker._leave_out()
    assert not speaker.player.done and abs(speaker.now_s() - real()) < 2
    ahead[0] = 0.0
    assert abs(speaker.now_s() - real()) < 2 and not speaker.clock.is_sure
    assert server.seen[0] == ("/health", ""), "no credential to ask for the time"


def test_a_date_that_is_nonsense_is_none() -> None:
    clock = ServerClock()
    for date in ("", "yesterday", "Mon, 99 Foo"):
        clock.take(date)
    assert not clock.is_sure and clock.off_s == 0


def test_a_memory_cut_short_is_begun_anew_and_one_that_is_whole_is_read(tmp_path: Path) -> None:
    store, player = Store(tmp_path), Player(volume=33)
    player.report("report-1", {"what": "played"})
    store.write(player)
    assert Store(tmp_path).read() == player
    (tmp_path / "memory.json").write_text(json.dumps(player.memory())[:50], encoding="utf-8")
    assert Store(tmp_path).read() == Player()


def test_settings_are_named_when_they_are_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    good = {"SERVER": "https://liengia.vn", "BROKER": "mqtts://liengia.vn:8883", "CLUSTER": "cluster001", "DEVICE": "device0001", "PASSWORD": "x"}
    for name, value in good.items():
        monkeypatch.setenv(f"LIENGIA_SPEAKER_{name}", value)
    found = Settings.read()
    assert (found.server, found.broker_port, found.has_tls) == ("https://liengia.vn", 8883, True)
    for name, value, says in (
        ("PASSWORD", "", "LIENGIA_SPEAKER_PASSWORD: missing"),
        ("SERVER", "http://liengia.vn", "in the clear"),
        ("BROKER", "mqtt://10.0.0.1", "in the clear"),
        ("CLUSTER", "../../x", "ten letters"),
        ("SERVER", "file:///etc/passwd", "https://host"),
    ):
        monkeypatch.setenv(f"LIENGIA_SPEAKER_{name}", value)
        with pytest.raises(env.BadSetting, match=says):
            Settings.read()
        monkeypatch.setenv(f"LIENGIA_SPEAKER_{name}", good[name])


def test_a_volume_is_a_factor_and_half_is_twelve_decibels_less() -> None:
    piece = array.array("h", [1000, -1000, 32767, -32768]).tobytes()
    assert scaled(piece, 100) == piece
    assert array.array("h", scaled(piece, 50)).tolist() == [250, -250, 8191, -8192]
    assert not any(scaled(piece, 0))


def test_our_sounds_are_played_and_other_formats_are_not() -> None:
    assert samples_of(write_wav(finished(voice(1))))
    for data in (b"", b"RIFF", SOUND[:30], SOUND.replace((22_050).to_bytes(4, "little"), (44_100).to_bytes(4, "little"), 1), b"ID3" + bytes(60)):
        with pytest.raises(ValueError, match=r"not 16-bit|no samples"):
            samples_of(data)
    assert len(chime()) == 2 * RATE


@pytest.mark.parametrize("name", ["", "pulse", "file:", "aplay:-D evil"])
def test_a_sink_that_is_none_is_refused(name: str) -> None:
    with pytest.raises(ValueError, match="--sink"):
        open_sink(name)


async def test_a_file_grows_by_what_is_played_in_real_time_and_goes_on_after_a_restart(tmp_path: Path) -> None:
    path = tmp_path / "played.wav"
    sink = WavFile(path)
    began = asyncio.get_running_loop().time()
    for _turn in range(4):
        await sink.write(b"\x01\x00" * PIECE)
    assert asyncio.get_running_loop().time() - began >= 0.15
    sink = WavFile(path)
    sink.note(what="begins")
    await sink.write(b"\x02\x00" * PIECE)
    with wave.open(str(path)) as file:
        assert file.getnframes() == 5 * PIECE
    assert json.loads(path.with_name("played.wav.jsonl").read_text(encoding="utf-8"))["sample"] == 4 * PIECE


async def test_played_to_nowhere_it_takes_as_long() -> None:
    sink = open_sink("none")
    began = asyncio.get_running_loop().time()
    for _turn in range(4):
        await sink.write(b"\x01\x00" * PIECE)
    assert asyncio.get_running_loop().time() - began >= 0.15


async def test_a_box_without_a_sound_card_says_so(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(NoSound, match="alsa-utils"):
        await Aplay().write(b"\x00\x00")
    program = tmp_path / "aplay"
    program.write_text("#!/bin/sh\nexit 1\n", encoding="utf-8")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:/bin:/usr/bin")
    sink = Aplay()
    with pytest.raises(NoSound):
        for _turn in range(200):
            await sink.write(b"\x00\x00" * PIECE)
            await asyncio.sleep(0.01)
    assert sink.process is None


async def test_what_reaches_the_card_is_what_was_played(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    program = tmp_path / "aplay"
    program.write_text(f'#!/bin/sh\necho "$@" > {tmp_path}/words; exec cat > {tmp_path}/heard\n', encoding="utf-8")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:/bin:/usr/bin")
    sink = Aplay("plughw:1")
    await sink.write(b"\x07\x00" * PIECE)
    for _turn in range(100):
        if (tmp_path / "heard").exists() and (tmp_path / "heard").stat().st_size == 2 * PIECE:
            break
        await asyncio.sleep(0.02)
    await sink.hush()
    assert (tmp_path / "heard").read_bytes() == b"\x07\x00" * PIECE
    assert "-f S16_LE -c 1 -r 22050" in (tmp_path / "words").read_text(encoding="utf-8")


async def test_the_end_is_heard_and_little_waits_unheard(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A card takes its time: what is said to have sounded has, but for what stands in the pipe; the last word is not cut off."""
    program, heard = tmp_path / "aplay", tmp_path / "heard"
    program.write_text(
        f"#!/bin/sh\nwhile :; do head -c {2 * PIECE} > {tmp_path}/piece; [ -s {tmp_path}/piece ] || exit; cat {tmp_path}/piece >> {heard}; sleep 0.03; done\n", encoding="utf-8"
    )
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:/bin:/usr/bin")
    sink = Aplay()
    for _turn in range(8):
        await sink.write(b"\x07\x00" * PIECE)
    assert heard.stat().st_size >= 2 * PIECE * 5, "what was handed over has nearly all sounded"
    await sink.finish()
    assert heard.read_bytes() == b"\x07\x00" * PIECE * 8 and sink.process is None
