"""The page that rings: an open incident as one reader's phone shows it.

Everything here only reads. It is drawn anew at each event, so it reads in a fixed number of queries.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from django.db.models import prefetch_related_objects
from django.utils.translation import gettext as _

from liengia.alarms import policies, queries
from liengia.alarms.console_words import ANSWER_ICONS, KIND_ICONS, kit_words
from liengia.alarms.leader_words import small
from liengia.alarms.models import (
    Answer,
    AnswerKind,
    DeviceApart,
    GroupHousehold,
    Incident,
    IncidentState,
    Kind,
    Mode,
)
from liengia.alarms.models.incidents import EMERGENCY_NUMBER
from liengia.alarms.queries import House, Summary
from liengia.alarms.resident_words import (
    MUST_CALL,
    Said,
    Step,
    apart_words,
    call_words,
    headline,
    houses_words,
    steps,
)
from liengia.alarms.services import KIT
from liengia.alarms.views.resident_screens import live_position
from liengia.core import clock
from liengia.core.actor import Actor
from liengia.core.geo import distance_m
from liengia.people import queries as people
from liengia.people.models import EmergencyNumber, Household, KitItem, User
from liengia.people.policies import can

NAG_AFTER: Final = timedelta(seconds=60)
# Before this nobody is named as "not confirmed": a siren says so within a few seconds.
CONFIRM_WITHIN: Final = timedelta(seconds=8)
NEAREST: Final = 4
MINUTES: Final = (1, 2, 5, 10)
_CALLS_TO_FIGHT: Final = frozenset({"powder_extinguisher", "co2_extinguisher"})


@dataclass(frozen=True, slots=True)
class Near:
    """Kit in a house of the group, and how far it is from where it burns."""

    label: str
    words: str
    metres: int | None
    icon: str


@dataclass(frozen=True, slots=True)
class Option:
    """One of several answers that can be ticked."""

    value: str
    label: str
    is_chosen: bool


@dataclass(frozen=True, slots=True)
class AlarmScreen:
    """An open incident as one reader's phone shows it."""

    incident: Incident
    summary: Summary
    user: User
    place: GroupHousehold | None
    answer: Answer | None
    numbers: list[EmergencyNumber]
    aparts: list[DeviceApart]
    may_quiet: bool
    may_end: bool
    desk_is_empty: bool
    at: datetime
    position: int
    groups: str

    # What, where

    @property
    def headline(self) -> str:
        """What happens and where."""
        return headline(self.incident)

    @property
    def tone(self) -> str:
        """The tone of the head: a bell test has none."""
        return {Mode.REAL: "danger", Mode.DRILL: "drill", Mode.TEST: "test"}[Mode(self.incident.mode)]

    @property
    def kind_icon(self) -> str:
        """The picture of the kind."""
        return KIND_ICONS[Kind(self.incident.kind)]

    @property
    def who(self) -> str:
        """Whose house, and its address."""
        house = self.incident.household
        return ", ".join(part for part in (house.head_name, house.address_label) if part) if house else ""

    @property
    def shows_names(self) -> bool:
        """Whether houses are named: to those of the group and its leaders, not to neighbours whom it rings."""
        own = self.place is not None and self.place.group_id == self.incident.group_id
        return own or self.user.pk in (self.incident.group.leader_id, self.incident.group.deputy_id)

    @property
    def is_neighbour(self) -> bool:
        """Whether the reader's house is in another group, which rings for this one."""
        return self.place is not None and self.place.group_id != self.incident.group_id

    @property
    def is_mine(self) -> bool:
        """Whether it was the reader's house that pressed."""
        return self.place is not None and any(
            house.is_pressing and house.household.pk == self.place.household_id for house in self.summary.houses
        )

    @property
    def metres(self) -> int | None:
        """How far the reader's house is, in metres, rounded as one says it."""
        if self.place is None or self.is_mine or self.incident.mode == Mode.TEST:
            return None
        return self._far(self.place.household)

    def _far(self, household: Household) -> int | None:
        there = self.incident.household.point if self.incident.household else None
        if there is None or household.point is None:
            return None
        exact = distance_m(household.point, there)
        return max(5, int(round(exact / 5.0) * 5))

    @property
    def presser_point(self) -> str:
        """Where the one who pressed stands, when their phone sent it: "10.528100,106.601200"."""
        sent = [one for one in self.summary.presses if one.lat is not None and one.lon is not None]
        return f"{sent[-1].lat},{sent[-1].lon}" if sent and self.incident.mode == Mode.REAL else ""

    # Sound, calls

    @property
    def sound(self) -> str:
        """What this phone plays: nothing once its owner has answered this ringing or the sirens were quieted."""
        is_answered = self.answer is not None and self.answer.at >= self.incident.rang_at
        return self.incident.mode if self.incident.is_sounding and not is_answered else ""

    @property
    def sound_id(self) -> str:
        """One muting holds for one ringing: a new press after a quieting sounds again."""
        return f"{self.incident.public_id}:{self.incident.generation}"

    @property
    def number(self) -> str:
        """Whom this kind of alarm is told to."""
        return EMERGENCY_NUMBER[Kind(self.incident.kind)]

    @property
    def other_numbers(self) -> list[EmergencyNumber]:
        """Further numbers of which a call can be ticked."""
        return [one for one in self.numbers if one.number != self.number]

    @property
    def call_words(self) -> list[Said]:
        """What to read aloud."""
        return call_words(self.incident, group=self.incident.group, caller=self.user)

    @property
    def calls_lines(self) -> list[str]:
        """Who called which number, and when."""
        return [
            _("%(who)s called %(number)s at %(time)s.")
            % {
                "who": call.called_by or _("Somebody"),
                "number": call.number,
                "time": f"{clock.local(call.called_at):%H:%M}",
            }
            for call in self.summary.calls
        ]

    @property
    def is_called(self) -> bool:
        """Whether somebody has ticked the number of this kind."""
        return any(call.number == self.number for call in self.summary.calls)

    @property
    def must_call(self) -> bool:
        """Whether the call is still owed."""
        return self.incident.mode == Mode.REAL and self.incident.kind in MUST_CALL and not self.is_called

    @property
    def nag_at(self) -> datetime:
        """When the page begins to ask who has called."""
        return self.incident.opened_at + NAG_AFTER

    @property
    def nags(self) -> bool:
        """Whether it asks now."""
        return self.must_call and self.at >= self.nag_at

    # Answers

    @property
    def answered_count(self) -> int:
        """How many houses answered."""
        return int(str(self.summary.counts.get("answered", 0)))

    @property
    def counters(self) -> list[tuple[str, str, int, str]]:
        """The live count: tone, icon, number, word."""
        help_tone = "drill" if self.incident.mode == Mode.DRILL else "danger"
        words = (
            (AnswerKind.COMING, "info", _("Coming")),
            (AnswerKind.SAFE, "safe", _("Safe")),
            (AnswerKind.NEED_HELP, help_tone, _("Need help now")),
        )
        found = [
            (tone, ANSWER_ICONS[kind], int(str(self.summary.counts.get(kind.value, 0))), word)
            for kind, tone, word in words
        ]
        return [*found, ("", "help", len(self.summary.unanswered), _("Not confirmed"))]

    @property
    def needing_help(self) -> list[House]:
        """Houses that answered that they need help, with their phones."""
        return [h for h in self.summary.houses if h.answer is not None and h.answer.kind == AnswerKind.NEED_HELP]

    @property
    def unanswered_words(self) -> str:
        """Houses not heard from."""
        return houses_words(house.household.house_label for house in self.summary.unanswered)

    @property
    def shows_unconfirmed(self) -> bool:
        """Whether it is time to say which sirens were not confirmed."""
        return bool(self.summary.unconfirmed) and self.at - self.incident.last_press_at >= CONFIRM_WITHIN

    @property
    def confirm_at(self) -> datetime:
        """When the page says which sirens were not confirmed."""
        return self.incident.last_press_at + CONFIRM_WITHIN

    @property
    def unconfirmed_words(self) -> str:
        """The houses whose siren was not confirmed."""
        return houses_words(house.household.house_label for house in self.summary.unconfirmed)

    @property
    def answer_words(self) -> str:
        """The reader's own answer with its details: "Khoảng 2 phút, mang bình bột."."""
        if self.answer is None or self.answer.kind != AnswerKind.COMING:
            return ""
        parts = []
        if self.answer.minutes is not None:
            parts.append(_("about %(n)s minutes") % {"n": self.answer.minutes})
        if self.answer.kit:
            parts.append(_("with %(kit)s") % {"kit": kit_words(self.answer.kit)})
        words = ", ".join(parts)
        return f"{words[:1].upper()}{words[1:]}." if words else ""

    @property
    def asks_details(self) -> bool:
        """Whether the page asks with what and when: after "I'm coming", for a fire."""
        return self.answer is not None and self.answer.kind == AnswerKind.COMING

    @property
    def minute_options(self) -> list[Option]:
        """In how many minutes."""
        chosen = self.answer.minutes if self.answer else None
        return [Option(str(n), _("%(n)s min") % {"n": n}, n == chosen) for n in MINUTES]

    @property
    def kit_options(self) -> list[Option]:
        """What the reader can bring: first what stands in their house."""
        own = {item.kind for item in self.place.household.kit.all()} if self.place else set()
        kinds = [kind for kind in KIT if kind in own] or list(KIT[:3])
        chosen = set(self.answer.kit) if self.answer else set()
        return [Option(kind, str(KitItem.Kind(kind).label), kind in chosen) for kind in kinds]

    # Around

    @property
    def near(self) -> list[Near]:
        """The nearest kit of the group, for a fire: houses by distance, without the one that burns."""
        if self.incident.kind != Kind.FIRE:
            return []
        today = clock.today()
        found = []
        for house in self.summary.houses:
            kit = [
                one
                for one in house.household.kit.all()
                if one.kind in KIT and (one.expires_on is None or one.expires_on >= today)
            ]
            if not kit or house.household.pk == self.incident.household_id:
                continue
            kit.sort(key=lambda one: one.kind not in _CALLS_TO_FIGHT)
            words = ", ".join(f"{one.count} {small(KitItem.Kind(one.kind).label)}" for one in kit)
            fights = kit[0].kind in _CALLS_TO_FIGHT
            icon = "fire-extinguisher" if fights else "axe"
            found.append((not fights, Near(house.household.house_label, words, self._far(house.household), icon)))
        found.sort(key=lambda pair: (pair[0], pair[1].metres if pair[1].metres is not None else 10**6))
        return [one for _is_tool, one in found[:NEAREST]]

    @property
    def steps(self) -> list[Step]:
        """The four steps."""
        called = next((line for line in self.calls_lines if self.number in line), "")
        return steps(self.incident.kind, mode=self.incident.mode, is_open=True, called=called)

    @property
    def asked_to_end(self) -> bool:
        """Whether the reader's house has asked for the end."""
        own = self.place.household_id if self.place else None
        return any(event.household_id == own for event in self.summary.end_asks)

    @property
    def apart_lines(self) -> list[str]:
        """Devices of the group that were set apart, in words."""
        return [apart_words(one) for one in self.aparts] if self.shows_names else []

    @property
    def is_quiet(self) -> bool:
        """Whether the sirens were quieted or stopped by themselves."""
        return not self.incident.is_sounding

    @property
    def is_acknowledged(self) -> bool:
        """Whether the duty post has taken it on."""
        return self.incident.state == IncidentState.ACKNOWLEDGED


