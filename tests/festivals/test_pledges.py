"""Pledges: drafted, signed, answered for; nothing that was promised is left out."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from django.test import Client

from liengia.core.errors import Invalid, Refused
from liengia.festivals import counts
from liengia.festivals.models import Pledge, PledgeProgress
from liengia.festivals.services import pledges
from liengia.festivals.services.pledges import Promise
from liengia.organisations import services as organisations
from tests.cast import TESTER
from tests.festivals.given import Season1

PROMISES = (Promise("Không để xảy ra cháy do bất cẩn", "số vụ", date(2026, 12, 31)), Promise("Mỗi hộ một bình chữa cháy", "số hộ", date(2027, 6, 30)))


def draft(scene: Season1, **changes: Any) -> Pledge:
    """Draft a pledge between the commune's committee and a school."""
    school = organisations.create_organisation(kind="school", name=f"Trường Mẫu {Pledge.objects.count()}", unit=scene.here.commune, actor=TESTER)
    facts: dict[str, Any] = {
        "unit": scene.here.commune, "title": "Giao ước an toàn phòng cháy", "valid_from": date(2026, 8, 16), "valid_to": date(2027, 8, 15),
        "promises": PROMISES, "parties": [scene.ubnd, school], "actor": scene.clerk,
    }  # fmt: skip
    return pledges.draft_pledge(scene.season, **{**facts, **changes})


def answer(pledge: Pledge, *outcomes: str, words: str = "", **facts: Any) -> Pledge:
    """Answer for the promises in their order."""
    keys = list(pledge.promises.values_list("pk", flat=True))
    said = {key: (outcome, words if outcome == "not_kept" else "") for key, outcome in zip(keys, outcomes, strict=False)}
    return pledges.report(pledge, **{"at": "half_year", "outcomes": said, "actor": TESTER, **facts})


def test_from_a_draft_to_the_answer_at_years_end(scene: Season1) -> None:
    one = draft(scene)
    address = f"/ngay-hoi/giao-uoc/{one.public_id}/"
    assert Client().get(address).status_code == 404, "a draft is nobody's"
    pledges.sign_pledge(one, on=date(2026, 8, 16), actor=TESTER)
    answer(one, "kept", "on_way")
    answer(one, "kept", "not_kept", words="Thiếu 12 bình, hẹn quý một.", at="year_end")
    html = Client().get(address).content.decode()
    assert "Thiếu 12 bình" in html and "Trường Mẫu" in html and '<th scope="col">Thời hạn</th>' in html, "by when, not by whom"
    assert PledgeProgress.objects.count() == 4
    found = counts.pledged(scene.here.commune, date(2026, 1, 1), date(2026, 12, 31))
    assert (found.pledges, found.parties, found.promises, found.outcomes) == (1, 2, 2, {"kept": 1, "on_way": 0, "not_kept": 1})
    assert found.unanswered == 0
    pledges.close_pledge(one, actor=TESTER)
    with pytest.raises(Refused):
        answer(one, "kept", "kept")


def test_no_promise_is_left_out_and_a_broken_one_says_why(scene: Season1) -> None:
    one = draft(scene)
    with pytest.raises(Refused):
        answer(one, "kept", "kept")
    pledges.sign_pledge(one, on=date(2026, 8, 16), actor=TESTER)
    with pytest.raises(Invalid, match="không bỏ sót"):
        answer(one, "kept")
    with pytest.raises(Invalid, match="vì sao"):
        answer(one, "kept", "not_kept")
    with pytest.raises(Invalid, match="Báo kết quả cuối năm"):
        pledges.close_pledge(one, actor=TESTER)
    assert not PledgeProgress.objects.exists(), "nothing half saved"
    with pytest.raises(Refused):
        pledges.change_pledge(one, title="Khác", valid_from=one.valid_from, valid_to=one.valid_to, promises=PROMISES, parties=[scene.ubnd], actor=TESTER)


@pytest.mark.parametrize(
    "changes",
    [
        {"promises": ()}, {"promises": (replace(PROMISES[0], due_on=date(2030, 1, 1)),)}, {"promises": (replace(PROMISES[0], what="x" * 2000),)},
        {"valid_to": date(2026, 8, 16)}, {"title": ""}, {"title": "x" * 2000},
    ],
)  # fmt: skip
def test_a_pledge_that_cannot_be_is_refused(scene: Season1, changes: dict[str, Any]) -> None:
    with pytest.raises(Invalid):
        draft(scene, **changes)
    assert not Pledge.objects.exists()


def test_two_parties_sign_each_once_and_not_before_the_day(scene: Season1) -> None:
    with pytest.raises(Invalid, match="hai lần"):
        draft(scene, parties=[scene.ubnd, scene.ubnd])
    alone = draft(scene, parties=[scene.ubnd])
    with pytest.raises(Invalid, match="ít nhất hai bên"):
        pledges.sign_pledge(alone, on=date(2026, 8, 16), actor=TESTER)
    with pytest.raises(Invalid, match="Chưa đến ngày"):
        pledges.sign_pledge(draft(scene), on=date(2026, 8, 17), actor=TESTER)


def test_two_writers_of_a_pledge(scene: Season1) -> None:
    one = draft(scene)
    facts: dict[str, Any] = {"valid_from": one.valid_from, "valid_to": one.valid_to, "promises": PROMISES, "parties": [scene.ubnd]}
    pledges.change_pledge(one, title="Sửa lần một", revision=one.revision, actor=scene.clerk, **facts)
    with pytest.raises(Refused) as late:
        pledges.change_pledge(one, title="Sửa lần hai", revision=one.revision, actor=TESTER, **facts)
    assert late.value.detail_code == "changed" and Pledge.objects.get().title == "Sửa lần một"
