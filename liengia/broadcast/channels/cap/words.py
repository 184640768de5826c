"""How an event is said in CAP's words, and in English for those who do not read Vietnamese.

Severity, urgency and certainty follow the event, raised or lowered by the bulletin's priority; a commune that knows better
writes it in the text. The English is fixed: nobody translates in an emergency, and the Vietnamese stands beside it, marked so.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from liengia.broadcast.models import Event, Priority


@dataclass(frozen=True, slots=True)
class Words:
    """One event: CAP's words for it, in both languages, and what people do."""

    category: str
    response: str
    urgency: str
    severity: str
    certainty: str
    event_vi: str
    event_en: str
    do_vi: str
    do_en: str


EVENTS: Final[dict[str, Words]] = {
    Event.FIRE: Words("Fire", "Evacuate", "Immediate", "Severe", "Observed", "Cháy", "Fire", "Tránh xa nơi cháy, nhường đường cho xe chữa cháy. Thấy cháy thì gọi 114.", "Keep away from the fire and let fire engines pass. If you see a fire, call 114."),
    Event.STORM: Words("Met", "Prepare", "Expected", "Severe", "Likely", "Bão, giông lốc", "Storm", "Chằng chống nhà cửa, ở trong nhà chắc chắn, theo dõi tin của xã.", "Make your house fast, stay in a solid building, follow the commune’s bulletins."),
    Event.FLOOD: Words("Met", "Prepare", "Expected", "Moderate", "Likely", "Ngập, triều cường", "Flood or high tide", "Kê cao đồ đạc, ngắt điện chỗ có thể ngập, không đi qua chỗ nước chảy.", "Raise your belongings, switch off electricity where water may come, do not cross moving water."),
    Event.DROUGHT: Words("Env", "Prepare", "Expected", "Moderate", "Likely", "Hạn, xâm nhập mặn", "Drought or salt intrusion", "Trữ nước ngọt, đo độ mặn trước khi lấy nước.", "Store fresh water; measure salt before you take water in."),
    Event.EPIDEMIC: Words("Health", "Monitor", "Expected", "Moderate", "Likely", "Dịch bệnh", "Epidemic", "Làm theo hướng dẫn của trạm y tế. Cấp cứu gọi 115.", "Follow the health station’s advice. In an emergency call 115."),
    Event.SCAM: Words("Security", "Avoid", "Immediate", "Minor", "Observed", "Lừa đảo", "Fraud", "Không chuyển tiền, không đọc mã cho ai. Báo công an xã.", "Send no money and tell nobody a code. Tell the commune police."),
    Event.SECURITY: Words("Security", "Monitor", "Expected", "Moderate", "Likely", "An ninh, trật tự", "Security and public order", "Giữ khoảng cách, không tự bắt giữ ai. Gọi 113.", "Keep your distance, do not try to seize anybody. Call 113."),
    Event.TRAFFIC: Words("Transport", "Avoid", "Immediate", "Minor", "Observed", "Giao thông", "Traffic", "Đi đường khác theo hướng dẫn tại chỗ.", "Take another way, as you are directed on the spot."),
    Event.OTHER: Words("Other", "Monitor", "Expected", "Minor", "Possible", "Việc khác", "Other event", "Theo dõi tin của xã.", "Follow the commune’s bulletins."),
}
_RAISED: Final = {"Expected": "Immediate", "Future": "Expected"}
_GRAVER: Final = {"Minor": "Moderate", "Moderate": "Severe"}


def of(event: str, priority: str) -> Words:
    """Return the words of an event; an emergency is at once and graver, whatever the event."""
    found = EVENTS.get(event, EVENTS[Event.OTHER])
    if priority != Priority.URGENT:
        return found
    raised = _RAISED.get(found.urgency, found.urgency), _GRAVER.get(found.severity, found.severity)
    return Words(
        found.category, found.response, raised[0], raised[1], found.certainty,
        found.event_vi, found.event_en, found.do_vi, found.do_en,
    )  # fmt: skip
