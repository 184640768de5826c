"""The public pages: filing with an error and without, following by the code, what everybody reads."""

from __future__ import annotations

import re
from datetime import timedelta
from html import unescape
from typing import Any

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils.html import escape

from liengia.core import clock, search
from liengia.core.actor import Actor
from liengia.opinions import codes, services
from liengia.opinions.forms import new_ticket
from liengia.opinions.models import AnswerKind, HeldPhoto, Opinion, Photo, State
from liengia.opinions.views import filing, follow, public
from liengia.organisations.models import SpecialDay
from tests.core.test_images import picture, with_exif
from tests.opinions.given import LAMP, Office, answered, filed, reason, sorted_, topic
from tests.opinions.given import public as published

FORM = "/gop-y/gui/?xa=28108"


@pytest.fixture(autouse=True)
def _fresh_limits() -> None:
    follow.wrong_limit.forget()
    public.support_limit.forget()
    filing.filing_limit.forget()


def ticket(code: str = "", *, age_s: float = 10) -> str:
    """Return the ticket of a form that was opened some seconds ago."""
    with time_machine.travel(clock.now() - timedelta(seconds=age_s), tick=False):
        return new_ticket(code)


def typed(**facts: Any) -> dict[str, Any]:
    """Return what a writer types."""
    return {
        "xa": "28108", "kind": "report", "text": LAMP, "place_words": "cua miếu Bà", "contact": "anonymous", "ticket": ticket(), **facts,
    }  # fmt: skip


def send(client: Client, **facts: Any) -> Any:
    """Send the form."""
    return client.post(FORM, typed(**facts))


def shown_code(response: Any) -> str:
    """Return the code that the slip shows."""
    return re.search(r'private-code[^>]*>([^<]+)<', response.content.decode())[1].strip()  # type: ignore[index]


def test_an_opinion_is_sent_and_followed(here: Office, client: Client) -> None:
    page = client.get(FORM).content.decode()
    for words in ("113", "VNeID", "Phần mềm này không lưu địa chỉ mạng, máy hay tài khoản của bạn. Nhà mạng và nơi đặt máy chủ có thể có."):
        assert words in page, "told before writing"
    assert page.index("Việc này gửi nơi khác") < page.index('id="id_text"')
    assert re.search(r'value="anonymous"[^>]*checked|checked[^>]*value="anonymous"', page), "anonymous is preselected"
    response = send(client)
    assert response.status_code == 200 and Opinion.all_.get().text == LAMP
    code = shown_code(response)
    assert 'data-copy="ma-rieng"' in response.content.decode() and 'id="ma-rieng"' in response.content.decode()
    assert services.find_by_code(code) == Opinion.all_.get()
    followed = client.post("/gop-y/theo-doi/", {"code": code.lower().replace("-", " ")}).content.decode()
    assert escape(LAMP) in followed


def test_a_form_sent_twice_is_one_opinion_with_the_same_code(here: Office, client: Client) -> None:
    facts = typed()
    first, again = client.post(FORM, facts), Client().post(FORM, facts)
    assert shown_code(first) == shown_code(again) and Opinion.all_.count() == 1


def test_nothing_goes_into_a_session_or_an_address(here: Office, client: Client) -> None:
    from django.contrib.sessions.models import Session

    response = send(client)
    code = shown_code(response)
    client.post("/gop-y/theo-doi/", {"code": code})
    assert not Session.objects.exists() and "sessionid" not in client.cookies
    assert response.status_code == 200 and "no-store" in response["Cache-Control"], "no address with the code is sent on"
    assert f"?{code}" not in response.content.decode()


