"""Doors for players and other makes: sounds by credential or token, signed orders out, signed reports back."""

from __future__ import annotations

import base64
import hashlib
import http.server
import json
import threading
import time
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.core.cache import cache
from django.test import Client

from liengia.broadcast.channels.base import Accepted, Audience, BadSignature, DeliveryError, Failure
from liengia.broadcast.channels.loudspeaker import webhook
from liengia.broadcast.models import Delivery, PlayOrder, PlayReport, SpeakerCluster
from liengia.broadcast.services import outbox, speakers
from liengia.core.errors import Invalid, Refused
from liengia.core.worker import chores
from tests.broadcast.speakers.given import NOW, Place, loud, message, parcel
from tests.cast import TESTER


def basic(device: str, password: str) -> dict[str, Any]:
    return {"HTTP_AUTHORIZATION": "Basic " + base64.b64encode(f"{device}:{password}".encode()).decode()}


# Sounds


def test_a_player_fetches_what_its_own_cluster_is_to_play(here: Place, client: Client) -> None:
    loud().send([parcel(here.market)])
    order = PlayOrder.objects.get()
    mine, theirs = speakers.mint_credential(here.market, actor=TESTER), speakers.mint_credential(here.bridge, actor=TESTER)
    address = f"/loa/am-thanh/{order.audio.sha256}.wav"
    answer = client.get(address, **basic(mine.device, mine.password))
    assert answer.status_code == 200
    assert hashlib.sha256(b"".join(answer.streaming_content)).hexdigest() == order.audio.sha256
    for wrong in ({}, basic(theirs.device, theirs.password), basic(mine.device, "x"), basic(mine.device, mine.password + "x" * 100),
                  basic("", ""), {"HTTP_AUTHORIZATION": "Basic %%%"}, {"HTTP_AUTHORIZATION": "Bearer x"}):  # fmt: skip
        assert client.get(address, **wrong).status_code == 404
    assert client.get(f"/loa/am-thanh/{'0' * 64}.wav", **basic(mine.device, mine.password)).status_code == 404
    loud().withdraw(order.subject)
    assert client.get(address, **basic(mine.device, mine.password)).status_code == 404


def test_a_revoked_credential_fetches_nothing(here: Place, client: Client) -> None:
    loud().send([parcel(here.market)])
    address = f"/loa/am-thanh/{PlayOrder.objects.get().audio.sha256}.wav"
    old = speakers.mint_credential(here.market, actor=TESTER)
    speakers.mint_credential(here.market, actor=TESTER)
    assert client.get(address, **basic(old.device, old.password)).status_code == 404


# Another make


class Taker(http.server.BaseHTTPRequestHandler):
    """A cluster of another make."""

    status, seen, headers_out = 200, [], {}

    def do_POST(self) -> None:
        if self.path.endswith("/treo"):
            time.sleep(0.6)
        body = self.rfile.read(int(self.headers["Content-Length"]))
        type(self).seen.append((self.path, self.headers[webhook.HEADER], body))
        self.send_response(self.status)
        for name, value in self.headers_out.items():
            self.send_header(name, value)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *args: object) -> None:
        """Be silent."""


@pytest.fixture
def taker(settings: Any) -> Iterator[Any]:
    settings.OUTSIDE_LOOPBACK = True
    handler = type("Handler", (Taker,), {"seen": [], "headers_out": {}})
    running = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
    thread = threading.Thread(target=running.serve_forever, daemon=True)
    thread.start()
    handler.url = f"http://127.0.0.1:{running.server_port}/loa"  # type: ignore[attr-defined]
    yield handler
    running.shutdown()
    running.server_close()
    thread.join()


@pytest.fixture
def foreign(here: Place, taker: Any) -> SpeakerCluster:
    return speakers.add_cluster(here.hamlet, name="Cụm của hãng khác", make="webhook", webhook_url=taker.url, actor=TESTER)


def test_another_make_is_told_by_a_signed_order_and_fetches_by_token(foreign: SpeakerCluster, taker: Any, client: Client) -> None:
    (outcome,) = loud().send([parcel(foreign)])
    assert isinstance(outcome, Accepted)
    ((_path, signature, body),) = taker.seen
    webhook.check(foreign.webhook_secret, body, signature, NOW)
    said = json.loads(body)
    assert (said["do"], said["order"], said["volume"], said["times"]) == ("play", PlayOrder.objects.get().public_id, 70, 1)
    path = "/loa/ngoai/" + said["sound"].rsplit("/", 1)[1]
    answer = client.get(path)
    assert answer.status_code == 200
    assert b"".join(answer.streaming_content).startswith(b"RIFF")  # type: ignore[arg-type]
    assert client.get(path.replace(".wav", "x.wav")).status_code == 404
    with time_machine.travel(NOW + timedelta(hours=25), tick=False):
        assert client.get(path).status_code == 404
    loud().withdraw("bulletin:aaaaaaaaaa")
    assert json.loads(taker.seen[1][2])["do"] == "withdraw"


