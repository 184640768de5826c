"""Planning in the back office: from a season to announced days, their lists, committee, guests, papers and pledges; and who may."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from django.test import Client

from liengia.core import official_papers
from liengia.festivals import drafts, links
from liengia.festivals.models import DayState, FestivalDay, GuestInvitation, Pledge, PledgeProgress, Season
from liengia.festivals.services import days, guests, live, organisers, results
from liengia.festivals.services.days import Host
from liengia.festivals.services.organisers import Seat
from liengia.organisations import committee_services
from liengia.organisations.models import Committee, MemberPost, Task
from liengia.papers import services as papers
from liengia.papers.models import Paper
from liengia.people import services as people
from liengia.people.models import User
from liengia.units.models import Succession, Unit
from tests import factories
from tests.cast import TESTER
from tests.festivals.given import PROGRAMME, Season1, another_hamlet, at, fresh, say, told
from tests.people.conftest import signed_in

BASE = "/quan-tri/ngay-hoi/"


def into(who: User) -> Client:
    """Return a browser in which somebody has signed in with a second factor."""
    return signed_in(who, second_factor=True)


def of(day: FestivalDay) -> str:
    """Return the address of a day's pages."""
    return f"{BASE}ngay/{day.public_id}/"


def test_a_season_with_days_for_all_hamlets_is_planned_and_announced(scene: Season1) -> None:
    clerk, more = into(scene.here.duyen), another_hamlet(scene)
    answer = clerk.post(f"{BASE}mua/moi/", {"unit": scene.here.commune.pk, "name": "Mùa thử", "theme": "Bình yên", "starts_on": "2026-08-01", "ends_on": "2026-09-02", "anniversary": "21"})
    season = Season.objects.get(name="Mùa thử")
    assert answer["Location"].endswith(f"mua/{season.public_id}/")
    address = f"{BASE}mua/{season.public_id}/"
    page = clerk.get(address).content.decode()
    assert "Ấp Bảy" in page and "Rạch Kiến" not in page
    typed = {"units": [more.pk, scene.here.cast.hamlet.pk], "starts_at": "2026-08-30T07:30", "place": "Nhà văn hóa", "usual": "on"}
    assert clerk.post(address, typed).status_code == 302
    assert FestivalDay.objects.filter(season=season).count() == 2
    refused = clerk.post(address, {**typed, "units": [more.pk]})
    assert refused.status_code == 422 and "đã có ngày hội" in refused.content.decode()
    asked = clerk.get(f"{address}cong-bo/").content.decode()
    assert "Những ngày hội sẽ công bố" in asked and not FestivalDay.objects.filter(season__public_id=season_key(address), state="announced").exists(), "it asks first"
    chosen = list(FestivalDay.objects.filter(season__public_id=season_key(address), state="planned").values_list("pk", flat=True))
    assert clerk.post(f"{address}cong-bo/", {"days": chosen}).status_code == 302
    assert set(FestivalDay.objects.filter(season=season).values_list("state", flat=True)) == {"announced"}
    season.refresh_from_db()
    assert season.state == "announced"
    assert clerk.post(f"{address}sua/", {"unit": scene.here.commune.pk, "name": "Mùa thử", "starts_on": "2026-09-01", "ends_on": "2026-08-01", "revision": season.revision}).status_code == 422
    assert clerk.post(f"{address}viec/khep/").status_code == 302
    assert Season.objects.get(pk=season.pk).state == "announced", "days are still to come"


def test_a_season_of_earlier_years_offers_the_units_that_stood_then(scene: Season1) -> None:
    clerk, commune = into(scene.here.duyen), scene.here.commune
    old = factories.unit("28997", "Tân Ân", "commune", parent=commune.parent, valid_from=date(2010, 1, 1))
    hamlet = factories.unit("28997-01", "Ấp Cũ", "hamlet", parent=old, valid_from=date(2010, 1, 1))
    Unit.objects.filter(pk__in=(old.pk, hamlet.pk)).update(valid_to=date(2025, 7, 1))
    Succession.objects.create(old=old, new=commune, on=date(2025, 7, 1))
    page = clerk.get(f"{BASE}mua/moi/").content.decode()
    assert "Tân Ân" not in page and f'value="{commune.pk}"' in page
    page = clerk.get(f"{BASE}mua/moi/?ngay=2023-07-15").content.decode()
    assert "Tân Ân" in page and f'value="{commune.pk}"' not in page
    answer = clerk.post(f"{BASE}mua/moi/", {"unit": old.pk, "name": "Mùa 2023", "starts_on": "2023-07-15", "ends_on": "2023-08-20"})
    season = Season.objects.get(name="Mùa 2023")
    assert f'value="{hamlet.pk}"' in clerk.get(answer["Location"]).content.decode()
    assert clerk.post(answer["Location"], {"units": [old.pk, hamlet.pk], "starts_at": "2023-08-06T07:00", "place": "Sân", "usual": "on"}).status_code == 302
    assert FestivalDay.objects.filter(season=season).count() == 2


