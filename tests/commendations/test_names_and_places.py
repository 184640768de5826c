"""The same person under another spelling, on the screen and in a file; the places that a nomination may be tied to."""

from __future__ import annotations

import unicodedata
from datetime import date
from typing import Any

import pytest

from liengia.commendations import defaults, doubts, imports, queries, services, spreadsheet
from liengia.commendations.models import Certificate, ImportJob, Nomination, name_key
from liengia.units.models import Unit
from tests.commendations.given import Bureau, certified, nominated, opened
from tests.commendations.test_office import BASE, book, into, line, text_of, typed

KINDS = {"district": "Huyện", "commune": "Xã", "hamlet": "Ấp"}


def place(code: str, name: str, level: str, **changes: Any) -> Unit:
    return Unit.objects.create(code=code, name=name, kind=KINDS[level], level=level, **changes)


ONE = "Hồ Thị Thúy Hòa"


@pytest.mark.parametrize(
    "spelled",
    [
        "Hồ Thị Thuý Hoà", "HỒ THỊ THÚY HÒA", "hồ  thị thúy hòa ", "Bà Hồ Thị Thúy Hòa", "Hộ bà Hồ Thị Thúy Hòa", "Thượng úy Hồ Thị Thúy Hòa", "Đ/c Hồ Thị Thúy Hòa",
        unicodedata.normalize("NFD", ONE), "Hồ Thị\u00a0Thúy Hòa", "Hồ Thị Thúy\u200b Hòa", "Ho Thi Thuy Hoa", "Ba Ho Thi Thuy Hoa", "Hồ Thị Thúi Hòa",
    ],
)  # fmt: skip
def test_one_name_has_one_key_however_it_is_spelled(spelled: str) -> None:
    assert name_key(spelled) == name_key(ONE)


@pytest.mark.parametrize(("one", "other"), [("Hồ Văn An", "Chu Văn An"), ("Hồ Văn An", "Văn An"), ("Chu Văn An", "Văn An"), ("Hồ Thị Bé", "Trần Thị Bé")])
def test_a_family_name_is_no_form_of_address(one: str, other: str) -> None:
    assert name_key(one) != name_key(other)


def test_keys_that_were_cut_once_are_renewed(scene: Bureau) -> None:
    one = nominated(scene, opened(scene), "Hồ Văn An")
    Nomination.objects.update(name_key="van an")
    assert defaults.renew_keys() == 1 and defaults.renew_keys() == 0
    one.refresh_from_db()
    assert one.name_key == "ho van an"


def test_a_name_put_right_by_a_new_paper_is_found_and_asked_about_under_the_right_name(scene: Bureau) -> None:
    wrong = certified(scene, "Phạm Thị Liễu", birth_year=1970)
    paper = services.replace_certificate(wrong, reason="Sai tên.", name="Bà Phạm Thị Lý", actor=scene.clerk)
    rows = Certificate.objects.all()
    assert [one.serial for one in queries.register(rows, year=None, words="pham thi ly")] == [paper.serial]
    assert [one.serial for one in queries.register(rows, year=None, words="lieu")] == [wrong.serial], "the old line is found by what it says"
    clerk = into(scene.here.duyen)
    assert paper.serial in text_of(clerk.get(f"{BASE}so-vang/?q=Phạm Thị Lý"))
    assert "Phạm Thị Liễu" in text_of(clerk.get(f"{BASE}dot/{wrong.decision.round.public_id}/?q=ly")), "the round leads to it as well"
    row = opened(scene)
    same, other = nominated(scene, row, "Phạm Thị Lí"), nominated(scene, row, "Phạm Thị Lý", birth_year=1980)
    found = doubts.of_round(row)
    assert "Phạm Thị Lý" in next(one.words for one in found[same.pk] if one.code == doubts.BEFORE)
    assert not any(one.code == doubts.BEFORE for one in found.get(other.pk, ())), "another year of birth is another person"
    services.revoke_certificate(paper, reason="Khai man.", actor=scene.chairman)
    assert "Phạm Thị Lý" not in " ".join(one.words for one in doubts.of_nomination(same) if one.code == doubts.BEFORE)


def test_names_of_certificates_of_before_are_filled(scene: Bureau) -> None:
    paper = services.replace_certificate(certified(scene, "Lê Văn Sai"), reason="Sai tên.", name="Ông Hồ Văn Đúng", actor=scene.clerk)
    Certificate.objects.update(folded_name="", name_key="")
    assert (defaults.renew_keys(), defaults.renew_keys()) == (2, 0)
    paper.refresh_from_db()
    assert (paper.folded_name, paper.name_key) == ("ong ho van dung", "ho van dung")


