"""The office's pages: the queue, one opinion, its verbs, the redaction; in one's own commune and by capability."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from html import unescape
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from liengia.audit.models import Entry
from liengia.core import clock, pagecache, search
from liengia.core.actor import Actor
from liengia.core.errors import Refused
from liengia.opinions import codes, office_queue, policies, redaction, services
from liengia.opinions.models import Answer, Opinion, OpinionEvent, State
from liengia.opinions.services import settings as settings_
from liengia.organisations.workdays import WorkCalendar
from liengia.people import services as people
from liengia.people.models import User
from tests import factories
from tests.cast import TESTER
from tests.core.test_images import picture
from tests.opinions.given import LAMP, Office, answered, filed, public, reason, sorted_, topic
from tests.people.conftest import signed_in

QUEUE = "/quan-tri/gop-y/"
PRIVATE = "Xe 62B1-123.45 của ông Trần Văn Tèo chạy ẩu trước nhà số 12/3, ai thấy gọi 0909 123 456."


def at(user: User) -> Client:
    """Return a browser in the office."""
    return signed_in(user, second_factor=True)


def page(user: User, path: str = QUEUE) -> str:
    """Return the text of a page that opens."""
    response = at(user).get(path)
    assert response.status_code == 200, path
    return response.content.decode()


def address(opinion: Opinion, what: str = "") -> str:
    """Return an address of an opinion's."""
    return f"{QUEUE}{opinion.public_id}/{what}"


def act(user: User, opinion: Opinion, what: str, **data: object) -> Opinion:
    """Do something by its form; it must have been done."""
    if what == "cong-khai-tra-loi":
        data.setdefault("began_from", services.stand_of(opinion))
    response = at(user).post(address(opinion, f"{what}/"), data)
    assert response.status_code == 302, response.content.decode()[-3000:]
    return Opinion.all_.get(pk=opinion.pk)


@pytest.mark.usefixtures("bare_index")
def test_every_marked_place_of_an_answer_is_decided_before_everybody_reads_it(here: Office, client: Client) -> None:
    code = codes.new_code()
    opinion = public(here, code=code)
    by = Actor.of(here.duyen)
    words = "Đã gặp ông Nguyễn Văn Bảy ở số nhà 12, gọi 0903 123 456 là có người tới."
    services.answer(opinion, kind="in_writing", text=words, signer_name="Ông Mẫu", signer_office="UBND xã", actor=by)
    with pytest.raises(Refused):
        services.publish(opinion, actor=by)
    where = address(opinion, "cong-khai-tra-loi/")
    names = list(dict.fromkeys(re.findall(r'name="(m-a-[^"]+)"', page(here.duyen, where))))
    assert len(names) == 3
    assert at(here.duyen).post(where, {names[0]: "hide", names[1]: "hide"}).status_code == 422
    assert "Đã gặp" not in client.get(f"/gop-y/{opinion.public_id}/").content.decode()
    chosen = {name: "keep" if "phone" in name else "hide" for name in names}
    opinion = act(here.duyen, opinion, "cong-khai-tra-loi", hidden="có người tới", **chosen)
    shown = [client.get(f"/gop-y/{opinion.public_id}/").content.decode(), str(client.get(f"/open311/v2/requests/{opinion.public_id}.json?jurisdiction_id=28108").json())]
    assert all("Đã gặp ông" in one and "0903 123 456" in one for one in shown)
    assert not any(private in one for one in shown for private in ("Bảy", "số nhà 12", "có người tới"))
    assert search.find("Đã gặp").hits and not search.find("Bảy").hits
    assert words in unescape(client.post("/gop-y/theo-doi/", {"code": code}).content.decode()), "the writer reads all of it"
    # Opened again and answered again, the new answer is the writer's alone until it is published too.
    services.close(opinion, actor=by)
    services.reopen(opinion, words="Vẫn tối")
    services.answer(opinion, kind="in_writing", text="Bà Lê Thị Út đã thay bóng khác.", signer_name="Ông Mẫu", signer_office="UBND xã", actor=by)
    services.follow_up(opinion, actor=by)
    assert "thay bóng khác" not in client.get(f"/gop-y/{opinion.public_id}/").content.decode()


def stranger(here: Office, role: str = "commune_editor") -> User:
    """Return somebody who does the same work in the next commune."""
    user = factories.user("la", "Người Xã Bên", is_staff=True)
    people.assign_role(user, role, here.cast.other_commune, actor=TESTER)
    return user