def test_a_change_keeps_the_committee_that_was_formed_after_the_first_day_or_has_ended(scene: Season1) -> None:
    clerk, commune, season = into(scene.here.duyen), scene.here.commune, scene.season
    formed = {"kind": Committee.Kind.ORGANISING, "unit": commune, "actor": TESTER}
    later = committee_services.form_committee(name="Ban Tổ chức mùa", valid_from=season.starts_on + timedelta(days=4), **formed)
    committee_services.form_committee(name="Ban Tổ chức mùa sau", valid_from=season.ends_on + timedelta(days=1), **formed)
    address = f"{BASE}mua/{season.public_id}/sua/"
    page = clerk.get(address).content.decode()
    assert "Ban Tổ chức mùa" in page and "Ban Tổ chức mùa sau" not in page
    typed = {"unit": commune.pk, "name": season.name, "starts_on": f"{season.starts_on}", "ends_on": f"{season.ends_on}", "committee": later.pk}
    assert clerk.post(address, {**typed, "revision": season.revision}).status_code == 302
    Committee.objects.filter(pk=later.pk).update(valid_from=None, valid_to=season.starts_on)
    season.refresh_from_db()
    assert f'value="{later.pk}" selected' in clerk.get(address).content.decode()
    assert clerk.post(address, {**typed, "theme": "Chủ đề khác", "revision": season.revision}).status_code == 302
    season.refresh_from_db()
    assert (season.theme, season.committee) == ("Chủ đề khác", later)
    day = days.change_day(fresh(scene.hamlet_day), committee=later, actor=scene.clerk)
    assert f'value="{later.pk}" selected' in clerk.get(f"{of(day)}sua/").content.decode()


def test_every_page_of_a_day_opens_and_keeps_what_is_written(scene: Season1) -> None:
    clerk, day = into(scene.here.duyen), scene.hamlet_day
    for ending in ("", "sua/", "chuong-trinh/", "dieu-hanh/", "chuan-bi/", "khach/", "ban-to-chuc/"):
        assert clerk.get(f"{of(day)}{ending}").status_code == 200, ending
    facts = {"name": "", "place": "Sân mới", "rain_plan": "Vào trong", "contact_phone": "02763700101", "revision": fresh(day).revision, "organisations": [scene.ubnd.pk]}
    assert clerk.post(f"{of(day)}sua/", facts).status_code == 302
    assert (fresh(day).place, str(fresh(day).contact_phone), day.parties.count()) == ("Sân mới", "+842763700101", 1)
    again = clerk.post(f"{of(day)}sua/", facts)
    assert again.status_code == 422 and "Người khác vừa sửa" in again.content.decode() and "Sân mới" in again.content.decode()
    programme = {"ceremony": "8:00 | chào cờ | Chào cờ | Ban Tổ chức\n8:10 | báo cáo | Báo cáo một năm", "festivities": "9:00 | hội thi | Nấu ăn | Hội Phụ nữ", "revision": fresh(day).revision}
    assert clerk.post(f"{of(day)}chuong-trinh/", programme).status_code == 302
    assert list(day.items.values_list("title", flat=True)) == ["Chào cờ", "Báo cáo một năm", "Nấu ăn"]
    wrong = clerk.post(f"{of(day)}chuong-trinh/", {**programme, "ceremony": "8:00 | xiếc | Xiếc thú", "revision": fresh(day).revision})
    assert wrong.status_code == 422 and "Xiếc thú" in wrong.content.decode() and day.items.count() == 3
    parade = {"gathers_at": "06:30", "starts_at": "07:00", "signal": "ba hồi trống", "groups": "Đội lân | 12", "points": "Sân đình | 10.5034, 106.6026", "revision": fresh(day).revision}
    assert clerk.post(f"{of(day)}dieu-hanh/", parade).status_code == 302
    assert FestivalDay.objects.get(pk=day.pk).parade.groups.get().people == 12
    lists = {"equipment": "Ghế | 100 | Ấp", "budget": "chi | Nước | 500.000", "revision": fresh(day).revision}
    assert clerk.post(f"{of(day)}chuan-bi/", lists).status_code == 302
    assert day.budget.get().planned == 500_000 and "500.000" in clerk.get(f"{of(day)}chuan-bi/").content.decode()
    assert clerk.post(f"{of(day)}chuan-bi/", {**lists, "budget": "chi | Nước | nhiều", "revision": fresh(day).revision}).status_code == 422
    twice = "để không ai bị đếm hai lần"
    assert twice in clerk.get(of(day)).content.decode()
    FestivalDay.objects.filter(pk=day.pk).update(state=DayState.ENDED)
    assert twice not in clerk.get(of(day)).content.decode(), "over: it cannot be said there any more"


