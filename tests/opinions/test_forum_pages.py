"""Pages of the listening forum, as everybody, a helper and the clerk see them."""

from __future__ import annotations

import io
import re
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client
from docx import Document

from liengia.core import clock
from liengia.opinions import codes
from liengia.opinions.forms import new_ticket
from liengia.opinions.models import Opinion
from liengia.opinions.models.forums import CameBy, ForumQuestion, QuestionState, SurveyCount
from liengia.opinions.services import forum_minutes, forum_questions, forums
from tests.harness.factor import give_second_factor
from tests.opinions.given import Office
from tests.opinions.test_forum import LAMP, SIGNED, again, asked, by, live, planned, queued

SECRET = "Anh Nguyễn Văn Bảy ở số nhà 12 mở karaoke, số 0903 123 456."


def page(client: Client, *parts: str) -> Any:
    """Get a page of the forums."""
    return client.get("/dien-dan/" + "".join(f"{part}/" for part in parts))


def ticket() -> str:
    """Return the ticket of a form that has been open for a while."""
    with time_machine.travel(clock.now().timestamp() - 60, tick=False):
        return new_ticket()


def desk(client: Client, forum: Any, do: str, **data: Any) -> Any:
    """Press a button of the desk."""
    return client.post(f"/dien-dan/{forum.public_id}/ban-thu-ky/lam/", {"do": do, **data})


@pytest.fixture
def clerk(here: Office) -> Client:
    """Return the browser of who holds the session."""
    client = Client()
    client.force_login(here.duyen)
    give_second_factor(client, here.duyen)
    return client


def test_a_planned_session_is_absent_for_everybody(here: Office, client: Client) -> None:
    forum = planned(here)
    for parts in ((), ("hoi",), ("man-hinh",), ("ban-thu-ky",)):
        assert page(client, forum.public_id, *parts).status_code in (404, 302)
    assert page(client, forum.short_code).status_code == 404
    assert forum.title not in page(client).content.decode()


def test_a_visitor_asks_and_gets_the_code_once(here: Office, client: Client) -> None:
    forum = live(here)
    assert page(client, forum.short_code)["Location"].endswith(f"/{forum.public_id}/hoi/")
    form = {"text": LAMP, "contact": "anonymous", "ticket": ticket()}
    first = client.post(f"/dien-dan/{forum.public_id}/hoi/", form)
    again_ = client.post(f"/dien-dan/{forum.public_id}/hoi/", form)
    assert "private-code" in first.content.decode() and again_.status_code == 200
    question = ForumQuestion.objects.get()
    assert (question.came_by, question.state) == (CameBy.PHONE, QuestionState.WAITING)
    empty = client.post(f"/dien-dan/{forum.public_id}/hoi/", {**form, "text": " ", "ticket": ticket()}).content.decode()
    assert 'id="id_text_error"' in empty and ForumQuestion.objects.count() == 1


def test_nothing_of_the_original_is_on_wall_page_or_minutes(here: Office, client: Client, clerk: Client) -> None:
    forum = live(here)
    question = asked(forum, SECRET)
    wall = page(client, forum.public_id, "man-hinh", "phan").content.decode()
    assert "karaoke" not in wall, "nobody has decided"
    inside = page(clerk, forum.public_id, "ban-thu-ky").content.decode()
    assert "0903 123 456" in inside
    title, text = forum_questions.suggested(question)
    assert desk(clerk, forum, "let_in", question=question.pk, title=title, text=text).status_code == 302
    shown = [page(client, forum.public_id, *parts).content.decode() for parts in ((), ("man-hinh",), ("man-hinh", "phan"))]
    docx = clerk.get(f"/dien-dan/{forum.public_id}/ban-thu-ky/bien-ban.docx").content
    words = "\n".join(one.text for one in Document(io.BytesIO(docx)).paragraphs)
    for one in (*shown, words):
        assert "karaoke" in one and "0903" not in one and "Bảy" not in one


