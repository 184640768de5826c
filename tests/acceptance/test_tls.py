"""TLS for web and MQTT by two settings."""

from __future__ import annotations

import asyncio
import json
import ssl
import time
import urllib.request
from pathlib import Path

import aiomqtt
import pytest

from tests.acceptance.certificates import certificate
from tests.acceptance.installations import GROUP_OF, Installation

pytestmark = pytest.mark.broker


class Secured(Installation):
    """An installation that is asked by HTTPS."""

    context: ssl.SSLContext

    def health(self) -> int:
        """Ask by HTTPS."""
        try:
            url = f"https://localhost:{self.ports['LIENGIA_PORT']}/health"
            with urllib.request.urlopen(url, timeout=3, context=self.context) as answer:
                return int(answer.status)
        except OSError:
            return 0


def test_web_and_devices_speak_tls_by_two_settings(tmp_path: Path) -> None:
    cert, key = certificate(tmp_path)
    up = Secured(tmp_path, LIENGIA_TLS_CERT=str(cert), LIENGIA_TLS_KEY=str(key), LIENGIA_PUBLIC_URL="https://localhost")
    up.context = ssl.create_default_context(cafile=str(cert))
    try:
        up.start()
        group, device, _kind, username, password = up.python(GROUP_OF.format(houses=1))[0]
        port = up.ports["LIENGIA_MQTT_PORT"]

        async def scene() -> None:
            with pytest.raises(aiomqtt.MqttError):
                async with aiomqtt.Client("127.0.0.1", port, username=username, password=password, timeout=3):
                    pass
            until = time.monotonic() + 15
            while True:
                try:
                    async with aiomqtt.Client(
                        "127.0.0.1", port, username=username, password=password, tls_context=up.context, timeout=5
                    ) as siren:
                        await siren.publish(f"lg/{group}/press/{device}", b"fire", qos=1)
                        await siren.subscribe(f"lg/{group}/state")
                        async with asyncio.timeout(15):
                            async for message in siren.messages:
                                if json.loads(bytes(message.payload))["state"] == "ringing":
                                    return
                except aiomqtt.MqttError:
                    assert time.monotonic() < until, "the device is let in"
                    await asyncio.sleep(0.3)

        asyncio.run(scene())
    finally:
        up.stop()