def test_where_no_session_is_planned_the_programme_leads_to_where_the_forum_is_planned(scene: Season1) -> None:
    page = into(scene.here.duyen).get(f"{of(scene.hamlet_day)}chuong-trinh/").content.decode()
    address = page.split("Chưa có buổi diễn đàn nào vào ngày này.", 1)[1].split('href="', 1)[1].split('"', 1)[0]
    assert into(scene.here.duyen).get(address).status_code == 200


def test_guests_committee_and_tasks(scene: Season1) -> None:
    clerk, day = into(scene.here.duyen), scene.hamlet_day
    assert clerk.post(f"{of(day)}khach/", {"guests": "Trường Mẫu | Kính gửi\nTRUONG MAU"}).status_code == 302
    guest = GuestInvitation.objects.get()
    page = clerk.get(f"{of(day)}khach/").content.decode()
    assert guest.public_id in page and "Trường Mẫu" in page
    for what in ("giay-moi", "lien-ket", "giay-moi"):
        assert clerk.post(f"{of(day)}khach/{guest.public_id}/{what}/").status_code == 302
    guest.refresh_from_db()
    lying = Paper.objects.get()
    page = clerk.get(f"{of(day)}khach/").content.decode()
    assert f'<a href="/quan-tri/van-ban/{lying.public_id}/">Mở bản thảo</a>' in page and "ví dụ Ông, Bà" in page, "from where it was drafted one comes to it"
    assert lying.values["kính mời"] == "Trường Mẫu" and lying.values["trả lời"] == links.address(guest), "the new link stands in the draft"
    assert clerk.post(f"{of(day)}khach/{guest.public_id}/bo/").status_code == 302
    assert not GuestInvitation.objects.exists() and not Paper.objects.exists()
    seats = "Trưởng ban | Chủ tịch | Ủy ban nhân dân xã Cần Đước | Phụ trách chung\nThành viên | Văn phòng | uy ban nhan dan xa can duoc"
    assert clerk.post(f"{of(day)}ban-to-chuc/", {"seats": seats.replace("Cần Đước |", "Khác |")}).status_code == 422
    assert not Committee.objects.exists(), "nothing half saved"
    assert clerk.post(f"{of(day)}ban-to-chuc/", {"seats": seats}).status_code == 302
    assert Committee.objects.get().members.count() == 2
    assert clerk.post(f"{of(day)}ban-to-chuc/", {"tasks": "Mượn rạp | Văn phòng | 15/8/2026"}).status_code == 302
    assert Task.objects.get().what == "Mượn rạp"
    assert clerk.post(f"{of(day)}ban-to-chuc/", {"tasks": "Mượn rạp | Ai đó | 15/8/2026"}).status_code == 422


def season_key(address: str) -> str:
    """Return the season of an office's address."""
    return address.rstrip("/").rsplit("/", 1)[1]


def test_days_are_announced_by_name_and_an_unfinished_one_never(scene: Season1) -> None:
    clerk, address = into(scene.here.duyen), f"/quan-tri/ngay-hoi/mua/{scene.season.public_id}/"
    ready, bare = days.plan_days(scene.season, [Host(another_hamlet(scene)), Host(another_hamlet(scene, "28108-78", "Ấp Tám"))], place="Sân", starts_at=at(8), items=PROGRAMME, actor=TESTER)
    bare.items.all().delete()
    page = clerk.get(f"{address}cong-bo/").content.decode()
    assert "Ấp Bảy" in page and "chưa có chương trình" in page and f'name="days" value="{bare.pk}"' not in page
    assert clerk.post(f"{address}cong-bo/", {"days": []}).status_code == 422
    assert clerk.post(f"{address}cong-bo/", {"days": [ready.pk, bare.pk]}).status_code == 422, "a form made by hand"
    assert {fresh(one).state for one in (ready, bare)} == {DayState.PLANNED}, "nothing half announced"
    assert clerk.post(f"{address}cong-bo/", {"days": [ready.pk]}).status_code == 302
    assert (fresh(ready).state, fresh(bare).state) == (DayState.ANNOUNCED, DayState.PLANNED)
    assert clerk.post(f"{address}viec/thong-bao-cac-ngay/").status_code == 404, "the button that asked nobody is gone"


