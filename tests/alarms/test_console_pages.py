"""The duty console shows what is open, whole, to the desk of its commune and to nobody else."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import translation

from liengia.alarms import queries, services
from liengia.alarms.models import FaultKind, Incident
from liengia.audit.models import Entry
from liengia.core import clock
from liengia.core.actor import Actor
from liengia.people.models import DutyShift, Handover, Household
from tests.alarms.console_scene import Desk, desk, sign_in

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def lay() -> Callable[[], Desk]:
    return desk


@pytest.fixture
def officer(scene: Desk) -> Client:
    return sign_in(Client(), scene.officer)


def page(client: Client, chosen: str = "") -> str:
    answer = client.get("/truc/", {"mo": chosen} if chosen else {})
    assert answer.status_code == 200
    return answer.content.decode()


def test_an_empty_desk_says_what_to_do(officer: Client) -> None:
    shown = page(officer)
    assert "Không có sự việc nào đang mở" in shown
    assert 'data-title-count="0"' in shown


def test_an_open_alarm_shows_house_place_and_the_act_first(officer: Client, scene: Desk) -> None:
    incident = scene.press(9)
    shown = page(officer)
    assert "Nhà số 9" in shown and "bà Trần Thị Lụa" in shown and "42/9 hẻm 42" in shown
    assert f'data-incident="{incident.public_id}"' in shown and 'data-sound="console"' in shown
    assert shown.index('data-key="n"') < shown.index("h-sirens") < shown.index("h-lines")
    assert 'data-title-count="1"' in shown


def test_what_is_not_confirmed_stands_with_its_phones(officer: Client, scene: Desk) -> None:
    scene.press(9)
    scene.ring(*(n for n in range(1, 16) if n != 7))
    shown = page(officer)
    assert "14 trên 15 nhà đã kêu" in shown and "Nhà số 7" in shown
    assert "tel:+84900000007" in shown


def test_help_to_get_out_is_told_in_the_open_incident_and_its_reading_is_recorded(
    officer: Client, scene: Desk
) -> None:
    scene.press(9)
    assert "một cụ 84 tuổi cần dìu ra" in page(officer)
    assert Entry.objects.filter(kind="people.needs_read", actor_id=str(scene.officer.pk)).count() == 1
    page(officer)
    assert Entry.objects.filter(kind="people.needs_read").count() == 1


def test_help_to_get_out_is_not_told_when_the_incident_has_ended(officer: Client, scene: Desk) -> None:
    incident = scene.press(9)
    services.resolve_incident(incident, actor=Actor.of(scene.officer))
    answer = officer.get(reverse("alarms:console_incident", args=[incident.public_id]))
    assert "84 tuổi" not in answer.content.decode()


def test_words_to_read_aloud_name_place_lane_water_and_who_waits(officer: Client, scene: Desk) -> None:
    scene.press(9)
    shown = page(officer)
    for words in ("Hẻm rộng 2,1 m.", "Có người đón xe ở: ngã ba chợ.", "Nước: trụ nước 07.", "KHÔNG tự gọi"):
        assert words in shown


def test_a_silent_call_forbids_calling_the_house(officer: Client, scene: Desk) -> None:
    scene.press(9, kind="help", silent=True)
    shown = page(officer)
    assert "KHÔNG gọi về nhà này" in shown
    assert "tel:+84900000009" not in shown


def test_a_drill_looks_different_and_has_no_call_to_114(officer: Client, scene: Desk) -> None:
    scene.press(2, mode="drill")
    shown = page(officer)
    assert "mode-drill" in shown and 'data-sound="drill"' in shown
    assert 'id="b-called"' not in shown and "mode-real" not in shown


def test_who_asked_to_end_is_shown_with_the_warning(officer: Client, scene: Desk) -> None:
    incident = scene.press(9, kind="help")
    services.ask_to_end(incident, household=scene.houses[8], note="hết rồi", actor=Actor.of(scene.leader))
    shown = page(officer)
    assert "xin kết thúc" in shown and "hết rồi" in shown and "bị ép" in shown


def test_faulty_devices_are_listed(officer: Client, scene: Desk) -> None:
    services.open_fault(scene.buttons[3], FaultKind.MAINS_LOST, at=clock.now())
    assert "Thiết bị cần xem (1)" in page(officer)


def test_a_gap_of_the_rota_within_24_hours_is_red(officer: Client, scene: Desk) -> None:
    DutyShift.objects.update(ends_at=clock.now() + timedelta(hours=3))
    shown = page(officer)
    assert "Không có ai trực từ" in shown
    assert 'data-tone="danger"' in shown[shown.index('id="p-side"') :]


def test_without_scripts_the_page_renews_itself(officer: Client) -> None:
    assert '<noscript><meta http-equiv="refresh" content="10"></noscript>' in page(officer)


def test_an_incident_that_ended_meanwhile_says_so(officer: Client, scene: Desk) -> None:
    incident = scene.press(9)
    services.resolve_incident(incident, actor=Actor.of(scene.second))
    assert "Sự việc kết thúc lúc" in page(officer, incident.public_id)
    other = scene.press(4)
    shown = page(officer, incident.public_id)
    assert "Sự việc kết thúc lúc" not in shown and f'value="{other.public_id}"' in shown, "it gives way to what nobody has taken on"


def test_a_house_that_needs_help_stands_first_with_its_phones_also_at_the_end(officer: Client, scene: Desk) -> None:
    incident = scene.press(9)
    services.answer_incident(incident, household=scene.houses[3], kind="need_help", user=scene.leader, actor=Actor.of(scene.leader))
    shown = page(officer)
    label = scene.houses[3].house_label
    first = shown[shown.index('id="p-next"') : shown.index('id="p-sirens"')]
    assert f"{label} cần giúp" in first and "tel:" in first
    assert f"{label} đã xin giúp" in shown[shown.index('id="d-resolve"') : shown.index('id="d-dismiss"')]


def test_a_tile_bears_the_number_of_the_house_and_not_its_place_in_the_group(officer: Client, scene: Desk) -> None:
    incident = scene.press(9)
    house = scene.houses[2]
    for label, number in (("Nhà số 27", "27"), ("Nhà trọ Bà Tư Bông", str(house.group_places.get().seat))):
        Household.objects.filter(pk=house.pk).update(house_label=label)
        assert [one.number for one in queries.incident_summary(incident).houses if one.household.pk == house.pk] == [number]


def test_a_shift_that_is_offered_stands_at_the_desk_of_who_is_to_sign(officer: Client, scene: Desk) -> None:
    post = DutyShift.objects.get(user=scene.officer).post
    Handover.objects.create(post=post, from_user=scene.second, to_user=scene.officer)
    assert "giao ca cho anh/chị" in page(officer)


# Who may see it


def test_without_a_second_factor_the_console_is_closed(scene: Desk) -> None:
    answer = sign_in(Client(), scene.officer, second_factor=False).get("/truc/")
    assert answer.status_code == 302 and "lop-thu-hai" in answer["Location"]


def test_a_visitor_is_led_to_the_sign_in_page() -> None:
    answer = Client().get("/truc/")
    assert answer.status_code == 302 and "next=/truc/" in answer["Location"]


@pytest.mark.parametrize("path", ["/truc/", "/truc/bang/", "/truc/lich-su/"])
def test_a_leader_has_no_console(scene: Desk, path: str) -> None:
    assert sign_in(Client(), scene.leader).get(path).status_code == 404


def test_another_commune_sees_and_does_nothing(scene: Desk) -> None:
    incident = scene.press(9)
    other = sign_in(Client(), scene.elsewhere)
    assert "Nhà số 9" not in page(other)
    assert "Nhà số 9" not in page(other, incident.public_id)
    assert other.get(reverse("alarms:console_incident", args=[incident.public_id])).status_code == 404
    for name in ("acknowledge", "quiet", "resolve", "dismiss", "note", "answer", "call", "apart"):
        assert other.post(reverse(f"alarms:console_{name}", args=[incident.public_id])).status_code == 404
    incident.refresh_from_db()
    assert incident.state == "ringing"


# Lists in a fixed number of queries


def _queries(client: Client, path: str, count: object) -> int:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    with CaptureQueriesContext(connection) as captured:
        assert client.get(path).status_code == 200
    return len(captured)


def test_the_list_costs_the_same_whatever_is_open(officer: Client, scene: Desk) -> None:
    scene.press(9)
    scene.ring(1, 2, 3)
    page(officer)
    first = _queries(officer, "/truc/bang/", 1)
    scene.press(2, kind="medical")
    scene.press(4, kind="intruder")
    scene.ring(1, 2, 3, 4, 5)
    assert _queries(officer, "/truc/bang/", 3) <= first


def test_the_history_costs_the_same_whatever_it_lists(officer: Client, scene: Desk) -> None:
    for kind in ("fire", "medical"):
        services.resolve_incident(scene.press(9, kind=kind), actor=Actor.of(scene.officer))
    officer.get("/truc/lich-su/")
    few = _queries(officer, "/truc/lich-su/", 2)
    for _n in range(4):
        services.resolve_incident(scene.press(3), actor=Actor.of(scene.officer))
    assert _queries(officer, "/truc/lich-su/", 6) == few


# History and record


def test_the_history_filters(officer: Client, scene: Desk) -> None:
    services.resolve_incident(scene.press(9), actor=Actor.of(scene.officer))
    services.resolve_incident(scene.press(2, mode="drill"), actor=Actor.of(scene.officer))
    assert officer.get("/truc/lich-su/").content.decode().count('class="row-link"') == 2
    assert officer.get("/truc/lich-su/?mode=real").content.decode().count('class="row-link"') == 1
    assert officer.get("/truc/lich-su/?place=khu+pho+5").content.decode().count('class="row-link"') == 2
    tomorrow = (clock.today() + timedelta(days=1)).isoformat()
    assert "Không có sự việc nào như vậy" in officer.get(f"/truc/lich-su/?since={tomorrow}").content.decode()
    assert officer.get("/truc/lich-su/?since=rubbish&trang=99").status_code == 200


def test_the_record_proves_each_step(officer: Client, scene: Desk) -> None:
    incident = scene.press(9)
    services.run_due_steps(at=clock.now() + timedelta(seconds=31))
    services.resolve_incident(
        Incident.objects.get(pk=incident.pk), note="Đã dập", actor=Actor.of(scene.officer)
    )
    shown = officer.get(reverse("alarms:console_incident", args=[incident.public_id])).content.decode()
    for step in incident.steps.all():
        assert f"{clock.local(step.due_at):%H:%M:%S}" in shown
    assert "không cần nữa" in shown and "Đã dập" in shown
    assert "data-replay" in shown and shown.count("data-after=") == incident.events.count()


def test_the_console_is_whole_in_english(officer: Client, scene: Desk) -> None:
    scene.press(9)
    officer.cookies["django_language"] = "en"
    with translation.override("en"):
        assert "I take it on" in page(officer)
