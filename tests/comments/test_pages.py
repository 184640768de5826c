"""The pages: a thread as a part and as a page, the form with its errors, reports, the private link, the queue."""

from __future__ import annotations

import logging

import pytest
import time_machine
from django.conf import settings
from django.core.cache import cache
from django.template import Context, Template
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from liengia.comments import forms, services
from liengia.comments.models import Comment, Flag, Who
from liengia.comments.views import readers
from liengia.core import clock, logs
from liengia.operate import doctor
from liengia.people import services as people
from tests import factories
from tests.cast import TESTER
from tests.comments.conftest import Scene
from tests.people.conftest import signed_in


def address(scene: Scene) -> str:
    return reverse("comments:thread", args=[scene.thread.public_id])


def filled(scene: Scene, text: str = "Mong xã dán bảng hẹn ngày.", **more: str) -> dict[str, str]:
    with time_machine.travel(clock.now() - forms.SOONEST * 2, tick=False):
        return {"text": text, "name": "", "parent": "", "website": "", "seal": forms.seal(scene.thread), **more}


def test_a_guest_reads_and_writes_without_javascript(client: Client, scene: Scene) -> None:
    scene.shown("Vui như Tết")
    page = client.get(address(scene)).content.decode()
    assert "Vui như Tết" in page
    assert "Ý kiến bạn đọc (1)" in page
    assert "[]" not in page
    assert "()" not in page.partition("<main")[2].partition("</main>")[0]
    form = filled(scene)
    answer = client.post(address(scene), form)
    assert answer.status_code == 302
    assert "/y-kien-ban-doc/cua-toi/" in answer.url
    assert client.post(address(scene), form).url == answer.url, "pressed twice, the second answer is the one that is seen"
    mine = client.get(answer.url).content.decode()
    assert "Mong xã dán bảng hẹn ngày." in mine
    assert "Đã nhận" in mine
    assert "sessionid" not in client.cookies


def test_as_a_part_of_the_page_it_answers_in_place(client: Client, scene: Scene) -> None:
    part = client.get(address(scene), headers={"HX-Request": "true"}).content.decode()
    assert "<html" not in part
    assert "csrfmiddlewaretoken" in part
    part = client.post(address(scene), filled(scene), headers={"HX-Request": "true"}).content.decode()
    assert "/y-kien-ban-doc/cua-toi/" in part
    assert Comment.objects.count() == 1


@pytest.mark.parametrize(
    ("more", "says"),
    [
        ({"text": ""}, "Chưa có nội dung"),
        ({"text": "a" * 501}, "501"),
        ({"text": "<b>x</b>"}, "không nhận mã HTML"),
        ({"name": "Công an xã"}, "Tên này là của cơ quan"),
        ({"website": "http://spam.example"}, "để trống"),
        ({"seal": "nothing"}, "thiếu dấu xác nhận"),
        ({"parent": "khongcogi1"}, "không còn nữa"),
    ],
)
def test_what_is_wrong_is_said_and_what_was_typed_stays(client: Client, scene: Scene, more: dict[str, str], says: str) -> None:
    data = filled(scene, name="Tư Lúa") | more
    page = client.post(address(scene), data).content.decode()
    assert says in page
    if data["text"] and "<" not in data["text"]:
        assert data["text"] in page
    assert Comment.objects.count() == 0
    fresh = page.partition('name="seal" value="')[2].partition('"')[0]
    assert fresh
    assert fresh != data["seal"]


def test_a_form_is_of_its_page_and_neither_too_quick_nor_too_old(client: Client, scene: Scene) -> None:
    now = filled(scene) | {"seal": forms.seal(scene.thread)}
    assert "Gửi nhanh quá" in client.post(address(scene), now).content.decode()
    other = filled(scene) | {"seal": forms.seal(scene.other)}
    assert "trang khác" in client.post(address(scene), other).content.decode()
    data = filled(scene)
    with time_machine.travel(clock.now() + forms.LATEST, tick=False):
        assert "mở lâu quá" in client.post(address(scene), data).content.decode()
    assert Comment.objects.count() == 0


def test_a_form_sent_twice_is_one_comment(client: Client, scene: Scene) -> None:
    data = filled(scene)
    first, again = client.post(address(scene), data), client.post(address(scene), data)
    assert first.status_code == again.status_code == 302
    assert Comment.objects.count() == 1


def test_too_many_from_one_place_are_asked_to_wait(client: Client, scene: Scene) -> None:
    for _ in range(readers.writes.most):
        client.post(address(scene), filled(scene))
    page = client.post(address(scene), filled(scene, "Ý kiến thứ hai mươi mốt")).content.decode()
    assert "mười phút" in page
    assert "Ý kiến thứ hai mươi mốt" in page
    assert Comment.objects.count() == readers.writes.most
    elsewhere = Client(REMOTE_ADDR="198.51.100.7")
    assert elsewhere.post(address(scene), filled(scene)).status_code == 302


def test_hostile_words_come_back_harmless(client: Client, scene: Scene) -> None:
    hostile = "x\u202e\x00 \u200b" + "\u0335" * 50 + '" onload="x" {{ settings.SECRET_KEY }} {% debug %}'
    client.post(address(scene), filled(scene, hostile))
    for comment in Comment.objects.all():
        services.publish_comment(comment, user=scene.bien)
    page = client.get(address(scene)).content.decode()
    assert "\u202e" not in page
    assert "{{ settings" not in page or "{{ settings.SECRET_KEY }}" in page
    assert '" onload="' not in page