def test_an_error_keeps_what_was_typed_and_the_photos(here: Office, client: Client) -> None:
    kept = ticket()
    response = send(client, place_words="", ticket=kept, photos=[SimpleUploadedFile("a.jpg", with_exif()), SimpleUploadedFile("b.png", picture("PNG"))])
    page = unescape(response.content.decode())
    assert LAMP in page and "Chưa có nơi xảy ra" in page and HeldPhoto.objects.count() == 2 and not Opinion.all_.exists()
    assert page.count("data:image/webp;base64,") == 2 and kept in page
    first = HeldPhoto.objects.first()
    assert first is not None
    code = shown_code(send(client, ticket=kept, held="1", keep=[first.pk]))
    assert Photo.objects.count() == 1 and not HeldPhoto.objects.exists()
    assert shown_code(send(client, ticket=kept, held="1", keep=[first.pk])) == code and Opinion.all_.count() == 1, "pressed twice"
    left = ticket()
    send(client, place_words="", ticket=left, photos=[SimpleUploadedFile("a.jpg", with_exif())])
    key = HeldPhoto.objects.get().pk
    HeldPhoto.objects.all().delete()  # as after its day
    for keep in (key, "²", "9" * 40):
        page = unescape(send(client, ticket=left, held="1", keep=[keep]).content.decode())
        assert LAMP in page and "chọn lại" in page and 'name="keep"' not in page and Opinion.all_.count() == 1, keep
    assert shown_code(send(client, ticket=left)) and Opinion.all_.count() == 2


def test_a_bad_picture_keeps_the_words(here: Office, client: Client) -> None:
    response = send(client, photos=[SimpleUploadedFile("anh.jpg", b"<svg><script>alert(1)</script></svg>", "image/jpeg")])
    page = unescape(response.content.decode())
    assert LAMP in page and "không phải ảnh đọc được" in page and not Opinion.all_.exists()


@pytest.mark.parametrize(
    ("facts", "says"),
    [
        ({"website": "http://example.com"}, "Để trống"),
        ({"ticket": "forged:1abc:signature"}, "không còn hợp lệ"),
        ({"text": " "}, "Chưa có nội dung"),
        ({"text": "x" * 2001}, "2001"),
        ({"contact": "named"}, "Chưa có tên"),
        ({"contact": "named", "contact_name": "Lụa", "contact_phone": "0900 00"}, "thiếu một chữ số"),
        ({"topic": "999999"}, ""),
        ({"hamlet": "' OR 1=1"}, ""),
        ({"lat": "1e999"}, ""),
    ],
)
def test_what_is_wrong_is_said_and_nothing_is_half_saved(here: Office, client: Client, facts: dict[str, Any], says: str) -> None:
    response = send(client, **facts)
    assert response.status_code == 200 and not Opinion.all_.exists() and not Photo.objects.exists()
    page = unescape(response.content.decode())
    assert says in page and 'role="alert"' in page


def test_sent_at_once_or_after_days_it_asks_again_and_then_goes(here: Office, client: Client) -> None:
    for age_s, seconds in ((0.0, 5), (60 * 60 * 24 * 3, 5)):
        response = send(client, ticket=ticket(age_s=age_s))
        assert not Opinion.all_.exists()
        assert "Ticket" not in response.content.decode()
        again = unescape(re.search(r'name="ticket" value="([^"]+)"', response.content.decode())[1])  # type: ignore[index]
        with time_machine.travel(clock.now() + timedelta(seconds=seconds), tick=False):
            assert client.post(FORM, typed(ticket=again)).status_code == 200
        assert Opinion.all_.count() == 1
        Opinion.all_.all().delete()


HOSTILE = [
    "<script>alert(1)</script>", "<img src=x onerror=alert(1)>", "\u202eđảo ngược\u202c", "z̷̢̛a̸͇͝l̴̰͠g̶̣̈o̵̟͐", "👨‍👩‍👧‍👦" * 50, "Cần Đước".encode().decode(),
    "Cầ\u0301n", "{{ 7*7 }} {% load %}", "' OR 1=1 --", "\ufeff\u200b\u200d tàng hình",
]  # fmt: skip


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_text_is_text(here: Office, client: Client, text: str) -> None:
    response = send(client, text=f"Chuyện là {text}", place_words="Ấp 3")
    code = shown_code(response)
    page = client.post("/gop-y/theo-doi/", {"code": code}).content.decode()
    assert "<script>alert" not in page and "<img src=x" not in page and "49 " not in page
    assert Opinion.all_.count() == 1


