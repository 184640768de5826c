"""What must hold in this room, for `/health`."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from django.utils.translation import gettext as _

from liengia.broadcast.models import Delivery, ProviderState
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
