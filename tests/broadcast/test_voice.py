"""What others count of the commune's voice: the section of the report, counts for practices, the page behind the numbers, the month on paper."""

from __future__ import annotations

import importlib
import re
from datetime import date, datetime, timedelta
from types import SimpleNamespace
from typing import Any
from urllib.parse import urlsplit

import pytest
import time_machine
from django.apps import apps
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import translation

from liengia.broadcast import channels, month_paper, pictures, queries, reporting, voice
from liengia.broadcast.forms import BulletinForm
from liengia.broadcast.models import (
    AudioFile,
    Bulletin,
    Dispatch,
    MobileRound,
    PlayOrder,
    PlayReport,
    ReadyText,
    SpeakerProgramme,
    ZaloGroup,
)
from liengia.broadcast.services import bulletins, outbox, planning, speakers, texts, zalo
from liengia.broadcast.wording import fingerprint
from liengia.core import clock, counts
from liengia.core import reporting as registry
from liengia.core.reporting import Figure, Part, Period
from liengia.people.models import User
from liengia.units.models import Succession, Unit
from tests import factories
from tests.broadcast.given import Notes, Voice, approved
from tests.cast import TESTER
from tests.people.conftest import signed_in
from tests.texts import pdf_pages, pdf_text

pytestmark = pytest.mark.django_db
NOVEMBER = Period(date(2026, 11, 1), date(2026, 11, 30))
OCTOBER = Period(date(2026, 10, 1), date(2026, 10, 31))


def into(who: User) -> Client:
    return signed_in(who, second_factor=True)


def section(scene: Voice, period: Period = NOVEMBER, unit: Unit | None = None) -> Part:
    with translation.override("vi"):
        found = reporting.said(unit or scene.cast.commune, period)
    assert found is not None
    return found


def value(part: Part, code: str) -> float | None:
    return figure(part, code).value


def figure(part: Part, code: str) -> Figure:
    return next(one for one in part.figures if one.code == code)


def gone(scene: Voice, **values: Any) -> Bulletin:
    row = approved(scene, **values)
    planning.plan_due()
    outbox.send_due("notes")
    return row


def played(scene: Voice, seconds: float, *, subject: str = "bulletin:aaaaaaaaaa", name: str = "Chợ Kinh", reported: bool = True) -> PlayReport:
    cluster = scene.cast.hamlet.speaker_clusters.filter(name=name).first() or speakers.add_cluster(scene.cast.hamlet, name=name, actor=TESTER)
    audio, _is_new = AudioFile.objects.get_or_create(recipe=f"r{seconds}", defaults={"sha256": "a" * 64, "size": 10, "seconds": seconds, "loudness_lufs": -16.0})
    now = clock.now()
    number = PlayOrder.objects.count()
    order = PlayOrder.objects.create(key=f"k{number}", cluster=cluster, audio=audio, subject=subject, play_at=now, expires_at=now + timedelta(hours=1))
    ended = now + timedelta(seconds=seconds) if reported else now
    return PlayReport.objects.create(report=f"bao-cao-{number}", cluster=cluster, order=order, outcome="played", began_at=now, ended_at=ended, times=2)


def shown_total(url: str) -> int:
    """Return how many bulletins the public list behind a number says it has, and check that it lists as many."""
    answer = Client().get(url)
    assert answer.status_code == 200
    page = answer.content.decode()
    said = re.search(r"<b>(\d+) bản tin</b>", page)
    assert said is not None, page
    assert page.count('class="card link"') == int(said[1])
    return int(said[1])


# The report


def test_each_number_of_bulletins_is_the_length_of_the_list_behind_it(scene: Voice, notes: Notes, today: time_machine.Coordinates) -> None:
    with time_machine.travel(datetime(2026, 10, 20, 3, tzinfo=clock.now().tzinfo), tick=False):
        gone(scene, headline="Tin tháng trước")
    first = gone(scene, headline="Bốn điều về lừa đảo")
    gone(scene, headline="Cúp nước", kind="notice")
    gone(scene, headline="Nội bộ", is_public=False)
    bulletins.withdraw(first, why="Nhầm số", actor=scene.by(scene.chairman))
    planning.plan_due()
    part = section(scene)
    assert value(part, "voice.bulletins") == 3, "two written and the withdrawal; the one that is not public is nobody's"
    for one in part.figures:
        if urlsplit(one.url).path == "/thong-bao/":
            assert shown_total(one.url) == one.value, one.code
    assert value(part, "voice.law") == 2 and value(part, "voice.mended") == 2
    assert value(section(scene, OCTOBER), "voice.bulletins") == 1
    assert {label: count for label, count, _bad in part.charts[0].rows} == {"Sổ tay": 3}


