"""The channel: clusters of an audience's hamlets as addresses, orders to play as deliveries.

Accepted means ordered; delivered that the player has fetched the sound; heard that it reports having played it.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from datetime import datetime, timedelta
from typing import Any, ClassVar, Final

from django.db import transaction
from django.db.models import F, Q, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from liengia.broadcast import audiences
from liengia.broadcast.channels.base import (
    Accepted,
    Audience,
    Channel,
    DeliveryError,
    Failure,
    Message,
    Outcome,
    Parcel,
    Preview,
    Recipient,
)
from liengia.broadcast.channels.loudspeaker import programme, sounds, webhook
from liengia.broadcast.models import (
    AudioFile,
    Bulletin,
    ClusterMake,
    Delivery,
    PlayOrder,
    PlayOutcome,
    Recording,
    SpeakerCluster,
)
from liengia.broadcast.speech.engines import SpeechError
from liengia.core import clock
from liengia.units.models import Unit

# How long an order holds that names no end, and how often it is played.
HOLDS: Final = {"urgent": timedelta(hours=1), "priority": timedelta(hours=6), "normal": timedelta(hours=6)}
TIMES: Final = {"urgent": 3, "priority": 2, "normal": 1}
TIMES_MOST: Final = 10
PAUSE_S: Final = 3
LONG_S: Final = 180
# A southern voice at our pace says about so many signs a second; a recording's length is known exactly.
SIGNS_A_SECOND: Final = 13.0
CHIME_S: Final = 2.2
# However long something is played, with its repetitions.
LONGEST_PLAY: Final = timedelta(hours=1)


class Loudspeaker(Channel):
    """Loudspeaker clusters."""

    name = "loudspeaker"
    label = gettext_lazy("Loudspeakers")
    help = gettext_lazy("Each cluster of the chosen hamlets plays it: your recording, or the spoken text.")
    icon = "media"
    receipts: ClassVar[frozenset[str]] = frozenset({"accepted", "delivered", "heard"})
    is_idempotent = True
    is_noisy = True
    batch = 50
    apart = "webhook:"
    nobody = gettext_lazy("No loudspeaker that is switched on hangs where they live.")

    def clusters(self, audience: Audience) -> Any:
        """Return the clusters that speak where an audience lives."""
        hamlets = Unit.objects.below_any(audiences.followed(audience.unit_ids)) if audience.unit_ids else Unit.objects.none()
        rows = SpeakerCluster.objects.on().filter(unit__in=hamlets)
        if audience.group_keys:
            rows |= SpeakerCluster.objects.on().filter(unit__in=audiences.households(Audience(group_keys=audience.group_keys)).values("hamlet"))
        if audience.told is None:
            return rows
        heard = SpeakerCluster.objects.on().filter(pk__in=_perhaps_played(audience).values("cluster"))
        return heard if audience.only_told else rows | heard

    def recipients(self, audience: Audience, kind: str) -> Iterator[Recipient]:
        """Yield the clusters of an audience's hamlets; one of another make is set aside by itself."""
        rows = self.clusters(audience).order_by("pk").distinct()
        for public_id, make in rows.values_list("public_id", "make").iterator(chunk_size=500):
            yield Recipient(public_id, provider=f"{self.apart}{public_id}" if make == ClusterMake.WEBHOOK else "")

    def count(self, audience: Audience, kind: str) -> int:
        """Return how many clusters there are."""
        return int(self.clusters(audience).distinct().count())

    def to_users(self, user_ids: Collection[int], kind: str) -> Iterator[Recipient]:
        """Nobody: a loudspeaker is no person's."""
        return iter(())

    def places(self, rows: Sequence[Delivery]) -> dict[str, int]:
        """Return the units of the clusters."""
        found = dict(SpeakerCluster.objects.filter(public_id__in=[row.address for row in rows]).values_list("public_id", "unit"))
        return {row.key: found[row.address] for row in rows if row.address in found}

    def send(self, parcels: Sequence[Parcel]) -> Sequence[Outcome]:
        """Order what is to be played; the sound of one message is made once."""
        rows = SpeakerCluster.objects.filter(public_id__in={parcel.address for parcel in parcels}).select_related("unit")
        clusters = {row.public_id: row for row in rows}
        made: dict[tuple[str, ...], AudioFile | DeliveryError] = {}
        orders = [self._order_one(parcel, clusters.get(parcel.address), made) for parcel in parcels]
        refused = webhook.order([one for one in orders if isinstance(one, PlayOrder) and one.cluster.make == ClusterMake.WEBHOOK])
        return [one if isinstance(one, DeliveryError) else refused.get(one.pk) or Accepted(one.public_id, _told(one)) for one in orders]

    def order_ahead(self, planned: Sequence[tuple[Parcel, datetime]]) -> int:
        """Order what is to be played at a later time, so that players fetch it before and the schedule by hand holds it; return how many were new.

        Other makes by webhook are told within half a day of its time (`webhook.AHEAD`). What cannot be ordered, or told, now is tried again with the next look, and
        when it is due.
        """
        standing = PlayOrder.objects.filter(key__in=[parcel.key for parcel, _at in planned], withdrawn_at=None)
        known = set(standing.values_list("key", flat=True))
        fresh = [(parcel, at) for parcel, at in planned if parcel.key not in known]
        clusters = {row.public_id: row for row in SpeakerCluster.objects.filter(public_id__in={parcel.address for parcel, _at in fresh}).select_related("unit")}
        made: dict[tuple[str, ...], AudioFile | DeliveryError] = {}
        orders = [self._order_one(parcel, clusters[parcel.address], made, at) for parcel, at in fresh if parcel.address in clusters and _is_near(clusters[parcel.address], at)]
        webhook.order(standing.filter(cluster__make=ClusterMake.WEBHOOK, ended_at=None, play_at__gt=clock.now(), told_at=None).select_related("cluster", "audio"))
        return sum(isinstance(one, PlayOrder) for one in orders)

    def _order_one(
        self, parcel: Parcel, cluster: SpeakerCluster | None, made: dict[tuple[str, ...], AudioFile | DeliveryError], play_at: datetime | None = None
    ) -> PlayOrder | DeliveryError:
        message = parcel.message
        try:
            _refuse(message, cluster)
            key = (message.recording, message.spoken_text, message.text, message.headline, message.priority, message.mode)
            if key not in made:
                made[key] = _made(message)
            audio = made[key]
            if isinstance(audio, DeliveryError):
                raise audio
            assert cluster is not None
            return _order(parcel, cluster, audio, play_at or clock.now())
        except DeliveryError as error:
            return error

    def withdraw(self, subject: str) -> None:
        """Take back what has not been played; a player that plays it stops."""
        now = clock.now()
        with transaction.atomic():
            # One that runs over its time is stopped as well; what expired long ago is nobody's to take back.
            open_rows = PlayOrder.objects.select_for_update().filter(subject=subject, ended_at=None, withdrawn_at=None, expires_at__gt=now - LONGEST_PLAY)
            rows = list(open_rows.select_related("cluster", "audio"))
            PlayOrder.objects.filter(pk__in=[row.pk for row in rows]).update(withdrawn_at=now)
            programme.change({row.cluster_id for row in rows if row.cluster.make == ClusterMake.OURS})
        # Whoever does not answer: it stands as withdrawn here, and ends with its expiry there.
        webhook.take_back([row for row in rows if row.cluster.make == ClusterMake.WEBHOOK])

    def preview(self, message: Message) -> Preview:
        """Return the words as they are spoken, and how long that takes."""
        recording = Recording.objects.filter(public_id=message.recording).select_related("audio").first() if message.recording else None
        if recording is not None:
            seconds = recording.audio.seconds if recording.audio else 0.0
            return Preview(_("Own recording"), recording.title, round(seconds), None, "seconds", warnings=_warnings(message, seconds))
        words, wrong = "", list[str]()
        try:
            words = sounds.words_of(message.spoken_text or message.text or message.headline)
        except SpeechError as error:
            wrong.append(str(error))
        seconds = CHIME_S + len(words) / SIGNS_A_SECOND
        return Preview(_("Spoken words"), words, round(seconds), None, "seconds", warnings=(*wrong, *_warnings(message, seconds)))


