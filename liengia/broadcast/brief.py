"""What this room says in the chairman's month: the clusters of loudspeakers that did not work when it ended, or do not now."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from typing import Final

from django.db.models import Q
from django.utils.translation import ngettext

from liengia.broadcast.models import SpeakerCluster, SpeakerFault, SpeakerFaultKind
from liengia.papers.brief import BROKEN, Line, Month
from liengia.units.models import Unit

NAMED: Final = 3


def lines(unit: Unit, month: Month) -> Iterable[Line]:
    """Return the lines of a commune's month: by kind of fault, with the clusters that have had it for longest."""
    at, clusters = month.moment, SpeakerCluster.objects.on().filter(unit__in=Unit.objects.all().below_any(unit.lineage_ids()))
    stood = SpeakerFault.objects.filter(Q(cleared_at=None) | Q(cleared_at__gt=at), since__lte=at, cluster__in=clusters).order_by("since", "pk")
    by_kind: dict[str, list[str]] = defaultdict(list)
    for kind, name in stood.values_list("kind", "cluster__name"):
        by_kind[kind].append(name)
    for kind, names in sorted(by_kind.items(), key=lambda item: -len(item[1])):
        where = ", ".join(names[:NAMED])
        words = ngettext("%(n)s cluster of loudspeakers: %(where)s", "%(n)s clusters of loudspeakers: %(where)s", len(names)) % {"n": len(names), "where": where}
        yield Line(BROKEN, str(SpeakerFaultKind(kind).label), words)
