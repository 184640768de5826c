"""What must hold in this room, for `/health`."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from django.conf import settings
from django.utils.translation import gettext as _

from liengia.broadcast.models import Delivery, ProviderState, SpeakerCluster, SpeakerFault
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
    """Whoever is to speak can: a voice is there where clusters stand. Faults of players are named; they alarm nobody here."""
    clusters = SpeakerCluster.objects.on()
    count = clusters.count()
    if not count:
        return Finding(True, _("no loudspeakers"))
    faulty = SpeakerFault.objects.filter(cleared_at=None, cluster__in=clusters).values("cluster").distinct().count()
    says = _("%(count)s clusters, %(faulty)s with a fault") % {"count": count, "faulty": faulty}
    try:
        why = engines.load(settings.SPEECH_ENGINE).why_not()
    except engines.SpeechError as error:
        why = str(error)
    # Without a voice recordings still play; it is red only while something waits for one.
    waits = bool(why) and Delivery.objects.waiting().filter(channel="loudspeaker").exists()
    return Finding(not waits, f"{says}; {why}" if why else says)