@pytest.mark.parametrize("text", ["a\0b", "x" * 1_000_000])
def test_what_no_form_takes_is_an_error_and_no_fault(here: Office, client: Client, text: str) -> None:
    assert send(client, text=text).status_code in (200, 400, 413) and not Opinion.all_.exists()


def test_a_wrong_code_looks_like_an_unknown_one_and_many_are_held_up(here: Office, client: Client) -> None:
    pages = set()
    for code in (codes.new_code(), "ABC", "x" * 60):
        response = client.post("/gop-y/theo-doi/", {"code": code})
        assert response.status_code == 404
        main = response.content.decode().partition("<main")[2].partition("</main>")[0]
        pages.add(re.sub(r'value="[^"]*"', "", main))
    assert len(pages) == 1
    for _ in range(25):
        last = client.post("/gop-y/theo-doi/", {"code": codes.new_code()})
    assert "Chờ mười phút" in unescape(last.content.decode())
    code = codes.new_code()
    filed(here, code=code)
    assert client.post("/gop-y/theo-doi/", {"code": code}).status_code == 200, "the right code is never held up"


def test_the_writer_replies_rates_and_opens_again_on_the_page(here: Office, client: Client) -> None:
    code = codes.new_code()
    opinion = services.sort(filed(here, code=code), topic=topic(), actor=Actor.of(here.duyen))
    services.ask_writer(opinion, text="Trụ nào?", actor=Actor.of(here.duyen))
    assert "Trụ nào?" in client.post("/gop-y/theo-doi/", {"code": code}).content.decode()
    client.post("/gop-y/theo-doi/", {"code": code, "do": "reply", "words": "Trụ gần quán cà phê"})
    assert opinion.questions.get().reply == "Trụ gần quán cà phê"
    services.answer(
        opinion, kind=AnswerKind.IN_WRITING, text="Đã thay.", signer_name="Ông A", signer_office="UBND xã", actor=Actor.of(here.duyen)
    )
    services.close(opinion, actor=Actor.of(here.duyen))
    client.post("/gop-y/theo-doi/", {"code": code, "do": "rate", "satisfaction": "not_satisfied"})
    client.post("/gop-y/theo-doi/", {"code": code, "do": "reopen", "words": "Vẫn tối"})
    assert Opinion.all_.get().state == State.SORTED and opinion.ratings.count() == 1
    assert "không mở lại" in unescape(client.post("/gop-y/theo-doi/", {"code": code, "do": "reopen", "words": "Nữa"}).content.decode()).lower()


def test_whoever_wrote_of_the_same_reads_of_the_others_answer_only_what_everybody_reads(here: Office, client: Client) -> None:
    code = codes.new_code()
    theirs, by = published(here), Actor.of(here.duyen)
    services.merge(filed(here, code=code), into=theirs, actor=by)
    signed = {"signer_name": "Ông A", "signer_office": "UBND xã"}
    services.answer(theirs, kind=AnswerKind.IN_WRITING, text="Kính gửi ông Nguyễn Văn Bảy, nhà số 12: đã thay bóng.", actor=by, **signed)

    def read() -> str:
        return unescape(client.post("/gop-y/theo-doi/", {"code": code}).content.decode())

    assert "Nguyễn Văn Bảy" not in read() and "đã thay bóng" not in read()
    services.publish(theirs, text="Đã thay bóng.", actor=by)
    assert "Nguyễn Văn Bảy" not in read() and "Đã thay bóng." in read()


def test_what_is_not_public_is_absent_everywhere(here: Office, client: Client) -> None:
    hidden = filed(here)
    about = filed(here, about_officials=True, officer_words="ai đó")
    gone = published(here)
    services.move_out(gone, reason=reason("complaint"), actor=Actor.of(here.duyen))
    missing = client.get("/gop-y/aaaaaaaaaa/")
    strip = re.compile(r'nonce="[^"]*"|value="[^"]*"|content="[^"]*"|/gop-y/\w{10}/|[\d:.+T-]{5,}')
    for opinion in (hidden, about, gone):
        response = client.get(f"/gop-y/{opinion.public_id}/")
        assert response.status_code == 404 and strip.sub("", response.content.decode()) == strip.sub("", missing.content.decode())
        assert opinion.public_id not in client.get("/gop-y/").content.decode()
        assert client.post(f"/gop-y/{opinion.public_id}/toi-cung-vay/").status_code == 404


