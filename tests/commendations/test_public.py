"""What everybody reads: the roll, a decision, what a code says; and what nobody does."""

from __future__ import annotations

import csv
import io
from datetime import date
from typing import Any

import pytest
from django.test import Client

from liengia.commendations import queries, services
from liengia.commendations.models import Certificate, RecipientKind
from liengia.core import codes
from liengia.core.actor import Actor
from tests.commendations.given import ON, Bureau, certified, decided, nominated, opened, pursuit


def page(address: str) -> str:
    answer = Client().get(address)
    assert answer.status_code == 200, address
    return str(answer.content.decode())


def test_the_roll_shows_counts_to_all_and_names_by_consent(scene: Bureau) -> None:
    season = services.season_of(scene.here.commune, name="Mùa Ngày hội 2026", year=2026, subject="festival:2026")
    row = opened(scene, season=season)
    nominated(scene, row, "Tổ liên gia số 3", kind=RecipientKind.COLLECTIVE)
    agreed = nominated(scene, row, "Nguyễn Thị Đồng Ý")
    nominated(scene, row, "=cmd|'/c calc'!A1 Trần Văn Im")
    services.record_consent(agreed, how="phiếu ký tên", given_on=ON, actor=scene.clerk)
    decision = decided(scene, row)
    hidden = decided(scene, _with(scene, pursuit(scene, season=season), "Lê Văn Truy Bắt"))
    text = page("/khen-thuong/")
    assert "Mùa Ngày hội 2026" in text and "3 trường hợp được khen" in text and row.title[1:] in text, "in the sum, one of a pursuit could be told by what is left over"
    assert "Truy bắt đối tượng phạm tội, đột xuất" not in text
    assert "trong 3 của Mùa" in page(f"/xac-minh/{decision.certificates.all()[0].code}/")
    assert "của Mùa" not in page(f"/xac-minh/{hidden.certificates.get().code}/")
    assert "truy bắt đối tượng phạm tội tháng 7" not in text, "but no decision of it is listed"
    detail = page(f"/khen-thuong/{decision.public_id}/")
    assert "Nguyễn Thị Đồng Ý" in detail and "Tổ liên gia số 3" in detail and "Im" not in detail.replace("Important", "")
    assert "Còn 1 trường hợp được khen mà không nêu tên ở đây." in detail
    rows = list(csv.reader(io.StringIO(page("/khen-thuong/danh-sach.csv").lstrip("\ufeff"))))
    assert [line[4] for line in rows[1:]] == ["Tổ liên gia số 3", "Bà Nguyễn Thị Đồng Ý"]
    assert "1 tập thể, 2 cá nhân" in page("/khen-thuong/tin.xml")
    for address in ("/khen-thuong/?nam=2025", "/khen-thuong/?nam=abcd&xa=0", f"/khen-thuong/?xa={scene.here.commune.code}"):
        page(address)
    assert row.title[1:] not in page("/khen-thuong/?nam=2025")
    assert Client().get(f"/khen-thuong/{hidden.public_id}/").status_code == 404


def _with(scene: Bureau, row: Any, name: str) -> Any:
    nominated(scene, row, name)
    return row


def test_a_decision_of_the_pursuit_is_opened_only_with_a_reason_and_names_only_with_consent(scene: Bureau) -> None:
    row = pursuit(scene)
    agreed, silent = nominated(scene, row, "Lê Thị Đồng Ý"), nominated(scene, row, "Lê Văn Im Lặng")
    services.record_consent(agreed, how="phiếu ký tên", given_on=ON, actor=scene.clerk)
    decision = decided(scene, row)
    from liengia.core.errors import Invalid

    with pytest.raises(Invalid):
        services.open_decision(decision, is_public=True, reason=" ", actor=scene.chairman)
    services.open_decision(decision, is_public=True, reason="Chủ tịch xã quyết định tại buổi họp dân.", actor=scene.chairman)
    text = page(f"/khen-thuong/{decision.public_id}/")
    assert agreed.name in text and silent.name not in text
    services.open_decision(decision, is_public=False, reason="", actor=scene.chairman)
    assert Client().get(f"/khen-thuong/{decision.public_id}/").status_code == 404


