"""Whom an opinion concerns and who handles it: chosen by its writer, on every form, and never the one who is criticised."""

from __future__ import annotations

import re
from datetime import timedelta
from html import unescape

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from liengia.core import clock
from liengia.core.actor import Actor
from liengia.core.errors import NotFound
from liengia.opinions import codes, officials, policies, services
from liengia.opinions.forms import new_ticket
from liengia.opinions.models import Opinion, RefersToOfficer
from liengia.opinions.models.forums import ListeningForum
from liengia.opinions.services import forums
from liengia.opinions.views import filing
from liengia.people.models import Role
from tests.opinions.given import LAMP, Office, filed, topic
from tests.opinions.test_forum import planned
from tests.people.conftest import signed_in

FORM = "/gop-y/gui/?xa=28108"
QUEUE = "/quan-tri/gop-y/"
# The role chosen, what is typed besides, who then sees it.
CASES: tuple[tuple[str, dict[str, str], set[str]], ...] = (
    ("specialist", {}, {"chairman", "front"}),
    ("specialist", {"officials_to": "chairman"}, {"chairman"}),
    ("specialist", {"officials_to": "front"}, {"front"}),
    ("commune_chairman", {"officials_to": "chairman"}, {"front"}),
    ("front_officer", {}, {"chairman"}),
    ("", {"officer_words": "ông CHỦ TỊCH xã mình", "officials_to": "chairman"}, {"front"}),
    ("", {"officer_words": "chủ tịch Mặt trận", "officials_to": "front"}, {"chairman"}),
    ("", {"officer_words": "anh Thợ một cửa", "officials_to": "chairman"}, {"chairman"}),
    ("", {"officer_words": "Chủ tịch Ủy ban MTTQ xã", "officials_to": "front"}, {"chairman"}),
    ("", {"officer_words": "Chủ tịch xã và Mặt trận đều không trả lời", "officials_to": "front"}, set()),
    ("front_officer", {"officer_words": "và ông chủ tịch xã"}, set()),
)
HANDLED = {"chairman": "Chủ tịch xã", "front": "Mặt trận Tổ quốc", "": "Chủ tịch xã hoặc Mặt trận Tổ quốc"}


@pytest.fixture(autouse=True)
def _fresh_limits() -> None:
    filing.filing_limit.forget()


def sent(client: Client, here: Office, **typed: str) -> str:
    """Send the public form; return the page that comes back."""
    with time_machine.travel(clock.now() - timedelta(seconds=10), tick=False):
        ticket = new_ticket()
    facts = {"xa": here.commune.code, "kind": "report", "text": LAMP, "place_words": "Một cửa", "contact": "anonymous"}
    return unescape(client.post(FORM, {**facts, "ticket": ticket, **typed}).content.decode())


def test_the_writer_says_whom_it_is_about_and_who_handles_it(here: Office, client: Client) -> None:
    form = unescape(client.get(FORM).content.decode())
    assert here.chairman.full_name not in form and here.tho.full_name not in form, "offices by title, no person by name"
    for role, typed, seen_by in CASES:
        if role:
            title = Role.objects.get(code=role).label
            typed = {**typed, "officer": re.search(rf'<option value="([^"]+)">{re.escape(title)}</option>', form)[1]}  # type: ignore[index]
        page = sent(client, here, **typed)
        if not seen_by:
            assert not Opinion.all_.exists() and "Bộ phận tiếp công dân" in page and LAMP in page, "nobody is left whom it does not concern"
            continue
        opinion = Opinion.all_.get(about_officials=True)
        sees = {who for who in ("chairman", "front", "tho", "duyen") if policies.visible_to(getattr(here, who)).filter(pk=opinion.pk).exists()}
        assert sees == seen_by, (role, typed)
        assert f">{HANDLED[opinion.officials_to]}<" in page, "the slip says where it went"
        Opinion.all_.all().delete()


def test_the_side_that_it_is_about_finds_nothing(here: Office, client: Client) -> None:
    sent(client, here, officer_words="chủ tịch xã", officials_to="chairman")
    opinion = Opinion.all_.get()
    chairman, front = (signed_in(who, second_factor=True) for who in (here.chairman, here.front))
    for path in (f"{QUEUE}{opinion.public_id}/", f"{QUEUE}{opinion.public_id}/phan-loai/"):
        assert (chairman.get(path).status_code, front.get(path).status_code) == (404, 200)
    assert opinion.public_id not in chairman.get(f"{QUEUE}?phan=tat-ca").content.decode()
    assert opinion.public_id in front.get(f"{QUEUE}?phan=tat-ca").content.decode()
    with pytest.raises(NotFound):
        services.sort(opinion, topic=topic(), actor=Actor.of(here.chairman))
    services.sort(opinion, topic=topic(), actor=Actor.of(here.front))
    assert f'value="{here.chairman.pk}"' not in front.get(f"{QUEUE}{opinion.public_id}/giao/").content.decode()
    assert front.post(f"{QUEUE}{opinion.public_id}/giao/", {"person": here.chairman.pk}).status_code == 422