@pytest.mark.parametrize("name", ["Chi hội Phụ nữ Khu phố 5", "Bá Thị Lan", "Cụ Trần Văn Bảy", "Hòa thượng Thích Mẫu"])
def test_keys_of_whatever_beginning_are_renewed(scene: Bureau, name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(defaults, "KEYS_AT_ONCE", 2)
    row = opened(scene)
    made = [nominated(scene, row, name), *(nominated(scene, row, f"Lê Văn {word}") for word in ("Một", "Hai", "Ba"))]
    Nomination.objects.filter(pk__in=[made[0].pk, made[3].pk]).update(name_key="cut once")
    assert (defaults.renew_keys(), defaults.renew_keys()) == (2, 0), "some at a time, all of them"
    assert list(Nomination.objects.order_by("pk").values_list("name_key", flat=True)) == [name_key(one.name) for one in made]


def test_a_d_of_another_keyboard_is_the_same_letter() -> None:
    assert name_key("Ðặng Văn Ðức") == name_key("Đặng Văn Đức") == "dang van duc"


def test_a_file_is_asked_about_before_it_is_saved_and_its_list_afterwards(scene: Bureau) -> None:
    row = opened(scene)
    nominated(scene, row, "Nguyễn Thị Thúy Hòa", birth_year=1969)
    clerk = into(scene.here.duyen)
    rows = [
        line("Trần Văn An", birth_year=1970), line("NGUYỄN THỊ THUÝ HOÀ", birth_year=""), line("Lý Thị Mỹ", birth_year=1960), line("Lí Thị Mĩ", birth_year=1960),
        line("Trần Văn An", birth_year=1985),
    ]  # fmt: skip
    clerk.post(f"{BASE}dot/{row.public_id}/nhap/", {"file": book(rows)})
    job = ImportJob.objects.get()
    page = text_of(clerk.get(f"{BASE}nhap/{job.public_id}/"))
    assert "Có 3 dòng cần kiểm tra" in page and page.count("có phải cùng một người") == 3
    assert page.index("NGUYỄN THỊ THUÝ HOÀ") < page.index("Trần Văn An"), "what looks doubtful stands first"
    imports.ask(job)
    imports.run_due()
    found = doubts.of_round(row)
    names = {one.pk: one.name for one in Nomination.objects.all()}
    assert sorted(names[key] for key in found) == ["Lí Thị Mĩ", "Lý Thị Mỹ", "NGUYỄN THỊ THUÝ HOÀ", "Nguyễn Thị Thúy Hòa"]


def test_the_screen_asks_the_same(scene: Bureau) -> None:
    row = opened(scene)
    clerk, address = into(scene.here.duyen), f"{BASE}dot/{row.public_id}/them/"
    assert clerk.post(address, typed(scene, name="Nguyễn Thị Thúy Hòa", birth_year="1969")).status_code == 302
    twin = clerk.post(address, typed(scene, name="NGUYỄN THỊ THUÝ HOÀ", birth_year="1969"))
    assert "có phải cùng một người" in text_of(clerk.get(twin["Location"]))
    other = clerk.post(address, typed(scene, name="Nguyễn Thị Thúy Hòa", birth_year="1985"))
    assert other["Location"].endswith(f"/dot/{row.public_id}/"), "another year of birth: another person"


def test_only_places_in_force_on_the_rounds_day_are_offered_and_none_twice(scene: Bureau) -> None:
    commune = scene.here.commune
    gone = place("28108-70", "Ấp Đã Nhập", "hamlet", parent=commune, valid_to=date(2026, 3, 1))
    later = place("28108-71", "Ấp Sắp Lập", "hamlet", parent=commune, valid_from=date(2026, 12, 1))
    for code in ("28108-72", "28108-73"):
        place(code, "Ấp 3", "hamlet", parent=commune)
    row = opened(scene)
    page = text_of(into(scene.here.duyen).get(f"{BASE}dot/{row.public_id}/them/"))
    assert "Ấp Đã Nhập" not in page and "Ấp Sắp Lập" not in page
    names = queries.told_apart(queries.places_of(row))
    assert len(set(names.values())) == len(names) and all("xã Cần Đước" in name.replace("Xã", "xã") for name in names.values())
    early = opened(scene, title="đầu năm", period_to=date(2026, 2, 1))
    assert gone in queries.places_of(early) and later not in queries.places_of(early)
    kept = nominated(scene, row, unit=gone)
    assert gone in queries.places_of(row, keep=kept.unit_id), "what was chosen before stays"
    found = spreadsheet.read(book([line(unit="Ấp Đã Nhập")]), row)
    assert [error.what for error in found.errors] == ["“Ấp Đã Nhập” không thuộc Xã Cần Đước."]


def test_a_round_of_a_unit_that_has_ended_offers_the_places_of_its_time(scene: Bureau) -> None:
    district = place("806", "Cần Đước", "district", parent=scene.here.cast.province, valid_to=date(2025, 7, 1))
    old = place("28111", "Long Trạch", "commune", parent=district, valid_to=date(2025, 7, 1))
    row = opened(scene)
    row.unit, row.period_from, row.period_to = district, date(2022, 8, 1), date(2023, 7, 31)
    assert set(queries.places_of(row)) == {district, old}
