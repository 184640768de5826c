"""The demonstration: invented people in the real Cần Đước, so that every page shows something.

Loading it twice changes nothing. The devices' passwords are kept in `LIENGIA_DATA/keys/demo-devices.json` (mode
0600), so that the simulator can play them; nothing else of ours keeps a device's password.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Final

from django.conf import settings
from django.db.models import F

from liengia.alarms import broker
from liengia.alarms import services as alarms
from liengia.alarms.messages import PressMessage, RangMessage
from liengia.alarms.models import Device, DeviceKind, Incident, NeighbourGroup, Press
from liengia.broadcast import demo as broadcast
from liengia.broadcast import demo_speakers as loudspeakers
from liengia.broadcast import demo_zalo as zalo
from liengia.commendations import demo as commendations
from liengia.comments import demo as comments
from liengia.core import clock, keys
from liengia.core.actor import Actor
from liengia.festivals import demo as festivals
from liengia.operate import simulator
from liengia.operate.prepare import SIMULATOR_DEVICES, SIMULATOR_SPEAKERS
from liengia.opinions import demo as opinions
from liengia.opinions import forum_demo as forums
from liengia.organisations import demo as organisations
from liengia.papers import demo as papers
from liengia.people import demo as people
from liengia.people.demo_logins import PASSWORD, TOTP_SECRET
from liengia.people.models import Household, User
from liengia.portal import demo as portal
from liengia.practices import demo as practices
from liengia.reports import demo as reports
from liengia.units import demo as units

ACTOR: Final = Actor.system("demo")
GROUPS: Final = 24
HOUSEHOLDS: Final = 12
# What happened tells of the seventh group, and of eight houses of a group.
LEAST_GROUPS: Final = 7
LEAST_HOUSEHOLDS: Final = 8
# Group 24 has no device at all: it works by phones and the phone tree.
WITHOUT_DEVICES: Final = 24
# Group 3 has one siren that fell silent, and its last one was never hung up.
FAULTY: Final = 3
_POWER: Final = (
    "Còi có pin dự phòng, kêu được khoảng 8 giờ khi mất điện. Mất mạng ở ấp: còi vẫn kêu nếu máy chủ của xã còn nối"
    " được; nếu không, gọi theo cây điện thoại trên tờ in của tổ."
)


def _comments() -> int:
    moderator = User.objects.filter(username="bientap").first()
    return comments.load(moderator) if moderator is not None else 0


def is_loaded() -> bool:
    """Tell whether there are groups already, the demonstration's or real ones."""
    return NeighbourGroup.objects.of_households().exists()


def load_once() -> bool:
    """Load the demonstration unless it is there; True when it was loaded now."""
    if is_loaded():
        return not portal.is_loaded() and bool(portal.load())
    load()
    return True


def load(*, groups: int = GROUPS, households: int = HOUSEHOLDS, say: Callable[[str], None] = lambda said: None) -> None:
    """Load units, people, groups, devices and what happened to them.

    Raises:
        ValueError: too small for the stories that it tells.
    """
    if groups < LEAST_GROUPS or households < LEAST_HOUSEHOLDS:
        raise ValueError(f"The demonstration tells of at least {LEAST_GROUPS} groups of {LEAST_HOUSEHOLDS} households.")
    say("units, organisations")
    units.load()
    organisations.load()
    say("people")
    loaded = people.load(groups=groups, households=households)
    alarms.ensure_default_plans()
    made: list[NeighbourGroup] = []
    secrets: list[simulator.Secret] = []
    for one in loaded.neighbourhoods:
        group = _group(one)
        made.append(group)
        if one.number != WITHOUT_DEVICES:
            secrets += _devices(group, one)
    say(f"{len(made)} groups, {len(secrets)} devices")
    if loaded.post is not None:
        post = alarms.ensure_post_group(loaded.post, actor=ACTOR)
        secrets.append(_secret(alarms.provision_device(post, kind=DeviceKind.SIREN, place="Trực ban", actor=ACTOR)))
    third = next(group for group in made if group.number == FAULTY)
    silent = _faulty(third)
    simulator.save(
        keys.KEYS_DIR / SIMULATOR_DEVICES, [secret for secret in secrets if secret.device not in silent]
    )
    _tell_stories(third, made)
    say(f"{portal.load()} articles, {_comments()} comments")
    say(f"{opinions.load()} opinions, {forums.load()} listening forums")
    say(f"{papers.load()} papers")
    say(f"{broadcast.load()} bulletins")
    say(f"{zalo.load()} Zalo groups")
    say(f"{_loudspeakers()} loudspeakers")
    say(f"{commendations.load()} commendations")
    say(f"{festivals.load()} festival days")
    say(f"{practices.load()} practices")
    say(f"{reports.load()} reports to the people")
    _write_logins(loaded)
    say("what happened before")


