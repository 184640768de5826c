"""A season of the commune with the days of its hamlets, for tests."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from liengia.core.actor import Actor
from liengia.festivals import times
from liengia.festivals.models import FestivalDay, ItemKind, Part, ProgrammeItem, Season
from liengia.festivals.services import days, live, seasons
from liengia.festivals.services.days import Host, Item
from liengia.festivals.services.live import Told
from liengia.organisations import services as organisations
from liengia.organisations.models import Organisation, OrganisationKind
from liengia.people import services as people
from liengia.people.models import User
from liengia.units.models import Unit
from tests import factories
from tests.cast import TESTER
from tests.opinions.given import Office, office

ON = date(2026, 8, 16)
PROGRAMME = (
    Item(Part.CEREMONY, ItemKind.FLAG, "Chào cờ", "Ban Tổ chức", time(8)),
    Item(Part.CEREMONY, ItemKind.REPORT, "Báo cáo một năm", "Công an xã", time(8, 20)),
    Item(Part.CEREMONY, ItemKind.FORUM, "Diễn đàn", "Công an xã", time(8, 40)),
    Item(Part.FESTIVITIES, ItemKind.PARADE, "Diễu hành", "Các đoàn thể", time(7)),
    Item(Part.FESTIVITIES, ItemKind.GAME, "Kéo co", "Hội Nông dân", time(10)),
)


@dataclass(slots=True)
class Season1:
    """The office, its season, the commune's day and the hamlet's, and who runs the hamlet's from a phone."""

    here: Office
    season: Season
    commune_day: FestivalDay
    hamlet_day: FestivalDay
    head: User
    ubnd: Organisation

    @property
    def clerk(self) -> Actor:
        """Who plans."""
        return Actor.of(self.here.duyen)

    @property
    def phone(self) -> Actor:
        """Who tells."""
        return Actor.of(self.head)

    def item(self, title: str, day: FestivalDay | None = None) -> ProgrammeItem:
        """Return an item of the hamlet's day by its words."""
        return ProgrammeItem.objects.select_related("day").get(day=day or self.hamlet_day, title=title)


def at(hour: int, minute: int = 0, on: date = ON) -> datetime:
    """Return an instant of the day."""
    return times.moment(on, time(hour, minute))


def festival() -> Season1:
    """Make the season: the commune's day, and the hamlet's, both announced."""
    here = office()
    ubnd = organisations.create_organisation(
        kind=OrganisationKind.PEOPLES_COMMITTEE, name="Ủy ban nhân dân xã Cần Đước", unit=here.commune, valid_from=date(2025, 7, 1), actor=TESTER
    )
    season = seasons.plan_season(
        unit=here.commune, name="Mùa ngày hội năm 2026", theme="Xóm ấp bình yên", anniversary=21, starts_on=date(2026, 7, 1),
        ends_on=date(2026, 8, 31), actor=TESTER,
    )  # fmt: skip
    made = days.plan_days(
        season, [Host(here.commune), Host(here.cast.hamlet, place="Nhà văn hóa Khu phố 5")], place="Sân vận động xã", starts_at=at(8), items=PROGRAMME, actor=TESTER
    )
    for one in made:
        days.announce_day(one, actor=TESTER)
    head = factories.user("truongap", "Huỳnh Văn Khu Phố")
    people.assign_role(head, "hamlet_head", here.cast.hamlet, actor=TESTER)
    commune_day, hamlet_day = (FestivalDay.objects.select_related("season", "unit__parent").get(pk=one.pk) for one in made)
    return Season1(here, season, commune_day, hamlet_day, head, ubnd)


def told(kind: str, item: ProgrammeItem | None = None, *, key: str = "", number: int | None = None, words: str = "", age_s: float = 0) -> Told:
    """Return something that is said, under a key of its own."""
    return Told(key or secrets.token_hex(16), kind, item, number, words, age_s)


def say(scene: Season1, kind: str, item: ProgrammeItem | None = None, *, day: FestivalDay | None = None, **facts: Any) -> Any:
    """Say something of the hamlet's day."""
    return live.tell_event(day or scene.hamlet_day, told(kind, item, **facts), actor=scene.phone)


def another_hamlet(scene: Season1, code: str = "28108-77", name: str = "Ấp Bảy") -> Unit:
    """Return one more hamlet of the commune."""
    return factories.unit(code, name, "hamlet", parent=scene.here.commune)


def fresh(day: FestivalDay) -> FestivalDay:
    """Read a day anew."""
    return FestivalDay.objects.select_related("season", "unit__parent", "organisation").get(pk=day.pk)


def later(**spans: float) -> timedelta:
    """Return a span."""
    return timedelta(**spans)
