"""Official Account and bot against simulators: tokens that are used once, errors, reports, nothing in a log."""

from __future__ import annotations

import hashlib
import json
import logging
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from liengia.broadcast import channels
from liengia.broadcast.audiences import audience_of
from liengia.broadcast.channels.base import Accepted, DeliveryError, Failure, Recipient
from liengia.broadcast.channels.zalo_oa import tokens
from liengia.broadcast.models import ChannelAccount, Delivery, MsgType, ZaloGroup
from liengia.broadcast.services import accounts, bulletins, outbox, planning, receipts
from liengia.core import clock
from tests.broadcast.gateway.given import parcel
from tests.broadcast.gateway.simulator import Said
from tests.broadcast.given import Voice, approved
from tests.broadcast.webpush.test_transport import message
from tests.broadcast.zalo.simulator import Bot, Oa
from tests.cast import TESTER

OA, BOT = channels.get("zalo_oa"), channels.get("zalo_bot")
assert OA is not None and BOT is not None


def oa_account(scene: Voice, **values: Any) -> ChannelAccount:
    row = ChannelAccount(unit=scene.cast.commune, channel="zalo_oa", name="OA xã", is_on=True)
    row.values = {"app_id": "123456", "app_secret": "bi-mat-ung-dung", "refresh_token": "lam-moi-0", "oa_secret": "khoa-oa", **values}
    row.save()
    return row


def bot_account(scene: Voice, bot: Bot) -> ChannelAccount:
    row = ChannelAccount(unit=scene.cast.commune, channel="zalo_bot", name="bot xã", is_on=True)
    row.values = {"token": bot.token}
    row.save()
    return row


def send(row: ChannelAccount, **values: Any) -> Any:
    channel = channels.get(row.channel)
    assert channel is not None
    return channel.send([parcel(row, "nhom1", **values)])[0]


def test_refresh_token_is_used_once_and_replaced(scene: Voice, oa: Oa) -> None:
    row = oa_account(scene)
    assert send(row) == Accepted("tin-1") and send(row) == Accepted("tin-2")
    assert oa.used == ["lam-moi-0"]
    row.refresh_from_db()
    assert row.values["refresh_token"] == "lam-moi-1" and "renewing_at" not in row.values and row.revision == 3
    assert oa.sent[0][0] == "nhom1" and oa.sent[0][1].startswith("Cúp nước Khu phố 5")


def test_what_follows_goes_to_the_groups_that_the_account_told(scene: Voice, oa: Oa) -> None:
    account = oa_account(scene)
    told, later = (ZaloGroup.objects.create(unit=scene.cast.hamlet, name=f"Nhóm {key}", account=account, remote_key=key) for key in ("nhom1", "nhom2"))
    ZaloGroup.objects.filter(pk=later.pk).update(unit=scene.cast.other_commune)
    row = approved(scene, channels=["zalo_oa"], areas=[scene.cast.commune])
    planning.plan_due()
    outbox.send_due("zalo_oa")
    assert [key for key, _words in oa.sent] == ["nhom1"] and list(row.dispatches.get().told_groups.all()) == [told]
    # One is of elsewhere since, another came to the commune after it.
    ZaloGroup.objects.filter(pk=told.pk).update(unit=scene.cast.other_commune)
    ZaloGroup.objects.filter(pk=later.pk).update(unit=scene.cast.hamlet)
    followed = bulletins.follow(row, MsgType.CORRECTION, actor=scene.by(scene.editor), text="Sai ngày.")
    assert {one.address for one in OA.recipients(audience_of(followed), "law")} == {"nhom1", "nhom2"}
    bulletins.withdraw(row, why="Sai", actor=scene.by(scene.chairman))
    planning.plan_due()
    outbox.send_due("zalo_oa")
    assert [key for key, _words in oa.sent] == ["nhom1", "nhom1"], "a withdrawal tells nobody else of it"


def test_an_access_that_zalo_ended_early_is_renewed(scene: Voice, oa: Oa) -> None:
    row = oa_account(scene)
    send(row)
    oa.access = "khac"
    assert isinstance(send(row), Accepted)
    assert oa.used == ["lam-moi-0", "lam-moi-1"]


def test_two_processes_never_use_one_token_twice(scene: Voice, oa: Oa) -> None:
    row = oa_account(scene)
    other = ChannelAccount.objects.get(pk=row.pk)
    tokens.renew(row)
    with pytest.raises(DeliveryError):
        tokens.renew(other)  # it read the account before the first one wrote
    assert oa.used == ["lam-moi-0"]


def test_who_reads_while_another_renews_waits(scene: Voice, oa: Oa) -> None:
    row = oa_account(scene, renewing_at=clock.now().isoformat())
    found = send(row)
    assert found.failure is Failure.TECHNICAL and found.retry_after_s == 5 and oa.used == []