def _loudspeakers() -> int:
    """Put up the clusters, and keep what their players need, as the sirens' (mode 0600)."""
    boxes = loudspeakers.load()
    if boxes:
        broker.write(keys.KEYS_DIR / SIMULATOR_SPEAKERS, json.dumps([{"cluster": one.cluster.public_id, "device": one.device, "password": one.password} for one in boxes]))
    return len(boxes)


def _group(one: people.Neighbourhood) -> NeighbourGroup:
    today = clock.today()
    group = alarms.create_group(
        one.hamlet,
        number=one.number,
        name=f"Tổ liên gia số {one.number}",
        leader=one.leader,
        deputy=one.deputy,
        decision_number=f"{40 + one.number}/QĐ-UBND",
        decision_on=today - timedelta(days=300 + one.number),
        founded_on=today - timedelta(days=290 + one.number),
        assembly_point=f"Sân đầu {one.lane}, trước quán cà phê",
        rules="Nghe còi: gọi 114, báo cho nhau, mang bình chữa cháy đến, mở lối cho người ra. Không ai vào nhà đang cháy.",
        lane_note=f"{one.lane}: rộng 2,5 m; xe chữa cháy dừng ở đầu hẻm",
        water_note="Trụ nước đầu hẻm; rạch sau nhà số 12",
        power_note="" if one.number == WITHOUT_DEVICES else _POWER,
        actor=ACTOR,
    )
    for household in one.households:
        alarms.add_household(group, household=household, seat=_seat(household), actor=ACTOR)
    return group


def _seat(household: Household) -> int | None:
    match = re.search(r"\d+", household.house_label)
    return int(match.group()) if match else None


def _devices(group: NeighbourGroup, one: people.Neighbourhood) -> list[simulator.Secret]:
    """Give group 3 a button and a siren a house, the others one case with both."""
    found = []
    for household in one.households:
        kinds = (DeviceKind.BUTTON, DeviceKind.SIREN) if one.number == 3 else (DeviceKind.BOTH,)
        for kind in kinds:
            place = "cạnh cửa bếp, cao 1,5 m" if kind == DeviceKind.BUTTON else "dưới mái hiên trước nhà"
            found.append(
                _secret(alarms.provision_device(group, household=household, kind=kind, place=place, actor=ACTOR))
            )
    return found


def _secret(minted: alarms.Provisioned) -> simulator.Secret:
    device = minted.device
    return simulator.Secret(
        device.group.public_id, device.public_id, str(device.kind), minted.username, minted.password
    )


def _faulty(group: NeighbourGroup) -> set[str]:
    """Leave one siren silent since the day before yesterday, and one never hung up; return both."""
    sirens = list(Device.objects.filter(group=group, kind=DeviceKind.SIREN).select_related("household").order_by("id"))
    silent, never = sirens[4], sirens[-1]
    now = clock.now()
    seen = {"first_seen_at": now - timedelta(days=60), "last_seen_at": now - timedelta(days=2)}
    Device.objects.filter(pk=silent.pk).update(battery_mv=None, mains=True, rssi_dbm=-88, **seen)
    return {silent.public_id, never.public_id}


def _write_logins(loaded: people.Loaded) -> None:
    """Write the printed table of logins, which everybody may know."""
    lines = [f"Password of all demonstration logins: {PASSWORD}"]
    lines += [f"  {login.username:<14} {login.role}" + ("  (with code)" if login.has_code else "") for login in loaded.logins]
    lines.append(f"Codes: any authenticator app with the secret {TOTP_SECRET}; the sign-in page shows the present one.")
    path = settings.DATA / "run" / "demo-logins.txt"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")