def _is_near(cluster: SpeakerCluster, at: datetime) -> bool:
    """Tell whether a cluster is told of a time already: another make is when the sound's address will hold until it was played."""
    return cluster.make != ClusterMake.WEBHOOK or at <= clock.now() + webhook.AHEAD


def _perhaps_played(audience: Audience) -> QuerySet[PlayOrder]:
    """Return the orders of a chain's bulletins that came to their time and were not reported as left out: with the line cut they were played all the same."""
    subjects = [f"bulletin:{key}" for key in Bulletin.objects.filter(pk__in=audience.chain).values_list("public_id", flat=True)]
    rows = PlayOrder.objects.filter(Q(withdrawn_at=None) | Q(withdrawn_at__gt=F("play_at")), subject__in=subjects, play_at__lte=clock.now())
    return rows.exclude(reports__outcome__in=(PlayOutcome.LEFT_OUT, PlayOutcome.FAILED))


def _warnings(message: Message, seconds: float) -> tuple[str, ...]:
    found = []
    if seconds > LONG_S:
        found.append(_("Longer than three minutes: hardly anybody listens so long outdoors."))
    if not message.recording:
        from django.conf import settings

        from liengia.broadcast.speech import engines

        if why := engines.load(settings.SPEECH_ENGINE).why_not():
            found.append(why)
    return tuple(found)