def test_one_whole_case_goes_through_the_office(here: Office) -> None:
    opinion = filed(here)
    opinion = act(here.duyen, opinion, "phan-loai", topic=topic().pk, hamlet=here.cast.hamlet.pk, urgency="topic")
    assert opinion.state == State.SORTED and opinion.hamlet == here.cast.hamlet
    act(here.duyen, opinion, "giao", person=here.tho.pk, note_words="Xem giúp trụ số 14")
    assert opinion.public_id in page(here.tho, f"{QUEUE}?phan=cua-toi")
    opinion = act(here.tho, opinion, "xac-minh")
    assert opinion.state == State.VERIFYING
    act(here.tho, opinion, "hoi-lai", text="Trụ nằm bên trái hay bên phải đường?")
    signed = {"signer_name": "Lê Văn Thợ", "signer_office": "UBND xã Cần Đước"}
    opinion = act(here.tho, opinion, "tra-loi", kind="in_writing", text="Đã báo Điện lực, thay trong tuần.", promised_on="2099-01-01", **signed)
    assert opinion.state == State.ANSWERED_IN_WRITING
    data = {"title": "Đèn đường số 14 tắt", "do": "publish", **decisions(here, opinion, "keep")}
    assert at(here.duyen).post(address(opinion, "ban-cong-khai/"), data).status_code == 302
    opinion = act(here.duyen, opinion, "cong-khai-tra-loi")
    opinion = act(here.duyen, opinion, "theo-doi")
    shown = {"kind": "photo", "title": "Đèn sáng lại", "file": picture_file()}
    assert at(here.duyen).post(address(opinion, "bang-chung/"), shown).status_code == 422 and not opinion.evidence.exists()
    for seen_by in ("everybody", "office"):
        act(here.duyen, opinion, "bang-chung", kind="photo", title="Đèn sáng lại", file=picture_file(), seen_by=seen_by)
    assert list(opinion.evidence.order_by("pk").values_list("is_public", flat=True)) == [True, False]
    opinion = act(here.duyen, opinion, "dong")
    assert opinion.state == State.CLOSED
    assert "Đèn sáng lại" in page(here.duyen, address(opinion))
    said = list(OpinionEvent.objects.filter(opinion=opinion).values_list("by_office", flat=True))
    assert here.commune.full_name in said


def picture_file() -> SimpleUploadedFile:
    """Return an upload."""
    return SimpleUploadedFile("den.jpg", picture(), content_type="image/jpeg")


def decisions(here: Office, opinion: Opinion, decision: str) -> dict[str, str]:
    """Return the same decision on every mark."""
    found = {}
    for part, text in (("t", opinion.text), ("p", opinion.place_words)):
        for mark in services.marks_of(opinion, text):
            found[f"m-{part}-{mark.kind}-{mark.start}-{mark.end}"] = decision
    return found


# Whose commune, whose work


def test_the_next_commune_finds_nothing(here: Office) -> None:
    opinion = public(here)
    other = stranger(here)
    assert opinion.public_id not in page(other, f"{QUEUE}?phan=tat-ca")
    for what in ("", "phan-loai/", "tra-loi/", "ban-cong-khai/", "gop/", "phieu.pdf"):
        assert at(other).get(address(opinion, what)).status_code == 404, what
    exported = at(other).get(f"{QUEUE}xuat.csv").content.decode()
    assert opinion.public_id not in exported


def test_who_holds_no_capability_finds_no_page(here: Office) -> None:
    opinion = filed(here)
    for path in (QUEUE, address(opinion), f"{QUEUE}thang/", f"{QUEUE}xuat.csv"):
        assert at(here.cast.quan).get(path).status_code == 404, path
        assert at(here.cast.truc).get(path).status_code in (302, 404), path


def test_a_specialist_sees_what_was_given_and_nothing_else(here: Office) -> None:
    given, kept = sorted_(here, text="Cống trước chợ bị nghẹt đã ba ngày"), filed(here)
    services.assign(given, actor=TESTER, person=here.tho)
    text = page(here.tho, f"{QUEUE}?phan=tat-ca")
    assert given.public_id in text and kept.public_id not in text
    assert at(here.tho).get(address(kept)).status_code == 404
    for what in ("phan-loai/", "giao/", "tu-choi/", "ban-cong-khai/", "gop/", "lien-quan-can-bo/"):
        assert at(here.tho).get(address(given, what)).status_code == 404, what
    assert at(here.tho).get(f"{QUEUE}xuat.csv").status_code == 404