def test_a_kill_between_answer_and_write_is_told(scene: Voice, oa: Oa, monkeypatch: pytest.MonkeyPatch) -> None:
    row = oa_account(scene)
    real, writes = tokens._keep, []

    def keep(account: ChannelAccount, values: dict[str, Any]) -> bool:
        writes.append(values)
        if len(writes) == 2:
            raise SystemExit  # the process is gone before it could write
        return real(account, values)

    monkeypatch.setattr(tokens, "_keep", keep)
    with pytest.raises(SystemExit):
        send(row)
    monkeypatch.setattr(tokens, "_keep", real)
    row.refresh_from_db()
    row.values = {**row.values, "renewing_at": (clock.now() - timedelta(minutes=2)).isoformat()}
    row.save()
    found = send(row)
    assert "Phải cấp quyền lại" in found.words and oa.used == ["lam-moi-0"]
    row.refresh_from_db()
    assert row.values["needs_grant"] is True
    oa.refresh = "moi-tinh"
    accounts.keep_account(row.unit, "zalo_oa", "OA xã", {"app_id": "123456", "refresh_token": "moi-tinh"}, actor=TESTER, account=row)
    assert isinstance(send(row), Accepted)


@pytest.mark.parametrize(
    "said, needs_grant",
    [(Said(500), False), (Said(429), False), (Said(body={"error": -14014}), True), (Said(fault="cut", body={"a": 1}), True), (Said(200, b"nonsense"), True)],
)
def test_what_uses_the_token_up(scene: Voice, oa: Oa, said: Said, needs_grant: bool) -> None:
    row = oa_account(scene)
    oa.fault = said
    assert send(row).failure is Failure.TECHNICAL
    row.refresh_from_db()
    assert bool(row.values.get("needs_grant")) is needs_grant
    if not needs_grant:
        oa.fault = None
        assert isinstance(send(row), Accepted)


@pytest.mark.parametrize("code, failure", [(-32, Failure.TECHNICAL), (-211, Failure.TECHNICAL), (-213, Failure.PERMANENT), (-224, Failure.TECHNICAL), (-230, Failure.PERMANENT), (-999, Failure.TEMPORARY)])
def test_error_table(scene: Voice, oa: Oa, code: int, failure: Failure) -> None:
    row = oa_account(scene)
    oa.error = code
    assert send(row).failure is failure


def test_quota(scene: Voice, oa: Oa) -> None:
    assert "1" in accounts.check(oa_account(scene))


def signed(row: ChannelAccount, body: dict[str, Any], secret: str = "khoa-oa") -> tuple[bytes, str]:
    raw = json.dumps(body).encode()
    return raw, "mac=" + hashlib.sha256(b"123456" + raw + str(body.get("timestamp", "")).encode() + secret.encode()).hexdigest()


def reported(row: ChannelAccount, raw: bytes, header: str, name: str = "X-ZEvent-Signature") -> int:
    return Client().post(f"/noi/{row.channel}/{row.public_id}/", raw, content_type="application/json", headers={name: header}).status_code


def test_signed_report_is_taken_once_and_fresh(scene: Voice, oa: Oa) -> None:
    row = oa_account(scene)
    now = int(clock.now().timestamp() * 1000)
    raw, mac = signed(row, {"event_name": "user_seen_message", "timestamp": str(now), "message": {"msg_ids": ["tin-1"]}})
    assert reported(row, raw, mac.replace("mac=", "mac=0")) == 404
    assert reported(row, raw, mac) == 200
    assert reported(row, raw, mac) == 404
    old, old_mac = signed(row, {"event_name": "user_seen_message", "timestamp": str(now - 600_000)})
    assert reported(row, old, old_mac) == 404
    other, other_mac = signed(row, {"timestamp": str(now)}, secret="")
    assert reported(row, other, other_mac) == 404


def test_a_report_that_came_too_early_is_taken_when_it_is_told_again_word_for_word(scene: Voice, oa: Oa, monkeypatch: pytest.MonkeyPatch) -> None:
    row = oa_account(scene)
    raw, mac = signed(row, {"event_name": "user_seen_message", "timestamp": str(int(clock.now().timestamp() * 1000)), "message": {"msg_ids": ["tin-1"]}})
    monkeypatch.setattr(receipts, "is_under_way", lambda channel, provider: True)
    assert reported(row, raw, mac) == 503
    monkeypatch.undo()
    assert reported(row, raw, mac) == 200 and reported(row, raw, mac) == 404


