"""Papers of the room, made with Typst: group sheets, invitation cards, device sheets, incident reports, today's sheet.

Papers are Vietnamese, whoever prints them: they hang on walls and lie in files of the commune. Who needs help to get
out is never printed; the password of a device is printed once and kept nowhere.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, Final

from django.conf import settings
from django.utils import translation

from liengia.alarms import queries, reach
from liengia.alarms.console_words import Teller, kit_words, target_words
from liengia.alarms.leader_words import power_lines, small
from liengia.alarms.models import Answer, GroupHousehold, Incident, IncidentStep, Kind, Mode, NeighbourGroup
from liengia.alarms.resident_words import headline, houses_words, steps
from liengia.alarms.services import Provisioned
from liengia.core import clock, pdf
from liengia.core.templatetags.look import spaced_phone
from liengia.core.text import date_words, fold, time_words
from liengia.people import queries as people
from liengia.people.models import KitItem, User
from liengia.people.services.joining import Issued

# With more houses than this the page has no room for each one's kit; the whole group's kit still stands on it.
KIT_SHOWN_UP_TO: Final = 24
NAMES_FOR: Final = timedelta(days=30)
Data = dict[str, Any]


def _vietnamese(data: Data) -> Data:
    """Return the data with every lazy word resolved in Vietnamese."""
    with translation.override("vi"):
        resolved: Data = json.loads(json.dumps(data, default=str, ensure_ascii=False))
    return resolved


def _render(template: str, data: Data, *, at: datetime) -> bytes:
    stamped = {**data, "at": time_words(at)}
    return pdf.render(f"alarms/{template}", _vietnamese(stamped), at=at)


# Group sheets and cards


def _phone_of(user: User | None) -> str:
    return spaced_phone(user.phone) if user is not None and user.phone else ""


def _kit_of_house(items: Iterable[KitItem]) -> str:
    today = clock.today()
    words = []
    for item in items:
        count = f"{item.count} " if item.count > 1 or "extinguisher" in item.kind else ""
        until = f" (hạn {item.expires_on:%m/%Y})" if item.expires_on else ""
        gone = " HẾT HẠN" if item.expires_on and item.expires_on < today else ""
        words.append(f"{count}{small(item.get_kind_display())}{until}{gone}")
    return ", ".join(words)


def _seat(place: GroupHousehold) -> str:
    label = place.household.house_label
    return queries.house_number(label, place.seat, most=len(label))  # a sheet has room


def _group_data(group: NeighbourGroup, cards: Sequence[Issued] = ()) -> Data:
    places = list(
        GroupHousehold.objects.active()
        .filter(group=group)
        .select_related("household")
        .prefetch_related("household__phones", "household__kit")
        .order_by("seat")
    )
    kit = queries.kit_of([place.household_id for place in places])
    return {
        "name": group.name,
        "place": group.unit.place_name,
        "leader": str(group.leader or ""),
        "leader_phone": _phone_of(group.leader),
        "deputy": str(group.deputy or ""),
        "deputy_phone": _phone_of(group.deputy),
        "assembly_point": group.assembly_point,
        "lane": group.lane_note,
        "water": group.water_note,
        "power": power_lines(queries.readiness(group), group),
        "kit": ", ".join(f"{count} {small(KitItem.Kind(kind).label)}" for kind, count in kit.items()),
        "houses": [
            {
                "seat": _seat(place),
                "head": place.household.head_name or place.household.house_label,
                "address": place.household.address_label,
                "kit": _kit_of_house(place.household.kit.all()) if len(places) <= KIT_SHOWN_UP_TO else "",
                "phones": [
                    {"number": spaced_phone(one.phone), "name": "" if one.name == place.household.head_name else one.name} for one in list(place.household.phones.all())[:3]
                ],
            }
            for place in places
        ],
        "steps": [{"title": step.title, "text": step.text} for step in steps(Kind.FIRE)],
        "numbers": [{"number": spaced_phone(n.number), "label": n.label} for n in people.emergency_numbers(group.unit)][:8],
        "cards": [_card(one, group) for one in cards],
    }


def _card(issued: Issued, group: NeighbourGroup | None = None) -> Data:
    household = issued.invitation.household
    link = f"{settings.PUBLIC_URL}{issued.path}"
    room = issued.invitation.room
    return {
        "qr": pdf.qr_svg(link),
        "link": link.split("://", 1)[-1],
        "house": _card_house(household.house_label, room.label if room else "") if household else "Máy của tổ trưởng",
        "head": household.head_name if household else str(issued.invitation.user or ""),
        "third": "Ghi tên mình, chờ tổ trưởng nhận." if household else "Chọn mã PIN 6 số, chỉ mình biết.",
        "group": f"{group.name}, {group.unit.place_name}" if group else "",
        "until": f"{clock.local(issued.invitation.expires_at):%d/%m/%Y}",
    }


def _card_house(house: str, room: str) -> str:
    return f"{house}, phòng {room}" if room else house


def group_sheets(
    groups: Sequence[NeighbourGroup], *, cards: Mapping[int, Sequence[Issued]] | None = None, at: datetime | None = None
) -> bytes:
    """Return group sheets, a page each; with cards (by group key) as one PDF of sheets and cards."""
    with translation.override("vi"):
        found = [_group_data(group, (cards or {}).get(group.pk, ())) for group in groups]
    title = f"Phiếu tổ: {found[0]['name']}" if len(found) == 1 else f"Phiếu của {len(found)} tổ liên gia"
    return _render("group_sheets", {"title": title, "groups": found}, at=at or clock.now())


def invitation_cards(group: NeighbourGroup, issued: Sequence[Issued], *, at: datetime | None = None) -> bytes:
    """Return the cards of one group, eight a page."""
    data = {"title": f"Thẻ mời của {group.name}", "cards": [_card(one, group) for one in issued]}
    return _render("cards", data, at=at or clock.now())


# Devices


def device_sheet(provisioned: Sequence[Provisioned], *, at: datetime | None = None) -> bytes:
    """Return what is needed to flash devices; the passwords are in this answer and nowhere else."""
    devices = []
    for one in provisioned:
        device = one.device
        flash = {
            "group": device.group.public_id,
            "device": device.public_id,
            "username": one.username,
            "password": one.password,
            "mqtt": settings.MQTT_PUBLIC,
        }
        house = device.household.house_label if device.household else device.group.name
        with translation.override("vi"):
            kind = str(device.get_kind_display()).capitalize()
        devices.append(
            {**flash, "qr": pdf.qr_svg(json.dumps(flash, separators=(",", ":"))), "kind": kind, "house": house, "place": device.place}
        )
    return _render("devices", {"title": "Phiếu nạp thiết bị", "devices": devices}, at=at or clock.now())


# The report of an incident


def _exact(at: datetime | None) -> str:
    return f"{clock.local(at):%H:%M:%S}" if at else ""


def first_line(incident: Incident, summary: queries.Summary) -> str:
    """Return who called 114 (or another number) and when; the report begins with it."""
    if incident.mode != Mode.REAL:
        return "Diễn tập hoặc thử chuông: không gọi 114."
    if not summary.calls:
        return "Chưa có ai ghi là đã gọi 114."
    said = []
    for call in summary.calls:
        who = str(call.called_by) if call.called_by else "một người (tên đã xóa)"
        house = f" ({call.household.house_label})" if call.household else ""
        said.append(f"{who}{house} đã gọi {call.number} lúc {_exact(call.called_at)}")
    missing = "" if any(c.number == "114" for c in summary.calls) or incident.kind != Kind.FIRE else " Chưa ai ghi là đã gọi 114."
    return "; ".join(said) + "." + missing


# Why a step of the plan did not run, by what cancelled it.
NOT_NEEDED: Final = {
    "acknowledged": "đã có người nhận", "ended": "vụ việc đã kết thúc", "rang_again": "đã bấm lại, bước tính lại từ đầu",
    "called": "đã có người gọi", "joined": "đã nhập vào vụ việc khác",
}  # fmt: skip


def _step(number: int, step: IncidentStep, opened: datetime) -> Data:
    late = (step.ran_at - step.due_at).total_seconds() if step.ran_at else 0
    if step.ran_at:
        says = f"trễ {late:.0f} giây" if late >= 2 else "đúng lúc"
    elif step.cancelled_at:
        says = f"thôi, vì {NOT_NEEDED.get(step.cancel_reason, 'không còn cần')}"
    else:
        says = "CHƯA CHẠY" if step.due_at < clock.now() else "chưa tới hạn"
    return {
        "n": str(number),
        "target": target_words(step.target),
        "due": f"{_exact(step.due_at)} (+{(step.due_at - opened).total_seconds():.0f} s)",
        "ran": _exact(step.ran_at) or "–",
        "says": says,
    }


def _answer_line(answer: Answer, house: str) -> Data:
    what = str(answer.get_kind_display())
    if answer.minutes is not None:
        what += f", {answer.minutes} phút"
    if answer.kit:
        what += f", mang {kit_words(answer.kit)}"
    who = str(answer.user) if answer.user else "báo qua điện thoại"
    return {"house": house, "who": who, "what": what, "at": _exact(answer.at)}


def _not_confirmed(summary: queries.Summary) -> list[str]:
    silent = houses_words(house.household.house_label for house in summary.unconfirmed)
    said = [f"Chuông chưa xác nhận là có kêu: {silent}"] if silent else []
    said += [f"Chuông ở {device.place or 'nơi chung'}: chưa xác nhận là có kêu" for device in summary.extra_silent]
    if summary.incident.mode != Mode.TEST and not summary.incident.names_erased_at:
        missing = houses_words(house.household.house_label for house in summary.unanswered)
        said += [f"Chưa trả lời: {missing}"] if missing else []
    return said


def _counts_words(incident: Incident, summary: queries.Summary) -> str:
    counts = summary.counts
    parts = [
        f"{counts.get('coming', 0)} nhà đến",
        f"{counts.get('safe', 0)} nhà an toàn",
        f"{counts.get('need_help', 0)} nhà cần giúp",
        f"tổ có {incident.household_count} nhà",
    ]
    if others := counts.get("neighbours", 0):
        parts.append(f"trong đó {others} nhà tổ lân cận trả lời")
    heard = f"{summary.sirens_sounded} trên {summary.sirens_expected} chuông đã báo là có kêu"
    return f"{', '.join(parts)}. {heard}."


def incident_report(incident: Incident, *, at: datetime | None = None) -> bytes:
    """Return the report of an incident; names stand in it for 30 days after its end, then only counts."""
    moment = at or clock.now()
    with translation.override("vi"):
        data = _report_data(incident, moment)
    return _render("incident", data, at=moment)


def _report_data(incident: Incident, moment: datetime) -> Data:
    summary = queries.incident_summary(incident)
    gone = bool(incident.names_erased_at) or bool(incident.ended_at and incident.ended_at < moment - NAMES_FOR)
    houses = {house.household.pk: house.household.house_label for house in summary.houses}
    teller = Teller(houses, incident.mode)
    modes = {Mode.REAL: "BÁO ĐỘNG THẬT", Mode.DRILL: "DIỄN TẬP", Mode.TEST: "THỬ CHUÔNG"}
    facts = [
        ("Tổ", f"{incident.group.name}, {incident.group.unit.place_name}"),
        ("Mở lúc", f"{_exact(incident.opened_at)} {date_words(clock.local(incident.opened_at).date())}"),
        ("Nhận lúc", _with_name(incident.acknowledged_at, incident.acknowledged_by, gone)),
        ("Kết thúc", _with_name(incident.ended_at, incident.ended_by, gone) or "chưa kết thúc"),
        ("Trạng thái", str(incident.get_state_display())),
        ("Số lần bấm", str(incident.press_count)),
    ]
    return {
        "title": f"Báo cáo vụ việc {clock.local(incident.opened_at):%d/%m/%Y %H:%M}",
        "code": incident.public_id,
        "mode": incident.mode,
        "mode_words": modes[Mode(incident.mode)],
        "headline": headline(incident).removeprefix("Tập: ").capitalize() if incident.mode == Mode.DRILL else headline(incident),
        "first_line": first_line(incident, summary),
        "facts": [{"label": label, "text": text} for label, text in facts if text],
        "unconfirmed": _not_confirmed(summary),
        "counts": _counts_words(incident, summary),
        "names_gone": gone,
        "answers": []
        if gone
        else [
            _answer_line(answer, label)
            for label, answers in (
                *((house.household.house_label, house.answers) for house in summary.houses),
                *((neighbour.label, neighbour.answers) for neighbour in summary.neighbours),
            )
            for answer in answers
        ],
        "steps": [_step(number, step, incident.opened_at) for number, step in enumerate(summary.steps, 1)],
        "ways": [_way_line(way) for way in reach.ways(incident)],
        "unreached": [house.household.house_label for house in reach.unreached(summary)],
        "lines": [
            {"at": _exact(line.at), "text": line.text, "detail": "" if gone else line.detail}
            for line in teller.lines(queries.timeline(incident))
        ],
    }


def _way_line(way: reach.Way) -> dict[str, str]:
    after = "–" if way.accepted_s is None else f"{way.accepted_s:.1f} giây".replace(".", ",")
    back = {name: "–" if count is None else str(count) for name, count in (("shown", way.shown), ("answered", way.answered))}
    return {"way": str(way.label).capitalize(), "meant": str(way.meant), "accepted": str(way.accepted), "after": after, **back}


def _with_name(at: datetime | None, user: User | None, gone: bool) -> str:
    if at is None:
        return ""
    return _exact(at) + (f", {user}" if user is not None and not gone else "")


# Today


def today_sheet(title: str, parts: Sequence[tuple[str, Sequence[tuple[str, bool]]]], *, at: datetime | None = None) -> bytes:
    """Return the paper twin of "Việc hôm nay": parts with their lines (words, whether pressing)."""
    moment = at or clock.now()
    count = sum(len(items) for _title, items in parts)
    data = {
        "title": title,
        "day": date_words(clock.local(moment).date()),
        "count_words": f"{count} việc cần xem." if count else "Không có việc nào cần xem.",
        "parts": [
            {"title": part, "items": [{"text": text, "urgent": urgent} for text, urgent in items]} for part, items in parts
        ],
    }
    return _render("today", data, at=moment)


def file_name(words: str, at: datetime | None = None) -> str:
    """Return a plain file name, "phieu-to-lien-gia-so-3-20251128.pdf"."""
    plain = "-".join("".join(c if c.isalnum() else " " for c in fold(words)).split())
    return f"{plain}-{clock.local(at or clock.now()):%Y%m%d}.pdf"