def test_a_repeated_bulletin_counts_once_when_it_first_goes_out(scene: Voice, notes: Notes, today: time_machine.Coordinates) -> None:
    row = gone(scene)
    Dispatch.objects.create(bulletin=row, number=2, due_at=clock.now())
    planning.plan_due()
    assert row.dispatches.exclude(planned_at=None).count() == 2
    assert value(section(scene), "voice.bulletins") == 1 and voice.goings_out(scene.cast.commune, NOVEMBER).count() == 2


def test_the_section_is_of_the_unit_and_all_that_it_took_over(scene: Voice, notes: Notes) -> None:
    gone(scene)
    assert reporting.said(scene.cast.other_commune, NOVEMBER) is None, "another commune has nothing to say"
    after = factories.unit("28999", "Xã Mới", "commune")
    Succession.objects.create(old=scene.cast.commune, new=after, kind="rename", on=date(2026, 11, 1))
    part = section(scene, unit=after)
    assert value(part, "voice.bulletins") == 1 and shown_total(figure(part, "voice.bulletins").url) == 1


def test_reach_stands_as_counts_a_channel_and_a_dash_where_it_does_not_tell(scene: Voice, notes: Notes) -> None:
    gone(scene)
    (table,) = section(scene).tables
    (row,) = table.rows
    assert row[0] == "Sổ tay" and row[1] == row[2] > 0 and row[3] is None, "a report writes nothing as a dash"
    assert "không đếm người" in str(table.note)


def test_training_is_in_no_number(scene: Voice, notes: Notes) -> None:
    rules = bulletins.rules_of(scene.cast.commune)
    rules.is_training = True
    texts.set_rules(rules, actor=TESTER)
    gone(scene)
    assert reporting.said(scene.cast.commune, NOVEMBER) is None


def test_loudspeaker_minutes_are_what_clusters_played_of_bulletins(scene: Voice) -> None:
    played(scene, 150)
    played(scene, 60, name="Cầu Chùa", reported=False)  # by hand: twice the sound's own length
    played(scene, 600, subject="incident:bbbbbbbbbb")
    part = section(scene)
    assert value(part, "voice.speaker_minutes") == round((150 + 120) / 60)
    page = Client().get(figure(part, "voice.speaker_minutes").url).content.decode()
    assert "<b>4</b></td>" in page and scene.cast.hamlet.display_name in page
    old = Period(date(2024, 1, 1), date(2024, 3, 31))
    assert voice.played(scene.cast.commune, old) is None, "of what is kept no more nothing is said"


def test_zalo_groups_members_and_posts_are_counted_by_place(scene: Voice) -> None:
    with time_machine.travel(datetime(2026, 10, 2, 3, tzinfo=clock.now().tzinfo), tick=False):
        first = zalo.keep_group(ZaloGroup(unit=scene.cast.hamlet, name="Nhóm Khu phố 5"), actor=TESTER, members=214, members_on=date(2026, 10, 1))
    second = zalo.keep_group(ZaloGroup(unit=scene.cast.commune, name="Nhóm xã"), actor=TESTER, members=3, members_on=date(2026, 11, 1))
    row = approved(scene, channels=["zalo"])
    planning.plan_due()
    dispatch = Dispatch.objects.get(bulletin=row)
    zalo.tick(dispatch, first, actor=TESTER)
    zalo.tick(dispatch, second, why_not="closed", actor=TESTER)
    part = section(scene)
    assert [value(part, f"voice.zalo_{what}") for what in ("groups", "members", "posts")] == [2, 214, 1], "beside the shown rows a sum of all would tell the one of three"
    assert figure(part, "voice.zalo_members").is_about_people
    assert value(section(scene, OCTOBER), "voice.zalo_groups") == 1, "the second was not there yet"
    page = Client().get(figure(part, "voice.zalo_groups").url).content.decode()
    assert "<b>214</b>" in page and "217" not in page and "<b>2</b>" in page and "dưới 5" in page and ">3</td>" not in page and "Nhóm Khu phố 5" not in page
    zalo.end_group(first, actor=TESTER)
    assert value(section(scene), "voice.zalo_groups") == 1


