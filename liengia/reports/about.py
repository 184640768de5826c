"""What an opinion about a section of a report begins with."""

from __future__ import annotations

from django.utils.translation import gettext as _

from liengia.core import rooms
from liengia.reports.models import Report


def section_words(key: str) -> str:
    """Return the words for "<report>:<section>" of a published report; empty for any other key."""
    public_id, _colon, code = key.partition(":")
    row = Report.objects.all().published().filter(public_id=public_id).select_related("unit__parent__parent__parent").first()
    if row is None or not rooms.is_on("reports", row.unit):
        return ""
    title = next((one["title"] for one in row.said["sections"] if one["code"] == code), "")
    return _("About the section “%(section)s” of the report “%(report)s”:") % {"section": title, "report": row.title} if title else ""