def test_the_desk_takes_a_question_from_the_mouth_to_its_answer(here: Office, client: Client, clerk: Client) -> None:
    forum = live(here)
    desk(clerk, forum, "spoken", text=LAMP, code=codes.new_code())
    question = ForumQuestion.objects.get()
    desk(clerk, forum, "floor", question=question.pk)
    assert "forum-title" in page(client, forum.public_id, "man-hinh").content.decode()
    refused = desk(clerk, forum, "answer", question=question.pk, text="", **SIGNED)
    assert refused.status_code == 422 and again(question).state == QuestionState.FLOOR
    marked = {"text": "Tối mai đèn sáng lại. Bà Trần Thị Sáu gọi 0909 123 456.", "question": question.pk, **SIGNED}
    refused = desk(clerk, forum, "answer", **marked)
    assert refused.status_code == 409 and again(question).state == QuestionState.FLOOR
    assert 'name="kept" value="0909 123 456"' in refused.content.decode() and marked["text"] in refused.content.decode()
    desk(clerk, forum, "answer", **{**marked, "text": "Tối mai đèn sáng lại. Gọi 0909 123 456."}, kept=["0909 123 456"])
    assert "Tối mai đèn sáng lại." in page(client, forum.public_id).content.decode()
    for wrong in ("", "erase", "__class__"):
        assert desk(clerk, forum, wrong).status_code == 404
    for key in ("", "abc", "9" * 40, "-1"):
        assert desk(clerk, forum, "floor", question=key).status_code == 404


def test_a_session_held_before_its_day_is_concluded_and_a_refused_conclusion_stays(here: Office, clerk: Client) -> None:
    forum = forums.open_forum(planned(here), actor=by(here))
    assert "<summary>Bắt đầu trước ngày họp" not in page(clerk, forum.public_id, "ban-thu-ky").content.decode()
    forums.change_forum(forum, starts_at=clock.now() + timedelta(days=9), actor=by(here))
    assert "<summary>Bắt đầu trước ngày họp" in page(clerk, forum.public_id, "ban-thu-ky").content.decode()
    desk(clerk, forum, "begin")
    seat = forum.committee.members.get()
    typed = {"text": "Thay đèn hẻm 14 trước Tết.", "what": "Thay ba bóng đèn hẻm 14", "owner": seat.pk}
    for due in (clock.today() - timedelta(days=1), ""):
        refused = desk(clerk, forum, "conclude", **typed, due_on=due)
        words = refused.content.decode()
        assert refused.status_code == 422 and 'id="id_due_on_error"' in words
        assert typed["text"] in words and typed["what"] in words and f'value="{seat.pk}" selected' in words
    assert desk(clerk, forum, "conclude", **typed, due_on=clock.today() + timedelta(days=3)).status_code == 302
    forum.refresh_from_db()
    assert forum.meeting.conclusions.get().text == typed["text"] and forum.meeting.starts_at == forum.began_at


def test_the_desk_is_absent_for_all_others(here: Office, client: Client) -> None:
    forum = live(here)
    for who in (here.tho, here.cast.huynh, here.cast.khach):
        client.force_login(who)
        give_second_factor(client, who)
        assert page(client, forum.public_id, "ban-thu-ky").status_code == 404
        assert desk(client, forum, "close", attendance=1).status_code == 404


def test_a_helper_types_slips_that_are_taken_once(here: Office, client: Client) -> None:
    forum = live(here)
    client.force_login(here.cast.huynh)
    shown = page(client, forum.public_id, "nhap-phieu").content.decode()
    code = re.findall(r'name="code" value="([^"]+)"', shown)[0]
    data = {"text": LAMP, "code": code, "slip_number": "07"}
    for _time in range(2):
        taken = client.post(f"/dien-dan/{forum.public_id}/nhap-phieu/nhan/", data, headers={"accept": "application/json"})
        assert taken.json() == {"taken": True}
    assert Opinion.all_.get().entered_by == here.cast.huynh and ForumQuestion.objects.get().came_by == CameBy.PAPER
    other = {**data, "code": codes.new_code()}
    refused = client.post(f"/dien-dan/{forum.public_id}/nhap-phieu/nhan/", other, headers={"accept": "application/json"})
    assert refused.status_code == 422 and "07" in refused.json()["message"]
    without = client.post(f"/dien-dan/{forum.public_id}/nhap-phieu/nhan/", other)
    assert without.status_code == 422 and LAMP in without.content.decode() and "07" in without.content.decode()
    next_hall = live(here)  # its slips are numbered from 1 too
    assert client.post(f"/dien-dan/{next_hall.public_id}/nhap-phieu/nhan/", other, headers={"accept": "application/json"}).json() == {"taken": True}
    anothers = {**other, "code": codes.new_code(), "slip_number": "", "who": str(here.duyen.pk)}
    assert client.post(f"/dien-dan/{forum.public_id}/nhap-phieu/nhan/", anothers).status_code == 404 and Opinion.all_.count() == 2
    client.force_login(here.tho)
    give_second_factor(client, here.tho)
    assert page(client, forum.public_id, "nhap-phieu").status_code == 404


