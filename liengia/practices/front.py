"""What lower rooms show of this one: a figure on the front page, a card in an article."""

from __future__ import annotations

from collections.abc import Iterator

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from liengia.core import clock, front, linked
from liengia.practices import queries
from liengia.units.models import Unit


def register_own() -> None:
    """Add it; called from `AppConfig.ready`."""
    front.figures.register("practices", figures)


def figures(unit: Unit | None) -> Iterator[front.Figure]:
    """Give how many practices run here; nothing while there are none."""
    rows = queries.public_list(queries.Filters(commune=unit)).here().running_on(clock.today())
    count = rows.count()
    if count:
        words = ngettext("practice that runs", "practices that run", count)
        source = _("register of practices, %(day)s") % {"day": f"{clock.today():%d/%m/%Y}"}
        url = reverse("practices:index")
        yield front.Figure(f"{count:,}".replace(",", "."), words, source, f"{url}?xa={unit.code}" if unit is not None else url)


def card(key: str) -> linked.Card | None:
    """Return what an article may show of a practice."""
    found = queries.shown().filter(public_id=key).first()
    if found is None:
        return None
    url = reverse("practices:detail", args=[found.public_id])
    return linked.Card(found.name, url, f"{found.place}. {found.summary}", "list-check")
