"""Papers that are tied to their day and guest: found again however they were rewritten, and told of when the day moves."""

from __future__ import annotations

from datetime import date
from typing import Any

from liengia.festivals import drafts, tied
from liengia.festivals.models import GuestInvitation
from liengia.festivals.services import days, guests
from liengia.papers import services as papers
from liengia.papers.models import Paper, PaperState
from tests.festivals.given import Season1, at, fresh
from tests.people.conftest import signed_in

BASE = "/quan-tri/ngay-hoi/"
MOVED = date(2026, 8, 17)


def drafted(scene: Season1, *names: str) -> list[Paper]:
    """Invite guests, and return the drafts of their invitations."""
    guests.invite(scene.hamlet_day, [(name, "") for name in names], actor=scene.clerk)
    return [drafts.open_or_draft(scene.hamlet_day, "invitation", guest=one, actor=scene.clerk)[0] for one in GuestInvitation.objects.order_by("pk")]


def rewritten(paper: Paper, **values: str) -> None:
    """Write other words into a draft, as an office does."""
    Paper.objects.filter(pk=paper.pk).update(values={**paper.values, **values})


def issued(paper: Paper, scene: Season1) -> None:
    """Issue a paper."""
    Paper.objects.filter(pk=paper.pk).update(signers=[["Chủ tịch", "Lê Văn B"]])
    papers.issue_paper(Paper.objects.get(pk=paper.pk), on=at(8).date(), actor=scene.clerk)


def put_off(scene: Season1) -> None:
    """Put the hamlet's day off by a day, to another yard."""
    days.postpone_day(fresh(scene.hamlet_day), starts_at=at(9, on=MOVED), place="Sân đình", reason="Mưa lớn.", actor=scene.clerk)


def test_a_draft_whose_words_were_rewritten_is_found_again_by_its_tie(scene: Season1) -> None:
    (paper,) = drafted(scene, "Trường Mẫu")
    rewritten(paper, **{"kính mời": "Ban Giám hiệu và toàn thể giáo viên Trường Mẫu", "trả lời": "điện thoại văn phòng"})
    again, is_new = drafts.open_or_draft(scene.hamlet_day, "invitation", guest=GuestInvitation.objects.get(), actor=scene.clerk)
    assert (again, is_new) == (paper, False) and Paper.objects.count() == 1
    tied.take_off(scene.hamlet_day, GuestInvitation.objects.get(), actor=scene.clerk)
    assert not Paper.objects.exists(), "who is taken off loses that draft too"


def test_a_draft_that_says_the_old_date_is_told_and_written_anew_by_one_press(scene: Season1) -> None:
    clerk: Any = signed_in(scene.here.duyen, second_factor=True)
    own = f"{BASE}ngay/{scene.hamlet_day.public_id}/"
    first, second = drafted(scene, "Trường Mẫu", "Trạm Y tế")
    rewritten(first, **{"kính mời": "Ban Giám hiệu", "dự": "Ngày hội, ngày 16 tháng 8 năm 2026, có văn nghệ"})
    plan, _new = drafts.open_or_draft(scene.hamlet_day, "plan", actor=scene.clerk)
    assert "ghi ngày, nơi cũ" not in clerk.get(own).content.decode() and "ngày giờ mới" not in clerk.get(f"/quan-tri/van-ban/{first.public_id}/").content.decode()
    put_off(scene)
    page = clerk.get(own).content.decode()
    assert "Giấy tờ còn ghi ngày, nơi cũ" in page and "Soạn lại 3 bản thảo theo ngày mới" in page
    assert "Kế hoạch : " not in page, "a draft has no sign before its colon"
    assert "Giấy mời đã soạn còn ghi ngày cũ" in clerk.get(f"{own}khach/").content.decode()
    address = f"/quan-tri/van-ban/{first.public_id}/"
    assert "Ngày hội đã dời: bản thảo này còn ghi 08 giờ 00" in clerk.get(address).content.decode()
    answer = clerk.post(f"{own}viec/soan-lai/", {"paper": first.public_id})
    assert answer["Location"] == address and "Ngày hội đã dời" not in clerk.get(address).content.decode()
    first.refresh_from_db()
    assert first.values["thời gian"].startswith("09 giờ 00, Thứ Hai 17/08/2026") and first.values["địa điểm"].startswith("Sân đình")
    assert first.values["kính mời"] == "Ban Giám hiệu" and first.values["dự"] == "Ngày hội, ngày 17 tháng 8 năm 2026, có văn nghệ", "what else was written stays"
    clerk.post(f"{own}viec/soan-lai/")
    for one in (second, plan):
        one.refresh_from_db()
        assert "17/08/2026" in one.values["thời gian"]
    assert "ghi ngày, nơi cũ" not in clerk.get(own).content.decode()


def test_an_issued_invitation_stays_and_is_listed_until_another_is_drafted(scene: Season1) -> None:
    clerk: Any = signed_in(scene.here.duyen, second_factor=True)
    own = f"{BASE}ngay/{scene.hamlet_day.public_id}/"
    (paper,) = drafted(scene, "Trường Mẫu")
    issued(paper, scene)
    put_off(scene)
    page = clerk.get(own).content.decode()
    assert "Đã ban hành" in page and "bản thảo" not in page.split('id="ngay-cu"', 1)[1].split("</div>", 1)[0]
    assert "Giấy mời đã ban hành còn ghi ngày cũ" in clerk.get(f"{own}khach/").content.decode()
    assert "Ngày hội đã dời sau khi ban hành" in clerk.get(f"/quan-tri/van-ban/{paper.public_id}/").content.decode()
    clerk.post(f"{own}viec/soan-lai/", {"paper": paper.public_id})
    paper.refresh_from_db()
    assert paper.state == PaperState.ISSUED and paper.values["thời gian"].startswith("08 giờ 00"), "what was issued is never changed"
    clerk.post(f"{own}khach/{GuestInvitation.objects.get().public_id}/giay-moi/")
    assert Paper.objects.count() == 2 and "ngay-cu" not in clerk.get(own).content.decode()