def test_the_slip_of_a_phone_is_counted_and_shown_after_the_session_only(here: Office, client: Client) -> None:
    forum = live(here)
    slip = {f"q{number}": "satisfied" for number in range(1, 6)}
    for _slip in range(6):
        client.post(f"/dien-dan/{forum.public_id}/khao-sat/after/", slip)
    client.post(f"/dien-dan/{forum.public_id}/khao-sat/after/", {"q1": "satisfied"})
    assert set(SurveyCount.objects.values_list("count", flat=True)) == {6}
    heading = 'id="h-ks"'
    assert heading not in page(client, forum.public_id).content.decode()
    forums.close_forum(forum, attendance=60, actor=by(here))
    assert page(client, forum.public_id, "khao-sat", "before").status_code == 200
    assert page(client, forum.public_id, "khao-sat", "never").status_code == 404
    assert heading not in page(client, forum.public_id).content.decode(), "slips are still taken"
    forums.change_forum(forum, actor=by(here), chair_name="Đặng Văn Trưởng", clerk_name="Mai Thị Thư")
    forum_minutes.sign_minutes(forum, signed_on=forum.day, actor=by(here))
    assert heading in page(client, forum.public_id).content.decode()
    assert page(client, forum.public_id, "khao-sat", "after").status_code == 404


def test_slips_that_a_phone_still_held_when_the_minutes_were_signed_are_told_apart(here: Office, client: Client) -> None:
    forum = live(here)
    client.force_login(here.cast.huynh)
    send = {"path": f"/dien-dan/{forum.public_id}/nhap-phieu/nhan/", "headers": {"accept": "application/json"}}
    stored, late = ({"text": LAMP, "code": codes.new_code(), "slip_number": number} for number in ("1", "2"))
    assert client.post(data=stored, **send).json() == {"taken": True}
    forums.close_forum(forum, attendance=60, actor=by(here))
    forums.change_forum(forum, actor=by(here), chair_name="Đặng Văn Trưởng", clerk_name="Mai Thị Thư")
    forum_minutes.sign_minutes(forum, signed_on=forum.day, actor=by(here))
    assert client.post(data=stored, **send).json() == {"taken": True}, "its first answer was lost on the way"
    refused = client.post(data=late, **send)
    assert refused.status_code == 409 and "lúc nào cũng gửi được" in refused.json()["message"]
    shown = page(client, forum.public_id, "nhap-phieu").content.decode()
    assert 'href="/gop-y/ghi-ho/"' in shown and "data-back" not in shown and "data-refused" in shown


def test_minutes_are_public_when_signed(here: Office, client: Client) -> None:
    forum = live(here)
    queued(here, forum)
    address = f"/dien-dan/{forum.public_id}/bien-ban.pdf"
    assert client.get(address).status_code == 404
    forum = forums.close_forum(forum, attendance=60, actor=by(here))
    forums.change_forum(forum, actor=by(here), chair_name="Đặng Văn Trưởng", clerk_name="Mai Thị Thư")
    forum_minutes.sign_minutes(forum, signed_on=forum.day, actor=by(here))
    first, second = client.get(address).content, client.get(address).content
    assert first.startswith(b"%PDF-") and first == second


def test_a_session_is_planned_and_corrected_on_its_page(here: Office, clerk: Client) -> None:
    other = planned(here)
    data = {
        "unit": here.commune.pk, "title": "Giữ xe chợ hoa", "place": "Hội trường xã", "starts_at": "2027-01-20T19:00",
        "hosts": [one.pk for one in other.hosts.all()],
    }  # fmt: skip
    made = clerk.post("/dien-dan/moi/", data)
    assert made.status_code == 302, made.context["form"].errors
    address = made["Location"].replace("ban-thu-ky/", "sua/")
    assert clerk.post(address, {**data, "title": "Giữ xe chợ Tết"}).status_code == 302
    assert "Giữ xe chợ Tết" in clerk.get("/dien-dan/to-chuc/").content.decode()
    assert clerk.post(address, {**data, "title": ""}).status_code == 200
