"""Kinds of entries of this room; none of them holds personal data."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from liengia.audit.kinds import Kind, register

_NONE = "Holds no personal data: codes, names and dates of administrative units."

for _code, _label in (
    ("units.unit_created", _("unit created")),
    ("units.unit_ended", _("unit ended")),
    ("units.reform_planned", _("reform planned")),
    ("units.units_drawn", _("units of a reform drawn up")),
    ("units.reform_drawn", _("all units of a reform drawn up")),
    ("units.succession_moved", _("records moved to the successor")),
    ("units.reform_applied", _("reform applied")),
    ("units.room_switched", _("room switched on or off")),
):
    register(Kind(_code, label=_label, erase=_NONE))
