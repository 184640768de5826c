"""The resident's pages: who sees what, raising, answering, calling, ending."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from liengia.alarms import services
from liengia.alarms.models import Answer, EmergencyCall, HearingProof, Incident, IncidentEvent, Press
from liengia.audit.models import Entry
from liengia.core import clock
from liengia.core.actor import Actor
from liengia.people import services as services_of_people
from liengia.people.models import Consent, Membership
from liengia.people.services.households import write_need
from tests import factories
from tests.alarms.console_scene import sign_in
from tests.alarms.resident_scene import Scene, build, client_of
from tests.cast import TESTER

pytestmark = pytest.mark.django_db
HOME = "/nha/"


@pytest.fixture(scope="module")
def lay() -> Callable[[], Scene]:
    return build


def page(client: Client, path: str) -> str:
    answer = client.get(path)
    assert answer.status_code == 200, (path, answer.status_code, answer.headers)
    return answer.content.decode()


def alarm_path(incident: Incident) -> str:
    return reverse("alarms:alarm", args=[incident.public_id])


# Who sees what


def test_the_quiet_page_says_what_is_ready_and_whom_to_call(scene: Scene) -> None:
    html = page(client_of(scene.tu), HOME)
    assert "Phạm Thị Mộc Miên" in html and 'href="tel:114"' in html
    assert 'name="kind" value="intruder"' in html


def test_a_stranger_is_led_to_sign_in() -> None:
    assert Client().get(HOME).status_code == 302


def test_one_who_waits_sees_the_waiting_page_alone(scene: Scene) -> None:
    Membership.objects.create(user=scene.cast.khach, household=scene.house_4)
    answer = client_of(scene.cast.khach).get(HOME)
    assert answer.status_code == 302 and answer["Location"] == reverse("people:waiting")


def test_one_whose_membership_ended_sees_nothing(scene: Scene) -> None:
    incident = scene.raised()
    client = client_of(scene.tu)
    Membership.objects.filter(user=scene.tu).update(ended_at=clock.now())
    assert "Mộc Miên" not in page(client, HOME)
    assert client.get("/nha/to/").status_code == 404
    assert client.get(alarm_path(incident)).status_code == 404


def test_who_works_for_the_hamlet_and_has_no_house_there_finds_the_way_on(scene: Scene) -> None:
    head = factories.user("truong5", "Trưởng Khu Phố")
    services_of_people.assign_role(head, "hamlet_head", scene.group.unit, actor=TESTER)
    shown = page(client_of(head), HOME)
    assert "Việc anh/chị phụ trách" in shown and reverse("alarms:today") in shown
    assert f'href="{HOME}?o-lai' not in page(client_of(head), reverse("alarms:today")).partition("tabbar")[2]


@pytest.mark.parametrize("who", ["khach", "quan"])
def test_others_find_no_alarm_and_no_act(scene: Scene, who: str) -> None:
    incident = scene.raised()
    client = sign_in(Client(), getattr(scene.cast, who))
    assert client.get(alarm_path(incident)).status_code == 404
    for name in ("answer", "call", "ask_end", "quiet"):
        assert client.post(reverse(f"alarms:{name}", args=[incident.public_id]), {"answer": "safe", "number": "114"}).status_code == 404
    assert client.post(reverse("alarms:raise"), {"kind": "fire"}).status_code == 404
    assert not Answer.objects.exists()


def test_a_household_can_be_chosen_only_among_ones_own(scene: Scene) -> None:
    Membership.objects.create(user=scene.tu, household=scene.cast.house_1, confirmed_at=clock.now())
    client = client_of(scene.tu)
    client.post(reverse("alarms:choose"), {"household": scene.house_4.public_id})
    assert f'name="household" value="{scene.house_4.public_id}"' in page(client, HOME)
    assert client.post(reverse("alarms:choose"), {"household": scene.cast.house_9.public_id}).status_code == 404


def test_a_kept_page_carries_its_readers_mark(scene: Scene) -> None:
    mine, yours = client_of(scene.tu).get(HOME), client_of(scene.cast.lua).get(HOME)
    assert mine["X-Liengia-Reader"] != yours["X-Liengia-Reader"]
    assert "no-store" in mine["Cache-Control"]


# Raising


def test_an_alarm_is_raised_once_for_one_press_id(scene: Scene) -> None:
    client, sent = client_of(scene.tu), {"kind": "fire", "press_id": str(uuid.uuid4()), "household": scene.house_4.public_id}
    first = client.post(reverse("alarms:raise"), sent, headers={"accept": "application/json"})
    again = client.post(reverse("alarms:raise"), sent, headers={"accept": "application/json"})
    assert first.json() == again.json() and first.json()["url"].startswith("/nha/bao-dong/")
    assert Press.objects.count() == 1 and Incident.objects.get().press_count == 1


def test_who_presses_again_reads_what_became_of_it(scene: Scene) -> None:
    first, second = client_of(scene.tu), client_of(scene.cast.lua)

    def pressed(client: Client, press_id: str) -> str:
        return client.post(reverse("alarms:raise"), {"kind": "fire", "press_id": press_id}, follow=True).content.decode()

    assert "được ghi thêm" not in pressed(first, "a1"), "it opened the alarm"
    opened = Incident.objects.get()
    for client, press_id in ((first, "a2"), (second, "b1")):
        html = pressed(client, press_id)
        assert "Lần bấm của bạn đã được ghi thêm vào đó." in html and "Chuông lại kêu" not in html
    services.quiet_incident(opened, actor=TESTER)
    assert "Lần bấm của bạn đã được ghi thêm vào đó. Chuông lại kêu." in pressed(first, "a3")
    services.resolve_incident(opened, actor=TESTER)
    assert "Nếu bây giờ đang có chuyện, hãy báo động mới." in pressed(first, "a3"), "a form sent twice"
    assert Incident.objects.count() == 1
    assert "được ghi thêm" not in pressed(first, "a4"), "within the same minute: another alarm"
    assert Incident.objects.open().count() == 1 and Incident.objects.count() == 2


def test_the_two_press_form_asks_before_it_rings(scene: Scene) -> None:
    client = client_of(scene.tu)
    asked = client.post(reverse("alarms:raise"), {"kind": "medical", "step": "confirm"})
    assert asked.status_code == 200 and not Press.objects.exists()
    sent = client.post(reverse("alarms:raise"), {"kind": "medical", "step": "send"})
    assert sent["Location"] == alarm_path(Incident.objects.get())


def test_a_press_with_nonsense_beside_its_kind_rings(scene: Scene) -> None:
    client_of(scene.tu).post(reverse("alarms:raise"), {"kind": "fire", "press_id": "<>\x00é", "lat": "nan", "lon": "x", "silent": "1"})
    press = Press.objects.get()
    assert press.lat is None and not press.is_silent


def test_location_is_kept_only_when_sent(scene: Scene) -> None:
    client_of(scene.tu).post(reverse("alarms:raise"), {"kind": "fire", "lat": "10.5281", "lon": "106.6012"})
    press = Press.objects.get()
    assert float(press.lat or 0) == 10.5281
    assert "geo:10.528100,106.601200" in page(client_of(scene.cast.lua), alarm_path(Incident.objects.get()))


def test_silent_help_shows_on_no_residents_page(scene: Scene) -> None:
    client = client_of(scene.cast.lua)
    answer = client.post(reverse("alarms:raise"), {"kind": "help", "silent": "1"}, headers={"accept": "application/json"})
    assert answer.json() == {"silent": True}
    incident = Incident.objects.get()
    assert incident.is_silent
    for user in (scene.cast.lua, scene.tu, scene.cast.moc_mien):
        assert client_of(user).get(alarm_path(incident)).status_code == 404
        assert client_of(user).get(HOME).status_code == 200
        assert client_of(user).get(reverse("alarms:ringing")).json() == {"url": None}


def test_design_7_an_intruder_alarm_begins_with_keep_your_distance(scene: Scene) -> None:
    html = page(client_of(scene.tu), alarm_path(scene.raised("intruder")))
    assert html.index("Giữ khoảng cách. Không đánh người. Gọi 113.") < html.index("<h1")
    assert "<textarea" not in html and 'name="suspect"' not in html


# The page that rings


def test_every_open_page_goes_to_what_rings_until_it_is_answered(scene: Scene) -> None:
    incident, client = scene.raised(), client_of(scene.tu)
    assert client.get(HOME)["Location"] == alarm_path(incident)
    assert client.get(reverse("alarms:ringing")).json()["url"] == alarm_path(incident)
    client.post(reverse("alarms:answer", args=[incident.public_id]), {"answer": "coming"})
    assert client.get(HOME).status_code == 200


def test_the_alarm_says_what_where_and_that_it_calls_nobody(scene: Scene) -> None:
    html = page(client_of(scene.tu), alarm_path(scene.raised()))
    assert "Cháy ở\u00a0nhà\u00a0số\u00a09" in html
    assert "Ứng dụng KHÔNG tự gọi 114" in html and "đầu hẻm 42" in html and 'href="tel:114"' in html
    assert 'data-sound="real"' in html


def test_a_drill_looks_different_and_offers_no_114(scene: Scene) -> None:
    drill = services.plan_drill(scene.group, planned_at=clock.now(), household=scene.cast.house_9, actor=TESTER)
    incident = services.start_drill(drill, actor=Actor.of(scene.cast.moc_mien))
    html = page(client_of(scene.tu), alarm_path(incident))
    assert 'class="ringing drill"' in html and "Tập: cháy" in html
    assert "tel:114" not in html and 'data-sound="drill"' in html


def test_an_answer_is_changed_and_gets_details(scene: Scene) -> None:
    incident, client = scene.raised(), client_of(scene.tu)
    path = reverse("alarms:answer", args=[incident.public_id])
    client.post(path, {"answer": "safe"})
    client.post(path, {"answer": "coming", "minutes": "2", "kit": ["powder_extinguisher", "cannon"]})
    answer = Answer.objects.get()
    assert (answer.kind, answer.minutes, answer.kit) == ("coming", 2, ["powder_extinguisher"])
    assert "Khoảng 2 phút" in page(client, alarm_path(incident))
    assert 'data-sound="' not in page(client, alarm_path(incident))


def test_an_unknown_answer_changes_nothing_and_says_so(scene: Scene) -> None:
    incident, client = scene.raised(), client_of(scene.tu)
    client.post(reverse("alarms:answer", args=[incident.public_id]), {"answer": "fight"})
    assert not Answer.objects.exists()


def test_who_called_114_is_ticked_and_nagged_for_after_60_s(scene: Scene) -> None:
    incident, client = scene.raised(), client_of(scene.tu)
    assert "Chưa ai ghi là đã gọi 114" not in page(client, alarm_path(incident))
    Incident.objects.update(opened_at=timezone.now() - timedelta(seconds=61))
    assert "Chưa ai ghi là đã gọi 114" in page(client, alarm_path(incident))
    client.post(reverse("alarms:call", args=[incident.public_id]), {"number": "114"})
    html = page(client, alarm_path(incident))
    assert "Chưa ai ghi là đã gọi 114" not in html and "Lê Văn Tư đã gọi 114" in html
    assert client.post(reverse("alarms:call", args=[incident.public_id]), {"number": "0900123456"}).status_code == 404
    assert EmergencyCall.objects.count() == 1


def test_help_to_get_out_shows_only_while_open_and_is_recorded(scene: Scene) -> None:
    write_need(scene.cast.house_9, "một cụ 84 tuổi cần dìu", actor=TESTER, how="giấy")
    incident, client = scene.raised(), client_of(scene.tu)
    assert "một cụ 84 tuổi" in page(client, alarm_path(incident))
    assert Entry.objects.filter(kind="people.needs_read").count() == 1
    parts = client.get(alarm_path(incident), headers={"x-parts": "1"}).content.decode()
    assert "84 tuổi" not in parts and Entry.objects.filter(kind="people.needs_read").count() == 1
    assert "một cụ 84 tuổi" not in page(client_of(scene.cast.lua), "/nha/to/")
    services.resolve_incident(incident, actor=TESTER)
    assert "84 tuổi" not in page(client, alarm_path(incident))


def test_help_to_get_out_agreed_to_under_older_words_is_not_for_neighbours(scene: Scene) -> None:
    write_need(scene.cast.house_9, "một cụ 84 tuổi cần dìu", actor=TESTER, how="giấy")
    Consent.objects.update(wording=1)
    path = alarm_path(scene.raised())
    assert "84 tuổi" not in page(client_of(scene.tu), path)
    assert "84 tuổi" in page(client_of(scene.cast.moc_mien), path), "who leads the group reads it as before"


def test_only_the_pressing_house_asks_for_the_end_and_only_the_leader_quiets(scene: Scene) -> None:
    incident = scene.raised()
    ask, quiet = (reverse(f"alarms:{name}", args=[incident.public_id]) for name in ("ask_end", "quiet"))
    assert client_of(scene.tu).post(ask).status_code == 404
    assert client_of(scene.tu).post(quiet).status_code == 404
    client_of(scene.cast.lua).post(ask, {"note": "chỉ là khói nhang"})
    assert IncidentEvent.objects.filter(incident=incident, kind="end_asked").count() == 1
    client_of(scene.cast.moc_mien).post(quiet)
    incident.refresh_from_db()
    assert incident.is_open and not incident.is_sounding


def test_after_the_end_a_short_closing_page_and_then_nothing(scene: Scene) -> None:
    incident, client = scene.raised(), client_of(scene.tu)
    services.dismiss_incident(incident, reason="smoke_without_fire", actor=TESTER)
    html = page(client, alarm_path(incident))
    assert "Báo nhầm" in html and "Trần Thị Lụa" not in html and "tel:" not in html
    Incident.objects.update(ended_at=timezone.now() - timedelta(hours=1))
    assert client.get(alarm_path(incident)).status_code == 404


def test_what_is_not_confirmed_is_named_with_its_phone(scene: Scene) -> None:
    incident = scene.raised()
    Incident.objects.update(last_press_at=timezone.now() - timedelta(seconds=20))
    html = page(client_of(scene.tu), alarm_path(incident))
    assert "0 trên 3 nhà đã kêu" in html and "tel:+84900000009" in html


def test_hearing_is_recorded_without_the_browsers_details(scene: Scene) -> None:
    client_of(scene.tu).post(reverse("alarms:hearing"), {"heard": "1"}, headers={"user-agent": "Mozilla/5.0 (Linux; Android 9; SM-J415F) Chrome/120"})
    proof = HearingProof.objects.get()
    assert (proof.heard, proof.browser, proof.household_id) == (True, "Chrome", scene.house_4.pk)


# Reading is cheap


@pytest.mark.parametrize("path", ["/nha/?o-lai=1", "/nha/to/"])
def test_queries_do_not_grow_with_the_group(scene: Scene, path: str, django_assert_max_num_queries) -> None:  # type: ignore[no-untyped-def]
    client = client_of(scene.tu)
    client.get(path)
    with django_assert_max_num_queries(50):
        client.get(path)


def test_the_ringing_page_reads_in_a_fixed_number_of_queries(scene: Scene, django_assert_max_num_queries) -> None:  # type: ignore[no-untyped-def]
    incident, client = scene.raised(), client_of(scene.tu)
    client.get(alarm_path(incident))
    with django_assert_max_num_queries(50):
        client.get(alarm_path(incident), headers={"x-parts": "1"})


# What the phone keeps


def test_the_service_worker_serves_the_whole_site_and_holds_nobodys_data(scene: Scene) -> None:
    answer = Client().get("/sw.js")
    body = answer.content.decode()
    assert answer["Service-Worker-Allowed"] == "/" and answer["Content-Type"].startswith("text/javascript")
    assert "Mộc Miên" not in body and reverse("account_logout") in body
