"""What stands in public names nobody whose consent can be taken back: titles of lists, and households entered as collectives."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from liengia.commendations import index, linked, naming, queries, services
from liengia.commendations.models import Certificate, RecipientKind, Round
from liengia.core.errors import Invalid
from liengia.people.models import User
from tests.commendations.given import Bureau, decided, nominated, opened
from tests.people.conftest import signed_in

BASE = "/quan-tri/khen-thuong/"
NAMED = "ông Lê Văn Tám, ấp 1, đã cứu người đuối nước"
DEED = "Thành tích đột xuất cứu người đuối nước, ấp 1"


def into(who: User) -> Any:
    return signed_in(who, second_factor=True)


@pytest.mark.parametrize("title", [NAMED, "khen Hộ bà Nguyễn Thị Bông cho mượn đất", "thành tích của Lê Văn Tám", "bà Bông, ấp 2, nuôi trẻ mồ côi", "Gia đình ông Tư"])
def test_a_title_names_no_person(scene: Bureau, title: str) -> None:
    with pytest.raises(Invalid) as refused:
        opened(scene, title=title)
    assert refused.value.detail_code == "titled_by_name" and DEED in str(refused.value)


@pytest.mark.parametrize("title", [
    DEED, "có thành tích trong phong trào Toàn dân bảo vệ an ninh Tổ quốc năm 2026", "học tập và làm theo tư tưởng, đạo đức, phong cách Hồ Chí Minh", "giữ trật tự lễ hội núi Bà Đen",
    "hoạt động của Đoàn Thanh niên xã Phước Vân", "vì Hoàng Sa, Trường Sa", "đường Lê Văn Tám sáng, xanh, sạch, đẹp", "bảo vệ Anh hùng lực lượng vũ trang", "bà con xã Dương Minh Châu",
])  # fmt: skip
def test_places_and_campaigns_are_no_persons(title: str) -> None:
    assert naming.in_title(title) == ""


def test_a_title_does_not_name_who_is_on_its_list(scene: Bureau) -> None:
    row = opened(scene)
    nominated(scene, row, "Tư Bình")
    with pytest.raises(Invalid) as refused:
        services.change_round(row, title="sáng kiến của tư bình ở ấp 1", actor=scene.clerk)
    assert refused.value.detail_code == "titled_by_name"
    assert services.change_round(row, title=DEED, actor=scene.clerk).title == DEED


@pytest.mark.parametrize("title", [NAMED, "sáng kiến của Tám Bông ở ấp 1"])
def test_an_older_title_that_names_somebody_stands_nowhere_in_public_and_can_be_put_right(scene: Bureau, title: str) -> None:
    row = opened(scene)
    nominated(scene, row, "Tám Bông")
    decision = decided(scene, row)
    Round.objects.filter(pk=row.pk).update(title=title)
    decision = type(decision).objects.get(pk=decision.pk)
    index.renew(decision)
    reader, pages = Client(), ("/khen-thuong/", f"/khen-thuong/{decision.public_id}/", "/khen-thuong/tin.xml")
    usual = "thành tích trong phong trào Toàn dân bảo vệ an ninh Tổ quốc"
    entry, card = index.entry_of(decision), linked.card(decision.public_id)
    assert entry is not None and card is not None
    for words in (entry.title, card.title, *(reader.get(page).content.decode() for page in pages)):
        assert "Tám" not in words and usual in words, words[:300]
    chairman, address = into(scene.here.chairman), f"{BASE}quyet-dinh/{decision.public_id}/tieu-de/"
    answer = chairman.post(address, {"title": NAMED})
    assert answer.status_code == 422 and NAMED in answer.content.decode()
    assert chairman.post(address, {"title": DEED}).status_code == 302
    entry = index.entry_of(type(decision).objects.get(pk=decision.pk))
    assert entry is not None and entry.title == f"Khen thưởng {DEED}"
    assert all(DEED in reader.get(page).content.decode() for page in pages)
    assert queries.public_decisions()[0].round.public_title == DEED


def test_whoever_proposes_reads_no_name_in_the_choice_of_lists(scene: Bureau) -> None:
    row = opened(scene)
    Round.objects.filter(pk=row.pk).update(title=NAMED)
    answer = signed_in(scene.here.cast.lua).get("/khen-thuong/de-nghi/")
    assert list(answer.context["form"].fields["round"].queryset) == [row] and "Lê Văn Tám" not in answer.content.decode()


@pytest.mark.parametrize("name", ["Hộ ông Lê Văn Tám", "Gia đình bà Nguyễn Thị Bông, tổ 5", "Ông Lê Văn Tám", "Lê Văn Tám", "Hộ Lê Văn Tám"])
def test_a_household_or_a_person_is_no_collective(scene: Bureau, name: str) -> None:
    with pytest.raises(Invalid) as refused:
        nominated(scene, opened(scene), name, kind=RecipientKind.COLLECTIVE)
    assert (refused.value.detail_code, refused.value.data["field"]) == ("not_a_collective", "kind")


@pytest.mark.parametrize("name", ["Tổ liên gia số 3", "Bà con Khu phố 5", "Chị em phụ nữ ấp 2", "Hộ kinh doanh chợ Cần Đước", "Đoàn Thanh niên xã", "Câu lạc bộ Gia đình hạnh phúc"])
def test_a_group_is_a_collective(name: str) -> None:
    assert not naming.is_of_persons(name)


def test_whoever_holds_a_collective_s_paper_hides_its_name_too(scene: Bureau) -> None:
    row = opened(scene)
    one = nominated(scene, row, "Tổ liên gia số 3", kind=RecipientKind.COLLECTIVE)
    decided(scene, row)
    paper = Certificate.objects.get(nomination=one)
    with pytest.raises(Invalid) as refused:
        services.replace_certificate(paper, reason="ghi sai tên", name="Hộ ông Lê Văn Tám", actor=scene.clerk)
    assert (refused.value.detail_code, refused.value.data["field"]) == ("not_a_collective", "name")
    page = Client().get(f"/xac-minh/{paper.code}/").content.decode()
    assert f"/xac-minh/{paper.code}/an-ten/" in page
    assert Client().post(f"/xac-minh/{paper.code}/an-ten/").status_code == 302
    assert not Certificate.objects.filter(pk=paper.pk).on_roll().exists()
