"""What must hold in this room, for `/health`."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Final

from django.conf import settings
from django.db.models import Q
from django.utils.translation import gettext as _

from liengia.broadcast.models import ChannelAccount, Delivery, ProviderState, SpeakerCluster, SpeakerFault
from liengia.broadcast.speech import engines
from liengia.core import clock
from liengia.core.health import Finding

LATE: Final = timedelta(minutes=2)


def outbox() -> Finding:
    """Deliveries go out when they are due; a provider that is set aside is named, its deliveries wait for it."""
    now = clock.now()
    aside = list(ProviderState.objects.filter(aside_until__gt=now).order_by("channel", "provider"))
    late = Delivery.objects.waiting().filter(next_attempt_at__lt=now - LATE, claimed_until=None)
    for state in aside:
        late = late.exclude(channel=state.channel, provider=state.provider)
    overdue = late.count()
    says = _("%(count)s overdue") % {"count": overdue}
    if aside:
        says += "; " + _("set aside: %(names)s") % {"names": ", ".join(str(state).strip() for state in aside[:5])}
    return Finding(overdue == 0, says)


def loudspeakers() -> Finding:
    """Whoever is to speak can: a voice is there where something waits for one, a loudspeaker or a call. Faults of players are named; they alarm nobody here."""
    clusters = SpeakerCluster.objects.on()
    count, waits = clusters.count(), _waits_for_a_voice()
    if not count and not waits:
        return Finding(True, _("no loudspeakers"))
    faulty = SpeakerFault.objects.filter(cleared_at=None, cluster__in=clusters).values("cluster").distinct().count()
    says = _("%(count)s clusters, %(faulty)s with a fault") % {"count": count, "faulty": faulty} if count else _("no loudspeakers")
    try:
        why = engines.load(settings.SPEECH_ENGINE).why_not()
    except engines.SpeechError as error:
        why = str(error)
    # Without a voice recordings still play; it is red only while something waits for one.
    return Finding(not (why and waits), f"{says}; {why}" if why else says)


def _waits_for_a_voice() -> bool:
    """Tell whether something waits at a loudspeaker, or at an account whose provider plays a sound of ours."""
    plays = [row.public_id for row in ChannelAccount.objects.filter(channel="voice", is_on=True) if "{audio_url}" in json.dumps(row.values)]
    return Delivery.objects.waiting().filter(Q(channel="loudspeaker") | Q(channel="voice", provider__in=plays)).exists()
