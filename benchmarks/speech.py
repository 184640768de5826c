"""A text of 300 characters made into what a loudspeaker plays, beside espeak-ng alone on the same words.

    python -m benchmarks.speech
"""

from __future__ import annotations

import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
TEXT = (
    "Thông báo của Công an xã Cần Đước. 07h30 ngày 19/8, UBND xã và MTTQ mời bà con dự Ngày hội toàn dân bảo vệ ANTQ tại sân đình. Mấy hôm nay kẻ gian "
    "gọi điện xưng là công an, đòi chuyển 5.000.000 đồng. Bà con không chuyển tiền, không đọc mã OTP, gọi ngay 0272 3881 234 hoặc 113. Xin cảm ơn bà con."
)[:300]


def why_not() -> str:
    """Say what is missing on this machine."""
    return "" if shutil.which("espeak-ng") else "espeak-ng is not installed"


def speech(*, rounds: int = 15, database: str = "") -> dict[str, Any]:
    """Measure reading, speaking, levelling and keeping a text, each time another; and the voice alone as the floor."""
    with tempfile.TemporaryDirectory() as folder:
        environment = {**os.environ, "LIENGIA_DATA": folder, "DATABASE_URL": database, "DJANGO_SETTINGS_MODULE": "liengia.settings", "LIENGIA_NATS_PORT": "9"}
        command = [sys.executable, "-m", "benchmarks.speech", "--inside", str(rounds)]
        done = subprocess.run(command, env=environment, cwd=ROOT, check=True, stdout=subprocess.PIPE)
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def _inside(rounds: int) -> dict[str, Any]:
    import django

    django.setup()
    from liengia.broadcast.audio import making, sound, store
    from liengia.broadcast.speech.engines import load
    from liengia.broadcast.speech.reading import speakable

    engine, whole, floor, first_s, seconds = load("espeak_ng"), [], [], 0.0, 0.0
    for number in range(rounds + 1):
        began = time.perf_counter()
        words = speakable(f"{TEXT[:-4]} {number}.")
        made = making.finished(sound.resampled(sound.read_wav(engine.speak(words))))
        store.put(sound.write_wav(made))
        took = time.perf_counter() - began
        seconds = made.seconds
        began = time.perf_counter()
        engine.speak(words)
        if number:
            whole.append(took)
            floor.append(time.perf_counter() - began)
        else:
            first_s = took
    whole.sort()
    return {
        "characters": len(TEXT), "median_s": statistics.median(whole), "worst_s": whole[-1], "first_s": first_s, "floor_s": statistics.median(floor), "sounds_s": seconds,
    }  # fmt: skip


if __name__ == "__main__":
    if sys.argv[1:2] == ["--inside"]:
        print(json.dumps(_inside(int(sys.argv[2]))))
    else:
        print(json.dumps(speech(), indent=1))