def test_its_writer_reads_who_cannot_see_it_and_the_front_answers_as_the_front(here: Office, client: Client) -> None:
    code, by = codes.new_code(), Actor.of(here.front)
    opinion = filed(here, code=code, about_officials=True, officer_words="anh Thợ một cửa", officials_to="front")

    def read() -> str:
        return unescape(client.post("/gop-y/theo-doi/", {"code": code}).content.decode())

    page = read()
    assert "không tìm thấy và không đọc được" in page and "bao giờ được công khai" in page and "Nơi xử lý: Mặt trận Tổ quốc" in page
    assert "Đã gửi, chờ tiếp nhận" in page
    with time_machine.travel(opinion.due_at + timedelta(days=2), tick=False):
        late = read()
    assert re.search(r"trễ \d+ ngày", late)
    assert "Chủ tịch" not in late.partition("<main")[2] and "bảng theo dõi" not in page.replace("không hiện ở bảng theo dõi nào", "")
    services.sort(opinion, topic=topic(), actor=by)
    form = unescape(signed_in(here.front, second_factor=True).get(f"{QUEUE}{opinion.public_id}/tra-loi/").content.decode())
    office = re.search(r'name="signer_office" value="([^"]*)"', form)[1]  # type: ignore[index]
    assert "Mặt trận" in office
    services.answer(opinion, kind="in_writing", text="Đã nhắc nhở.", signer_name="Mai Thị Mặt Trận", signer_office=office, actor=by)
    assert "Trả lời của xã" not in read() and "Trả lời anh/chị" in read()


def test_what_nobody_could_handle_is_not_taken_and_the_words_stay(here: Office, client: Client) -> None:
    page = sent(client, here, officials_to="chairman")
    assert "Xin cho biết liên quan đến ai" in page and LAMP in page
    here.front.role_assignments.update(valid_to=clock.now())
    page = sent(client, here, officer_words="chủ tịch xã")
    assert "Ở đây không còn ai xử lý được" in page and LAMP in page and not Opinion.all_.exists()


def test_one_that_the_office_finds_to_be_about_the_chairman_goes_over(here: Office, client: Client) -> None:
    sent(client, here, officer_words="anh Thợ một cửa", officials_to="chairman")
    services.refer_to_officials(Opinion.all_.get(), officer=here.chairman, actor=Actor.of(here.chairman))
    assert Opinion.all_.get().officials_to == "front"


def test_a_helper_and_a_forums_clerk_enter_one_about_an_officer(here: Office, client: Client) -> None:
    post = next(one for one in officials.posts(here.commune) if here.chairman in one.holders)
    client.force_login(here.cast.huynh, backend="liengia.people.backends.PhoneBackend")
    facts = {"kind": "report", "text": LAMP, "place_words": "Một cửa", "officer": post.key, "code": codes.new_code()}
    assert f'value="{post.key}"' in client.get("/gop-y/ghi-ho/").content.decode()
    assert client.post("/gop-y/ghi-ho/dong-bo/", facts).status_code == 200
    about = Opinion.all_.get()
    assert about.officials_to == "front" and list(RefersToOfficer.objects.values_list("officer", flat=True)) == [here.chairman.pk]
    assert not policies.visible_to(here.duyen).filter(pk=about.pk).exists() and not policies.visible_to(here.cast.huynh).filter(pk=about.pk).exists()
    forum: ListeningForum = forums.open_forum(planned(here), actor=Actor.of(here.duyen))
    clerk = signed_in(here.duyen, second_factor=True)
    assert f'value="{post.key}"' in clerk.get(reverse("opinions:forum_entry", args=[forum.public_id])).content.decode()
    take = reverse("opinions:forum_take_slip", args=[forum.public_id])
    slip = {"text": "Trực ban nói nặng lời.", "code": codes.new_code(), "officials_to": "front"}
    assert clerk.post(take, slip, headers={"Accept": "application/json"}).status_code == 422, "it asks whom"
    kept = clerk.post(take, {**slip, "name": "Bà Tư", "slip_number": "12"})
    page = kept.content.decode()
    assert kept.status_code == 422 and slip["text"] in page and 'value="Bà Tư"' in page and '<details class="concern" open' in page, "nothing typed is lost without scripts"
    assert clerk.post(take, {**slip, "officer_words": "anh trực ban"}).status_code == 302
    other = Opinion.all_.exclude(pk=about.pk).get()
    assert other.officials_to == "front" and not forum.questions.exists()
