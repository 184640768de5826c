"""The kinds of audit entries that this room writes.

A report that comes by a key is the opinion's own entry (`opinions.filed`); one of its key's use would tell, of an
anonymous one, when and by whose program it came.
"""

from __future__ import annotations

from typing import Final

from django.utils.translation import gettext_lazy as _

from liengia.audit.kinds import Kind, register

_NONE: Final = "Holds no personal data: the name of a program and the public part of its key."


def register_all() -> None:
    """Register every kind; called from `AppConfig.ready`."""
    register(Kind("api.key_minted", label=_("key for a program made"), erase=_NONE))
    register(Kind("api.key_revoked", label=_("key of a program revoked"), erase=_NONE))