def place_in(mine: list[GroupHousehold], incident: Incident, chosen: str) -> GroupHousehold | None:
    """Return the place for which a reader speaks: in the incident's group if they have one, the chosen one first."""
    ordered = sorted(mine, key=lambda one: (one.group_id != incident.group_id, one.household.public_id != chosen))
    return ordered[0] if ordered else None


def alarm_screen(user: User, incident: Incident, *, chosen: str = "") -> AlarmScreen:
    """Read an open incident for one reader, who may have chosen for which of several households they speak."""
    mine = list(policies.places_of(user).prefetch_related("household__kit"))
    place = place_in(mine, incident, chosen)
    summary = queries.incident_summary(incident)
    prefetch_related_objects([house.household for house in summary.houses], "kit")
    now = clock.now()
    aparts = DeviceApart.objects.filter(device__group=incident.group, returned_at=None).select_related("device__household")
    is_deskless = policies.desk_is_empty(incident.group.unit, now)
    answer = incident.answers.filter(user=user).order_by("-at").first()
    return AlarmScreen(
        incident=incident,
        summary=summary,
        user=user,
        place=place,
        answer=answer,
        numbers=people.emergency_numbers(incident.group.unit),
        aparts=[one for one in aparts if one.is_in_force(now)],
        may_quiet=incident.is_sounding and policies.may(user, "quiet", incident),
        may_end=incident.mode == Mode.REAL and is_deskless and policies.may(user, "resolve", incident),
        desk_is_empty=is_deskless,
        at=now,
        position=live_position(),
        groups=" ".join({one.group.public_id for one in mine}),
    )


def needs_words(incident: Incident, *, reader: User) -> str:
    """Return who in the house needs help to get out: only in an open real alarm, and the reading is recorded.

    Those who live in the group or lead it read it, since they help; a group that is only rung, and whoever merely sees
    the unit's alarms, does not.
    """
    if incident.household is None or incident.mode != Mode.REAL or incident.kind not in (Kind.FIRE, Kind.MEDICAL):
        return ""
    is_ours = policies.groups_of(reader).filter(pk=incident.group_id).exists()
    keeps = policies.led_groups(reader).filter(pk=incident.group_id).exists() or can(reader, "people.evacuation", incident.group.unit)
    if not is_ours and not keeps:
        return ""
    found = people.evacuation_needs([incident.household], actor=Actor.of(reader), incident=incident, is_neighbour=not keeps)
    return found.get(incident.household.pk, "")
