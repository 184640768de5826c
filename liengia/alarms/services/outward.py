"""How an alarm leaves the page: push, SMS, call, loudspeaker and the list of telephones, through the room of bulletins.

A step's notice becomes rows in the outbox, in the step's own transaction; nothing here talks to a network. Whom the step names is
told once a generation by each channel. What came back (an answer by a button in the notification, a key pressed in a call) becomes
an answer or an acknowledgement. The end goes to all who got the alarm.

What it keeps to: nothing of a silent call for help reaches its own house (`Resolver`), a loudspeaker speaks of fire only and names
no household, a drill says so in the first words and reaches those who are invited.
"""

from __future__ import annotations

import logging
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, Final

from django.conf import settings
from django.db import transaction
from django.db.models import Q
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from liengia.alarms import channels
from liengia.alarms.models import (
    AnswerKind,
    GroupHousehold,
    Incident,
    IncidentState,
    IncidentStep,
    Kind,
    Mode,
    NeighbourGroup,
    Target,
)
from liengia.alarms.resident_words import headline
from liengia.alarms.resident_words import steps as first_steps
from liengia.broadcast import channels as ways
from liengia.broadcast import wording
from liengia.broadcast.channels.base import Audience, Channel, Message, Recipient
from liengia.broadcast.models import Delivery, DeliveryState, PlayOrder
from liengia.broadcast.services import outbox
from liengia.core import clock, rooms
from liengia.core.actor import Actor
from liengia.core.errors import DomainError, NotFound
from liengia.people import queries as people
from liengia.people.models import Membership, User

if TYPE_CHECKING:
    from django.utils.functional import Promise

logger = logging.getLogger(__name__)
# What of the room of bulletins an alarm may use, by the names that plans keep.
NAMES: Final = ("webpush", "sms", "voice", "loudspeaker", "phone_tree")
LOUDSPEAKER: Final = "loudspeaker"
PHONE_TREE: Final = "phone_tree"
# The word under which people agree to be told of alarms by a channel.
CONSENT: Final = "alarm"
# Nobody is told of an alarm that began so long ago.
HOLDS: Final = timedelta(minutes=30)
END_HOLDS: Final = timedelta(hours=6)
ACKNOWLEDGES: Final = "1"
# Why a drill or a test ended that a real alarm broke off.
REAL_ALARM: Final = "real_alarm"
_ON_DUTY: Final = (Target.DUTY_POST, Target.COMMANDER, Target.NEXT_ON_DUTY)


class WhichHouse(NotFound):
    """Who says "safe" belongs to several houses: the phone says that nothing was answered, and opens the page, where each is answered for."""


class Outward:
    """A channel of the room of bulletins as a channel of alarms."""

    def __init__(self, channel: Channel) -> None:
        """Wrap it."""
        self.channel = channel
        self.name = channel.name

    @property
    def label(self) -> str | Promise:
        """What people read."""
        return self.channel.label

    def enqueue(self, notice: channels.Notice) -> int:
        """Write what is to be sent; return how many addresses were new in this generation."""
        incident = notice.incident
        # Most steps name nobody who has this channel: that is asked first, since it is asked inside the step's transaction.
        if not _may_go(self.name, incident) or not (found := self._recipients(notice)):
            return 0
        told = _told(incident, self.name)
        found = [one for one in found if one.address not in told]
        if not found or not rooms.is_on("broadcast", incident.group.unit):
            return 0
        said = outbox.say(message_of(incident, at=notice.at, is_spoken=self.name == LOUDSPEAKER))
        return outbox.enqueue(self.channel, said, found, keeps_person=True)

    def _recipients(self, notice: channels.Notice) -> list[Recipient]:
        if self.name == LOUDSPEAKER:
            return list(self.channel.recipients(Audience(unit_ids=(notice.incident.group.unit_id,)), notice.incident.kind))
        if self.name == PHONE_TREE and notice.step.target == Target.UNANSWERED:
            return list(self.channel.to_households(unanswered_houses(notice.incident)))
        ids = [user.pk for user in notice.people]
        ask = self.channel.to_duty if notice.step.target in _ON_DUTY else self.channel.to_users
        return list(ask(ids, CONSENT)) if ids else []


def register_all() -> None:
    """Make the channels of the room of bulletins known to escalation plans; called from `AppConfig.ready`."""
    for name in NAMES:
        channel = ways.get(name)
        if channel is not None:
            channels.register(Outward(channel))


def _may_go(name: str, incident: Incident) -> bool:
    if name == LOUDSPEAKER:
        return incident.kind == Kind.FIRE and incident.mode == Mode.REAL and not incident.is_silent
    if incident.is_silent and name == PHONE_TREE:
        return False
    return incident.mode != Mode.TEST


