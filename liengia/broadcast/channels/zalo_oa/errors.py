"""What Zalo's error codes mean for a delivery, as data.

Source: the table of zalo-sdk 0.3.0 (package index), after developers.zalo.me "Official Account API". Only codes that sources
agree on stand here; any other is tried again a few times, then given up.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from liengia.broadcast.channels.base import Failure

TOKEN_IS_OVER: Final = "-216"  # noqa: S105  (a code of Zalo's, no secret)
ERRORS: Final[Mapping[str, tuple[Failure, str | Promise]]] = {
    "-32": (Failure.TECHNICAL, _("Zalo: too many messages in a short time.")),
    "-211": (Failure.TECHNICAL, _("Zalo: the quota is used up.")),
    "-213": (Failure.PERMANENT, _("Zalo: this person does not follow the Official Account.")),
    TOKEN_IS_OVER: (Failure.TEMPORARY, _("Zalo: the access is over; it is renewed.")),
    "-218": (Failure.TECHNICAL, _("Zalo: the quota is used up.")),
    "-224": (Failure.TECHNICAL, _("Zalo: the Official Account has no package for this.")),
    "-230": (Failure.PERMANENT, _("Zalo: this person has not written for seven days.")),
    "-305": (Failure.PERMANENT, _("Zalo: the 48 hours after a question are over.")),
}
