"""The public text: no mark goes out undecided, and the original goes nowhere."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine
from django.db import IntegrityError, transaction

from liengia.core import clock, images, search
from liengia.core.actor import Actor
from liengia.core.errors import Invalid, NotFound, Refused
from liengia.core.geo import Point
from liengia.opinions import codes, redaction, services
from liengia.opinions.models import HeldPhoto, Opinion, Photo, State
from liengia.people.models import RetentionPeriod, User
from liengia.people.services import retention, set_period
from tests.core.test_images import picture
from tests.opinions.given import Office, answered, filed, public, reason, sorted_
from tests.people.conftest import signed_in

TEXT = "Xe 62B1-123.45 của ông Trần Văn Tèo chạy ẩu trước nhà số 12/3, ai thấy gọi 0909 123 456."


def test_a_mark_left_undecided_stops_the_publication(here: Office) -> None:
    opinion = sorted_(here, text=TEXT)
    by = Actor.of(here.duyen)
    with pytest.raises(Refused) as caught:
        services.publish_text(opinion, title="Xe chạy ẩu", text=TEXT, actor=by)
    assert caught.value.detail_code == "undecided" and not opinion.public_texts.exists()
    redacted = redaction.redact(TEXT, services.marks_of(opinion))
    for private in ("123.45", "Tèo", "12/3", "0909"):
        assert private not in redacted
    made = services.publish_text(opinion, title="Xe chạy ẩu", text=redacted, actor=by)
    assert made.marks == [] and Opinion.public_.get().current_text == made


def test_what_the_moderator_keeps_is_written_down_without_its_words(here: Office) -> None:
    opinion = sorted_(here, text="Quán Cô Lan Anh ồn quá")
    kept = {m for mark in services.marks_of(opinion) for m in ["Quán Cô Lan Anh ồn quá"[mark.start : mark.end]]}
    made = services.publish_text(
        opinion, title="Quán ồn", text="Quán Cô Lan Anh ồn quá", kept=kept, actor=Actor.of(here.duyen)
    )
    assert kept and made.marks and all(set(mark) == {"kind", "start", "end"} for mark in made.marks)


def test_names_of_officers_are_marked_without_diacritics_too(here: Office) -> None:
    opinion = sorted_(here, text="gap anh le van tho o mot cua")
    assert any(mark.kind == redaction.NAME for mark in services.marks_of(opinion))


def test_one_about_a_private_person_is_never_public(here: Office) -> None:
    opinion = public(here)
    services.withdraw_text(opinion, actor=Actor.of(here.duyen), is_private_person=True)
    assert not Opinion.public_.exists() and not opinion.public_texts.exists()
    with pytest.raises(Refused):
        services.publish_text(opinion, title="Lại", text="Lại", actor=Actor.of(here.duyen))
    with pytest.raises(IntegrityError), transaction.atomic():
        Opinion.all_.filter(pk=opinion.pk).update(is_public=True)


def test_photos_are_public_only_when_chosen(here: Office) -> None:
    clean = images.reencode(picture())
    opinion = sorted_(here, photos=[clean, clean])
    first, second = opinion.photos.all()
    services.publish_text(opinion, title="Đèn tắt", text="Đèn tắt", photos=[second.pk], actor=Actor.of(here.duyen))
    assert [photo.is_public for photo in opinion.photos.all()] == [False, True]
    services.publish_text(opinion, title="Đèn tắt", text="Đèn tắt", photos=[first.pk], actor=Actor.of(here.duyen))
    assert [photo.is_public for photo in opinion.photos.all()] == [True, False]


def test_without_objects_every_query_says_what_it_exposes() -> None:
    assert not hasattr(Opinion, "objects")
    assert Opinion._default_manager.name == "public_" and Opinion._base_manager.name == "all_"


def test_an_answer_without_a_public_text_cannot_be_published(here: Office) -> None:
    opinion = answered(here)
    with pytest.raises(Refused):
        services.publish(opinion, actor=Actor.of(here.duyen))
    with pytest.raises(Invalid):
        services.publish_text(opinion, title=" ", text="x", actor=Actor.of(here.duyen))


def test_periods_end(here: Office) -> None:
    clean = images.reencode(picture())
    facts = {"is_anonymous": False, "contact_name": "Lụa", "contact_phone": "0900 000 009"}
    opinion = answered(here, photos=[clean], point=Point(10.5, 106.6), **facts)
    moved = filed(here, "Tôi tố cáo ông kia")
    services.move_out(moved, reason=reason("denunciation"), actor=Actor.of(here.duyen))
    services.close(opinion, actor=Actor.of(here.duyen))
    services.hold_photos(codes.new_code(), [clean])
    open_ = filed(here, **facts)
    assert services.keep_periods() == 0

    def after(days: int) -> None:
        with time_machine.travel(clock.now() + timedelta(days=days), tick=False):
            while services.keep_periods():
                pass

    after(2)
    assert not HeldPhoto.objects.exists()
    after(31)
    assert Opinion.all_.get(pk=opinion.pk).point == "" and Opinion.all_.get(pk=opinion.pk).contact_phone
    after(91)
    row = Opinion.all_.get(pk=opinion.pk)
    assert (row.contact_name, row.contact_phone) == ("", "") and not Photo.objects.filter(opinion=row).exists() and row.text
    assert Opinion.all_.get(pk=moved.pk).text == "" and Opinion.all_.get(pk=open_.pk).contact_phone == "+84900000009"
    after(731)
    row = Opinion.all_.get(pk=opinion.pk)
    assert (row.text, row.erased_at is None) == ("", False) and row.state == State.CLOSED


def test_what_was_moved_out_or_never_closed_ends_as_well(here: Office) -> None:
    by, code = Actor.of(here.duyen), codes.new_code()
    moved = sorted_(here, text="Tôi tố cáo ông kia", code=code)
    services.assign(moved, person=here.tho, note_words="Xem giúp ông Tèo", actor=by)
    services.ask_writer(moved, text="Ông nào?", actor=by)
    services.reply_by_code(moved, text="Ông Tèo")
    services.move_out(moved, reason=reason("denunciation"), words="Xin tới phòng tiếp công dân", actor=by)
    named = {"is_anonymous": False, "contact_name": "Lụa", "contact_phone": "0900 000 009"}
    left, waits = answered(here, **named), sorted_(here, **named)

    def after(days: int) -> Opinion:
        with time_machine.travel(clock.now() + timedelta(days=days), tick=False):
            while services.keep_periods():
                pass
        return Opinion.all_.get(pk=moved.pk)

    row = after(91)
    question = moved.questions.get()
    assert (row.text, question.text, question.reply, moved.assignments.get().note) == ("", "", "", "")
    assert row.reason_words and services.find_by_code(code) == row, "where it belongs is read for longer"
    assert Opinion.all_.get(pk=left.pk).contact_phone
    row = after(731)
    assert row.reason_words == "" and row.erased_at
    with pytest.raises(NotFound):
        services.find_by_code(code)
    after(365 + 731)
    left, waits = Opinion.all_.get(pk=left.pk), Opinion.all_.get(pk=waits.pk)
    assert (left.contact_name, left.contact_phone, left.text) == ("", "", "") and waits.contact_phone and waits.text


@pytest.mark.usefixtures("bare_index")
def test_search_finds_the_redacted_copy_and_the_published_answer_only(here: Office) -> None:
    opinion = sorted_(here, text="Ông Trần Văn Tèo nhậu ồn")
    by = Actor.of(here.duyen)

    def hits(words: str) -> int:
        return len(search.find(words).hits)

    services.publish_text(opinion, title="Nhậu ồn cả xóm", text="Một hộ nhậu ồn", actor=by)
    assert hits("nhau on") == 1 and hits("Tèo") == 0
    services.answer(opinion, kind="in_writing", text="Đã lập biên bản nhắc nhở", signer_name="Ông A", signer_office="UBND xã", actor=by)
    assert hits("biên bản") == 0, "an answer that is not published is not searched"
    services.publish(opinion, actor=by)
    assert hits("biên bản") == 1
    services.withdraw_text(opinion, actor=by)
    assert hits("nhau on") == hits("biên bản") == 0
    services.publish_text(opinion, title="Nhậu ồn cả xóm", text="Một hộ nhậu ồn", actor=by)
    assert hits("biên bản") == 0, "the answer went with the text, and is decided on anew"
    services.publish(opinion, text="Đã nhắc nhở", actor=by)
    services.publish(opinion, text="Đã nhắc nhở, hẹn không tái phạm", actor=by)
    assert Opinion.all_.get().state == State.PUBLISHED and hits("tai pham") == 1, "what is public can be mended"


def test_an_administrator_sees_and_shortens_the_periods_of_opinions(here: Office) -> None:
    retention.ensure_periods()
    listed = signed_in(User.objects.create_superuser("root", password=None), second_factor=True).get("/quan-tri/thoi-han-luu/").content.decode()
    assert "Nguyên văn ý kiến" in listed and "số điện thoại người góp ý" in listed
    opinion = answered(here, is_anonymous=False, contact_name="Lụa", contact_phone="0900 000 009")
    services.close(opinion, actor=Actor.of(here.duyen))
    set_period(RetentionPeriod.objects.get(code="opinion_contact"), days=10, actor=Actor.of(here.duyen))
    with time_machine.travel(clock.now() + timedelta(days=11), tick=False):
        while services.keep_periods():
            pass
    row = Opinion.all_.get(pk=opinion.pk)
    assert row.contact_phone == "" and row.text, "the words have a period of their own"