def test_the_original_stands_on_no_public_page(here: Office, client: Client) -> None:
    secret = "Ông Trần Văn Tèo ở nhà số 12/3 gọi 0909 123 456 nhậu cả đêm"
    opinion = sorted_(here, text=secret, photos=[], place_words="trước nhà số 12/3")
    services.publish_text(opinion, title="Nhậu ồn cả đêm", text="Một hộ nhậu ồn cả đêm", place_words="Ấp 3", actor=Actor.of(here.duyen))
    for address in ("/gop-y/", f"/gop-y/{opinion.public_id}/", "/gop-y/bang-theo-doi/", FORM):
        page = unescape(client.get(address).content.decode())
        for private in ("Tèo", "12/3", "0909", "123 456"):
            assert private not in page, address
    assert "Một hộ nhậu ồn cả đêm" in client.get(f"/gop-y/{opinion.public_id}/").content.decode()


def test_photos_are_served_only_when_public(here: Office, client: Client) -> None:
    from liengia.core import images

    opinion = sorted_(here, photos=[images.reencode(with_exif()), images.reencode(picture())])
    first, second = opinion.photos.all()
    services.publish_text(opinion, title="Đèn tắt", text="Đèn tắt", photos=[second.pk], actor=Actor.of(here.duyen))
    served = client.get(f"/gop-y/{opinion.public_id}/anh/{second.pk}/")
    assert served.status_code == 200 and served["Content-Type"] == "image/webp" and "sandbox" in served["Content-Security-Policy"]
    assert client.get(f"/gop-y/{opinion.public_id}/anh/{first.pk}/").status_code == 404
    other = published(here)
    assert client.get(f"/gop-y/{other.public_id}/anh/{second.pk}/").status_code == 404


def test_what_the_commune_shows_stands_after_its_answer_and_the_writer_reads_what_was_kept(here: Office, client: Client) -> None:
    from liengia.core import images

    code, by = codes.new_code(), Actor.of(here.duyen)
    opinion = published(here, code=code, photos=[images.reencode(picture())])
    kept = client.post("/gop-y/theo-doi/", {"code": code}).content.decode()
    assert "đang giữ 1 ảnh" in kept and "bao giờ được công khai" not in kept
    services.answer(opinion, kind=AnswerKind.IN_WRITING, text="Đã thay bóng.", signer_name="Ông A", signer_office="UBND xã", actor=by)
    services.publish(opinion, text="Đã thay bóng.", actor=by)
    services.add_evidence(opinion, kind="photo", title="Bóng mới", data=picture(), is_public=True, actor=by)
    shown = client.get(f"/gop-y/{opinion.public_id}/").content.decode()
    assert shown.index("Đã thay bóng.") < shown.index("Việc đã làm, do xã đưa lên") < shown.index("Bóng mới")


def test_support_is_a_number_and_counts_once_a_day_and_address(here: Office, client: Client) -> None:
    opinion = published(here)
    for _ in range(3):
        assert client.post(f"/gop-y/{opinion.public_id}/toi-cung-vay/").status_code == 302
    assert Opinion.all_.get().support_count == 1
    client.post(f"/gop-y/{opinion.public_id}/toi-cung-vay/", REMOTE_ADDR="203.0.113.9")
    assert Opinion.all_.get().support_count == 2


def test_the_list_filters_and_holds_its_queries(here: Office, client: Client, django_assert_max_num_queries: Any) -> None:
    for number in range(6):
        published(here, title=f"Việc thứ {number}")
    client.get("/gop-y/")
    with django_assert_max_num_queries(16):
        page = client.get("/gop-y/?xa=28108&linh-vuc=lighting&trang-thai=sorted").content.decode()
    assert page.count("Việc thứ") == 6
    assert page.count("Hẹn trả lời: <b>") == 6, "by when stands beside each"
    for query in ("xa=28114", "linh-vuc=noise", "trang-thai=closed", "thang=2023-01", "ap=28108-05"):
        assert "Việc thứ" not in client.get(f"/gop-y/?xa=28108&{query}" if not query.startswith("xa") else f"/gop-y/?{query}").content.decode()
    for nonsense in ("xa=%00", "thang=2026-99", "trang=-4", "trang=x", "linh-vuc=' OR"):
        assert client.get(f"/gop-y/?{nonsense}").status_code in (200, 400)