def test_reading_the_original_is_recorded_once_and_a_list_is_no_reading(here: Office) -> None:
    opinion = filed(here)
    text = page(here.duyen)
    assert LAMP not in text and not Entry.objects.filter(kind="opinions.read").exists()
    assert LAMP in page(here.duyen, address(opinion))
    page(here.duyen, address(opinion))
    read = Entry.objects.get(kind="opinions.read")
    assert (read.about_id, read.actor_id, read.unit_id) == (opinion.public_id, str(here.duyen.pk), here.commune.pk)


# The queue


@pytest.mark.parametrize("part", sorted(office_queue.CODES))
def test_a_part_lists_as_many_as_it_counts(here: Office, part: str) -> None:
    filed(here, text="Rác đổ ven kênh chưa ai dọn")
    late = filed(here, text="Ống nước bể giữa đường cái")
    Opinion.all_.filter(pk=late.pk).update(intake_due_at=clock.now() - timedelta(days=1))
    asked = sorted_(here, text="Loa phường mở lúc năm giờ sáng")
    services.ask_writer(asked, text="Loa ở chỗ nào?", actor=TESTER)
    services.assign(sorted_(here, text="Cây me già nghiêng ra đường"), person=here.duyen, actor=TESTER)
    answered(here, text="Bảng tên đường bị mờ hết chữ rồi")
    services.refuse(sorted_(here, text="Chuyện riêng của hai nhà bên nhau"), reason=reason("not_enough"), words="Thiếu chỗ", actor=TESTER)
    services.publish_text(asked, title="Loa sớm", text="Loa mở sớm", actor=TESTER)
    seen = Opinion.all_.all()
    number = office_queue.counts(seen, here.duyen)[part]
    listed = office_queue.rows(seen, office_queue.Wanted(part), here.duyen)
    assert len(listed) == number > 0 or part in ("theo-doi", "sap-han")
    assert page(here.duyen, f"{QUEUE}?phan={part}").count("data-rows") == (1 if number else 0)


def test_filters_narrow_the_list_and_the_counts(here: Office) -> None:
    lamp = sorted_(here)
    services.sort(lamp, topic=topic(), hamlet=here.cast.hamlet, actor=TESTER)
    filed(here, text="Rác đổ ven kênh chưa ai dọn")
    for query in (f"ap={here.cast.hamlet.code}", "linh-vuc=lighting", f"q={lamp.public_id}"):
        text = page(here.duyen, f"{QUEUE}?phan=tat-ca&{query}")
        assert text.count('class="opinions-tags"') == 1 and lamp.public_id in text, query
    assert "data-rows" not in page(here.duyen, f"{QUEUE}?phan=tat-ca&nguon=paper")


def test_words_find_public_copies_only(here: Office) -> None:
    shown = public(here, title="Miếu Bà tối thui")
    hidden = filed(here, text="Miếu Bà có người đốt rác")
    text = page(here.duyen, f"{QUEUE}?phan=tat-ca&q=mieu+ba")
    assert shown.public_id in text and hidden.public_id not in text


@time_machine.travel("2026-11-25 09:00+07:00", tick=False)  # what a user may is read again after a second
def test_the_queue_asks_as_often_for_many_as_for_few(here: Office) -> None:
    client, numbers = at(here.duyen), []
    for count in (2, 12):
        for n in range(count):
            services.assign(sorted_(here, text=f"Việc thứ {n} trong {count} của tổ"), person=here.tho, actor=TESTER)
        client.get(f"{QUEUE}?phan=tat-ca")
        with CaptureQueriesContext(connection) as asked:
            client.get(f"{QUEUE}?phan=tat-ca")
        numbers.append(len(asked))
    assert numbers[0] == numbers[1]


@pytest.mark.parametrize(
    ("now", "until", "hours"),
    [
        ("2026-11-25 08:00", "2026-11-25 11:00", 3),
        ("2026-11-25 10:30", "2026-11-25 14:30", 2),
        ("2026-11-27 16:00", "2026-11-30 08:00", 2),
        ("2026-11-28 09:00", "2026-11-29 09:00", 0),
        ("2026-11-25 11:00", "2026-11-25 08:00", 0),
    ],
)
def test_only_office_hours_run_down(now: str, until: str, hours: int) -> None:
    zone = ZoneInfo("Asia/Ho_Chi_Minh")
    begin, end = (datetime.fromisoformat(one).replace(tzinfo=zone) for one in (now, until))
    assert office_queue.hours_left(WorkCalendar(), begin, end) == timedelta(hours=hours)


# Verbs


def test_what_cannot_be_done_says_why(here: Office) -> None:
    opinion = filed(here)
    at(here.duyen).post(address(opinion, "tra-loi/"), {"text": "x", "kind": "in_writing", "signer_name": "a", "signer_office": "b"})
    assert not Answer.objects.exists()
    assert "tiếp nhận" in page(here.duyen, address(opinion, "tra-loi/")).lower()