def _told(incident: Incident, name: str) -> set[str]:
    """Return the addresses that were written for this generation by a channel."""
    began = IncidentStep.objects.filter(incident=incident, generation=incident.generation).order_by("due_at").values_list("due_at", flat=True).first()
    rows = Delivery.objects.of(_subject(incident)).filter(channel=name)
    if began is not None:
        rows = rows.filter(created_at__gte=began)
    return set(rows.values_list("address", flat=True))


def _subject(incident: Incident) -> str:
    return f"incident:{incident.public_id}"


# Words


def _warning(incident: Incident) -> str:
    """Return what stands before everything else: at an intruder nobody runs out with a stick (design §1.7)."""
    if incident.is_silent:
        return f"{_('Silent call for help. Do not telephone that house.')} "
    if incident.kind == Kind.INTRUDER and incident.mode != Mode.TEST:
        return f"{_('Keep your distance. Do not strike anyone. Call 113.')} "
    return ""


def message_of(incident: Incident, *, at: datetime, is_spoken: bool = False) -> Message:
    """Return what an alarm says outside: what, where as neighbours say it, what to do first; never who called silently aloud."""
    with translation.override(settings.LANGUAGE_CODE):
        mode = str(incident.mode)
        first = wording.front(mode)
        what = _spoken(incident) if is_spoken else _what(incident)
        todo = first_steps(incident.kind, mode=incident.mode)[0]
        where = {"group": incident.group.name, "time": f"{clock.local(incident.opened_at):%H:%M}"}
        text = _("%(group)s, %(time)s. %(todo)s") % {**where, "todo": f"{todo.title} {todo.text}"}
        # Push, SMS and calls carry the short words alone: what keeps the caller safe stands first in them.
        warning = _warning(incident)
        return Message(
            subject=_subject(incident),
            msg_type="alert",
            mode=mode,
            priority="urgent",
            kind=incident.kind,
            headline=f"{first}{what}",
            text=_silent_text() if incident.is_silent else text,
            short_text=f"{first}{warning}{what}. {where['group']}, {where['time']}.",
            # A call names the group: each of a hamlet's groups has a house 1. A loudspeaker says it already.
            spoken_text=f"{first}{what}." if is_spoken else f"{first}{warning}{what}. {where['group']}.",
            unit_name=incident.group.unit.full_name,
            sent_at=at,
            expires_at=at + HOLDS,
            url=_url(incident),
            data={"answers": _answers(incident), "generation": incident.generation, "unit_id": incident.group.unit_id},
        )


def _what(incident: Incident) -> str:
    words = headline(incident)
    # The mode stands first already, in capitals; "Drill: fire at…" would say it twice.
    mark = _("Drill: %(what)s") % {"what": ""}
    words = words.removeprefix(mark)
    return words[:1].upper() + words[1:]


def _spoken(incident: Incident) -> str:
    unit, group = incident.group.unit, incident.group
    return _("There is a fire in %(hamlet)s, near %(group)s") % {"hamlet": unit.spoken_name, "group": group.name}


def _silent_text() -> str:
    return _("Silent call for help. Do not telephone that house. Open the alarm and follow what it says.")


def _answers(incident: Incident) -> list[tuple[str, str]]:
    if incident.is_silent:
        return []
    return [(AnswerKind.COMING.value, _("I'm coming")), (AnswerKind.SAFE.value, _("I'm safe"))]


def _url(incident: Incident) -> str:
    return f"{settings.PUBLIC_URL}{reverse('alarms:alarm', args=[incident.public_id])}"


# What comes back


def hear(delivery: Delivery, answer: str, at: datetime) -> None:
    """Take an answer to an alarm: from a notification's button, or a key pressed in a call.

    Whoever holds a duty and presses 1 in a call acknowledges; a member of a house answers for it. Of several houses
    the one that presses is not answered for. What comes too late changes nothing.

    Raises:
        WhichHouse: "safe", and two houses are left that it may be about.
    """
    if not delivery.subject.startswith("incident:") or delivery.user is None:
        return
    incident = Incident.objects.filter(public_id=delivery.subject.removeprefix("incident:")).select_related("group__unit").first()
    if incident is None:
        return
    try:
        with transaction.atomic():
            _take(incident, delivery.user, answer)
    except WhichHouse:
        raise
    except DomainError as error:
        logger.info("an answer to an incident came to nothing: %s", error.detail_code)


def _take(incident: Incident, user: User, answer: str) -> None:
    from liengia.alarms.queries import households_pressing
    from liengia.alarms.services.incidents import acknowledge_incident, answer_incident

    if answer == ACKNOWLEDGES:
        on_duty = {one.pk for one in (*people.on_duty(incident.group.unit, clock.now()), *people.next_on_duty(incident.group.unit, clock.now()))}
        if user.pk in on_duty and incident.state == IncidentState.RINGING:
            acknowledge_incident(incident, actor=Actor.of(user))
        return
    if answer not in AnswerKind.values:
        return
    members = Membership.objects.active().filter(user=user, household__group_places__group=incident.group, household__group_places__left_on=None)
    houses = [one.household for one in members.select_related("household").order_by("pk")]
    if len(houses) > 1:
        pressing = households_pressing(incident)
        houses = [house for house in houses if house.pk not in pressing]
        if answer == AnswerKind.SAFE and len(houses) > 1:
            raise WhichHouse("")
    if houses:
        answer_incident(incident, household=houses[0], kind=answer, user=user, actor=Actor.of(user))


