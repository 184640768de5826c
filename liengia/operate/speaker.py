"""`liengia speaker`: the player of a cluster of loudspeakers, on a small Linux box. No Django, no database.

1. What it is to hold comes as one retained message; it is kept on disk, so that it plays on when the line is cut.
2. Sounds are fetched ahead over HTTP(S) with the box's own credential, and played only when their hash is right.
3. `speakers.Player` says what sounds now. What is urgent interrupts; what was interrupted goes on where it was.
4. What it did is reported until it is answered. Before each step it is written to disk: after a power cut a play that had
   begun is played again from its present repetition, and nothing that was played is played anew.
"""

from __future__ import annotations

import argparse
import asyncio
import base64
import hashlib
import json
import logging
import os
import secrets
import signal
import ssl
import sys
import threading
import time
import urllib.error
import urllib.request
import uuid
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

from liengia import env
from liengia.alarms import mqtt
from liengia.operate.sinks import PIECE, RATE, NoSound, Sink, chime, open_sink, scaled
from liengia.operate.speaker_clock import ServerClock
from liengia.operate.speaker_store import Store
from liengia.operate.speakers import Order, number_of

logger = logging.getLogger("speaker")
FIRMWARE: Final = "liengia-speaker-1"
BEAT_EVERY_S: Final = 30.0
REPORT_EVERY_S: Final = 10.0
LOOK_EVERY_S: Final = 0.05
FETCH_AGAIN_S: Final = 5.0
FETCH_TIMEOUT_S: Final = 30.0
FETCH_LOOK_S: Final = 0.2
FETCH_PIECE: Final = 16 * 1024
SOUND_MOST: Final = 100 * 1024 * 1024
ASK_TIME_AGAIN_S: Final = 30.0
# What was interrupted begins again a little earlier, so that no word is lost.
STEP_BACK: Final = RATE * 3 // 2
TEST_VOLUME: Final = 40


@dataclass(frozen=True, slots=True)
class Settings:
    """What a box is told by its environment; the page of its cluster prints it once."""

    data: Path
    server: str
    broker_host: str
    broker_port: int
    has_tls: bool
    cluster: str
    device: str
    password: str = field(repr=False)
    ca_file: str = ""

    @classmethod
    def read(cls) -> Settings:
        """Read the environment.

        Raises:
            BadSetting: one is missing, or the password would travel in the clear.
        """
        found = {
            "SERVER": env.text("LIENGIA_SPEAKER_SERVER"), "BROKER": env.text("LIENGIA_SPEAKER_BROKER"), "CLUSTER": env.text("LIENGIA_SPEAKER_CLUSTER"),
            "DEVICE": env.text("LIENGIA_SPEAKER_DEVICE"), "PASSWORD": env.text("LIENGIA_SPEAKER_PASSWORD"),
        }  # fmt: skip
        if missing := [f"LIENGIA_SPEAKER_{name}" for name, value in found.items() if not value]:
            raise env.BadSetting(f"{', '.join(missing)}: missing. The cluster's page in the back office prints them.")
        for name in ("CLUSTER", "DEVICE"):
            if not (len(found[name]) == 10 and found[name].isascii() and found[name].isalnum()):
                raise env.BadSetting(f"LIENGIA_SPEAKER_{name}: ten letters and digits are expected.")
        server, broker = urlsplit(found["SERVER"]), urlsplit(found["BROKER"])
        if server.scheme not in ("http", "https") or not server.hostname:
            raise env.BadSetting("LIENGIA_SPEAKER_SERVER: https://host is expected.")
        if broker.scheme not in ("mqtt", "mqtts") or not broker.hostname:
            raise env.BadSetting("LIENGIA_SPEAKER_BROKER: mqtts://host:port is expected.")
        for parts, safe in ((server, "https"), (broker, "mqtts")):
            if parts.scheme != safe and not env.is_loopback(parts.hostname or ""):
                raise env.BadSetting(f"{parts.scheme}://{parts.hostname} is on another machine: the password would travel in the clear. Use {safe}.")
        has_tls = broker.scheme == "mqtts"
        return cls(
            data=Path(env.text("LIENGIA_DATA", "var")).resolve(), server=f"{server.scheme}://{server.netloc}", broker_host=broker.hostname,
            broker_port=broker.port or (8883 if has_tls else 1883), has_tls=has_tls, cluster=found["CLUSTER"], device=found["DEVICE"],
            password=found["PASSWORD"], ca_file=env.text("LIENGIA_SPEAKER_CA"),
        )  # fmt: skip

    def tls(self) -> ssl.SSLContext | None:
        """Return how certificates are checked: publicly, or by the box's file; behind a gateway broker and server have different ones."""
        return mqtt.verified(self.ca_file)