def test_the_same_paper_pressed_twice_is_one_draft(scene: Season1) -> None:
    clerk, day = into(scene.here.duyen), scene.hamlet_day
    guests.invite(day, [("Trường Mẫu", ""), ("Trạm Y tế", "")], actor=scene.clerk)
    first, second = GuestInvitation.objects.order_by("pk")
    for _ in range(2):
        assert clerk.post(f"{of(day)}viec/van-ban/", {"kind": "plan"}).status_code == 302
        assert clerk.post(f"{of(day)}khach/{first.public_id}/giay-moi/").status_code == 302
    again = clerk.post(f"{of(day)}viec/van-ban/", {"kind": "plan"})
    draft = Paper.objects.get(kind="plan")
    assert again["Location"].endswith(f"/{draft.public_id}/") and "đã có dự thảo" in clerk.get(again["Location"]).content.decode()
    clerk.post(f"{of(day)}khach/{second.public_id}/giay-moi/")
    assert Paper.objects.filter(kind="invitation").count() == 2, "another guest's is another paper"
    Paper.objects.filter(pk=draft.pk).update(state="issued", issued_on=date(2026, 8, 16), year=2026, number=1)
    clerk.post(f"{of(day)}viec/van-ban/", {"kind": "plan"})
    assert Paper.objects.filter(kind="plan").count() == 2, "one that was issued is no draft any more"


def test_an_invitation_s_draft_is_opened_again_only_while_its_link_opens_for_this_guest(scene: Season1) -> None:
    day = scene.hamlet_day
    guests.invite(day, [("Ông Nguyễn Văn A", ""), ("Nguyễn Văn A", "Ông")], actor=scene.clerk)
    first, second = GuestInvitation.objects.order_by("pk")

    def opened(guest: GuestInvitation) -> Paper:
        return drafts.open_or_draft(day, "invitation", guest=guest, actor=scene.clerk)[0]

    of_first, of_second = opened(first), opened(second)
    assert of_first.values["kính mời"] == of_second.values["kính mời"], "they are called alike"
    assert (of_first.values["trả lời"], of_second.values["trả lời"]) == (links.address(first), links.address(second)), "and each has their own link"
    assert (opened(first), opened(second)) == (of_first, of_second)
    first = guests.renew_link(first, actor=scene.clerk)
    again = opened(first)
    assert again != of_first and again.values["trả lời"] == links.address(first) != of_first.values["trả lời"], "the old link opens nothing any more"
    assert opened(first) == again


def test_another_link_takes_the_old_one_s_place_in_a_draft_that_was_worked_on(scene: Season1) -> None:
    clerk, day = into(scene.here.duyen), scene.hamlet_day
    guests.invite(day, [("Nguyễn Văn A", "Ông"), ("Trường Mẫu", "")], actor=scene.clerk)
    first, other = GuestInvitation.objects.order_by("pk")
    worked_on, others = (drafts.open_or_draft(day, "invitation", guest=one, actor=scene.clerk)[0] for one in (first, other))
    old, kept = links.address(first), dict(others.values)
    typed = {**worked_on.values, "kính mời": "Thượng tọa Thích Thiện A, trụ trì", "trả lời": f"trước ngày 01/8/2026, tại {old} hoặc điện thoại"}
    Paper.objects.filter(pk=worked_on.pk).update(values=typed, signers=[["Chủ tịch", "Lê Văn B"]])
    page = clerk.post(f"{of(day)}khach/{first.public_id}/lien-ket/", follow=True).content.decode()
    first.refresh_from_db()
    worked_on.refresh_from_db()
    others.refresh_from_db()
    assert links.address(first) != old and "Giấy mời đang soạn (nếu có) đã được thay liên kết mới" in page
    assert worked_on.values == {**typed, "trả lời": f"trước ngày 01/8/2026, tại {links.address(first)} hoặc điện thoại"} and worked_on.signers == [["Chủ tịch", "Lê Văn B"]]
    assert others.values == kept, "another's stays as it is"


def test_days_that_were_announced_before_one_is_refused_stay_so_and_the_page_says_which(scene: Season1, monkeypatch: pytest.MonkeyPatch) -> None:
    clerk, address = into(scene.here.duyen), f"{BASE}mua/{scene.season.public_id}/cong-bo/"
    hosts = [Host(another_hamlet(scene)), Host(another_hamlet(scene, "28108-78", "Ấp Tám")), Host(another_hamlet(scene, "28108-79", "Ấp Chín"))]
    first, bare, last = days.plan_days(scene.season, hosts, place="Sân", starts_at=at(8), items=PROGRAMME, actor=TESTER)
    announce = days.announce_days

    def meanwhile(*args: Any, **options: Any) -> None:
        bare.items.all().delete()
        announce(*args, **options)

    monkeypatch.setattr(days, "announce_days", meanwhile)
    refused = clerk.post(address, {"days": [first.pk, bare.pk, last.pk]})
    page = refused.content.decode()
    assert refused.status_code == 422 and "Đã công bố 1 ngày hội." in page and f"{bare}:" in page
    assert [fresh(one).state for one in (first, bare, last)] == [DayState.ANNOUNCED, DayState.PLANNED, DayState.PLANNED]
    assert [f'name="days" value="{one.pk}"' in page for one in (first, bare, last)] == [False, False, True], "what can still be announced is offered"


