"""Only public https hosts, one hard end, no redirect."""

from __future__ import annotations

import socket
import time
from typing import Any

import pytest

from liengia.broadcast.gateway import http
from liengia.broadcast.gateway.http import NotAllowed, NotReached, Request, Unclear
from tests.broadcast.gateway.simulator import Provider, Said


def test_loopback_needs_the_setting(provider: Provider, settings: Any) -> None:
    assert http.call(Request("GET", provider.url)).status == 200
    settings.GATEWAY_LOOPBACK = False
    with pytest.raises(NotAllowed):
        http.call(Request("GET", provider.url))


def test_a_public_name_that_stands_for_a_private_host(monkeypatch: pytest.MonkeyPatch) -> None:
    for private in ("127.0.0.1", "10.1.2.3", "169.254.169.254", "100.64.0.1", "::1", "fd00::1", "::ffff:192.168.1.1", "64:ff9b::a00:1", "224.0.0.1"):
        family = socket.AF_INET6 if ":" in private else socket.AF_INET
        monkeypatch.setattr(socket, "getaddrinfo", lambda *a, p=private, f=family, **k: [(f, socket.SOCK_STREAM, 6, "", (p, 443))])
        with pytest.raises(NotAllowed):
            http.call(Request("GET", "https://sms.example.vn/"))


def test_hosts_may_be_listed(settings: Any) -> None:
    settings.GATEWAY_HOSTS = ["example.vn"]
    http.check_address("https://sms.example.vn/a")
    for url in ("https://example.com/", "https://badexample.vn/", "https://example.vn.evil.com/"):
        with pytest.raises(NotAllowed):
            http.check_address(url)


@pytest.mark.parametrize("fault", ["hang", "drip", "cut"])
def test_ends_whatever_the_provider_does(provider: Provider, fault: str) -> None:
    provider.answer = lambda asked: Said(body={"a": 1}, fault=fault)
    began = time.monotonic()
    with pytest.raises(Unclear):
        http.call(Request("POST", provider.url, {}, b"x"), timeout_s=0.3)
    assert time.monotonic() - began < 3


def test_nothing_listens(provider: Provider) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    with pytest.raises(NotReached):
        http.call(Request("GET", f"http://127.0.0.1:{port}/"))


def test_follows_no_redirect(provider: Provider) -> None:
    provider.answer = lambda asked: Said(302, headers={"Location": f"{provider.url}/other"})
    assert http.call(Request("GET", provider.url)).status == 302
    assert len(provider.asked) == 1


def test_too_large_an_answer(provider: Provider) -> None:
    provider.answer = lambda asked: Said(body=b"x" * (http.LARGEST_ANSWER + 10))
    with pytest.raises(Unclear):
        http.call(Request("GET", provider.url))
