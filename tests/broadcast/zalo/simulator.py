"""Zalo's two interfaces on loopback, as their documents say (docs/areas/zalo.md names them): single-use refresh tokens, 408 on idle polls."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from tests.broadcast.gateway.simulator import Asked, Provider, Said, running


@dataclass(slots=True)
class Oa:
    """An Official Account: which tokens hold, which were used, what was sent to which group."""

    provider: Provider
    access: str = "truy-cap-0"
    refresh: str = "lam-moi-0"
    used: list[str] = field(default_factory=list)
    sent: list[tuple[str, str]] = field(default_factory=list)
    error: int = 0
    fault: Said | None = None
    turn: int = 0

    def answer(self, asked: Asked) -> Said:
        if asked.path == "/v4/oa/access_token":
            return self._renew(asked)
        if asked.headers.get("access_token") != self.access:
            return Said(body={"error": -216, "message": "Access token is invalid"})
        if self.error:
            return Said(body={"error": self.error, "message": "no"})
        if asked.path == "/v3.0/oa/quota/group":
            return Said(body={"error": 0, "message": "Success", "data": [{"asset_id": "a", "product_type": "gmf100"}]})
        assert asked.path == "/v3.0/oa/group/message"
        self.sent.append((asked.json["recipient"]["group_id"], asked.json["message"]["text"]))
        return Said(body={"error": 0, "message": "Success", "data": {"message_id": f"tin-{len(self.sent)}", "group_id": asked.json["recipient"]["group_id"]}})

    def _renew(self, asked: Asked) -> Said:
        form = asked.form
        assert asked.headers.get("secret_key") == "bi-mat-ung-dung" and form["grant_type"] == "refresh_token"
        if self.fault is not None:
            return self.fault
        self.used.append(form["refresh_token"])
        if form["refresh_token"] != self.refresh:
            return Said(body={"error": -14014, "error_name": "Invalid refresh token"})
        self.turn += 1
        self.access, self.refresh = f"truy-cap-{self.turn}", f"lam-moi-{self.turn}"
        return Said(body={"access_token": self.access, "refresh_token": self.refresh, "expires_in": "90000"})


@contextmanager
def official_account() -> Iterator[Oa]:
    """Run an Official Account."""
    with running() as provider:
        found = Oa(provider)
        provider.answer = found.answer
        yield found


@dataclass(slots=True)
class Bot:
    """The Bot Platform for one bot."""

    provider: Provider
    token: str = "12345:ma-cua-bot"
    sent: list[dict[str, Any]] = field(default_factory=list)
    events: list[dict[str, Any]] = field(default_factory=list)
    hook: dict[str, Any] = field(default_factory=dict)

    def answer(self, asked: Asked) -> Said:
        prefix, _slash, method = asked.path.removeprefix("/bot").rpartition("/")
        if prefix != self.token:
            return Said(401, {"ok": False, "error_code": 401, "description": f"bad token {prefix}"})
        return {"getMe": self._me, "sendMessage": self._send, "getUpdates": self._poll, "setWebhook": self._hook}[method](asked.json)

    def _me(self, body: Any) -> Said:
        return Said(body={"ok": True, "result": {"id": "1", "account_name": "bot.xa", "account_type": "BASIC", "can_join_groups": True}})

    def _send(self, body: Any) -> Said:
        if not 1 <= len(body["text"]) <= 2000:
            return Said(400, {"ok": False, "error_code": 400, "description": "text length"})
        self.sent.append(body)
        return Said(body={"ok": True, "result": {"message_id": f"b{len(self.sent)}", "date": 1}})

    def _poll(self, body: Any) -> Said:
        # One event, and no cursor: the last one comes again until another one does.
        if not self.events:
            return Said(408, {"ok": False, "error_code": 408, "description": "timeout"})
        event = self.events.pop(0) if len(self.events) > 1 else self.events[0]
        return Said(body={"ok": True, "result": event})

    def _hook(self, body: Any) -> Said:
        self.hook = body
        return Said(body={"ok": True, "result": {"url": body["url"], "updated_at": 1}})


@contextmanager
def platform() -> Iterator[Bot]:
    """Run the Bot Platform."""
    with running() as provider:
        found = Bot(provider)
        provider.answer = found.answer
        yield found