def test_announcing_shows_day_by_day_what_lacks_and_what_is_past_and_announces_only_what_is_chosen(scene: Season1) -> None:
    clerk, address = into(scene.here.duyen), f"{BASE}mua/{scene.season.public_id}/cong-bo/"
    full = {"ends_at": at(11, on=date(2026, 8, 20)), "rain_plan": "Vào trong", "safety_plan": "Đội dân phòng", "contact_phone": "+842763700101"}
    names = [("28108-77", "Ấp Bảy"), ("28108-78", "Ấp Tám"), ("28108-79", "Ấp Chín"), ("28108-80", "Ấp Mười")]
    hosts = [Host(another_hamlet(scene, *name), place=f"Sân {name[1]}") for name in names]
    items = [one for one in PROGRAMME if one.kind not in ("parade", "forum")]
    ready, lacking = days.plan_days(scene.season, [replace(hosts[0], facts=full), replace(hosts[1], place="Sân Ấp Chín")], place="", starts_at=at(8, on=date(2026, 8, 20)), items=items, actor=TESTER)
    (bare,) = days.plan_days(scene.season, [hosts[2]], place="", starts_at=at(8, on=date(2026, 8, 20)), actor=TESTER)
    (past,) = days.plan_days(scene.season, [replace(hosts[3], facts={**full, "ends_at": None})], place="", starts_at=at(8, on=date(2026, 8, 10)), items=items, actor=TESTER)
    page = clerk.get(address).content.decode()
    rows = {name: page.split(f"/ngay/{one.public_id}/", 1)[1].split("</tr>", 1)[0] for (_code, name), one in zip(names, (ready, lacking, bare, past), strict=True)}
    ticked = [f'name="days" value="{one.pk}" checked' in page for one in (ready, lacking, bare, past)]
    assert ticked == [True, False, False, False] and f'name="days" value="{bare.pk}"' not in page, "what people who come would miss is not announced unasked"
    for words in ("phương án khi trời mưa", "giờ kết thúc", "cùng nơi với 1 ngày hội khác"):
        assert words in rows["Ấp Tám"] and words not in rows["Ấp Bảy"], words
    assert "khách mời" in rows["Ấp Bảy"] and "chưa có chương trình" in rows["Ấp Chín"]
    assert "Đã qua" in rows["Ấp Mười"] and "Đã qua" not in rows["Ấp Bảy"] and "Đã qua" in clerk.get(of(past)).content.decode()
    assert clerk.post(address, {"days": [ready.pk]}).status_code == 302
    assert [fresh(one).state for one in (ready, lacking, bare, past)] == [DayState.ANNOUNCED, *[DayState.PLANNED] * 3]


def test_amounts_and_days_in_the_office_s_words(scene: Season1) -> None:
    clerk, day = into(scene.here.duyen), scene.hamlet_day
    lists = {"equipment": "Ghế | 1 nghìn | Ấp", "budget": "chi | Rạp | 3,5 triệu | 500 nghìn\nthu | Ngân sách | 1,2 tỷ", "revision": fresh(day).revision}
    said = clerk.post(f"{of(day)}chuan-bi/", lists, follow=True).content.decode()
    assert [(one.planned, one.actual) for one in day.budget.order_by("pk")] == [(3_500_000, 500_000), (1_200_000_000, None)]
    assert day.equipment.get().quantity == 1000 and "“3,5 triệu” được hiểu là 3.500.000 đồng" in said
    wrong = clerk.post(f"{of(day)}chuan-bi/", {**lists, "budget": "chi | Nước | 500", "revision": fresh(day).revision})
    assert wrong.status_code == 422 and "đồng hay nghìn đồng" in wrong.content.decode()
    clerk.post(f"{of(day)}ban-to-chuc/", {"seats": "Trưởng ban | Chủ tịch | Ủy ban nhân dân xã Cần Đước"})
    said = clerk.post(f"{of(day)}ban-to-chuc/", {"tasks": "Mượn rạp | Chủ tịch | 15/8"}, follow=True).content.decode()
    assert Task.objects.get().due_on == date(2026, 8, 15) and "“15/8” được hiểu là 15/08/2026" in said
    assert clerk.post(f"{of(day)}ban-to-chuc/", {"tasks": "Mượn rạp | Chủ tịch | 8/15"}).status_code == 422