def test_the_section_is_registered_and_a_unit_that_switched_the_room_off_has_none(scene: Voice, notes: Notes, settings: Any) -> None:
    gone(scene)
    assert "voice" in {one.provider.code for one in registry.draw(scene.cast.commune, NOVEMBER)}
    settings.ROOMS_OFF = ["broadcast"]
    assert "voice" not in {one.provider.code for one in registry.draw(scene.cast.commune, NOVEMBER)}


@pytest.mark.parametrize("query", ["tu=2026-13-01&den=x", "tu=2026-12-01&den=2026-11-01", "loai=x&kenh=y", "tu=0001-01-01&den=9999-12-31"])
def test_nonsense_in_the_address_narrows_nothing_down(scene: Voice, notes: Notes, query: str) -> None:
    row = gone(scene)
    assert row.headline in Client().get(f"/thong-bao/?{query}").content.decode()
    assert Client().get(f"/thong-bao/tieng-noi/?{query}").status_code == 200


@pytest.mark.parametrize("query", ["xa=' OR 1=1", "xa=" + "9" * 400, "xa=99999&tu=2026-11-01&den=2026-11-30"])
def test_a_code_that_no_unit_ever_had_is_not_answered_with_everything(scene: Voice, query: str) -> None:
    assert Client().get(f"/thong-bao/?{query}").status_code == 404 == Client().get(f"/thong-bao/tieng-noi/?{query}").status_code


def test_a_hamlets_code_shows_the_hamlets_list_and_no_other(scene: Voice, notes: Notes) -> None:
    here = gone(scene)
    there = bulletins.write(scene.cast.other_commune, [scene.cast.other_commune], actor=TESTER, headline="Tin xã bên", text="x", channels=["notes"], kind="law")
    Bulletin.objects.filter(pk=there.pk).update(state="approved", sealed=fingerprint(Bulletin.objects.get(pk=there.pk)))
    Dispatch.objects.create(bulletin=there, due_at=clock.now())
    planning.plan_due()
    assert "Tin xã bên" in Client().get("/thong-bao/").content.decode()
    page = Client().get(f"/thong-bao/?xa={scene.cast.hamlet.code}").content.decode()
    assert here.headline in page and "Tin xã bên" not in page and scene.cast.hamlet.full_name in page


def test_a_code_that_came_back_means_the_unit_of_that_time(scene: Voice) -> None:
    before = Unit.objects.create(code=scene.cast.commune.code, name="Cần Đước", kind="Thị trấn", level="commune", valid_to=date(2025, 7, 1))
    for path in ("/thong-bao/", "/thong-bao/tieng-noi/"):
        for days, unit in (("tu=2025-01-01&den=2025-06-30", before), ("tu=2025-01-01&den=2025-07-01", scene.cast.commune), ("", scene.cast.commune)):
            assert Client().get(f"{path}?xa={before.code}&{days}").context["unit"] == unit, (path, days)


def test_the_page_that_everybody_opens_has_the_database_add_up(scene: Voice, notes: Notes) -> None:
    row = gone(scene)
    for seconds in (150, 60):
        played(scene, seconds)
    with CaptureQueriesContext(connection) as asked:
        (found,) = voice.played(None, NOVEMBER) or ()
        queries.reach(row.dispatches.all())
    assert (found.clusters, found.plays, found.minutes) == (1, 2, 3.5)
    said = [one["sql"] for one in asked]
    assert sum("speaker" in one or "playreport" in one for one in said) == 1 and "GROUP BY" in said[0]
    of_dispatches = [one for one in said if '"broadcast_delivery"' in one or '"broadcast_tally"' in one]
    assert of_dispatches and all("IN (SELECT" in one for one in of_dispatches), "no list of keys, however long the period"


# Counts for practices


