"""What the front page offers of rooms that are below this one and know nothing of it."""

from __future__ import annotations

from collections.abc import Iterator

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from liengia.core import front
from liengia.units.models import Unit


def register_own() -> None:
    """Add them; called from `AppConfig.ready`."""
    front.acts.register("alarms", _alarms)


def _alarms(unit: Unit | None) -> Iterator[front.Act]:
    about = reverse("portal:about")
    yield front.Act(
        _("Join an inter-family group"),
        _("Adjacent houses, 5 to 15 of them, whose bells ring together. See who founds one and how your house joins."),
        f"{about}#to-lien-gia", "users-group", 10,
    )  # fmt: skip
    yield front.Act(
        _("No power, no network"),
        _("What still rings when the mains or the network is gone, and why every house keeps the paper sheet on its wall."),
        f"{about}#mat-dien", "plug-off", 90,
    )  # fmt: skip