def test_a_day_is_put_off_called_off_and_says_why(scene: Season1) -> None:
    clerk, day = into(scene.here.duyen), scene.hamlet_day
    clerk.post(f"{of(day)}viec/hoan/", {"reason": "", "starts_at": "2026-08-17T08:00"})
    assert fresh(day).starts_at == at(8)
    clerk.post(f"{of(day)}viec/hoan/", {"reason": "Mưa", "starts_at": "2026-08-17T08:00"})
    assert fresh(day).starts_at == at(8, on=date(2026, 8, 17))
    clerk.post(f"{of(day)}viec/bai/", {"reason": "Bão"})
    assert fresh(day).state == DayState.CANCELLED
    assert clerk.post(f"{of(day)}viec/khong-co/").status_code == 404


def test_papers_are_filled_from_the_records_by_one_press(scene: Season1) -> None:
    clerk, day = into(scene.here.duyen), scene.hamlet_day
    days.change_day(fresh(day), rain_plan="Vào nhà văn hóa", actor=scene.clerk)
    organisers.form_committee(day, [Seat(MemberPost.CHAIR, "Chủ tịch", scene.ubnd.name)], actor=scene.clerk)
    for kind in drafts.KINDS:
        assert clerk.post(f"{of(day)}viec/van-ban/", {"kind": kind}).status_code == 302
    by_kind = {one.kind: one for one in Paper.objects.all().about_subject(day.subject)}
    assert set(by_kind) == set(drafts.KINDS)
    plan = by_kind["plan"]
    assert plan.values["phương án mưa"] == "Vào nhà văn hóa" and "4/7 âm lịch" in plan.values["thời gian"]
    assert [row[1] for row in plan.blocks["chương trình"]][0] == "Diễu hành", "by the hour"
    assert [row[1] for row in by_kind["programme"].blocks["phần hội"]] == ["Diễu hành", "Kéo co"]
    assert str(plan.issuer) == "Ủy ban nhân dân xã Cần Đước" and plan.about.endswith("tại khu phố 5, xã Cần Đước")
    committee = by_kind["festival_committee"]
    assert committee.values["người quyết định"] == "CHỦ TỊCH ỦY BAN NHÂN DÂN XÃ CẦN ĐƯỚC" and committee.recipients.startswith("Như Điều 3")
    assert [row[:2] for row in by_kind["script"].blocks["lời dẫn"]][0] == ["07:00", "Diễu hành"], "by the hour"
    assert "chào cờ" in by_kind["script"].blocks["lời dẫn"][1][2]
    assert by_kind["minutes"].signers == [["Thư ký", ""], ["Chủ trì", ""]]
    assert len(by_kind["script"].blocks["lời dẫn"]) == 5
    page = clerk.get(of(day)).content.decode()
    assert all(one.public_id in page for one in by_kind.values())
    assert clerk.post(f"{of(day)}viec/van-ban/", {"kind": "pledge"}).status_code == 404


def test_the_report_says_what_was_held_and_what_was_not(scene: Season1) -> None:
    day = scene.hamlet_day
    say(scene, "begun", age_s=300)
    say(scene, "count", number=321)
    say(scene, "item", scene.item("Chào cờ"), age_s=200)
    results.set_results(scene.item("Kéo co"), [(1, "Đội Ấp 1", "2–0")], told=told("result"), actor=scene.phone)
    say(scene, "ended")
    paper = drafts.draft(fresh(day), "results", actor=scene.clerk)
    assert "321 người dự" in paper.values["kết quả"] and "Kéo co: hạng 1 Đội Ấp 1 (2–0)" in paper.values["kết quả"]
    assert "Không thực hiện" not in paper.values["chưa đạt"], "nobody tapped them: that is not known"
    assert "Chưa ghi nhận có thực hiện hay không: Báo cáo một năm; Diễn đàn; Diễu hành" in paper.values["chưa đạt"] and "trễ 25 phút" in paper.values["chưa đạt"]
    assert "Đã thực hiện: Chào cờ và Kéo co." in paper.values["kết quả"], "what has results was held"
    assert ["Số người dự", "321", ""] in paper.blocks["số liệu"]
    minutes = drafts.draft(fresh(day), "minutes", actor=scene.clerk).values
    assert minutes["bắt đầu"].startswith("08 giờ 25") and "Chào cờ" in minutes["diễn biến"] and "Kéo co: nhất Đội Ấp 1" in minutes["diễn biến"]
    assert "321 người" in minutes["thành phần"] and "2 trong 5 nội dung của chương trình; 3 nội dung chưa ghi nhận" in minutes["kết luận"]