def test_practices_count_groups_clusters_and_rounds_of_a_day(scene: Voice) -> None:
    with time_machine.travel(datetime(2026, 6, 1, 3, tzinfo=clock.now().tzinfo), tick=False):
        group = zalo.keep_group(ZaloGroup(unit=scene.cast.hamlet, name="Nhóm Khu phố 5"), actor=TESTER, members=214, members_on=date(2026, 5, 1))
        cluster = speakers.add_cluster(scene.cast.hamlet, name="Chợ Kinh", actor=TESTER)
        programme = SpeakerProgramme.objects.create(unit=scene.cast.commune, title="Tiếng loa ANTT", starts_on=date(2026, 1, 1))
        MobileRound.objects.create(programme=programme, on=date(2026, 6, 1), route="Chợ, bến", team="Đội 1", is_done=True)
        MobileRound.objects.create(programme=programme, on=date(2026, 6, 2), route="Chợ", team="Đội 1")
    ground = [scene.cast.commune.pk, scene.cast.hamlet.pk]

    def of(code: str, day: date) -> int:
        found = counts.get(f"broadcast.{code}")
        assert found is not None and found.url is not None and Client().get(found.url()).status_code == 200
        return found.count(ground, day)

    few = zalo.keep_group(ZaloGroup(unit=scene.cast.commune, name="Nhóm nhỏ"), actor=TESTER, members=3, members_on=date(2026, 6, 1))
    assert of("zalo_members", date(2026, 11, 20)) == 214 and of("zalo_groups", date(2026, 11, 20)) == 2
    few.delete()
    codes = ("zalo_groups", "zalo_members", "speaker_clusters", "rounds")
    assert [of(code, date(2026, 5, 31)) for code in codes] == [0, 0, 0, 0]
    assert [of(code, date(2026, 11, 20)) for code in codes] == [1, 214, 1, 1]
    zalo.end_group(group, actor=TESTER)
    speakers.remove_cluster(cluster, actor=TESTER)
    assert [of(code, date(2026, 11, 20)) for code in codes] == [0, 0, 0, 1] and of("zalo_groups", date(2026, 11, 1)) == 1
    ZaloGroup.objects.update(kept_since=None)
    assert of("zalo_groups", date(2020, 1, 1)) == 1, "registered before it was noted: counted as of old"


# The month


def test_the_month_is_one_page_of_the_same_counts(scene: Voice, notes: Notes) -> None:
    gone(scene)
    gone(scene, kind="notice", headline="Cúp nước")
    played(scene, 150)
    for n in range(12):
        found = Notes(name=f"so{n}")
        channels.every()[found.name] = found
    gone(scene, channels=[f"so{n}" for n in range(12)])
    client = into(scene.chairman)
    page = client.get("/quan-tri/ban-tin/thang/?thang=2026-11").content.decode()
    assert "trang-in.pdf?unit=" in page and page.count('<rect class="part" x=') == 30
    answer = client.get(f"/quan-tri/ban-tin/thang/trang-in.pdf?unit={scene.cast.commune.pk}&thang=2026-11")
    assert answer["Content-Type"] == "application/pdf" and pdf_pages(answer.content) == 1
    said = pdf_text(answer.content)
    assert "Tiếng nói của xã, tháng 11/2026" in said and scene.cast.commune.full_name in said
    assert [one["value"] for one in month_paper.contents(scene.cast.commune, date(2026, 11, 1))["facts"]][:1] == ["3"]
    for who in (scene.editor.full_name, scene.chairman.full_name):
        assert who not in said, "nobody is named"
    assert signed_in(scene.cast.lua).get("/quan-tri/ban-tin/thang/trang-in.pdf").status_code in (302, 403, 404)


def test_a_month_without_a_word_says_so_on_one_page(scene: Voice) -> None:
    found = month_paper.sheet(scene.cast.commune, date(2026, 9, 1))
    assert pdf_pages(found) == 1 and "Tháng này chưa phát tin nào" in pdf_text(found)


def test_a_picture_of_reach_reads_as_a_table(scene: Voice, notes: Notes) -> None:
    row = gone(scene)
    (found,) = queries.reach(row.dispatches.all())
    curve = pictures.curve(found)
    assert curve is not None and curve.rows[-1][1] == [found.counts["accepted"]]
    page = into(scene.editor).get(f"/quan-tri/ban-tin/{row.public_id}/ket-qua/").content.decode()
    assert '<th scope="row">Đã nhận gửi</th>' in page and "Xem dạng bảng" in page