class NotFetched(Exception):
    """A sound did not come, or came wrong."""


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    """Follows nothing: the credential is for one server."""

    def redirect_request(self, *args: Any, **kwargs: Any) -> None:
        """Refuse."""


@dataclass
class Playing:
    """What sounds, and where in it."""

    order: Order
    samples: bytes
    began_s: float
    at: int = 0
    rests_until: float = 0.0


class Box:
    """One box."""

    def __init__(self, settings: Settings, sink: Sink) -> None:
        """Go on where its last life ended."""
        self.settings, self.sink = settings, sink
        self.store = Store(settings.data / "speaker")
        self.player = self.store.read()
        self.playing: Playing | None = None
        self.interrupted: list[Playing] = []
        self.faults: set[str] = set()
        self.clock, self.ask_time_at = ServerClock(), 0.0
        self.test: bytes = b""
        self.test_number = self.tested = 0
        self.connection: mqtt.Connection | None = None
        self.news, self.beat_now = asyncio.Event(), asyncio.Event()
        self.failed_at: dict[str, float] = {}
        self.stops = False

    def now_s(self) -> float:
        """Return the time, put right by the server's where this box's clock is wrong."""
        return self.clock.now_s()

    async def run(self, stop: asyncio.Event) -> None:
        """Run until told to stop."""
        work = [asyncio.create_task(one()) for one in (self._keep_connected, self._fetch, self._play, self._speak)]
        waiting: asyncio.Future[Any] = asyncio.ensure_future(stop.wait())
        done, _rest = await asyncio.wait(tuple[asyncio.Future[Any], ...]((waiting, *work)), return_when=asyncio.FIRST_COMPLETED)
        for task in work:
            task.cancel()
        await asyncio.gather(*work, return_exceptions=True)
        await self.sink.hush()
        self._keep()
        if self.connection is not None:
            self.connection.close()
        for one in done - {waiting}:
            one.result()

    def _keep(self) -> None:
        try:
            self.store.write(self.player)
        except OSError as error:
            logger.warning("nothing can be kept: %s", error.strerror)
            self._fault("no_space", True)
        else:
            self._fault("no_space", False)

    def _fault(self, name: str, is_there: bool) -> None:
        if is_there != (name in self.faults):
            (self.faults.add if is_there else self.faults.discard)(name)
            logger.warning("%s: %s", name, "begins" if is_there else "is over")
            self.beat_now.set()

    # The bus

    async def _keep_connected(self) -> None:
        pause = 0.5
        mine = f"lo/{self.settings.cluster}"
        while True:
            lost = asyncio.Event()
            login = mqtt.Login(
                f"{self.settings.device}{secrets.token_hex(4)}", self.settings.device, self.settings.password,
                will_topic=f"{mine}/beat/{self.settings.device}", will=b'{"gone":true}',
            )  # fmt: skip
            try:
                self.connection = await mqtt.connect(
                    self.settings.broker_host, self.settings.broker_port, login, on_message=self._heard, on_lost=lost.set,
                    tls=self.settings.tls() if self.settings.has_tls else None,
                )  # fmt: skip
                self.player.reconnected()
                self.connection.subscribe(f"{mine}/say", f"{mine}/to/{self.settings.device}")
                logger.info("connected")
                pause = 0.5
                self.beat_now.set()
                await lost.wait()
                logger.info("the line is cut; what is here is played on")
            except (mqtt.Refused, OSError, TimeoutError) as error:
                logger.info("no connection (%s)", type(error).__name__)
            self.connection = None
            await asyncio.sleep(pause + secrets.randbelow(500) / 1000)
            pause = min(15.0, pause * 2)

    def _heard(self, topic: str, payload: bytes, retained: bool) -> None:
        if topic.endswith("/say"):
            if self.player.hear_say(payload) == "take":
                logger.info("%d orders", len(self.player.orders))
                self._keep()
                self.news.set()
            return
        match self.player.obey(payload) if not retained else "ignore":
            case "ack":
                self._keep()
            case "test":
                self.test_number = number_of(payload)
                self.test = scaled(chime(), min(self.player.volume, TEST_VOLUME))
            case "stop":
                self.stops = True

    async def _speak(self) -> None:
        """Beat, and say reports again until they are answered."""
        beat_at = report_at = 0.0
        while True:
            now = time.monotonic()
            if self.connection is not None and (self.beat_now.is_set() or now - beat_at >= BEAT_EVERY_S):
                self.beat_now.clear()
                beat_at = now
                body = {"firmware": FIRMWARE, "clock": round(self.now_s()), "faults": sorted(self.faults), "volume": self.player.volume,
                        "stored": len(self.store.present), "playing": self.playing.order.id if self.playing else ""}  # fmt: skip
                if self.tested:
                    body["tested"] = self.tested
                self.connection.publish(f"lo/{self.settings.cluster}/beat/{self.settings.device}", json.dumps(body).encode())
                report_at = 0.0
            if self.connection is not None and self.player.reports and now - report_at >= REPORT_EVERY_S:
                report_at = now
                for body in list(self.player.reports.values())[:50]:
                    self._say_report(body)
            await asyncio.sleep(0.1)

    def _say_report(self, body: dict[str, Any]) -> None:
        if self.connection is not None:
            self.connection.publish(f"lo/{self.settings.cluster}/report/{self.settings.device}", json.dumps(body).encode())

    # Sounds

    async def _fetch(self) -> None:
        while True:
            if not self.clock.is_sure and time.monotonic() >= self.ask_time_at:
                self.ask_time_at = time.monotonic() + ASK_TIME_AGAIN_S
                self.clock.take(await asyncio.to_thread(self._ask_time))
            wanted = self._to_fetch()
            if due := self._due(wanted):
                await self._fetch_first(due[0])
                continue
            if not wanted:
                self._fault("no_fetch", False)
                self.failed_at.clear()
            self.store.tidy({one.sha256 for one in self.player.orders.values()})
            self.news.clear()
            with suppress(TimeoutError):
                await asyncio.wait_for(self.news.wait(), 1.0)

    def _to_fetch(self) -> list[Order]:
        return [one for one in self.player.wanted() if one.sha256 not in self.store.present and one.expires > self.now_s()]

    def _due(self, wanted: Sequence[Order]) -> list[Order]:
        now = time.monotonic()
        return [one for one in wanted if now - self.failed_at.get(one.sha256, -FETCH_AGAIN_S) >= FETCH_AGAIN_S]

    async def _fetch_first(self, order: Order) -> None:
        """Fetch a sound, and leave it for one of a higher priority that comes meanwhile: on a slow line a recording takes minutes."""
        breaks_off = threading.Event()
        fetching = asyncio.create_task(self._fetch_one(order, breaks_off))
        try:
            while not (await asyncio.wait({fetching}, timeout=FETCH_LOOK_S))[0]:
                if any(one.turn < order.turn for one in self._due(self._to_fetch())):
                    break
            else:
                await fetching
        finally:
            breaks_off.set()
            fetching.cancel()

    async def _fetch_one(self, order: Order, breaks_off: threading.Event) -> None:
        try:
            data, date = await asyncio.to_thread(self._get, order, breaks_off)
        except NotFetched as error:
            logger.warning("a sound was not fetched: %s", error)
            self.failed_at[order.sha256] = time.monotonic()
            self._fault("no_fetch", True)
            return
        try:
            self.store.put(order.sha256, data, wanted={one.sha256 for one in self.player.orders.values()})
        except OSError as error:
            logger.warning("a sound cannot be kept: %s", error.strerror)
            self._fault("no_space", True)
            if order.rank:
                self.failed_at[order.sha256] = time.monotonic()
                return
            self.store.hold(order.sha256, data)  # what is urgent is spoken all the same
        self.clock.take(date)
        for one in self.player.wanted():
            if one.sha256 == order.sha256:
                self._report({"order": one.id, "what": "fetched", "began": round(self.now_s(), 1), "ended": round(self.now_s(), 1)})
        self._keep()

    def _get(self, order: Order, breaks_off: threading.Event) -> tuple[bytes, str]:
        """Fetch a sound, no more than was announced, and check it; in a thread.

        Raises:
            NotFetched: the server does not give it, or gives something else, or it was broken off.
        """
        word = base64.b64encode(f"{self.settings.device}:{self.settings.password}".encode()).decode()
        request = urllib.request.Request(self.settings.server + order.url, headers={"Authorization": f"Basic {word}"})  # noqa: S310  (Settings.read)
        if order.size > SOUND_MOST:
            raise NotFetched("too large")
        try:
            with self._opener().open(request, timeout=FETCH_TIMEOUT_S) as answer:
                data, date = bytearray(), answer.headers.get("Date", "")
                while not breaks_off.is_set() and (piece := answer.read1(min(FETCH_PIECE, order.size + 1 - len(data)))):
                    data += piece
        except urllib.error.HTTPError as error:
            error.close()
            raise NotFetched(f"the server answers {error.code}") from error
        except (OSError, ValueError) as error:
            raise NotFetched(type(error).__name__) from error
        if len(data) != order.size or hashlib.sha256(data).hexdigest() != order.sha256:
            raise NotFetched("what came is not what was announced")
        return bytes(data), date

    def _opener(self) -> urllib.request.OpenerDirector:
        return urllib.request.build_opener(_NoRedirect, urllib.request.ProxyHandler({}), urllib.request.HTTPSHandler(context=self.settings.tls()))

    def _ask_time(self) -> str:
        """Return the `Date` of whatever the server answers; empty when it answers nothing. In a thread."""
        try:
            with self._opener().open(f"{self.settings.server}/health", timeout=FETCH_TIMEOUT_S) as answer:
                return str(answer.headers.get("Date", ""))
        except urllib.error.HTTPError as error:
            error.close()
            return str(error.headers.get("Date", ""))
        except (OSError, ValueError):
            return ""

    def _report(self, body: dict[str, Any]) -> None:
        number = uuid.uuid4().hex
        self.player.report(number, body)
        self._say_report(self.player.reports[number])

    # Playing

    async def _play(self) -> None:
        while True:
            self._leave_out()
            await self._turn_to(self.player.choose(self.now_s(), present=self.store.present, playing=self.playing.order.id if self.playing else ""))
            try:
                await self._sound()
                self._fault("no_sound", False)
            except NoSound as error:
                logger.warning("%s", error)
                self._fault("no_sound", True)
                await asyncio.sleep(2)

    def _leave_out(self) -> None:
        # By a clock that may be hours wrong nothing is left out for good: what is over does not sound meanwhile either.
        if not self.clock.is_sure:
            return
        now = self.now_s()
        over = self.player.over(now)
        for order, why in over:
            if self.playing is not None and self.playing.order.id == order.id:
                continue  # what sounds may end its repetition
            self.interrupted = [one for one in self.interrupted if one.order.id != order.id]
            what = "played" if self.player.begun.get(order.id, 0) else "left_out"
            self._end(order, what, began_s=now, why=why)

    def _end(self, order: Order, what: str, *, began_s: float, why: str = "") -> None:
        number = uuid.uuid4().hex
        self.player.end(order, what, report=number, began_s=began_s, now_s=self.now_s(), why=why)
        self._keep()
        self.sink.note(what=what, order=order.id, why=why)
        self._say_report(self.player.reports[number])

    async def _turn_to(self, order: Order | None) -> None:
        """Let another order sound: interrupt what sounds, take up what was interrupted, or fall silent."""
        if self.stops:
            self.stops = False
            if self.playing is not None:
                playing, self.playing = self.playing, None
                await self.sink.hush()
                self._end(playing.order, "stopped", began_s=playing.began_s)
            return
        if self.playing is not None and (order is None or order.id != self.playing.order.id):
            await self.sink.hush()
            if self.playing.order.id in self.player.orders:
                self.playing.at = max(0, self.playing.at - STEP_BACK * 2)
                self.interrupted.append(self.playing)
                self.sink.note(what="interrupted", order=self.playing.order.id)
            else:
                self.sink.note(what="withdrawn", order=self.playing.order.id)
            self.playing = None
        if order is None or self.playing is not None:
            return
        waiting = next((one for one in self.interrupted if one.order.id == order.id), None)
        if waiting is not None:
            self.interrupted.remove(waiting)
            self.playing = waiting
            self.sink.note(what="resumed", order=order.id)
            return
        try:
            samples = self.store.get(order.sha256)
        except ValueError:
            logger.warning("a sound was damaged; it is fetched again")
            return
        now = self.now_s()
        self.player.begin(order, now)
        self._keep()
        self.playing = Playing(order, samples, now)
        self.sink.note(what="begins", order=order.id, sha256=order.sha256)

    async def _sound(self) -> None:
        """Let the next tenth of a second sound."""
        playing = self.playing
        if playing is None:
            if self.test:
                piece, self.test = self.test[: PIECE * 2], self.test[PIECE * 2 :]
                await self.sink.write(piece)
                if not self.test:
                    await self.sink.finish()
                    self.sink.note(what="test")
                    self.tested = self.test_number
                    self.beat_now.set()
                return
            await asyncio.sleep(LOOK_EVERY_S)
            return
        if playing.rests_until:
            if time.monotonic() < playing.rests_until:
                await asyncio.sleep(LOOK_EVERY_S)
                return
            playing.rests_until = 0.0
        piece = playing.samples[playing.at : playing.at + PIECE * 2]
        volume = self.player.volume if playing.order.volume is None else playing.order.volume
        await self.sink.write(scaled(piece, volume))
        playing.at += len(piece)
        if playing.at >= len(playing.samples):
            await self._played_once(playing)

    async def _played_once(self, playing: Playing) -> None:
        self.player.played_once(playing.order)
        self._keep()
        self.sink.note(what="once", order=playing.order.id)
        if self.player.may_repeat(playing.order, self.now_s()):
            playing.at, playing.rests_until = 0, time.monotonic() + playing.order.pause_s
            return
        self.playing = None
        if not self.interrupted:
            await self.sink.finish()
        self._end(playing.order, "played", began_s=playing.began_s)


def main(arguments: Sequence[str]) -> int:
    """Run `liengia speaker`; returns the exit code."""
    parser = argparse.ArgumentParser(prog="liengia speaker", description="Play a cluster of loudspeakers.")
    parser.add_argument("--sink", default="aplay", help="aplay, aplay:DEVICE, file:PATH to play into a WAV file, or none to play without a sound")
    options = parser.parse_args(arguments)
    logging.basicConfig(level=os.environ.get("LIENGIA_LOG", "INFO"), format="%(asctime)s %(message)s")
    try:
        settings, sink = Settings.read(), open_sink(options.sink)
    except (env.BadSetting, ValueError) as error:
        sys.stderr.write(f"{error}\n")
        return 1

    async def run() -> None:
        stop = asyncio.Event()
        for number in (signal.SIGTERM, signal.SIGINT):
            asyncio.get_running_loop().add_signal_handler(number, stop.set)
        await Box(settings, sink).run(stop)

    asyncio.run(run())
    return 0