# What happened before: told through the same services that live events use, at a clock that stands in the past.


class _Past:
    """A clock that stands at a moment of the past and is moved on by hand."""

    def __init__(self, began: datetime) -> None:
        self.at = began

    def now(self) -> datetime:
        """Return the moment."""
        return self.at

    def after(self, seconds: float) -> None:
        """Move on, running the steps that fall due on the way."""
        end = self.at + timedelta(seconds=seconds)
        while self.at < end:
            self.at = min(end, self.at + timedelta(seconds=5))
            alarms.run_due_steps(at=self.at)
        self.at = end


@contextmanager
def _past(began: datetime) -> Iterator[_Past]:
    present, past = clock.now, _Past(began)
    clock.now = past.now
    try:
        yield past
    finally:
        clock.now = present


def _tell_stories(group: NeighbourGroup, groups: list[NeighbourGroup]) -> None:
    now = clock.now()
    with _past(now - timedelta(days=33, hours=2)) as past:
        _drill(group, past)
    with _past(now - timedelta(days=12, hours=5)) as past:
        _mistaken(groups[0], past)
    with _past(now - timedelta(days=6, hours=14)) as past:
        _fire(group, past)
    with _past(now - timedelta(days=2, hours=9)) as past:
        _medical(groups[6], past)
    Press.objects.filter(needs_publishing=True, published_at=None).update(published_at=F("received_at"))
    leader = _leader(group)
    alarms.plan_drill(
        group,
        planned_at=clock.local(now + timedelta(days=9)).replace(hour=16, minute=0, second=0, microsecond=0),
        household=_house(group, 12),
        scenario="Cháy bếp gas nhà số 12, giờ cơm chiều",
        actor=Actor.of(leader),
    )


def _house(group: NeighbourGroup, seat: int) -> Household:
    return group.places.select_related("household").get(seat=seat, left_on=None).household


def _press(group: NeighbourGroup, seat: int, kind: str, past: _Past) -> Incident:
    """Have a house press its button."""
    household = _house(group, seat)
    device = Device.objects.filter(
        group=group, household=household, kind__in=(DeviceKind.BUTTON, DeviceKind.BOTH)
    ).order_by("id")[0]
    message = PressMessage(
        press_id=f"demo:{device.public_id}:{past.at:%Y%m%dT%H%M%S}",
        group=group.public_id,
        device=device.public_id,
        kind=kind,
        mode="real",
        is_silent=False,
        age_s=0.1,
        waited_s=0.0,
        claimed_at="",
        received_at=past.at,
    )
    incident = alarms.record_presses([message]).recorded[0].incident
    if incident is None:
        raise RuntimeError("the demonstration's press opened nothing")
    return incident


def _sirens_sound(incident: Incident, past: _Past, *, but: int = 0) -> None:
    """Let the sirens confirm, `but` one of them (a house number; 0: all)."""
    sirens = Device.objects.filter(
        group=incident.group, kind__in=(DeviceKind.SIREN, DeviceKind.BOTH)
    ).select_related("household").order_by("id")
    hung = list(sirens)[: -1 if incident.group.number == FAULTY else None]
    heard = [siren for siren in hung if siren.household is None or _seat(siren.household) != but]
    for part in (heard[::2], heard[1::2]):
        past.after(0.4)
        press_id = str(incident.presses.values_list("press_id", flat=True)[0])
        messages = [
            RangMessage(incident.group.public_id, siren.public_id, press_id, "", past.at) for siren in part
        ]
        alarms.record_soundings(messages, at=past.at)
    past.after(6)
    alarms.note_unconfirmed(at=past.at)


def _answers(
    incident: Incident, past: _Past, kinds: list[tuple[int, str, int | None, tuple[str, ...]]]
) -> None:
    for seat, kind, minutes, kit in kinds:
        past.after(4)
        household = _house(incident.group, seat)
        membership = household.memberships.filter(ended_at=None).select_related("user").first()
        user = membership.user if membership else None
        leader = _leader(incident.group)
        alarms.answer_incident(
            incident,
            household=household,
            kind=kind,
            minutes=minutes,
            kit=kit,
            user=user,
            actor=Actor.of(user or leader),
        )