def test_what_is_known_stays_filed_beside_a_number_that_is_not_ours(scene: Voice, oa: Oa, monkeypatch: pytest.MonkeyPatch) -> None:
    row = oa_account(scene)
    assert OA is not None
    outbox.enqueue(OA, outbox.say(message()), [Recipient("nhom1", row.public_id)])
    Delivery.objects.update(state="accepted", receipt_key="tin-1")
    delivery = Delivery.objects.get()
    ids = ["tin-1", "cua-nguoi-khac"]
    raw, mac = signed(row, {"event_name": "user_seen_message", "timestamp": str(int(clock.now().timestamp() * 1000)), "message": {"msg_ids": ids}})
    monkeypatch.setattr(receipts, "is_under_way", lambda channel, provider: True)
    assert reported(row, raw, mac) == 503
    delivery.refresh_from_db()
    seen = delivery.shown_at
    assert seen is not None
    monkeypatch.undo()
    assert reported(row, raw, mac) == 200, "told again it is taken, once"
    delivery.refresh_from_db()
    assert delivery.shown_at == seen and reported(row, raw, mac) == 404


@pytest.mark.parametrize("raw", [b"", b"[]", b'{"timestamp": "x"}', b'{"timestamp": 1e400}', b'{"timestamp": "99999999999999999999"}', b"\xff", b"null", b"[" * 60_000])
def test_garbage_is_refused(scene: Voice, oa: Oa, raw: bytes) -> None:
    assert reported(oa_account(scene), raw, "mac=00") == 404


def test_bot_sends_two_thousand_characters_at_most(scene: Voice, bot: Bot) -> None:
    row = bot_account(scene, bot)
    assert send(row, text="Bà con lưu ý. " * 1000, url="https://xa.example.vn/thong-bao/abc/") == Accepted("b1")
    text = bot.sent[0]["text"]
    assert 1900 < len(text) <= 2000 and "https://xa.example.vn/thong-bao/abc/" in text and bot.sent[0]["chat_id"] == "nhom1"


def test_bot_finds_groups_and_ends_when_idle(scene: Voice, bot: Bot) -> None:
    row = bot_account(scene, bot)
    assert BOT.find_groups(row) == []  # type: ignore[attr-defined]

    def event(number: str, kind: str, chat: str) -> dict[str, Any]:
        return {"event_name": "message.text.received", "message": {"message_id": number, "text": "bí mật", "chat": {"id": chat, "chat_type": kind}}}

    bot.events = [event("1", "GROUP", "g1"), event("2", "PRIVATE", "u9"), event("3", "GROUP", "g2")]
    assert BOT.find_groups(row) == ["g1", "g2"]  # type: ignore[attr-defined]


def test_bot_webhook_is_proved_and_keeps_a_number_only(scene: Voice, bot: Bot) -> None:
    row = bot_account(scene, bot)
    assert "Zalo" in BOT.register(row, "https://xa.example.vn/noi/")  # type: ignore[attr-defined]
    assert bot.hook["secret_token"] == row.webhook_secret
    raw = json.dumps({"ok": True, "result": {"message": {"message_id": "7", "text": "bí mật", "chat": {"id": "g7", "chat_type": "GROUP"}}}}).encode()
    name = "X-Bot-Api-Secret-Token"
    assert reported(row, raw, "sai", name) == 404
    assert reported(row, raw, row.webhook_secret, name) == reported(row, raw, row.webhook_secret, name) == 200
    row.refresh_from_db()
    assert row.values["seen_groups"] == ["g7"] and "bí mật" not in row.config


def test_token_reaches_no_log_and_no_error(scene: Voice, bot: Bot, oa: Oa, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    row, account = bot_account(scene, bot), oa_account(scene)
    said = [send(row), send(account)]
    real, bot.token = bot.token, "khac"
    said.append(send(row))
    bot.provider.answer = lambda asked: Said(body=asked.path.encode(), fault="cut")
    said.append(send(row))
    for secret in (real, "bi-mat-ung-dung", "lam-moi", "truy-cap", "Cúp nước"):
        assert secret not in caplog.text and secret not in repr(said) + "".join(str(one) for one in said)


def test_secrets_are_written_and_never_shown(scene: Voice, oa: Oa) -> None:
    from tests.people.conftest import signed_in

    row = oa_account(scene)
    page = signed_in(scene.cast.quan, second_factor=True).get(f"/quan-tri/kenh/tai-khoan/{row.public_id}/")
    assert page.status_code == 200
    text = page.content.decode()
    assert "chưa thử với tài khoản thật" in text.lower() and "123456" in text
    for secret in ("bi-mat-ung-dung", "lam-moi-0", "khoa-oa"):
        assert secret not in text
    accounts.keep_account(row.unit, "zalo_oa", "OA xã", {"app_id": "123456", "app_secret": "", "refresh_token": "", "oa_secret": ""}, actor=TESTER, account=row)
    row.refresh_from_db()
    assert row.values["oa_secret"] == "khoa-oa"