# Ready texts and their citations


def test_what_is_not_confirmed_says_of_itself_that_an_office_has_to_check_it(scene: Voice) -> None:
    texts.ensure_shipped()
    cites = ReadyText.objects.filter(unit=None).exclude(source="")
    sure = {row.code for row in cites.filter(needs_check=False)}
    assert sure == {"fire-tet", "fire-dry-season", "fire-boarding-house", "alone-storm", "alone-flood"}
    assert all(row.as_of is not None for row in cites.filter(needs_check=False)), "what is confirmed has its day"
    assert not cites.filter(needs_check=True).exclude(as_of=None).exists(), "nobody says that it is right as of a day"
    client = into(scene.editor)
    page = client.get("/quan-tri/ban-tin/bai-soan-san/").content.decode()
    assert page.count("tin-check") == cites.filter(needs_check=True).count() > 5
    doubtful = ReadyText.objects.get(unit=None, code="law-alcohol")
    assert "tin-check" in client.get(f"/quan-tri/ban-tin/moi/?mau={doubtful.public_id}").content.decode()


def test_whoever_approves_is_told_that_the_citation_is_not_checked(scene: Voice, notes: Notes) -> None:
    texts.ensure_shipped()
    doubtful = ReadyText.objects.get(unit=None, code="law-alcohol")
    row = bulletins.write(scene.cast.commune, [scene.cast.commune], actor=scene.by(scene.editor), ready_text=doubtful, headline="Rượu bia", text="Không lái xe.", channels=["notes"], kind="law")
    bulletins.submit(row, actor=scene.by(scene.editor))
    page = into(scene.chairman).get(f"/quan-tri/ban-tin/{row.public_id}/").content.decode()
    assert "tin-check" in page and "36/2024/QH15" in page


def test_a_shared_file_keeps_whether_it_is_checked_and_an_old_one_is_to_be_checked(scene: Voice) -> None:
    row = ReadyText.objects.create(unit=scene.cast.commune, headline="Pháo", text="Không đốt.", source="Nghị định 137/2020", needs_check=False)
    file = texts.as_file([row])
    assert texts.take_file(file, unit=scene.cast.other_commune, actor=TESTER) == 1
    assert not ReadyText.objects.get(unit=scene.cast.other_commune).needs_check
    old = file.replace(b'   "needs_check": false,\n', b"").replace("Pháo".encode(), "Pháo nổ".encode())
    assert b"needs_check" not in old
    texts.take_file(old, unit=scene.cast.other_commune, actor=TESTER)
    assert ReadyText.objects.get(unit=scene.cast.other_commune, headline="Pháo nổ").needs_check


def test_own_texts_of_before_that_cite_something_are_to_be_checked(scene: Voice) -> None:
    cites, says = (ReadyText.objects.create(unit=scene.cast.commune, headline="Bài", text="x", source=source) for source in ("Nghị định 137/2020", ""))
    shipped = ReadyText.objects.create(unit=None, code="checked", headline="Bài", text="x", source="Luật 55/2024")
    importlib.import_module("liengia.broadcast.migrations.0003_own_citations_to_be_checked").ask(apps, SimpleNamespace(connection=connection))
    for row, needs in ((cites, True), (says, False), (shipped, False)):
        row.refresh_from_db()
        assert row.needs_check is needs


def test_whoever_sends_alone_is_told_that_the_citation_is_not_checked(scene: Voice) -> None:
    row = ReadyText.objects.create(unit=scene.cast.commune, headline="Có cháy", text="Tránh đường.", source="Luật 55/2024", may_be_sent_alone=True, needs_check=True)
    client = into(scene.cast.truc)
    assert "tin-check" in client.get(f"/truc/khan-cap/{row.public_id}/").content.decode()
    ReadyText.objects.update(needs_check=False)
    assert "tin-check" not in client.get(f"/truc/khan-cap/{row.public_id}/").content.decode()


def test_only_a_commune_begins_with_all_of_it_ticked(scene: Voice) -> None:
    assert BulletinForm(scene.cast.commune).initial["areas"] == [scene.cast.commune.pk]
    assert BulletinForm(scene.cast.province).initial["areas"] == []