def test_an_invitation_says_once_that_somebody_is_invited(scene: Season1) -> None:
    invited = [("Trạm Y tế xã", "Kính gửi"), ("Trần Văn Mẫu", "Ông"), ("Ông Lê Văn Mẫu", "Ông"), ("Đ/c Võ Thị Mẫu", "Bà"), ("Thượng tọa Thích Mẫu", "Kính gửi"), ("Chu Văn Mẫu", "Ông")]
    guests.invite(scene.hamlet_day, invited, actor=scene.clerk)
    said = [drafts.draft(scene.hamlet_day, "invitation", guest=one, actor=scene.clerk).values["kính mời"] for one in GuestInvitation.objects.order_by("pk")]
    assert said == ["Trạm Y tế xã", "Ông Trần Văn Mẫu", "Ông Lê Văn Mẫu", "Đ/c Võ Thị Mẫu", "Thượng tọa Thích Mẫu", "Ông Chu Văn Mẫu"]
    assert "Ông Ông" not in into(scene.here.duyen).get(f"{of(scene.hamlet_day)}khach/").content.decode()


def test_a_guest_s_invitation_has_the_square_code_of_their_link(scene: Season1) -> None:
    guests.invite(scene.hamlet_day, [("Trạm Y tế xã", "")], actor=scene.clerk)
    guest = GuestInvitation.objects.get()
    paper = drafts.draft(scene.hamlet_day, "invitation", guest=guest, actor=scene.clerk)
    said = papers.description(paper)
    codes = [piece["text"] for piece in said["body"] if piece["is"] == "code"]
    assert codes == [links.address(guest)], "a camera opens the guest's own link"
    assert official_papers.as_pdf(said, at=at(8))[:5] == b"%PDF-" and b"word/media" in official_papers.as_docx(said, at=at(8))
    general = drafts.draft(scene.hamlet_day, "invitation", actor=scene.clerk)
    assert not [piece for piece in papers.description(general)["body"] if piece["is"] == "code"]


def test_a_standing_committee_s_other_work_is_in_no_plan(scene: Season1) -> None:
    standing = committee_services.form_committee(kind=Committee.Kind.STEERING, name="Ban Chỉ đạo", unit=scene.here.commune, actor=TESTER)
    seat = committee_services.seat_member(committee=standing, organisation=scene.ubnd, office_title="Chủ tịch", post="chair", actor=TESTER)
    for what, due in (("Việc cả năm", date(2026, 12, 15)), ("Mượn rạp che", date(2026, 8, 14))):
        committee_services.assign_task(committee=standing, what=what, owner=seat, due_on=due, actor=TESTER)
    days.change_day(fresh(scene.hamlet_day), committee=standing, actor=scene.clerk)
    assert [row[0] for row in drafts.draft(fresh(scene.hamlet_day), "plan", actor=scene.clerk).blocks["phân công"]] == ["Mượn rạp che"]


def test_long_lists_fit_into_a_paper(scene: Season1) -> None:
    guests.invite(scene.hamlet_day, [(f"{'Khách mời rất dài ' * 10}{n}", "") for n in range(200)], actor=scene.clerk)
    days.change_day(fresh(scene.hamlet_day), safety_plan="an toàn " * 2000, actor=scene.clerk)
    organisers.form_committee(scene.hamlet_day, [Seat(MemberPost.CHAIR, "Chủ tịch", scene.ubnd.name)], actor=scene.clerk)
    for kind in drafts.KINDS:
        assert drafts.draft(fresh(scene.hamlet_day), kind, actor=scene.clerk)


def test_without_anybody_who_issues_the_office_is_told(scene: Season1) -> None:
    type(scene.ubnd).objects.filter(pk=scene.ubnd.pk).update(valid_to=date(2026, 1, 1))
    answer = into(scene.here.duyen).post(f"{of(scene.hamlet_day)}viec/van-ban/", {"kind": "plan"}, follow=True)
    assert "Chưa biết cơ quan nào ban hành" in answer.content.decode() and not Paper.objects.exists()