def test_a_code_says_what_the_paper_says(scene: Bureau) -> None:
    found = certified(scene, "Huỳnh Tấn Lộc", honorific="Ông", words="42/9 hẻm 42, Khu phố 5")
    text = page(f"/xac-minh/{found.code}/")
    for words in ("Giấy khen này có thật", "Ông Huỳnh Tấn Lộc", "Giấy khen của Chủ tịch Ủy ban nhân dân xã Cần Đước", "01/QĐ-UBND", "2026-0001", found.merit):
        assert words in text, words
    assert "hẻm 42" not in text, "no address of a house"
    assert Client().get(f"/xac-minh/{found.code.lower().replace('-', ' ')}").status_code == 200
    typed = Client().get("/xac-minh/", {"ma": found.code.replace("-", "").lower()})
    assert typed.status_code == 302 and typed["Location"] == f"/xac-minh/{found.code}/"
    assert typed["Cache-Control"].startswith("max-age=0")


@pytest.mark.parametrize("raw", ["x", "7K4M-QF29-TXRH", "../../etc/passwd", "%00", "A" * 500, "<script>alert(1)</script>"])
def test_what_is_no_code_says_so(scene: Bureau, raw: str) -> None:
    from urllib.parse import quote

    answer = Client().get(f"/xac-minh/?ma={quote(raw)}")
    assert answer.status_code == 404
    text = answer.content.decode()
    assert "Không tìm thấy mã này" in text and "<script>alert" not in text


def test_whoever_looks_too_often_is_asked_to_wait_and_told_nothing_of_the_paper(scene: Bureau, monkeypatch: pytest.MonkeyPatch) -> None:
    from datetime import timedelta

    from liengia.commendations.views import verify
    from liengia.core.limits import Limiter

    monkeypatch.setattr(verify, "looking", Limiter(most=1, per=timedelta(hours=1)))
    found, client = certified(scene), Client()
    assert client.get(f"/xac-minh/{found.code}/").status_code == 200
    for answer in (client.get(f"/xac-minh/{found.code}/"), client.get("/xac-minh/", {"ma": found.code})):
        text = answer.content.decode()
        assert answer.status_code == 429 and "Chưa tra được" in text and "Không tìm thấy mã này" not in text
    assert client.get("/xac-minh/").status_code == 200, "the empty form looks nothing up"


def test_a_slip_of_the_hand_is_no_other_certificate(scene: Bureau) -> None:
    found = certified(scene)
    plain = found.code.replace("-", "")
    for place in range(len(plain)):
        wrong = next(sign for sign in codes.SYMBOLS if sign != plain[place])
        assert queries.by_code(plain[:place] + wrong + plain[place + 1 :]) is None


def test_revoked_and_replaced_papers_say_so(scene: Bureau) -> None:
    first = certified(scene, "Nguyễn Văn Sai Chữ")
    second = services.replace_certificate(first, reason="Sai chữ lót.", name="Bà Nguyễn Vân Sai Chữ", actor=scene.clerk)
    assert (second.serial, second.register_number) == ("2026-0001/2", first.register_number)
    text = page(f"/xac-minh/{first.code}/")
    assert "Tờ giấy này đã được cấp đổi" in text and "Nguyễn Vân" not in text
    assert second.code not in text, "whoever holds the old paper learns no code of the new one"
    assert "Bà Nguyễn Vân Sai Chữ" in page(f"/xac-minh/{second.code}/")
    services.revoke_certificate(second, reason="Khai man thành tích.", by_decision="Quyết định 09/QĐ-UBND", actor=scene.chairman)
    text = page(f"/xac-minh/{second.code}/")
    assert "Giấy khen này đã bị thu hồi" in text and "Quyết định 09/QĐ-UBND" in text and "Khai man" not in text
    assert not Certificate.objects.all().on_roll().exists()