def test_the_board_counts_and_leaves_out_what_concerns_officers(here: Office, client: Client) -> None:
    SpecialDay.objects.all().delete()
    filed(here, about_officials=True, officer_words="ai đó")
    on_time = answered(here)
    with time_machine.travel(clock.now() - timedelta(days=20), tick=False):
        filed(here)
    page = client.get("/gop-y/bang-theo-doi/?xa=28108").content.decode()
    from liengia.opinions.queries import scoreboard

    (score,), months = scoreboard(here.commune)
    assert (score.filed, score.answered, score.in_time, score.overdue) == (2, 1, 1, 1) and on_time.public_id not in page
    helped = services.file_for_another(services.Draft(here.commune, LAMP), code=codes.new_code(), helper=here.cast.huynh, actor=Actor.of(here.cast.huynh))
    Opinion.all_.filter(pk=helped.pk).update(state=State.ANSWERED_IN_WRITING, answered_at=clock.now(), due_at=clock.now() - timedelta(days=1))
    (told,), _months = scoreboard(here.commune)
    assert (told.filed, told.answered, told.open_, told.overdue) == (3, 1, 2, 2), "answered counts once the writer was told"
    services.refuse(filed(here), reason=reason("not_enough"), words="Chưa rõ chỗ nào.", actor=Actor.of(here.duyen))
    (every,), _months = scoreboard(here.commune)
    assert every.filed == every.answered + every.open_ + every.refused == 4, "what came in is all there"
    assert "trang-thai=overdue&amp;xa=28108" in page
    everywhere = client.get("/gop-y/bang-theo-doi/").content.decode()
    assert "Chưa có ý kiến nào ở:" in everywhere and f'<th scope="row">{here.cast.other_commune.display_name}</th>' not in everywhere
    assert page.count('<tr><th scope="row">') <= 3, "months and communes without any are no rows"
    assert sum(month.filed for month in months) == 2 and "<svg" in page and page.count("<table") == 2


def test_a_commune_that_switched_the_room_off_takes_and_shows_nothing(here: Office, client: Client) -> None:
    from liengia.units.models import RoomSwitch

    opinion = published(here)
    assert search.find("cua gan mieu").hits and LAMP[:12] in client.get("/gop-y/").content.decode()
    RoomSwitch.objects.create(unit=here.commune, room="opinions", is_on=False)
    assert client.get(f"/gop-y/{opinion.public_id}/").status_code == 404
    assert not search.find("cua gan mieu").hits and LAMP[:12] not in client.get("/gop-y/").content.decode()
    send(client)
    assert Opinion.all_.count() == 1


def test_a_commune_that_asks_for_names_offers_no_anonymous(here: Office, client: Client) -> None:
    services.set_rules(here.commune, actor=Actor.of(here.cast.quan), allows_anonymous=False)
    assert 'value="anonymous"' not in client.get(FORM).content.decode()
    send(client)
    assert not Opinion.all_.exists()
    send(client, contact_name="Trần Thị Lụa", contact_phone="0900 000 009")
    assert Opinion.all_.get().contact_name == "Trần Thị Lụa"


def test_a_flood_from_one_address_is_held_up_and_keeps_the_words(here: Office, client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(filing.filing_limit, "most", 1)
    facts = typed()
    assert shown_code(client.post(FORM, facts))
    page = unescape(send(client).content.decode())
    assert "Vừa có nhiều ý kiến" in page and LAMP in page and Opinion.all_.count() == 1
    assert client.post(FORM, typed(), REMOTE_ADDR="203.0.113.9").status_code == 200 and Opinion.all_.count() == 2
