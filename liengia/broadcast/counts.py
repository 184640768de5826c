"""What other rooms may count of this one: Zalo groups and their members, loudspeaker clusters, rounds by motorbike."""

from __future__ import annotations

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from liengia.broadcast import voice
from liengia.core.counts import Count, register


def register_all() -> None:
    """Register them; called from `AppConfig.ready`."""
    groups, speakers = (lambda: reverse("broadcast:voice") + "#zalo"), (lambda: reverse("broadcast:voice") + "#loa")
    register(
        Count("broadcast.zalo_groups", "broadcast", _("Zalo groups in the register"), voice.groups_on,
              _("Groups that stand in the register of Zalo groups on that day."), groups)
    )  # fmt: skip
    register(
        Count("broadcast.zalo_members", "broadcast", _("members of Zalo groups"), voice.members_on,
              _("As each group's keeper last told; whoever is in two groups counts twice; places with fewer than 5 members are left out. There is no list of members."), groups)
    )  # fmt: skip
    register(
        Count("broadcast.speaker_clusters", "broadcast", _("loudspeaker clusters"), voice.clusters_on,
              _("Clusters that were put up and not taken down on that day."), speakers)
    )  # fmt: skip
    register(
        Count("broadcast.rounds", "broadcast", _("rounds by motorbike in the last 12 months"), voice.rounds_on,
              _("Rounds of the loudspeaker programme that were ticked as done."), speakers)
    )  # fmt: skip