def test_the_same_answer_again_is_asked_about(here: Office) -> None:
    words = "Điện lực đã thay bóng đèn số 14 chiều ngày 24/11, đèn sáng lại."
    first, second = answered(here, words), sorted_(here, text="Đèn hẻm 7 chớp hoài cả đêm")
    said = {"kind": "in_writing", "text": words, "signer_name": "Ông Chủ Tịch", "signer_office": "UBND xã"}
    response = at(here.duyen).post(address(second, "tra-loi/"), said)
    text = response.content.decode()
    assert response.status_code == 422 and first.public_id in text and 'type="checkbox" name="is_paste_meant"' in text
    assert words in text, "what was typed stays"
    act(here.duyen, second, "tra-loi", is_paste_meant="on", **said)
    assert Answer.objects.filter(opinion=second).count() == 1


def test_moving_out_shows_what_the_writer_reads(here: Office) -> None:
    opinion = public(here)
    assert reason("crime_report").words in page(here.duyen, address(opinion, "chuyen-ra/"))
    opinion = act(here.duyen, opinion, "chuyen-ra", reason=reason("crime_report").pk)
    assert opinion.state == State.MOVED_OUT and not opinion.is_public


def test_two_are_joined_after_both_were_read(here: Office) -> None:
    stays, goes = public(here), filed(here, text="Đèn đường số 14 gần miếu vẫn tắt, tối thui")
    assert stays.public_id in page(here.duyen, address(goes)), "it is suggested by words and place"
    look = page(here.duyen, address(goes, f"gop/?vao={stays.public_id}"))
    assert goes.text in look and stays.text in look
    unsure = at(here.duyen).post(address(goes, "gop/"), {"vao": stays.public_id})
    assert unsure.status_code == 422
    assert at(here.duyen).post(address(goes, "gop/"), {"vao": stays.public_id, "is_sure": "on"}).status_code == 302
    goes.refresh_from_db()
    assert goes.merged_into_id == stays.pk
    assert "Gộp chung với ý kiến này" in page(here.duyen, address(stays)) and goes.public_id in page(here.duyen, address(stays))


def test_one_of_another_commune_is_never_joined_with(here: Office) -> None:
    draft = services.Draft(here.cast.other_commune, LAMP, place_words="đường Trần Hưng Đạo")
    other = services.file_opinion(draft, code=codes.new_code())
    look = page(here.duyen, address(filed(here), f"gop/?vao={other.public_id}"))
    assert 'name="is_sure"' not in look


def test_closing_without_anything_to_show_is_refused(here: Office) -> None:
    opinion = sorted_(here)
    services.answer(opinion, kind="on_spot", text="Đã nói chuyện tại chỗ", signer_name="A", signer_office="B", actor=TESTER)
    assert at(here.duyen).post(address(opinion, "dong/")).status_code == 422
    opinion.refresh_from_db()
    assert opinion.state == State.ANSWERED_ON_SPOT


def test_a_helpers_writer_is_recorded_as_told(here: Office) -> None:
    opinion = answered(here)
    Opinion.all_.filter(pk=opinion.pk).update(entered_by=here.cast.huynh)
    opinion = act(here.duyen, opinion, "da-bao", how="visit")
    assert opinion.told_how == "visit" and opinion.told_on == clock.today()


# The public copy


def test_nothing_is_published_before_each_mark_is_decided(here: Office) -> None:
    opinion = sorted_(here, text=PRIVATE)
    said = decisions(here, opinion, "hide")
    assert len(said) >= 4
    for left_out in said:
        partly = {name: value for name, value in said.items() if name != left_out}
        response = at(here.duyen).post(address(opinion, "ban-cong-khai/"), {"title": "Xe chạy ẩu", "do": "publish", **partly})
        assert response.status_code == 422 and not Opinion.public_.exists(), left_out
    assert at(here.duyen).post(address(opinion, "ban-cong-khai/"), {"title": "Xe chạy ẩu", "do": "publish", **said}).status_code == 302
    text = Opinion.public_.get().current_text
    assert text is not None and "ẩu" in text.text
    for private in ("123.45", "Tèo", "12/3", "0909"):
        assert private not in text.text


def test_a_name_in_the_title_is_asked_about(here: Office) -> None:
    opinion = sorted_(here)
    title = "Đèn nhà ông Trần Văn Tèo."
    marked = [title[mark.start : mark.end] for mark in redaction.find(title)]
    data = {"title": title, "do": "publish", **decisions(here, opinion, "keep")}
    response = at(here.duyen).post(address(opinion, "ban-cong-khai/"), data)
    assert marked and response.status_code == 422 and f'name="keep" value="{marked[0]}"' in response.content.decode()
    assert at(here.duyen).post(address(opinion, "ban-cong-khai/"), {**data, "keep": marked}).status_code == 302


