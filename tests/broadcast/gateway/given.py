"""Accounts at the simulator, and parcels for them."""

from __future__ import annotations

from typing import Any

from liengia.broadcast.channels.base import Message, Parcel
from liengia.broadcast.models import ChannelAccount
from liengia.core import clock
from liengia.units.models import Unit

TOKEN = "bi-mat-cua-xa-9f8e7d"
SMS = {
    "method": "POST", "headers": "Authorization: Bearer {token}", "body_kind": "json",
    "body": '{"to": "{to_plain}", "from": "{sender}", "text": "{text}", "unicode": "{is_unicode}", "ref": "{key}"}', "token": TOKEN, "sender": "XA CAN DUOC",
    "per_second": 200, "success_at": "/status", "success_values": "0", "number_at": "/id", "error_at": "/status",
    "error_codes": "21 = permanent\n22 = temporary\n23 = technical", "report_proof": "hmac", "report_header": "X-Signature", "report_secret": "khoa-bao-lai",
    "report_number_at": "/id", "report_state_at": "/status", "report_states": "DELIVRD = delivered\nUNDELIV = failed", "with_marks": "no", "most_pieces": 4,
}  # fmt: skip


def account(unit: Unit, url: str, channel: str = "sms", *, path: str = "/gui", **values: Any) -> ChannelAccount:
    """Make an account that is on."""
    row = ChannelAccount(unit=unit, channel=channel, name="hợp đồng thử", is_on=True)
    row.values = {**SMS, "url": f"{url}{path}", **values}
    row.save()
    return row


def message(**values: Any) -> Message:
    """Return a message."""
    said: dict[str, Any] = {
        "subject": "bulletin:abc", "msg_type": "alert", "mode": "real", "priority": "normal", "kind": "notice", "headline": "Cúp nước Khu phố 5",
        "text": "Bà con trữ nước trước 7 giờ.", "unit_name": "Xã Cần Đước", "sent_at": clock.now(),
    }  # fmt: skip
    return Message(**{**said, **values})


def parcel(row: ChannelAccount, address: str = "+84900000009", attempt: int = 1, **values: Any) -> Parcel:
    """Return one delivery for an account."""
    return Parcel(f"k{attempt}", address, row.public_id, message(**values), attempt)
