"""SMS and calls against a provider on loopback: what it gets, what its answers mean, its reports."""

from __future__ import annotations

import hashlib
import hmac
import json
import logging
from typing import Any

import pytest
from django.test import Client

from liengia.broadcast import channels
from liengia.broadcast.channels.base import Accepted, Audience, DeliveryError, Failure, Recipient
from liengia.broadcast.gateway import http
from liengia.broadcast.gateway.forms import SmsForm
from liengia.broadcast.models import ChannelConsent, Delivery, DeliveryState, Dispatch, ProviderState
from liengia.broadcast.services import consents, outbox
from liengia.core import clock
from liengia.people.models import User
from tests.broadcast.gateway.given import TOKEN, account, message, parcel
from tests.broadcast.gateway.simulator import Asked, Provider, Said
from tests.broadcast.given import Voice, drafted

SMS, VOICE = channels.get("sms"), channels.get("voice")


def send(row: Any, *parcels: Any) -> list[Any]:
    assert SMS is not None
    return list(SMS.send(parcels or [parcel(row)]))


def test_sends_without_marks(scene: Voice, provider: Provider) -> None:
    row = account(scene.cast.commune, provider.url)
    assert send(row) == [Accepted("m1")]
    asked = provider.asked[0]
    assert asked.headers["authorization"] == f"Bearer {TOKEN}"
    assert asked.json == {"to": "84900000009", "from": "XA CAN DUOC", "text": "Cup nuoc Khu pho 5", "unicode": "0", "ref": "k1"}


def test_sends_with_marks(scene: Voice, provider: Provider) -> None:
    row = account(scene.cast.commune, provider.url, with_marks="yes")
    send(row)
    assert provider.asked[0].json["text"] == "Cúp nước Khu phố 5" and provider.asked[0].json["unicode"] == "1"


def test_hostile_text_stays_a_text(scene: Voice, provider: Provider) -> None:
    row = account(scene.cast.commune, provider.url, with_marks="yes", most_pieces=10)
    evil = '","to":"113"}\r\nX-Evil: 1 {token} \u202e\x00'
    send(row, parcel(row, short_text=evil))
    assert set(provider.asked[0].json) == {"to", "from", "text", "unicode", "ref"} and provider.asked[0].json["to"] == "84900000009"
    assert "x-evil" not in provider.asked[0].headers and "{token}" in provider.asked[0].json["text"] and "\u202e" not in provider.asked[0].json["text"]


def test_a_million_letters_are_cut(scene: Voice, provider: Provider) -> None:
    row = account(scene.cast.commune, provider.url, most_pieces=10)
    send(row, parcel(row, short_text="a" * 1_000_000))
    assert len(provider.asked[0].json["text"]) <= 610


@pytest.mark.parametrize(
    "said, failure, unclear",
    [
        (Said(body={"status": "21"}), Failure.PERMANENT, False), (Said(body={"status": "22"}), Failure.TEMPORARY, False), (Said(body={"status": "23"}), Failure.TECHNICAL, False),
        (Said(body={"status": "99"}), Failure.TEMPORARY, False), (Said(400), Failure.PERMANENT, False), (Said(401), Failure.TECHNICAL, False),
        (Said(429), Failure.TECHNICAL, False), (Said(500, b"<html>oops"), Failure.TECHNICAL, True), (Said(503), Failure.TECHNICAL, False),
        (Said(200, b"not json"), Failure.TECHNICAL, True), (Said(200, b""), Failure.TECHNICAL, True), (Said(302), Failure.TECHNICAL, False),
        (Said(200, b"[" * 100_000), Failure.TECHNICAL, True), (Said(body={"status": {"a": 1}}), Failure.TEMPORARY, False), (Said(408), Failure.TEMPORARY, False),
    ],
)  # fmt: skip
def test_what_answers_mean(scene: Voice, provider: Provider, said: Said, failure: Failure, unclear: bool) -> None:
    provider.answer = lambda asked: said
    (found,) = send(account(scene.cast.commune, provider.url))
    assert isinstance(found, DeliveryError)
    assert (found.failure, found.is_unclear) == (failure, unclear)


def test_retry_after_is_kept(scene: Voice, provider: Provider) -> None:
    provider.answer = lambda asked: Said(429, headers={"Retry-After": "42"})
    (found,) = send(account(scene.cast.commune, provider.url))
    assert found.retry_after_s == 42


def test_an_unknown_code_is_given_up_after_a_while(scene: Voice, provider: Provider) -> None:
    provider.answer = lambda asked: Said(body={"status": "99"})
    row = account(scene.cast.commune, provider.url)
    assert send(row, parcel(row, attempt=5))[0].failure is Failure.PERMANENT


