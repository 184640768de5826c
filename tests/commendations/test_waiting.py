"""The list of the day's work: what waits for the chairman and for the clerk, since when, and where it is done."""

from __future__ import annotations

from typing import Any

from liengia.commendations import services
from liengia.commendations.models import RecipientKind, Round
from liengia.core import clock
from liengia.people import menu
from liengia.people.models import User
from tests.commendations.given import HELD, Bureau, nominated, opened, pursuit, reviewed, submitted
from tests.people.conftest import signed_in

BASE = "/quan-tri/khen-thuong/"


def title_of(row: Round) -> str:
    return f"{row.title[:1].upper()}{row.title[1:]}"


def lines(who: User) -> dict[str, str]:
    return {str(one.text): one.url for one in menu.today(User.objects.get(pk=who.pk))}


def test_a_submitted_list_waits_for_the_chairman_and_its_paper_to_be_issued(scene: Bureau) -> None:
    row = opened(scene)
    nominated(scene, row)
    submitted(scene, row)
    found = lines(scene.here.chairman)
    assert found[f"Danh sách “{title_of(row)}” chờ anh/chị ký quyết định"] == f"{BASE}dot/{row.public_id}/ky/"
    assert found[f"Tờ trình “Về việc khen thưởng {row.title}” chờ ban hành"] == f"/quan-tri/van-ban/{row.submission.public_id}/"
    chore = next(one for one in menu.today(scene.here.chairman) if "chờ anh/chị ký" in str(one.text))
    assert chore.since == clock.now()
    assert not [text for text in lines(scene.here.duyen) if "chờ anh/chị ký" in text or "chờ ban hành" in text], "a clerk signs nothing"
    home = " ".join(signed_in(scene.here.chairman, second_factor=True).get("/quan-tri/").content.decode().split())
    assert f'<a href="{BASE}dot/{row.public_id}/ky/">Danh sách “{title_of(row)}” chờ anh/chị ký quyết định</a> <span class="help">từ 10/08/2026</span>' in home
    from tests.commendations.given import signing

    services.decide(row, signing(), actor=scene.chairman)
    assert not [text for text in lines(scene.here.chairman) if "chờ anh/chị ký" in text]


def test_nominations_wait_for_checks_then_for_the_council_then_to_be_submitted(scene: Bureau) -> None:
    row, title = opened(scene), "Phong trào Toàn dân bảo vệ an ninh Tổ quốc năm 2026"
    page = f"{BASE}dot/{row.public_id}/"
    assert not lines(scene.here.duyen), "an empty list waits for nobody"
    proposal = nominated(scene, row, "Trần Thị Đề Cử", is_proposal=True, nominator_kind=RecipientKind.HOUSEHOLD)
    nominated(scene, row, "Nguyễn Thị Mẫu", birth_year=1969)
    twin = nominated(scene, row, "NGUYỄN THỊ MẪU")
    found = lines(scene.here.duyen)
    assert found[f"“{title}”: có 1 đề cử chờ xem"] == f"{page}?state=proposed"
    assert found[f"“{title}”: có 2 đề nghị cần kiểm tra"] == f"{page}?state=doubtful"
    assert found[f"“{title}” chờ hội đồng xét"] == f"{page}hop/"
    for one in (proposal, twin):
        services.leave_out(one, reason="Trùng.", actor=scene.clerk)
    assert set(lines(scene.here.duyen)) == {f"“{title}” chờ hội đồng xét"}
    session = services.open_session(row, committee=scene.council, held_on=HELD, place="Phòng họp", chair=scene.seats[0], clerk=scene.seats[1], present=scene.seats, actor=scene.clerk)
    assert lines(scene.here.duyen) == {f"Phiên họp hội đồng về “{title}” chưa kết thúc": f"{BASE}hop/{session.public_id}/"}
    session.delete()
    reviewed(scene, row)
    assert lines(scene.here.duyen) == {f"Hội đồng đã xét “{title}”: còn phải trình danh sách": f"{page}trinh/"}


def test_the_simple_procedure_waits_for_no_council_and_others_see_nothing(scene: Bureau) -> None:
    row = pursuit(scene)
    nominated(scene, row, "Trần Thị Nhanh")
    assert lines(scene.here.duyen)[f"“{title_of(row)}” không qua hội đồng: đủ danh sách thì trình"] == f"{BASE}dot/{row.public_id}/trinh/"
    assert not lines(scene.here.cast.lua)


def test_where_the_room_is_off_nothing_of_it_waits(scene: Bureau, settings: Any) -> None:
    row = opened(scene)
    nominated(scene, row)
    submitted(scene, row)
    assert [url for url in lines(scene.here.chairman).values() if url.startswith(BASE)]
    settings.ROOMS_OFF = ["commendations"]
    assert not [url for url in lines(scene.here.chairman).values() if url.startswith(BASE)]