def test_nothing_is_where_there_is_nothing(client: Client, scene: Scene) -> None:
    services.set_rule(scene.cast.other_commune, who=Who.OFF, is_moderated_first=True, actor=TESTER)
    off = reverse("comments:thread", args=[scene.other.public_id])
    hidden = scene.write().comment
    for url in (off, reverse("comments:thread", args=["khongcogi1"]), reverse("comments:flag", args=[hidden.public_id]),
                reverse("comments:mine", args=["x" * 27])):  # fmt: skip
        assert client.get(url).status_code == 404


def test_a_report_needs_no_name(client: Client, scene: Scene) -> None:
    comment = scene.shown()
    url = reverse("comments:flag", args=[comment.public_id])
    assert client.get(url).status_code == 200
    assert client.post(url, {}).status_code == 200
    assert client.post(url, {"reason": "abuse"}).status_code == 200
    assert Flag.objects.count() == 1


def test_the_writer_asks_for_a_second_look(client: Client, scene: Scene) -> None:
    written = scene.write()
    services.refuse_comment(written.comment, reason="elsewhere", words="Việc này xin gọi 113.", user=scene.bien)
    url = reverse("comments:mine", args=[written.code])
    page = client.get(url)
    assert "Việc này xin gọi 113." in page.content.decode()
    assert "VNeID" in page.content.decode()
    assert page["Referrer-Policy"] == "same-origin", "without an origin browsers' forms are refused"
    line = logging.LogRecord("django.security.csrf", logging.WARNING, "", 0, "Forbidden (x): %s", (url,), None)
    masking = settings.LOGGING["filters"]["codes"]
    assert logs.MaskCodes(masking["after"]).filter(line) and written.code not in line.getMessage()
    assert client.post(url).status_code == 302
    assert "người duyệt khác" in client.get(url).content.decode()
    assert client.post(url).status_code == 409


def test_a_thread_is_read_in_a_constant_number_of_queries(
    client: Client, scene: Scene, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    for number in range(12):
        root = scene.shown(f"Ý kiến {number}")
        scene.shown(f"Trả lời {number}", parent=root)
    cache.clear()
    with django_assert_max_num_queries(16):
        client.get(address(scene))


def test_the_place_in_a_page_is_the_same_for_everybody(scene: Scene) -> None:
    scene.shown()
    html = Template("{% load comments %}{% comments thread %}").render(Context({"thread": scene.thread}))
    assert "csrf" not in html
    assert "Đang tải dữ liệu" in html
    assert address(scene) in html
    services.set_rule(scene.cast.commune, who=Who.OFF, is_moderated_first=True, actor=TESTER)
    assert Template("{% load comments %}{% comments thread %}").render(Context({"thread": scene.thread})).strip() == ""


def test_comments_of_the_area_are_taken_once_somebody_reads_them(client: Client, scene: Scene) -> None:
    scene.thread = area = services.thread_for("article", "tinh", unit=None, title="Tin của tỉnh", url="/tin-tuc/tinh/")
    assert [one.says for one in doctor._unread()] and "toàn địa bàn" in next(doctor._unread()).says
    page = client.get(address(scene)).content.decode()
    assert "chưa có ai đọc" in page and "<textarea" not in page
    late = client.post(address(scene), filled(scene))
    assert late.status_code == 200 and not area.comments.exists()
    assert "Mong xã dán bảng" in late.content.decode(), "the words of a page that was open longer go back to their writer"
    tinh = factories.user("tinh", "Ngô Thị Tỉnh", is_staff=True)
    people.assign_role(tinh, "commune_approver", scene.cast.commune.parent, actor=TESTER)
    assert not list(doctor._unread())
    assert client.post(address(scene), filled(scene)).status_code == 302
    assert "Mong xã dán bảng" in signed_in(tinh, second_factor=True).get("/quan-tri/y-kien/").content.decode()


def test_a_shown_guest_has_a_day_and_no_moment(client: Client, scene: Scene) -> None:
    shown = scene.shown()
    services.answer_officially(scene.thread, text="Cảm ơn bà con.", parent=shown, office="UBND xã", user=scene.bien)
    page = client.get(address(scene)).content.decode()
    assert f'<span class="meta">{clock.today():%d/%m/%Y}</span>' in page
    assert f'<span class="meta">{clock.today():%d/%m/%Y}, ' in page  # the office's answer has its moment


def test_moderators_read_the_queue_of_their_commune(scene: Scene) -> None:
    written = scene.write("Chờ duyệt nè")
    mine, other = signed_in(scene.bien, second_factor=True), signed_in(scene.xa_khac, second_factor=True)
    assert "Chờ duyệt nè" in mine.get("/quan-tri/y-kien/").content.decode()
    assert "Chờ duyệt nè" not in other.get("/quan-tri/y-kien/").content.decode()
    act = f"/quan-tri/y-kien/{written.comment.public_id}/"
    assert f'action="{act}"' in mine.get("/quan-tri/y-kien/").content.decode()
    assert mine.post(f"/quan-tri/y-kien/{written.comment.pk}/", {"verb": "publish"}).status_code == 404, "numbers that count up name nothing"
    assert other.post(act, {"verb": "publish"}).status_code == 404
    mine.post(act, {"verb": "refuse", "reason": ""})
    assert Comment.objects.get().state == "waiting"
    mine.post(act, {"verb": "publish"})
    assert Comment.objects.get().state == "shown"
    assert signed_in(scene.cast.lua).get("/quan-tri/y-kien/").status_code in (302, 404)
    for part in ("waiting", "reported", "second", "shown", "refused"):
        assert mine.get(f"/quan-tri/y-kien/?phan={part}").status_code == 200


def test_figures_are_public(client: Client, scene: Scene) -> None:
    services.refuse_comment(scene.write().comment, reason="abuse", user=scene.bien)
    page = client.get(reverse("comments:figures")).content.decode()
    assert "Xúc phạm hoặc đe dọa: 1" in page