def test_a_pledge_from_its_draft_to_its_answer(scene: Season1) -> None:
    clerk = into(scene.here.duyen)
    address = f"{BASE}mua/{scene.season.public_id}/giao-uoc-moi/"
    typed = {"unit": scene.here.commune.pk, "title": "Giao ước", "valid_from": "2026-08-16", "valid_to": "2027-08-15", "promises": "Không cháy | số vụ | 31/12/2026", "organisations": [scene.ubnd.pk]}
    assert clerk.get(address).status_code == 200
    assert clerk.post(address, {**typed, "promises": "Không cháy | số vụ | 31/02/2026"}).status_code == 422
    assert clerk.post(address, typed).status_code == 302
    pledge = Pledge.objects.get()
    own = f"{BASE}giao-uoc/{pledge.public_id}/"
    assert clerk.get(own).status_code == 200 and clerk.get(f"{own}sua/").status_code == 200
    clerk.post(f"{own}viec/ky/", {"signed_on": "2026-08-16"})
    assert Pledge.objects.get().state == "draft", "one party alone is no pledge"
    other = factories.unit("28108-90", "Ấp Chín", "hamlet", parent=scene.here.commune)
    from liengia.organisations import services as organisations

    firm = organisations.create_organisation(kind="firm", name="Cửa hàng Mẫu", unit=other, actor=TESTER)
    assert clerk.post(f"{own}sua/", {**typed, "organisations": [scene.ubnd.pk, firm.pk], "revision": pledge.revision}).status_code == 302
    clerk.post(f"{own}viec/ky/", {"signed_on": "2026-08-16"})
    clerk.post(f"{own}viec/van-ban/")
    paper = Paper.objects.get(kind="pledge")
    assert paper.blocks["chỉ tiêu"] == [["Không cháy", "số vụ", "31/12/2026"]]
    assert sorted(paper.signers) == [["Đại diện Cửa hàng Mẫu", ""], ["Đại diện Ủy ban nhân dân xã Cần Đước", ""]], "all parties sign"
    key = pledge.promises.get().pk
    assert clerk.post(f"{own}ket-qua/half_year/", {f"outcome_{key}": "not_kept", f"words_{key}": ""}).status_code == 422
    assert clerk.post(f"{own}ket-qua/half_year/", {f"outcome_{key}": "not_kept", f"words_{key}": "Một vụ chập điện."}).status_code == 302
    assert PledgeProgress.objects.get().words == "Một vụ chập điện."
    assert clerk.get(f"{own}ket-qua/giua-nam/").status_code == 404


def test_another_commune_and_residents_find_nothing(scene: Season1) -> None:
    stranger = factories.user("rachkien", "Người Rạch Kiến", is_staff=True)
    people.assign_role(stranger, "commune_admin", scene.here.cast.other_commune, actor=TESTER)
    them, day = into(stranger), scene.hamlet_day
    for path in ("", "sua/", "chuong-trinh/", "khach/", "chuan-bi/"):
        assert them.get(f"{of(day)}{path}").status_code == 404
    for path in ("viec/bai/", "viec/van-ban/"):
        assert them.post(f"{of(day)}{path}", {"reason": "x", "kind": "plan"}).status_code == 404
    assert them.get(f"{BASE}mua/{scene.season.public_id}/").status_code == 404
    assert them.post(f"{BASE}mua/{scene.season.public_id}/viec/khep/").status_code == 404
    resident = signed_in(scene.here.cast.lua)
    assert resident.get(BASE).status_code in (302, 404)
    assert fresh(day).state == DayState.ANNOUNCED


def test_a_commune_plans_in_its_area_s_season_but_does_not_change_it(scene: Season1) -> None:
    wide = Season.objects.create(unit=scene.here.cast.province, name="Mùa của tỉnh", starts_on=date(2026, 7, 1), ends_on=date(2026, 8, 31))
    clerk = into(scene.here.duyen)
    address = f"{BASE}mua/{wide.public_id}/"
    page = clerk.get(address).content.decode()
    assert "Khu phố 5" in page and f"{address}sua/" not in page
    assert clerk.get(f"{address}sua/").status_code == 404
    assert clerk.post(f"{address}viec/khep/").status_code == 404


@pytest.mark.parametrize("unit", ["other"])
def test_nobody_plans_a_day_for_a_unit_that_is_not_theirs(scene: Season1, unit: str) -> None:
    typed = {"units": [scene.here.cast.other_commune.pk], "starts_at": "2026-08-30T07:30", "place": "x"}
    assert into(scene.here.duyen).post(f"{BASE}mua/{scene.season.public_id}/", typed).status_code == 422
    assert not FestivalDay.objects.filter(unit=scene.here.cast.other_commune).exists()


def test_an_office_takes_a_picture_down(scene: Season1) -> None:
    from tests.festivals.test_live import _picture

    made = live.add_picture(scene.hamlet_day, _picture(), caption="Kéo co", agreed=True, told=told("picture"), actor=scene.phone)
    clerk: Any = into(scene.here.duyen)
    assert made.public_id in clerk.get(of(scene.hamlet_day)).content.decode()
    clerk.post(f"{of(scene.hamlet_day)}viec/go-anh/", {"picture": made.public_id, "reason": "Xin gỡ"})
    made.refresh_from_db()
    assert made.withdrawn_at is not None
    assert clerk.post(f"{of(scene.hamlet_day)}viec/go-anh/", {"picture": "khong-co", "reason": "x"}).status_code == 404
    assert Host(scene.here.commune).place == "" and len(PROGRAMME) == 5
