"""A deed that reads like a pursuit of suspects in the movement's list: asked about, and once confirmed nowhere in public."""

from __future__ import annotations

from datetime import date

import pytest
from django.test import Client

from liengia.commendations import doubts, policies, services
from liengia.commendations.models import Certificate, RecipientKind
from liengia.commendations.pursuit import read_as_pursuit
from liengia.core.errors import Invalid, Refused
from tests.commendations.given import ON, Bureau, decided, nominated, opened, pursuit, reviewed
from tests.people.conftest import signed_in

CAUGHT = "Đã dũng cảm đuổi theo và khống chế đối tượng trộm xe máy, giao Công an xã"


@pytest.mark.parametrize(
    "merit",
    [
        CAUGHT,
        "Có thành tích đột xuất trong phát hiện, cùng Công an truy bắt đối tượng trộm cắp tài sản",
        "Cùng bà con vây bắt hai thanh niên cướp giật dây chuyền trên lộ liên xã",
        "Tri hô và truy đuổi kẻ gian bẻ khóa xe trước chợ",
        "Bắt quả tang người trộm chó, báo Công an xã",
        "Giúp Công an xã bắt được hai đối tượng truy nã",
        "Phối hợp bắt nhóm người trộm cắp dây điện của bà con",
        "BẮT TRỘM xe đạp của học sinh, trả lại cho gia đình",
        "Phát hiện, giữ lại tên trộm cho tới khi Công an tới",
    ],
)
def test_what_reads_like_a_pursuit_is_asked_about(merit: str) -> None:
    assert read_as_pursuit(merit, on=ON)


@pytest.mark.parametrize(
    "merit",
    [
        "Có thành tích xuất sắc trong phong trào Toàn dân bảo vệ an ninh Tổ quốc năm 2026",
        "Bắt đèn đường cho cả hẻm, bà con đi đêm không còn sợ trộm",
        "Kịp thời khống chế đám cháy, không để lửa lan sang nhà bên",
        "Bắt đầu tổ chức tuần tra từ năm 2024, xóm không còn mất trộm",
        "Vận động bà con gắn camera phòng, chống trộm cắp",
        "Nắm bắt tình hình, hòa giải 12 vụ mâu thuẫn trong ấp",
        "Tuyên truyền phòng, chống tội phạm cho 300 hộ đánh bắt thủy sản",
        "Giúp đỡ các đối tượng chính sách, gia đình neo đơn",
        "Cùng bà con dập tắt đám cháy. Tặng quà các đối tượng khó khăn",
        "Bắt tay cùng Chi đoàn vớt lục bình, khơi thông kênh",
    ],
)
def test_what_is_none_is_not(merit: str) -> None:
    assert not read_as_pursuit(merit, on=ON)


def test_the_words_hold_from_their_day() -> None:
    assert not read_as_pursuit(CAUGHT, on=date(2023, 8, 5))


def test_it_is_asked_and_neither_refused_nor_passed_over(scene: Bureau) -> None:
    row = opened(scene)
    deed = nominated(scene, row, "Lê Văn Đuổi", merit=CAUGHT)
    assert [one.code for one in doubts.of_nomination(deed)] == [doubts.PURSUED]
    with pytest.raises(Refused) as refused:
        reviewed(scene, row)
    assert refused.value.detail_code == "doubts"
    with pytest.raises(Refused):
        services.answer_doubts(deed, answer="Đúng người.", actor=scene.clerk)
    clerk, address = signed_in(scene.here.duyen, second_factor=True), f"/quan-tri/khen-thuong/de-nghi/{deed.public_id}/"
    page = clerk.get(address).content.decode()
    assert "Có phải thành tích truy bắt không?" in page and "Đúng là truy bắt: không công khai" in page
    assert clerk.post(f"{address}truy-bat/", {"is_pursuit": "khong"}).status_code == 302
    assert "Đã trả lời: không phải truy bắt" in clerk.get(address).content.decode()
    deed.refresh_from_db()
    assert not deed.is_pursuit_deed and not doubts.unanswered(row)
    services.change_nomination(deed, report="Đã cùng Công an vây bắt kẻ gian.", actor=scene.clerk)
    assert doubts.unanswered(row) == 1, "another text: asked anew"
    assert clerk.post(f"{address}truy-bat/", {"is_pursuit": "co"}).status_code == 302
    assert "không lên trang công khai" in clerk.get(address).content.decode()
    assert not doubts.unanswered(row)
    hunt = nominated(scene, pursuit(scene), "Võ Văn Ba", merit=CAUGHT)
    assert not doubts.of_nomination(hunt), "its list is not public anyway"
    with pytest.raises(Refused):
        services.confirm_pursuit(hunt, is_pursuit=True, actor=scene.clerk)


def test_who_is_confirmed_stands_nowhere_in_public(scene: Bureau) -> None:
    row = opened(scene)
    nominated(scene, row, "Nguyễn Thị Thường")
    person = nominated(scene, row, "Lê Văn Đuổi", merit=CAUGHT)
    group = nominated(scene, row, "Tổ bảo vệ an ninh Khu phố 5", kind=RecipientKind.COLLECTIVE, merit=CAUGHT.replace("xe máy", "máy bơm"))
    services.record_consent(person, how="phiếu ký tên", given_on=ON, actor=scene.clerk)
    for one in (person, group):
        services.confirm_pursuit(one, is_pursuit=True, actor=scene.clerk)
    decision = decided(scene, row)
    certificate = Certificate.objects.get(nomination=person)
    reader = Client()
    for address in ("/khen-thuong/", f"/khen-thuong/{decision.public_id}/", "/khen-thuong/danh-sach.csv", "/khen-thuong/tin.xml", f"/xac-minh/{certificate.code}/"):
        text = reader.get(address).content.decode()
        assert "Lê Văn Đuổi" not in text and "Tổ bảo vệ an ninh Khu phố 5" not in text and "trộm" not in text, address
    assert "Ô. L. V. Đ." in reader.get(f"/xac-minh/{certificate.code}/").content.decode() or "B. L. V. Đ." in reader.get(f"/xac-minh/{certificate.code}/").content.decode()
    assert "Còn 3 trường hợp được khen mà không nêu tên" in reader.get(f"/khen-thuong/{decision.public_id}/").content.decode()
    assert [one.name for one in policies.to_hand_out(scene.here.duyen)] == ["Bà Nguyễn Thị Thường"], "no phone holds them"
    assert {one.name for one in services.of_decision(decision)} >= {"Bà Lê Văn Đuổi", "Tổ bảo vệ an ninh Khu phố 5"}, "they are commended all the same"
    with pytest.raises(Invalid) as named:
        services.replace_certificate(certificate, reason="Thiếu chữ.", merit="Đã cùng ông Trần Văn Khác đuổi theo người lấy xe", actor=scene.clerk)
    assert named.value.detail_code == "names_somebody", "as in a list of the pursuit"
