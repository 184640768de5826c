"""A commune with a year behind it: a forum and its promises, opinions, alarms of one group."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

import time_machine

from liengia.alarms import services as alarms
from liengia.alarms.messages import PressMessage
from liengia.alarms.models import Incident
from liengia.core import clock
from liengia.core.actor import Actor
from liengia.core.reporting import Period
from liengia.opinions.models.forums import ForumState, ListeningForum
from liengia.organisations import committee_services as committees
from liengia.organisations import services as organisations
from liengia.organisations.models import Committee, OrganisationKind, Task
from liengia.people.models import Household, RoleAssignment
from liengia.reports.models import Report
from liengia.reports.services import begin_report
from tests.cast import TESTER
from tests.opinions.given import Office, answered, filed, office

NOW = datetime(2026, 8, 10, 3, 0, tzinfo=UTC)
YEAR = Period(date(2025, 8, 11), date(2026, 8, 10))
LAST_FORUM = datetime(2025, 8, 10, 1, 0, tzinfo=UTC)
KEPT, LATE = "Thay bóng đèn hẻm 14", "Vét cống trước chợ"


@dataclass(slots=True)
class Year:
    """The office, the promises, and who writes and publishes."""

    here: Office
    kept: Task
    late: Task

    @property
    def editor(self) -> Actor:
        """Who writes."""
        return Actor.of(self.here.duyen)

    @property
    def chairman(self) -> Actor:
        """Who publishes."""
        return Actor.of(self.here.chairman)


def year() -> Year:
    """Lay the year out."""
    here = office()
    # Whoever handles what is filed below held the post then already.
    RoleAssignment.objects.update(valid_from=NOW - timedelta(days=400))
    with time_machine.travel(LAST_FORUM, tick=False):
        police = organisations.create_organisation(kind=OrganisationKind.POLICE, name="Công an xã Cần Đước", unit=here.commune, actor=TESTER)
        committee = committees.form_committee(kind=Committee.Kind.STEERING, name="Ban Chỉ đạo xã Cần Đước", unit=here.commune, actor=TESTER)
        seat = committees.seat_member(committee=committee, organisation=police, office_title="Trưởng Công an xã", actor=TESTER)
        meeting = committees.call_meeting(committee=committee, starts_at=LAST_FORUM, actor=TESTER)
        tasks = [committees.Assignment(what, seat, date(2025, 12, 1)) for what in (KEPT, LATE)]
        committees.conclude(meeting=meeting, text="Đèn và cống", tasks=tasks, actor=TESTER)
        ListeningForum.objects.create(
            unit=here.commune, title="Đèn, cống", place="Nhà văn hóa", starts_at=LAST_FORUM, committee=committee, meeting=meeting, state=ForumState.CLOSED, attendance=120
        )
    kept, late = Task.objects.get(what=KEPT), Task.objects.get(what=LATE)
    with time_machine.travel(datetime(2025, 11, 20, 3, 0, tzinfo=UTC), tick=False):
        committees.finish_task(kept, result="Đã thay hai bóng.", actor=TESTER)
    with time_machine.travel(NOW - timedelta(days=40), tick=False):
        answered(here)
        filed(here, about_officials=True)
    with time_machine.travel(NOW - timedelta(days=5), tick=False):
        filed(here, "Chợ họp lấn lòng đường từ sáng sớm.")
    return Year(here, kept, Task.objects.get(pk=late.pk))


def rung(scene: Year, *kinds: str, mode: str = "real", silent: bool = False, days_ago: int = 30, house: Household | None = None) -> list[Incident]:
    """Have a group of the commune's hamlet (house 9's, or another house's own) press, each alarm ended before the next."""
    house = house or scene.here.cast.house_9
    place = house.group_places.select_related("group").first()
    group = place.group if place is not None else alarms.create_group(scene.here.cast.hamlet, actor=TESTER)
    if place is None:
        alarms.add_household(group, household=house, actor=TESTER)
    device = alarms.provision_device(group, kind="both", household=house, actor=TESTER).device
    made = []
    for number, kind in enumerate(kinds):
        at = NOW - timedelta(days=days_ago) + timedelta(minutes=number)
        with time_machine.travel(at, tick=False):
            message = PressMessage(f"press-{kind}-{mode}-{days_ago}-{number}", group.public_id, device.public_id, kind, mode, silent, 0.0, 0.0, "", clock.now())
            alarms.record_presses([message])
            one = Incident.objects.filter(group=group).latest("pk")
            Incident.objects.filter(pk=one.pk).update(state="resolved", is_sounding=False, acknowledged_at=at + timedelta(seconds=20), ended_at=at + timedelta(seconds=50))
            made.append(one)
    return made


def begun(scene: Year, **changes: object) -> Report:
    """Begin the commune's report of the year."""
    facts = {"title": "Một năm xã làm được gì, còn nợ gì", "actor": scene.editor, **changes}
    return begin_report(scene.here.commune, YEAR, **facts)  # type: ignore[arg-type]