def test_another_make_is_told_half_a_day_ahead_and_once(foreign: SpeakerCluster, here: Place, taker: Any) -> None:
    at = NOW + timedelta(hours=11)
    planned = [(parcel(foreign, "soon", expires_at=at + timedelta(hours=3)), at), (parcel(foreign, "tomorrow", expires_at=None), NOW + timedelta(hours=13))]
    taker.status = 503
    assert loud().order_ahead(planned) == 1 and PlayOrder.objects.get().told_at is None
    taker.status = 200
    assert [loud().order_ahead(planned), loud().order_ahead(planned)] == [0, 0]
    said = [json.loads(body) for _path, _signature, body in taker.seen]
    assert len(said) == 2 and {one["order"] for one in said} == {PlayOrder.objects.get().public_id}, "asked again until it is taken, then no more"
    assert said[1]["play_at"] == at.isoformat() and said[1]["expires_at"] == (at + timedelta(hours=3)).isoformat()
    with time_machine.travel(at, tick=False):
        (outcome,) = loud().send([planned[0][0]])
        assert isinstance(outcome, Accepted) and len(taker.seen) == 2, "due, it holds it already"
    loud().withdraw("bulletin:aaaaaaaaaa")
    assert json.loads(taker.seen[2][2]) == {"do": "withdraw", "order": said[0]["order"], "cluster": foreign.public_id}


def test_another_make_that_changes_is_told_anew_at_its_own_door(foreign: SpeakerCluster, taker: Any, django_capture_on_commit_callbacks: Any) -> None:
    planned = [(parcel(foreign, "soon", expires_at=None), NOW + timedelta(hours=2))]
    loud().order_ahead(planned)
    with django_capture_on_commit_callbacks(execute=True):
        speakers.change_cluster(foreign, volume=40, webhook_url=f"{taker.url}/moi", actor=TESTER)
    loud().order_ahead(planned)
    said = [(path, json.loads(body)) for path, _signature, body in taker.seen]
    assert [(path, one["do"], one.get("volume")) for path, one in said] == [("/loa", "play", 70), ("/loa", "withdraw", None), ("/loa/moi", "play", 40)]
    with django_capture_on_commit_callbacks(execute=True):
        speakers.change_cluster(foreign, is_on=False, actor=TESTER)
    assert json.loads(taker.seen[3][2])["do"] == "withdraw", "what is switched off plays nothing that it was told before"


@pytest.mark.parametrize(("status", "headers", "failure", "retry"), [
    (500, {}, Failure.TECHNICAL, None), (503, {"Retry-After": "30"}, Failure.TECHNICAL, 30.0), (429, {"Retry-After": "7"}, Failure.TEMPORARY, 7.0), (404, {}, Failure.PERMANENT, None),
    (401, {}, Failure.TECHNICAL, None), (302, {"Location": "http://127.0.0.1:1/"}, Failure.TECHNICAL, None), (429, {"Retry-After": "soon"}, Failure.TEMPORARY, None),
    (429, {"Retry-After": "999999"}, Failure.TEMPORARY, 3600.0), (503, {"Retry-After": "Fri, 31 Dec 9999 23:59:59 GMT"}, Failure.TECHNICAL, 3600.0),
])  # fmt: skip
def test_what_another_make_answers_decides_what_follows(status: int, headers: dict[str, str], failure: Failure, retry: float | None, foreign: SpeakerCluster, taker: Any) -> None:
    taker.status, taker.headers_out = status, headers
    (outcome,) = loud().send([parcel(foreign)])
    assert isinstance(outcome, DeliveryError)
    assert (outcome.failure, outcome.retry_after_s) == (failure, retry)
    assert taker.url not in outcome.words
    taker.status, taker.headers_out = 200, {}
    (again,) = loud().send([parcel(foreign)])
    assert isinstance(again, Accepted)
    assert PlayOrder.objects.count() == 1


