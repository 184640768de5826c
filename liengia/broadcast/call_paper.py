"""The list of calls on paper, with boxes to tick by pen."""

from __future__ import annotations

from typing import TYPE_CHECKING

from liengia.broadcast.channels.phone_tree.channel import script
from liengia.core import clock
from liengia.core.pdf import render
from liengia.core.templatetags.look import spaced_phone
from liengia.core.text import time_words

if TYPE_CHECKING:
    from liengia.broadcast.posting import CallList


def sheet(found: CallList) -> bytes:
    """Return the PDF."""
    now = clock.now()
    rows = [
        {
            "place": row.household.hamlet.display_name, "house": row.household.house_label, "head": row.household.head_name,
            "phones": [f"{spaced_phone(one.phone)} {one.name}".strip() for one in row.household.phones.all()[:3]],
        }
        for row in found.rows
        if row.household is not None
    ]  # fmt: skip
    data: dict[str, object] = {"title": found.message.headline, "unit": found.message.unit_name, "script": script(found.message), "rows": rows, "at": time_words(now)}
    return render("broadcast/phone_tree", data, at=now)