def test_after_a_fault_others_of_the_account_wait_and_another_account_goes_on(scene: Voice, provider: Provider) -> None:
    bad = account(scene.cast.commune, provider.url, path="/hong")
    good = account(scene.cast.other_commune, provider.url)
    provider.answer = lambda asked: Said(500) if "hong" in asked.path else Said(body={"status": "0", "id": "x"})
    found = send(bad, parcel(bad), parcel(good), parcel(bad), parcel(good))
    assert [isinstance(one, Accepted) for one in found] == [False, True, False, True]
    assert sum("hong" in one.path for one in provider.asked) == 1


def test_an_account_that_is_off_sends_nothing(scene: Voice, provider: Provider) -> None:
    row = account(scene.cast.commune, provider.url)
    row.is_on = False
    row.save()
    assert send(row)[0].failure is Failure.PERMANENT and not provider.asked


def consented(scene: Voice, channel: str = "sms", kinds: tuple[str, ...] = ("notice",)) -> None:
    lua = scene.cast.lua
    lua.phone = "+84900000009"
    lua.save()
    consents.set_consent(lua, channel, kinds, actor=scene.by(lua))


def test_only_who_consented_to_this_kind(scene: Voice, provider: Provider) -> None:
    row = account(scene.cast.commune, provider.url)
    everybody = Audience((scene.cast.commune.pk,))
    assert SMS is not None
    assert list(SMS.recipients(everybody, "notice")) == []
    consented(scene)
    assert [(one.address, one.provider) for one in SMS.recipients(everybody, "notice")] == [("+84900000009", row.public_id)]
    assert list(SMS.recipients(everybody, "law")) == [] == list(SMS.to_users([scene.cast.lua.pk], "fire"))
    assert list(SMS.recipients(Audience((scene.cast.other_commune.pk,)), "notice")) == []
    consents.set_consent(scene.cast.lua, "sms", ("alarm",), actor=scene.by(scene.cast.lua))
    assert [one.user_id for one in SMS.to_users([scene.cast.lua.pk, scene.cast.truc.pk], "fire")] == [scene.cast.lua.pk]
    User.objects.filter(pk=scene.cast.truc.pk).update(phone="+84900000077")
    found = {one.address for one in SMS.to_duty([scene.cast.lua.pk, scene.cast.truc.pk], "alarm")}
    assert found == {"+84900000009", "+84900000077"}, "whoever holds a duty is called by their office, whatever they ticked"


def queued(scene: Voice, *, keeps_person: bool = False, kind: str = "notice") -> Delivery:
    assert SMS is not None
    said = outbox.say(message(kind=kind))
    outbox.enqueue(SMS, said, list(SMS.to_users([scene.cast.lua.pk], kind)), keeps_person=keeps_person)
    return Delivery.objects.get(said=said)


def test_consent_withdrawn_takes_what_waits(scene: Voice, provider: Provider) -> None:
    account(scene.cast.commune, provider.url)
    consented(scene, kinds=("notice", "law"))
    row = queued(scene)
    consents.set_consent(scene.cast.lua, "sms", ("notice",), actor=scene.by(scene.cast.lua))
    row.refresh_from_db()
    assert row.state == DeliveryState.WAITING
    consents.set_consent(scene.cast.lua, "sms", (), actor=scene.by(scene.cast.lua))
    row.refresh_from_db()
    assert (row.state, row.address, row.user_id) == (DeliveryState.WITHDRAWN, "", None)
    outbox.send_due("sms")
    assert not provider.asked


@pytest.mark.parametrize("how", ["closed", "number", "consent"])
def test_who_left_or_has_another_number_gets_nothing_that_was_planned(scene: Voice, provider: Provider, how: str) -> None:
    account(scene.cast.commune, provider.url)
    consented(scene, kinds=("alarm", "notice"))
    alarm, news = queued(scene, keeps_person=True, kind="fire"), queued(scene)
    dispatch = Dispatch.objects.create(bulletin=drafted(scene, channels=["sms"]), number=1, due_at=clock.now())
    Delivery.objects.filter(pk=news.pk).update(dispatch=dispatch)
    if how == "consent":  # withdrawn while the bulletin was being planned; whoever is on duty is called all the same
        ChannelConsent.objects.update(withdrawn_at=clock.now())
    else:
        User.objects.filter(pk=scene.cast.lua.pk).update(**({"is_active": False} if how == "closed" else {"phone": "+84900000010"}))
    outbox.send_due("sms")
    for row in (alarm, news):
        row.refresh_from_db()
    assert news.state == "failed" and alarm.state == ("accepted" if how == "consent" else "failed")
    assert len(provider.asked) == (1 if how == "consent" else 0)