def _leader(group: NeighbourGroup) -> User:
    if group.leader is None:
        raise RuntimeError("the demonstration's groups have leaders")
    return group.leader


def _officer() -> Actor:
    return Actor.of(User.objects.get(username="truc1"))


def _fire(group: NeighbourGroup, past: _Past) -> None:
    """A kitchen fire, put out by neighbours: the report shows every part."""
    incident = _press(group, 9, "fire", past)
    _sirens_sound(incident, past, but=9)
    _answers(incident, past, [(1, "coming", 1, ("powder_extinguisher",)), (4, "coming", 2, ("crowbar",))])
    past.after(8)
    alarms.acknowledge_incident(incident, actor=_officer())
    past.after(11)
    leader = Actor.of(_leader(group))
    alarms.tick_emergency_call(incident, number="114", household=_house(group, 1), actor=leader)
    _answers(
        incident,
        past,
        [(6, "safe", None, ()), (7, "coming", 3, ("ladder",)), (11, "safe", None, ()), (12, "safe", None, ()),
         (14, "coming", 2, ("powder_extinguisher",)), (15, "safe", None, ()), (17, "safe", None, ()), (20, "safe", None, ()),
         (21, "safe", None, ())],
    )  # fmt: skip
    past.after(70)
    alarms.quiet_incident(incident, actor=_officer())
    past.after(40)
    alarms.note_incident(incident, text="Lửa ở bếp gas, tổ đã dập bằng 2 bình bột. Không ai bị thương.", actor=leader)
    past.after(420)
    alarms.note_incident(incident, text="Xe chữa cháy đến đầu hẻm, kiểm tra lại, an toàn.", actor=_officer())
    past.after(240)
    alarms.resolve_incident(incident, note="Đã dập lửa, đã kiểm tra bình gas. Nhắc tổ thay van.", actor=_officer())


def _mistaken(group: NeighbourGroup, past: _Past) -> None:
    incident = _press(group, 6, "fire", past)
    _sirens_sound(incident, past)
    past.after(20)
    alarms.acknowledge_incident(incident, actor=_officer())
    past.after(35)
    reason = next(iter(alarms.DISMISS_REASONS))
    alarms.dismiss_incident(incident, reason=reason, note="Cháu nhỏ bấm thử, nhà đã báo lại.", actor=_officer())


def _medical(group: NeighbourGroup, past: _Past) -> None:
    incident = _press(group, 4, "medical", past)
    _sirens_sound(incident, past)
    past.after(15)
    alarms.acknowledge_incident(incident, actor=_officer())
    leader = Actor.of(_leader(group))
    past.after(10)
    alarms.tick_emergency_call(incident, number="115", household=_house(group, 1), actor=leader)
    _answers(incident, past, [(1, "coming", 1, ()), (7, "coming", 2, ())])
    past.after(900)
    alarms.resolve_incident(incident, note="Đã đưa đi trạm y tế.", actor=_officer())


def _drill(group: NeighbourGroup, past: _Past) -> None:
    leader = _leader(group)
    drill = alarms.plan_drill(
        group,
        planned_at=past.at + timedelta(hours=1),
        household=_house(group, 14),
        scenario="Cháy tủ điện nhà số 14",
        actor=Actor.of(leader),
    )
    past.after(3600)
    incident = alarms.start_drill(drill, actor=Actor.of(leader))
    _sirens_sound(incident, past, but=9)
    _answers(
        incident,
        past,
        [(1, "safe", None, ()), (4, "coming", 2, ("powder_extinguisher",)), (6, "safe", None, ()), (7, "coming", 1, ()),
         (11, "safe", None, ()), (12, "safe", None, ()), (15, "safe", None, ()), (18, "safe", None, ())],
    )  # fmt: skip
    past.after(150)
    alarms.end_drill(
        drill, note="Nhà số 9 không nghe còi. Ba nhà chưa biết chỗ tập trung.", actor=Actor.of(leader)
    )