def test_words_hidden_by_hand_are_gone(here: Office) -> None:
    opinion = sorted_(here, text="Quán nhậu sát vách trường học ồn tới khuya")
    data = {"title": "Quán ồn", "do": "publish", "hidden": "sát vách trường học", **decisions(here, opinion, "keep")}
    assert at(here.duyen).post(address(opinion, "ban-cong-khai/"), data).status_code == 302
    text = Opinion.public_.get().current_text
    assert text is not None and "trường" not in text.text and "Quán nhậu" in text.text


def test_the_preview_shows_the_copy_and_writes_nothing(here: Office) -> None:
    opinion = sorted_(here, text=PRIVATE)
    data = {"title": "Xe chạy ẩu", **decisions(here, opinion, "hide")}
    text = at(here.duyen).post(address(opinion, "ban-cong-khai/xem/"), data).content.decode()
    assert "Xe chạy ẩu" in text and "Tèo" not in text and "0909" not in text
    assert not Opinion.public_.exists()


def test_one_about_a_private_person_is_answered_in_private(here: Office) -> None:
    opinion = answered(here)
    assert at(here.duyen).post(address(opinion, "ban-cong-khai/rut/"), {"private": "1"}).status_code == 302
    opinion.refresh_from_db()
    assert opinion.is_private_person and not opinion.is_public
    assert 'name="do" value="publish"' not in page(here.duyen, address(opinion, "ban-cong-khai/"))
    data = {"title": "Lại", "do": "publish", **decisions(here, opinion, "keep")}
    assert at(here.duyen).post(address(opinion, "ban-cong-khai/"), data).status_code == 422
    assert at(here.duyen).post(address(opinion, "cong-khai-tra-loi/")).status_code == 422
    assert opinion.public_id not in page(here.duyen, f"{QUEUE}?phan=cong-khai")


def test_actors_are_named_in_the_history(here: Office) -> None:
    opinion = services.sort(filed(here), topic=topic(), actor=Actor.of(here.duyen))
    assert "Đỗ Thị Duyên" in page(here.duyen, address(opinion)).split('id="h-hist"')[1]


def test_who_answered_keeps_sight_of_it_and_can_do_nothing_more(here: Office) -> None:
    opinion = sorted_(here)
    services.assign(opinion, person=here.tho, actor=Actor.of(here.duyen))
    act(
        here.tho, opinion, "tra-loi", kind="in_writing", text="Đã thay bóng đèn số 14 chiều nay.", signer_name="Lê Văn Thợ", signer_office="Tổ điện",
    )  # fmt: skip
    shown = page(here.tho, address(opinion))
    assert "Đã thay bóng đèn số 14" in shown and f"{address(opinion)}bang-chung/" not in shown
    assert opinion.public_id in page(here.tho, f"{QUEUE}?phan=tat-ca")
    for what in ("bang-chung", "dong", "theo-doi", "cong-khai-tra-loi", "tra-loi", "hoi-lai"):
        assert at(here.tho).post(address(opinion, f"{what}/"), {}).status_code == 404, what
    assert not policies.handled_by(here.tho).exists()
    # Opened again it is whoever's it is given to; the earlier answerer reads on.
    Opinion.all_.filter(pk=opinion.pk).update(state=State.SORTED)
    services.assign(opinion, person=here.duyen, actor=Actor.of(here.duyen))
    assert page(here.tho, address(opinion)) and at(here.tho).post(address(opinion, "tra-loi/"), {}).status_code == 404
    # Found to concern an officer, it is nobody's below the chairman.
    services.refer_to_officials(opinion, words="cán bộ X", actor=Actor.of(here.duyen))
    assert at(here.tho).get(address(opinion)).status_code == 404


@pytest.mark.parametrize("what", ["topic", "reason", "rules"])
def test_what_a_commune_sets_empties_the_kept_pages(here: Office, what: str) -> None:
    before = pagecache._edition()
    actor = Actor.of(here.duyen)
    if what == "topic":
        settings_.change_topic(topic(), actor=actor, may_change_shipped=True, name="Đèn đường")
    elif what == "reason":
        settings_.change_reason(reason(), actor=actor, words="Xin gọi 113.")
    else:
        services.set_rules(here.commune, actor=actor, reopen_days=20)
    assert pagecache._edition() != before
