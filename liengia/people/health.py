"""What /health and the lists of the day's work say of the rota."""

from __future__ import annotations

from django.utils.translation import gettext as _

from liengia.core.health import Finding
from liengia.core.text import time_words
from liengia.people import queries
from liengia.units.models import Unit


def rota() -> Finding:
    """Say whether somebody is on duty in every post now; a gap is red on the console, here it is told."""
    gaps = [gap for gap in queries.coming_gaps(Unit.objects.current().filter(parent=None)) if gap.is_now]
    if not gaps:
        return Finding(True, _("somebody is on duty at every post"))
    said = ", ".join(f"{gap.post} ({time_words(gap.starts_at)})" for gap in gaps)
    return Finding(True, _("nobody on duty: %(posts)s") % {"posts": said})
