"""Results of contests: of teams as a rule; a person is named in public only with a consent that is recorded."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from liengia.core.errors import Refused
from liengia.festivals import drafts
from liengia.festivals.models import ContestResult, DayEvent
from liengia.festivals.services import results
from liengia.festivals.services.results import Placed
from tests.festivals.given import ON, Season1, fresh, say, told
from tests.people.conftest import signed_in

CHILD = "Trần Thị Bé Na"


def persons(scene: Season1, *rows: str, key: str = "phone-key-0001") -> Any:
    """Send a result of persons as the phone's page does."""
    fields = {"key": key, "kind": "result", "item": scene.item("Kéo co").public_id, "whose": "person", "people": "\n".join(rows)}
    return signed_in(scene.head).post(f"/ngay-hoi/ghi/{scene.hamlet_day.public_id}/", fields)


def read(scene: Season1) -> str:
    """Return what everybody reads of the day: its page, and the board."""
    return "".join(Client().get(path).content.decode() for path in (f"/ngay-hoi/{scene.hamlet_day.public_id}/", f"/ngay-hoi/truc-tiep/{ON}/"))


def test_a_person_nobody_agreed_to_name_is_a_player_of_their_hamlet_and_their_name_is_not_kept(scene: Season1) -> None:
    say(scene, "begun")
    assert persons(scene, f"{CHILD} | ấp Bảy | 12 điểm | ", " | Trường Mẫu").status_code == 200
    rows = list(ContestResult.objects.order_by("place"))
    assert [(one.whose, one.who, one.of, one.agreed, one.shown) for one in rows] == [
        ("person", "", "ấp Bảy", "", "một người chơi của ấp Bảy"), ("person", "", "Trường Mẫu", "", "một người chơi của Trường Mẫu"),
    ]  # fmt: skip
    assert not DayEvent.objects.filter(words__contains="Bé Na").exists()
    page = read(scene)
    assert "Bé Na" not in page and page.count("một người chơi của ấp Bảy") == 2


def test_a_person_is_named_with_a_recorded_consent_until_it_is_withdrawn(scene: Season1) -> None:
    say(scene, "begun")
    persons(scene, f"{CHILD} | ấp Bảy | | parent", "Lê Văn Tư | ấp Tám | | self")
    first, second = ContestResult.objects.order_by("place")
    assert (first.agreed, second.agreed) == ("parent", "self") and first.agreed_at is not None
    assert read(scene).count(f"{CHILD} (ấp Bảy)") == 2
    assert f"hạng 1 {CHILD} (ấp Bảy)" in drafts.draft(fresh(scene.hamlet_day), "results", actor=scene.clerk).values["kết quả"]
    clerk: Any = signed_in(scene.here.duyen, second_factor=True)
    own = f"/quan-tri/ngay-hoi/ngay/{scene.hamlet_day.public_id}/"
    assert "trẻ em: cha, mẹ hoặc người giám hộ đồng ý" in clerk.get(own).content.decode()
    assert clerk.post(f"{own}viec/go-ten/", {"result": first.pk}).status_code == 302
    first.refresh_from_db()
    assert (first.who, first.agreed, first.agreed_at) == ("", "", None) and CHILD not in read(scene)
    assert not DayEvent.objects.filter(words__contains=CHILD).exists() and "Lê Văn Tư" in read(scene), "only theirs"
    assert clerk.post(f"{own}viec/go-ten/", {"result": "x"}).status_code == 404
    with pytest.raises(Refused):
        results.withdraw_name(first, actor=scene.clerk)


@pytest.mark.parametrize("name", ["Nguyễn Văn An", "Ông Ba Tèo", "Bé Na"])
def test_a_team_that_reads_like_a_person_is_asked_about(scene: Season1, name: str) -> None:
    with pytest.raises(Refused, match="giống tên một người") as refused:
        results.set_results(scene.item("Kéo co"), [(1, name, "")], told=told("result"), actor=scene.phone)
    assert refused.value.detail_code == "person" and not ContestResult.objects.exists()
    phone = {"key": "phone-key-0002", "kind": "result", "item": scene.item("Kéo co").public_id, "rows": name, "is_sure": "1"}
    assert signed_in(scene.head).post(f"/ngay-hoi/ghi/{scene.hamlet_day.public_id}/", phone).status_code == 200


@pytest.mark.parametrize("name", ["Bà con ấp 3", "Chị em tổ 2", "Chi hội Phụ nữ", "Đội Ấp 1", "Trường Mẫu", "Nhà số 9", "Anh em dân phòng"])
def test_a_team_s_name_is_taken_as_it_is(scene: Season1, name: str) -> None:
    results.set_results(scene.item("Kéo co"), [(1, name, "")], told=told("result"), actor=scene.phone)
    assert ContestResult.objects.get().shown == name


def test_of_each_person_it_is_said_where_they_are_from(scene: Season1) -> None:
    answer = persons(scene, f"{CHILD} | | | parent")
    assert answer.status_code == 422 and "ấp, đội hoặc trường" in answer.json()["problem"]
    assert Placed(1, "Đội A").shown == "Đội A"
