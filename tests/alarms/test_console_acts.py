"""Each act of the officer on duty: by form, by the live page, refused when another was first."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse

from liengia.alarms.models import DeviceApart, EmergencyCall, EventKind, Incident
from tests.alarms.console_scene import Desk, desk, sign_in

pytestmark = pytest.mark.django_db
LIVE = {"HTTP_HX_REQUEST": "true"}


@pytest.fixture(scope="module")
def lay() -> Callable[[], Desk]:
    return desk


@pytest.fixture
def officer(scene: Desk) -> Client:
    return sign_in(Client(), scene.officer)


def act(client: Client, name: str, incident: Incident, **data: object) -> str:
    """Act as the live page does, and return the board."""
    answer = client.post(reverse(f"alarms:console_{name}", args=[incident.public_id]), data, **LIVE)  # type: ignore[arg-type]
    assert answer.status_code == 200
    incident.refresh_from_db()
    return answer.content.decode()


def test_one_click_takes_it_on(officer: Client, scene: Desk) -> None:
    incident = scene.press()
    shown = act(officer, "acknowledge", incident)
    assert incident.state == "acknowledged" and incident.acknowledged_by == scene.officer
    assert (
        "Đã nhận: Lê Hoàng Phúc" in shown
        and 'data-key="n"' not in shown
        and 'data-sound="console"' not in shown
    )


def test_two_officers_get_one_outcome_and_both_read_who_was_first(officer: Client, scene: Desk) -> None:
    second = sign_in(Client(), scene.second)
    incident = scene.press()
    first = act(officer, "acknowledge", incident)
    late = act(second, "acknowledge", incident)
    assert incident.acknowledged_by == scene.officer
    assert incident.events.filter(kind=EventKind.ACKNOWLEDGED).count() == 1
    assert "Đã nhận: Lê Hoàng Phúc" in first and "Đã nhận: Lê Hoàng Phúc" in late
    assert "data-refused" in late and "Lê Hoàng Phúc" in late[late.index("data-refused") :][:600]


def test_without_scripts_an_act_leads_back(officer: Client, scene: Desk) -> None:
    incident = scene.press()
    answer = officer.post(reverse("alarms:console_acknowledge", args=[incident.public_id]), follow=True)
    assert answer.redirect_chain == [(f"/truc/?mo={incident.public_id}", 302)]
    assert "Anh/chị đã nhận" in answer.content.decode()


def test_quieting_leaves_it_open(officer: Client, scene: Desk) -> None:
    incident = scene.press()
    shown = act(officer, "quiet", incident)
    assert not incident.is_sounding and incident.state == "ringing"
    assert 'data-key="t"' not in shown
    assert "data-refused" in act(officer, "quiet", incident)


def test_a_mistake_needs_its_reason(officer: Client, scene: Desk) -> None:
    incident = scene.press()
    assert "Chưa chọn lý do" in act(officer, "dismiss", incident, reason="", note="x")
    assert incident.is_open
    act(officer, "dismiss", incident, reason="smoke_without_fire", note="khói nhang")
    assert incident.state == "dismissed" and incident.end_note == "khói nhang"


def test_a_mistake_without_scripts_is_a_page_that_keeps_what_was_typed(officer: Client, scene: Desk) -> None:
    incident = scene.press()
    address = reverse("alarms:console_dismiss", args=[incident.public_id])
    assert officer.get(address).status_code == 200
    answer = officer.post(address, {"reason": "", "note": "khói nhang"})
    assert answer.status_code == 200 and "khói nhang" in answer.content.decode()


def test_ending_takes_a_note(officer: Client, scene: Desk) -> None:
    incident = scene.press()
    shown = act(officer, "resolve", incident, note="Đã dập lửa")
    assert incident.state == "resolved" and incident.ended_by == scene.officer
    assert "Sự việc kết thúc lúc" in shown
    assert "data-refused" in act(officer, "acknowledge", incident)


def test_the_call_to_114_is_ticked_once_for_a_real_alarm_only(officer: Client, scene: Desk) -> None:
    drill = scene.press(2, mode="drill")
    assert "data-refused" in act(officer, "call", drill, number="114")
    incident = scene.press()
    shown = act(officer, "call", incident, number="114")
    assert EmergencyCall.objects.get().number == "114" and "đã gọi 114 lúc" in shown
    act(officer, "call", incident, number="<script>")
    assert EmergencyCall.objects.count() == 1


def test_an_answer_by_telephone_counts(officer: Client, scene: Desk) -> None:
    incident = scene.press()
    shown = act(officer, "answer", incident, house="7", kind="safe", note="còi hư")
    assert "1 trên 15 nhà đã trả lời" in shown and "còi hư" in shown
    assert "data-refused" in act(officer, "answer", incident, house="99", kind="safe")
    assert "data-refused" in act(officer, "answer", incident, house="7", kind="fine", minutes="many")


def test_a_note_stands_in_the_timeline_as_text(officer: Client, scene: Desk) -> None:
    incident = scene.press()
    shown = act(officer, "note", incident, text="<b>xe tới</b> đầu hẻm")
    assert "&lt;b&gt;xe tới" in shown
    assert "data-refused" in act(officer, "note", incident, text="   ")


def test_a_device_is_set_apart_and_returned(officer: Client, scene: Desk) -> None:
    incident = scene.press()
    device = scene.buttons[8]
    shown = act(officer, "apart", incident, device=device.public_id, minutes="15", reason="kẹt nút")
    assert DeviceApart.objects.get().device == device and "tách đến" in shown
    assert "data-refused" in act(officer, "apart", incident, device="nosuch", minutes="15")
    address = reverse("alarms:console_return", args=[incident.public_id, device.public_id])
    assert officer.post(address, **LIVE).status_code == 200  # type: ignore[arg-type]
    assert DeviceApart.objects.get().returned_at is not None
    assert (
        officer.post(reverse("alarms:console_return", args=[incident.public_id, "nosuch"])).status_code == 404
    )


def test_ringing_anew_asks_for_the_desk_again(officer: Client, scene: Desk) -> None:
    incident = scene.press()
    act(officer, "acknowledge", incident)
    act(officer, "quiet", incident)
    scene.press(3)
    shown = act(officer, "note", incident, text="reo lại")
    assert 'data-key="n"' in shown and f'data-sound-id="{incident.public_id}-2"' in shown


def test_acts_are_posts(officer: Client, scene: Desk) -> None:
    incident = scene.press()
    for name in ("acknowledge", "quiet", "call"):
        assert officer.get(reverse(f"alarms:console_{name}", args=[incident.public_id])).status_code == 405