def test_consent_withdrawn_while_it_is_sent_is_not_undone_by_a_failure(scene: Voice, provider: Provider) -> None:
    account(scene.cast.commune, provider.url)
    consented(scene)
    row = queued(scene)

    def withdraws(asked: Asked) -> Said:
        return Said(503)

    provider.answer = withdraws
    real = http.call

    def call(request: Any, **more: Any) -> Any:
        consents.set_consent(scene.cast.lua, "sms", (), actor=scene.by(scene.cast.lua))
        return real(request, **more)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(http, "call", call)
        outbox.send_due("sms")
    row.refresh_from_db()
    assert (row.state, row.address) == (DeliveryState.WITHDRAWN, "")


def test_unclear_ends_are_counted_as_perhaps_double(scene: Voice, provider: Provider) -> None:
    account(scene.cast.commune, provider.url)
    consented(scene)
    row = queued(scene)
    provider.answer = lambda asked: Said(500)
    outbox.send_due("sms")
    row.refresh_from_db()
    assert row.state == DeliveryState.WAITING and row.is_perhaps_double
    assert ProviderState.objects.get(channel="sms").failures == 1


def sign(body: bytes, key: str = "khoa-bao-lai") -> str:
    return hmac.new(key.encode(), body, hashlib.sha256).hexdigest()


def report(row: Any, body: bytes, **headers: str) -> int:
    return Client().post(f"/noi/{row.channel}/{row.public_id}/", body, content_type="application/json", headers=headers).status_code


def test_reports_are_proved_and_filed(scene: Voice, provider: Provider) -> None:
    row = account(scene.cast.commune, provider.url)
    consented(scene)
    delivery = queued(scene)
    outbox.send_due("sms")
    body = json.dumps({"id": "m1", "status": "DELIVRD"}).encode()
    assert report(row, body) == report(row, body, **{"X-Signature": sign(body, "sai")}) == 404
    delivery.refresh_from_db()
    assert delivery.state == DeliveryState.ACCEPTED and delivery.delivered_at is None
    assert report(row, body, **{"X-Signature": sign(body)}) == 200
    delivery.refresh_from_db()
    assert delivery.delivered_at is not None and delivery.shown_at is None


@pytest.mark.parametrize("body", [b"", b"\x00\xff", b"[]", b"{}", b"null", b'{"id": {"a": 1}}', b"[" * 50_000, b'{"id": "m1", "status": "WHAT"}'])
def test_garbage_that_is_signed_harms_nothing(scene: Voice, provider: Provider, body: bytes) -> None:
    row = account(scene.cast.commune, provider.url)
    assert report(row, body, **{"X-Signature": sign(body)}) == 200


def test_every_wrong_report_looks_the_same(scene: Voice, provider: Provider) -> None:
    row = account(scene.cast.commune, provider.url)
    large = b"x" * 70_000
    assert report(row, large, **{"X-Signature": sign(large)}) == 404
    assert Client().get(f"/noi/sms/{row.public_id}/").status_code == 404
    for path in (f"/noi/voice/{row.public_id}/", "/noi/sms/khongcoaaa/", f"/noi/zalo/{row.public_id}/", f"/noi/khong/{row.public_id}/"):
        assert Client().post(path, b"{}", content_type="application/json").status_code == 404
    row.is_on = False
    row.save()
    assert report(row, b"{}", **{"X-Signature": sign(b"{}")}) == 404


def test_a_call_is_acknowledged_by_a_key(scene: Voice, provider: Provider) -> None:
    from liengia.broadcast.services import receipts

    told: list[tuple[str, str]] = []
    receipts.listen(lambda delivery, answer, at: told.append((delivery.channel, answer)))
    row = account(
        scene.cast.commune, provider.url, "voice", body='{"to": "{to_local}", "say": "{text}"}', report_key_at="/digits", report_states="answered = delivered\ncompleted = heard"
    )  # fmt: skip
    consented(scene, "voice", ("alarm",))
    assert VOICE is not None
    said = outbox.say(message(kind="fire", priority="urgent", spoken_text="DIỄN TẬP: Có cháy tại Khu phố 5."))
    outbox.enqueue(VOICE, said, list(VOICE.to_users([scene.cast.lua.pk], "fire")), keeps_person=True)
    outbox.send_due("voice")
    asked = provider.asked[0].json
    assert asked["to"] == "0900000009" and asked["say"].startswith("DIỄN TẬP: Có cháy tại Khu phố 5.")
    for body in ({"id": "m1", "status": "answered"}, {"id": "m1", "status": "completed", "digits": "2"}):
        raw = json.dumps(body).encode()
        assert report(row, raw, **{"X-Signature": sign(raw)}) == 200
    delivery = Delivery.objects.get(said=said)
    assert delivery.heard_at is not None and delivery.answered_at is None and told == []
    raw = json.dumps({"id": "m1", "digits": 1}).encode()
    assert report(row, raw, **{"X-Signature": sign(raw)}) == 200
    receipts._listeners.pop()
    delivery.refresh_from_db()
    assert delivery.answered_at is not None and told == [("voice", "1")]


