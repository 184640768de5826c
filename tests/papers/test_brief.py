"""The month's brief: every line from records, late ones first, and always one page."""

from __future__ import annotations

import re
from datetime import date, timedelta

import pytest
import time_machine

from liengia.opinions.models import Opinion
from liengia.opinions.models.forums import ForumState, ListeningForum
from liengia.organisations import committee_services as committees
from liengia.organisations.models import Committee, MemberPost, Task
from liengia.papers import brief
from liengia.papers.brief import OWED, PROMISES, Line, Month
from tests.cast import TESTER
from tests.opinions.given import filed
from tests.papers.conftest import NOW
from tests.papers.given import Desk
from tests.texts import pdf_pages, pdf_text

AUGUST = Month(2026, 8)


def said(scene: Desk, section: str, month: Month = AUGUST) -> list[tuple[str, str]]:
    return [(one.head, one.words) for one in brief.gather(scene.here.commune, month)[section]]


def test_a_month_ends_today_while_it_runs() -> None:
    assert (AUGUST.first, AUGUST.after, AUGUST.last) == (date(2026, 8, 1), date(2026, 9, 1), date(2026, 8, 10))
    assert (Month(2025, 12).after, Month(2025, 12).last) == (date(2026, 1, 1), date(2025, 12, 31))


def test_a_month_without_anything_says_so(scene: Desk) -> None:
    assert not any(brief.gather(scene.here.commune, AUGUST).values())
    assert "Không có gì trong tháng này" in pdf_text(brief.sheet(scene.here.commune, AUGUST))


def test_who_is_late_with_a_task_stands_there_until_it_is_done(scene: Desk) -> None:
    committee = committees.form_committee(kind=Committee.Kind.STEERING, name="Ban Chỉ đạo", unit=scene.here.commune, actor=TESTER)
    seat = committees.seat_member(
        committee=committee, organisation=scene.police.organisation, office_title="Trưởng Công an xã", post=MemberPost.MEMBER, actor=TESTER
    )  # type: ignore[arg-type]
    late = committees.assign_task(committee=committee, what="Sửa camera cổng chợ", owner=seat, due_on=date(2026, 8, 3), actor=TESTER)
    committees.assign_task(committee=committee, what="Việc chưa tới hạn", owner=seat, due_on=date(2026, 8, 10), actor=TESTER)
    assert said(scene, OWED) == [("Trưởng Công an xã", "Sửa camera cổng chợ (hạn 03/08/2026)")]
    assert said(scene, OWED, Month(2026, 7)) == [], "it was not late then"
    committees.finish_task(late, result="Đã sửa.", actor=TESTER)
    assert said(scene, OWED) == []


def test_what_was_promised_is_told_kept_late_and_given_up(scene: Desk) -> None:
    committee = committees.form_committee(kind=Committee.Kind.STEERING, name="Ban Chỉ đạo", unit=scene.here.commune, actor=TESTER)
    seat = committees.seat_member(
        committee=committee, organisation=scene.police.organisation, office_title="Trưởng Công an xã", post=MemberPost.MEMBER, actor=TESTER
    )  # type: ignore[arg-type]
    with time_machine.travel(NOW - timedelta(days=30), tick=False):
        meeting = committees.call_meeting(committee=committee, starts_at=NOW - timedelta(days=30), actor=TESTER)
        what = {"Thay đèn": date(2026, 8, 5), "Vét cống": date(2026, 8, 4), "Gắn camera": date(2026, 12, 1)}
        committees.conclude(meeting=meeting, text="Kết luận", tasks=[committees.Assignment(words, seat, day) for words, day in what.items()], actor=TESTER)
        ListeningForum.objects.create(
            unit=scene.here.commune, title="Đèn", place="Sân", starts_at=NOW - timedelta(days=30), committee=committee, meeting=meeting, state=ForumState.CLOSED
        )
    tasks = {one.what: one for one in Task.objects.all()}
    committees.finish_task(tasks["Thay đèn"], result="Xong.", actor=TESTER)
    committees.withdraw_task(tasks["Gắn camera"], reason="Tỉnh gắn.", actor=TESTER)
    assert said(scene, PROMISES) == [
        ("Thôi làm", "Gắn camera (hẹn xong ngày 01/12/2026): Tỉnh gắn."), ("trễ 6 ngày", "Vét cống (hẹn xong ngày 04/08/2026)"), ("Giữ lời, nhưng trễ", "1 việc"),
    ]  # fmt: skip
    assert all(head != "Thôi làm" for head, _words in said(scene, PROMISES, Month(2026, 7)))


def test_what_concerns_an_officer_is_in_no_line(scene: Desk) -> None:
    overdue = [filed(scene.here), filed(scene.here, about_officials=True)]
    Opinion.all_.filter(pk__in=[one.pk for one in overdue]).update(due_at=NOW - timedelta(days=1), intake_due_at=NOW - timedelta(days=3))
    assert said(scene, OWED) == [("chưa có ai", "1 góp ý quá hạn")]


def test_it_is_one_page_however_much_there_is(scene: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    def much(_unit: object, _month: Month) -> list[Line]:
        return [Line(section, "Tổ bảo vệ an ninh, trật tự khu phố " + str(n), "rất dài " * 90, is_late=n % 2 == 0) for section in brief.SECTIONS for n in range(400)]

    monkeypatch.setitem(brief._providers, "organisations", much)
    sheet = brief.sheet(scene.here.commune, AUGUST)
    assert pdf_pages(sheet) == 1
    left = re.findall(r"và (\d+) việc nữa", pdf_text(sheet))
    assert len(left) == 4 and all(391 <= int(one) < 400 for one in left), "what has no room is counted"


def test_a_room_that_is_off_says_nothing(scene: Desk, settings: object) -> None:
    filed(scene.here)
    Opinion.all_.update(due_at=NOW - timedelta(days=1), intake_due_at=NOW - timedelta(days=3))
    assert said(scene, OWED)
    settings.ROOMS_OFF = ["opinions"]  # type: ignore[attr-defined]
    assert not said(scene, OWED)
