"""The list of the day's work: practices that wait to be shown to everybody."""

from __future__ import annotations

from datetime import timedelta

from liengia.core import clock
from liengia.people import menu
from liengia.practices import services
from liengia.practices.models import Practice, Question
from tests.practices.given import BEGUN, TEXT, Place, facts


def waiting(scene: Place) -> dict[str, str]:
    return {str(one.text): one.url for one in menu.today(scene.desk.here.chairman) if "mo-hinh" in one.url}


def test_a_running_practice_waits_until_it_is_shown_and_not_once_it_was_hidden_on_purpose(scene: Place) -> None:
    assert not waiting(scene), "what everybody reads waits for nobody"
    row = services.replicate(scene.practice, scene.commune, changed="Góp theo chợ.", actor=scene.clerk)
    assert not waiting(scene), "nor does what is only planned"
    services.start(row, on=BEGUN, actor=scene.clerk)
    row.refresh_from_db()
    assert waiting(scene) == {f"Mô hình “{row.name}” chờ đưa lên trang công khai": f"/quan-tri/mo-hinh/{row.public_id}/"}
    services.publish(row, actor=scene.clerk)
    assert not waiting(scene)
    services.hide(row, actor=scene.clerk)
    assert not waiting(scene)


def test_what_was_asked_for_stands_first_the_longest_waiting_before(scene: Place) -> None:
    rows = [services.replicate(scene.practice, scene.commune, changed="Góp theo chợ.", actor=scene.clerk)]
    rows += [services.create(scene.hamlet, facts(f"Mô hình số {n}"), TEXT, actor=scene.clerk) for n in (1, 2)]
    services.start(rows[0], on=BEGUN, actor=scene.clerk)
    for row, days in ((rows[1], 3), (rows[2], 5)):
        services.ask_publication(row, actor=scene.clerk)
        # Somebody corrected the one that waits longest, just now.
        Practice.objects.filter(pk=row.pk).update(publication_asked_on=clock.today() - timedelta(days=days), changed_at=clock.now() + timedelta(minutes=days))
    assert [url.rstrip("/").rsplit("/", 1)[1] for url in waiting(scene).values()] == [rows[2].public_id, rows[1].public_id, rows[0].public_id]


def test_what_was_asked_what_owes_a_change_and_what_nobody_reviewed_waits_too(scene: Place) -> None:
    practice, page = scene.practice, f"/quan-tri/mo-hinh/{scene.practice.public_id}/"
    Question.objects.create(practice=practice, asked_on=clock.today(), quiet_since=BEGUN)
    assert waiting(scene) == {f"“{practice.name}” không có tin từ {BEGUN:%d/%m/%Y}: còn chạy không?": page}
    services.answer_question(practice, answer="Vẫn chạy.", actor=scene.clerk)
    assert not waiting(scene)
    services.review(practice, year=2026, on=clock.today(), decision="change", reasons="Thêm còi.", actor=scene.clerk)
    assert waiting(scene) == {f"Đợt xem xét mô hình “{practice.name}” yêu cầu thay đổi: nâng cấp mô hình": page}
    practice.reviews.all().delete()
    Practice.objects.filter(pk=practice.pk).update(started_on=BEGUN.replace(year=2025))
    assert waiting(scene) == {"1 mô hình chưa được xem xét cho năm 2025": "/quan-tri/mo-hinh/"}