def test_another_make_that_hangs_holds_up_nobody(foreign: SpeakerCluster, here: Place, taker: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(webhook, "TIMEOUT_S", 0.3)
    second = speakers.add_cluster(here.hamlet, name="Cụm khác nữa", make="webhook", webhook_url=taker.url, actor=TESTER)
    SpeakerCluster.objects.filter(pk=foreign.pk).update(webhook_url=taker.url + "/treo")
    ordered: list[int] = []
    ask = webhook.client.ask
    monkeypatch.setattr(webhook.client, "ask", lambda questions: ordered.append(PlayOrder.objects.count()) or ask(questions))
    hung, ours, theirs = loud().send([parcel(foreign), parcel(here.market), parcel(second)])
    assert isinstance(hung, DeliveryError) and hung.failure is Failure.TECHNICAL
    assert isinstance(ours, Accepted) and isinstance(theirs, Accepted)
    assert ordered == [3], "all orders stand before anybody outside is asked, and all are asked together"
    # And the outbox gives them a thread of their own.
    said = outbox.say(message())
    outbox.enqueue(loud(), said, loud().recipients(Audience(unit_ids=(here.hamlet.pk,)), "notice"))
    assert outbox.send_due("loudspeaker", apart=False) == 2 and outbox.send_due("loudspeaker", apart=False) == 0
    assert Delivery.objects.waiting().count() == 2
    assert {"broadcast.send.loudspeaker", "broadcast.send.loudspeaker.apart"} <= {one.name for one in chores()}


def test_another_make_that_is_away_fails_alone(foreign: SpeakerCluster, here: Place) -> None:
    SpeakerCluster.objects.filter(pk=foreign.pk).update(webhook_url="http://127.0.0.1:1/")
    first, second = loud().send([parcel(foreign), parcel(here.market)])
    assert isinstance(first, DeliveryError)
    assert first.failure is Failure.TECHNICAL
    assert isinstance(second, Accepted)


@pytest.mark.parametrize("url", ["", "http://10.0.0.1/", "ftp://x.vn/", "file:///etc/passwd", "https://", "https://me:pw@x.vn/", "http://169.254.169.254/latest", "https://10.0.0.1/", "https://169.254.169.254/latest", "http://127.0.0.1:8222/", "https://loa/"])
def test_only_https_may_be_called(url: str, here: Place) -> None:
    assert not webhook.may_be_called(url)
    with pytest.raises(Invalid):
        speakers.add_cluster(here.hamlet, name="x", make="webhook", webhook_url=url, actor=TESTER)


def test_a_report_of_another_make_counts_once(foreign: SpeakerCluster, client: Client) -> None:
    cache.clear()
    loud().send([parcel(foreign)])
    body = json.dumps({"order": PlayOrder.objects.get().public_id, "what": "played"}).encode()
    address, good = f"/loa/bao/{foreign.public_id}/", webhook.sign(foreign.webhook_secret, body, NOW)

    def post(signature: str, raw: bytes = body) -> int:
        return client.post(address, raw, content_type="application/json", HTTP_LIENGIA_SIGNATURE=signature).status_code

    old = webhook.sign(foreign.webhook_secret, body, NOW - timedelta(minutes=6))
    for wrong in ("", "t=1,v1=" + "0" * 64, webhook.sign("another", body, NOW), old, good.replace("t=", "t=0")):
        assert post(wrong) == 404
    assert post(good, body + b" ") == 404
    assert post(good) == 204
    assert post(good) == 404  # the same again
    assert list(PlayReport.objects.values_list("outcome", flat=True)) == ["played"]
    unknown = json.dumps({"order": "nothing000", "what": "played"}).encode()
    assert post(webhook.sign(foreign.webhook_secret, unknown, NOW), unknown) == 404
    assert post(webhook.sign(foreign.webhook_secret, b"[" * 4000, NOW), b"[" * 4000) == 404
    assert post(webhook.sign(foreign.webhook_secret, b"x" * 5000, NOW), b"x" * 5000) == 404


def test_a_clusters_page_is_not_opened_by_an_empty_secret() -> None:
    with pytest.raises(BadSignature):
        webhook.check("", b"{}", webhook.sign("", b"{}", NOW), NOW)


# By hand


def test_what_is_played_by_hand_is_ticked_once(here: Place) -> None:
    loud().send([parcel(here.hand)])
    order = PlayOrder.objects.get()
    speakers.tick_played(order, actor=TESTER)
    with pytest.raises(Refused):
        speakers.tick_played(order, actor=TESTER)
    assert PlayReport.objects.get().outcome == "played"
    loud().send([parcel(here.market)])
    with pytest.raises(Refused):
        speakers.tick_played(PlayOrder.objects.get(cluster=here.market), actor=TESTER)


def test_a_make_by_hand_or_by_webhook_has_no_credential(here: Place) -> None:
    with pytest.raises(Refused):
        speakers.mint_credential(here.hand, actor=TESTER)
    speakers.mint_credential(here.market, actor=TESTER)
    speakers.change_cluster(here.market, make="by_hand", actor=TESTER)
    assert not here.market.credentials.filter(revoked_at=None).exists()
    with pytest.raises(Refused):
        speakers.tell_player(here.market, {"do": "test"}, actor=TESTER)