# The end


def tell_end(incident: Incident, *, at: datetime) -> int:
    """Take back what waits, and tell the end to all who got the alarm, by one way each; called in the transaction that ends it."""
    if incident.mode == Mode.TEST:
        return 0
    subject = _subject(incident)
    outbox.withdraw(subject)
    got: dict[str, list[Recipient]] = defaultdict(list)
    told: set[int] = set()
    # Who may have got it: taken, being sent at this instant, or sent with an end that nobody saw; a loudspeaker by its order, whatever it answered.
    may_have = Q(state=DeliveryState.ACCEPTED) | Q(is_perhaps_double=True) | Q(state=DeliveryState.WITHDRAWN, claimed_until__isnull=False)
    may_have |= Q(channel=LOUDSPEAKER, key__in=PlayOrder.objects.filter(subject=subject, withdrawn_at=None).values("key"))
    rows = Delivery.objects.of(subject).filter(may_have)
    for name in NAMES:
        at_home = set(Membership.objects.active().filter(user__in=told).values_list("household_id", flat=True)) if name == PHONE_TREE else set()
        for row in rows.filter(channel=name):
            if (name == "voice" and row.user_id in told) or row.household_id in at_home:
                continue
            got[name].append(Recipient(row.address, row.provider, row.user_id, row.household_id))
            if row.user_id is not None:
                told.add(row.user_id)
    count = 0
    for name, recipients in got.items():
        channel = ways.get(name)
        if channel is not None:
            unique = list({one.address: one for one in recipients}.values())
            count += outbox.enqueue(channel, outbox.say(_end_message(incident, at=at, is_spoken=name == LOUDSPEAKER)), unique, keeps_person=True)
    transaction.on_commit(_withdraw_from(NAMES, subject))
    return count


def _withdraw_from(names: Sequence[str], subject: str) -> Callable[[], None]:
    def then() -> None:
        for name in names:
            channel = ways.get(name)
            if channel is not None:
                channel.withdraw(subject)

    return then


def _end_message(incident: Incident, *, at: datetime, is_spoken: bool) -> Message:
    first = message_of(incident, at=at, is_spoken=is_spoken)
    with translation.override(settings.LANGUAGE_CODE):
        front = wording.front(str(incident.mode), "all_clear")
        what = _spoken_end(incident) if is_spoken else _what(incident)
        # A loudspeaker that woke the hamlet says at night too that it is over; once is not heard by all.
        priority, more = ("urgent", {"times": 2}) if is_spoken else ("priority", {})
        text = _("Reported by mistake; there is no danger.") if incident.state == IncidentState.DISMISSED else _("It has been dealt with. Thank you all.")
        if incident.end_reason == REAL_ALARM:
            text = _("The exercise stops here: there is a real alarm. What comes now is real.")
        if incident.is_silent:
            text = f"{text} {_('Still telephone nobody there about it.')}"
        return replace(
            first, subject=f"{_subject(incident)}:end", msg_type="all_clear", priority=priority, headline=f"{front}{what}", text=text,
            short_text=f"{front}{what}. {text}", spoken_text=f"{front}{what}. {text}" if is_spoken else f"{front}{what}. {incident.group.name}. {text}",
            expires_at=at + END_HOLDS, data={"unit_id": incident.group.unit_id, **more},
        )  # fmt: skip


def _spoken_end(incident: Incident) -> str:
    return _("Fire in %(hamlet)s") % {"hamlet": incident.group.unit.spoken_name}


def of_group(group: NeighbourGroup) -> list[User]:
    """Return the members of a group's houses."""
    members = Membership.objects.active().filter(household__group_places__group=group, household__group_places__left_on=None)
    return list(User.objects.filter(pk__in=members.values("user"), is_active=True))


def unanswered_houses(incident: Incident) -> set[int]:
    """Return the houses of the group that have not answered this ringing, with or without an account; the house that pressed is with its own alarm and is left out."""
    from liengia.alarms.queries import households_pressing

    answered: set[Any] = set(incident.answers.filter(at__gte=incident.rang_at).values_list("household_id", flat=True)) | households_pressing(incident)
    return set(GroupHousehold.objects.filter(group=incident.group, left_on=None).values_list("household_id", flat=True)) - answered


def unanswered(incident: Incident) -> list[User]:
    """Return the members of houses that have not answered this ringing."""
    members = Membership.objects.active().filter(household__in=unanswered_houses(incident))
    return list(User.objects.filter(pk__in=members.values("user"), is_active=True))