def _refuse(message: Message, cluster: SpeakerCluster | None) -> None:
    """Refuse what may not be played.

    Raises:
        DeliveryError: the cluster is gone or off; an alarm of another kind than fire (design §1.7).
    """
    if cluster is None or cluster.removed_at is not None or not cluster.is_on:
        raise DeliveryError(Failure.PERMANENT, "the cluster is switched off or gone")
    is_end = message.msg_type in ("all_clear", "cancel") or message.kind == "all_clear"
    if message.subject.startswith("incident:") and not is_end and message.kind != "fire":
        raise DeliveryError(Failure.PERMANENT, "loudspeakers speak of fire only")
    if message.mode == "training":
        raise DeliveryError(Failure.PERMANENT, "training is never played")


def _made(message: Message) -> AudioFile | DeliveryError:
    try:
        return sounds.of_message(message)
    except DeliveryError as error:
        return error


def _order(parcel: Parcel, cluster: SpeakerCluster, audio: AudioFile, play_at: datetime) -> PlayOrder:
    """Write an order, once a delivery; one that another make did not take stands for the next attempt."""
    message, now = parcel.message, clock.now()
    times = message.data.get("times", TIMES.get(message.priority, 1))
    facts = {
        "cluster": cluster, "audio": audio, "subject": message.subject, "headline": message.headline[:160], "mode": message.mode, "priority": message.priority,
        "volume": _volume(message.data.get("volume")), "times": max(1, min(TIMES_MOST, int(times))), "pause_s": PAUSE_S,
        "play_at": play_at, "expires_at": _ends(message, play_at), "ordered_at": now,
    }  # fmt: skip
    with transaction.atomic():
        order, is_new = PlayOrder.objects.get_or_create(key=parcel.key, defaults=facts)
        if not is_new and order.ended_at is None and (order.withdrawn_at is not None or order.expires_at <= now):
            # Ordered ahead, and taken back or never reached in its time: it is due now, and holds from now.
            is_new, order.withdrawn_at, order.told_at = True, None, None
            order.play_at, order.expires_at = play_at, _ends(message, play_at)
            order.save(update_fields=["withdrawn_at", "told_at", "play_at", "expires_at"])
        if is_new and cluster.make == ClusterMake.OURS:
            programme.change([cluster.pk])
    return order


def _told(order: PlayOrder) -> dict[str, datetime]:
    """Return what a player said of an order before its delivery stood: one that was ordered ahead is fetched before it is due."""
    played = order.reports.filter(outcome=PlayOutcome.PLAYED).order_by("ended_at").first() if order.ended_at is not None else None
    found = {"delivered": order.fetched_at, "heard": played.ended_at if played is not None else None}
    return {what: at for what, at in found.items() if at is not None}


def _ends(message: Message, now: datetime) -> datetime:
    ends = now + HOLDS.get(message.priority, HOLDS["normal"])
    return min(ends, message.expires_at) if message.expires_at is not None else ends


def _volume(value: object) -> int | None:
    return max(0, min(100, value)) if isinstance(value, int) and not isinstance(value, bool) else None


CHANNEL = Loudspeaker()