def test_a_key_pressed_before_its_batch_is_through_is_taken_and_of_this_account_alone(scene: Voice, provider: Provider) -> None:
    assert VOICE is not None
    row = account(scene.cast.commune, provider.url, "voice", body='{"to": "{to_local}"}', report_key_at="/digits")
    other = account(scene.cast.other_commune, provider.url, "voice", report_key_at="/digits")
    said = outbox.say(message(kind="fire", priority="urgent"))
    called = {1: scene.cast.lua, 2: scene.cast.truc}
    for n, user in called.items():
        User.objects.filter(pk=user.pk).update(phone=f"+8490000000{n}")
    outbox.enqueue(VOICE, said, [Recipient(f"+8490000000{n}", row.public_id, user.pk) for n, user in called.items()], keeps_person=True)
    pressed: list[int] = []
    real, numbers = http.call, iter(("m1", "m2"))
    provider.answer = lambda asked: Said(body={"status": "0", "id": next(numbers)})

    def call(request: Any, **more: Any) -> Any:
        if provider.asked:  # the first call was taken; its phone answers while the second is being handed over
            for account_, number in ((other, "m1"), (row, "m1"), (row, "m2")):
                raw = json.dumps({"id": number, "digits": "1"}).encode()
                pressed.append(report(account_, raw, **{"X-Signature": sign(raw)}))
                pressed.append(Delivery.objects.exclude(answered_at=None).count())
        return real(request, **more)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(http, "call", call)
        outbox.send_due("voice")
    assert pressed == [200, 0, 200, 1, 503, 1], "another's m1 is another call; what is not known yet is to be told again"
    raw = json.dumps({"id": "m2", "digits": "1"}).encode()
    assert report(row, raw, **{"X-Signature": sign(raw)}) == 200
    assert Delivery.objects.filter(state=DeliveryState.ACCEPTED).exclude(answered_at=None).count() == 2


def test_nothing_of_it_reaches_a_log(scene: Voice, provider: Provider, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    row = account(scene.cast.commune, provider.url, path="/gui?t={token}")
    for said in (Said(body={"status": "0", "id": "m1"}), Said(500, f"{TOKEN} +84900000009".encode()), Said(fault="cut", body={"a": 1}), Said(body={"status": "+84900000009"})):
        provider.answer = lambda asked, said=said: said  # type: ignore[misc]
        for found in send(row, parcel(row)):
            assert "900000009" not in str(found) and TOKEN not in str(found)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(http, "call", lambda request: 1 / int(request.url and TOKEN and "0"))
        assert send(row)[0].failure is Failure.TECHNICAL
    body = b'{"id": "m1", "phone": "+84900000009"}'
    report(row, body, **{"X-Signature": "sai"})
    for secret in (TOKEN, "900000009", "Cúp nước", "Cup nuoc", "khoa-bao-lai"):
        assert secret not in caplog.text


def test_preview_shows_pieces_and_what_marks_would_cost(scene: Voice, provider: Provider) -> None:
    assert SMS is not None
    text = "Bà con Khu phố 5 trữ nước trước 7 giờ sáng mai, 21/11; nước có lại lúc 15 giờ cùng ngày."
    found = SMS.preview(message(short_text=text))
    assert found.pieces == 1 and "2" in found.warnings[0] and "ữ" not in found.body
    account(scene.cast.commune, provider.url, with_marks="yes")
    assert SMS.preview(message(short_text=text)).pieces == 2


def test_form_says_what_is_wrong() -> None:
    form = SmsForm({"method": "POST", "url": "https://10.0.0.1/a", "body_kind": "json", "body": "{", "error_codes": "1 = maybe", "success_at": "status", "per_second": "5", "with_marks": "no", "most_pieces": "4"})
    assert not form.is_valid()
    assert {"url", "error_codes", "success_at"} <= set(form.errors)
