"""The room's own kinds."""

from __future__ import annotations

from datetime import timedelta

from django.utils.translation import gettext_lazy as _

from liengia.audit.kinds import Kind, register

register(
    Kind(
        "audit.personal_text_erased",
        label=_("personal text of entries erased"),
        erase="The reason is an erasable text that goes after a year; the entry keeps how many texts went.",
        keep=timedelta(days=365),
    )
)
register(
    Kind(
        "audit.entries_read",
        label=_("audit entries read or exported"),
        erase="Holds no personal data: the filters that were used are names of kinds and dates.",
        is_read=True,
    )
)