def test_whoever_holds_the_paper_hides_their_name_at_once(scene: Bureau) -> None:
    found = certified(scene, "Lê Thị Kín Đáo")
    services.record_consent(found.nomination, how="phiếu ký tên", given_on=date(2026, 8, 3), actor=scene.clerk)
    address = f"/khen-thuong/{found.decision.public_id}/"
    assert "Lê Thị Kín Đáo" in page(address)
    assert Client().get(f"/xac-minh/{found.code}/an-ten/").status_code == 405
    assert Client(enforce_csrf_checks=True).post(f"/xac-minh/{found.code}/an-ten/").status_code == 302
    assert "Lê Thị Kín Đáo" not in page(address)
    text = page(f"/xac-minh/{found.code}/")
    assert "Kín Đáo" not in text and "B. L. T. K. Đ." in text and "Giấy khen này có thật" in text
    services.hide_name(found, is_hidden=False, actor=Actor.of(scene.here.duyen))
    assert "Lê Thị Kín Đáo" in page(address)
    second = services.replace_certificate(found, reason="Rách.", actor=scene.clerk)
    assert Client().post(f"/xac-minh/{second.code}/an-ten/").status_code == 302
    assert "Kín Đáo" not in page(f"/xac-minh/{found.code}/") + page(f"/xac-minh/{second.code}/"), "the old paper's code tells it no more than the new one's"
    assert Client().post("/xac-minh/7K4M-QF29-TXRH/an-ten/").status_code == 404


def test_search_finds_a_collective_only_while_its_paper_holds_and_shows_its_name(scene: Bureau) -> None:
    from liengia.core import search

    def is_found(words: str) -> bool:
        return bool(search.find(words).hits)

    first = certified(scene, "Tổ tự quản Hoa Sen", kind=RecipientKind.COLLECTIVE)
    assert is_found("hoa sen")
    services.hide_name(first, is_hidden=True, actor=scene.clerk)
    assert not is_found("hoa sen")
    services.hide_name(first, is_hidden=False, actor=scene.clerk)
    second = services.replace_certificate(first, reason="Sai chữ.", name="Tổ tự quản Hoa Súng", actor=scene.clerk)
    assert is_found("hoa súng") and not is_found("hoa sen")
    services.revoke_certificate(second, reason="Khai man thành tích.", actor=scene.chairman)
    assert not is_found("hoa súng")


def test_a_commune_without_the_room_shows_and_verifies_nothing(scene: Bureau) -> None:
    from liengia.units.services import switch_room
    from tests.cast import TESTER

    found = certified(scene)
    switch_room(unit=scene.here.commune, room="commendations", is_on=False, actor=TESTER)
    assert found.decision.round.title[1:] not in page("/khen-thuong/")
    assert Client().get(f"/khen-thuong/{found.decision.public_id}/").status_code == 404
    for answer in (Client().get(f"/xac-minh/{found.code}/"), Client().get("/xac-minh/", {"ma": found.code})):
        text = answer.content.decode()
        assert answer.status_code == 404 and "Không tìm thấy mã này" not in text and "hiện không tra ở đây" in text, "a genuine paper is not called false"
        assert found.name not in text and found.merit not in text
    switch_room(unit=scene.here.commune, room="commendations", is_on=True, actor=TESTER)
    assert Client().get(f"/xac-minh/{found.code}/").status_code == 200


def test_the_lists_of_the_roll_read_few_queries(scene: Bureau, django_assert_max_num_queries: Any) -> None:
    for n in range(3):
        row = opened(scene, title=f"đợt {n}")
        nominated(scene, row, f"Nguyễn Văn {'ABC'[n]}")
        decided(scene, row)
    decisions = queries.public_decisions()
    with django_assert_max_num_queries(2):
        queries.roll(decisions)
    with django_assert_max_num_queries(1):
        queries.by_decision(decisions)
