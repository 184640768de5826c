"""The public roll: decisions that may be shown, whose names may stand there, as page, CSV and feed."""

from __future__ import annotations

import csv
import io
import re
from datetime import datetime, time
from typing import Final

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.feedgenerator import Atom1Feed
from django.utils.timezone import get_current_timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from liengia.commendations import queries, spreadsheet
from liengia.commendations.models import Decision, MovementList, Season
from liengia.core import pagecache, rooms
from liengia.core.errors import NotFound
from liengia.people.policies import public
from liengia.units.models import Unit

KEPT_S: Final = 300
_YEAR: Final = re.compile(r"20\d\d", re.ASCII)


def _asked(request: HttpRequest, among: list[Unit]) -> tuple[Unit | None, int | None]:
    code, year = request.GET.get("xa", ""), request.GET.get("nam", "")
    return next((unit for unit in among if unit.code == code), None), int(year) if _YEAR.fullmatch(year) else None


@public
@require_GET
@pagecache.cached_page(seconds=KEPT_S)
def roll(request: HttpRequest) -> HttpResponse:
    """List the public decisions by commune and year, and what whole seasons come to."""
    among = queries.communes()
    unit, year = _asked(request, among)
    decisions = queries.public_decisions(unit=unit, year=year)
    by_decision = queries.by_decision(decisions)
    context = {
        "rows": [(one, by_decision[one.pk]) for one in decisions], "communes": among, "unit": unit, "year": year, "years": queries.years(),
        "seasons": [_season(one) for one in queries.seasons(decisions)],
    }  # fmt: skip
    return render(request, "commendations/roll.html", context)


def _season(season: Season) -> dict[str, object]:
    """Return the totals of a season by list."""
    told, total = queries.season_told(season)
    return {"season": season, "lines": [(MovementList(code).label, one) for code, one in told.items()], "total": total}


@public
@require_GET
@pagecache.cached_page(seconds=KEPT_S)
def decision(request: HttpRequest, public_id: str) -> HttpResponse:
    """Show one public decision: how many it commends, and those who agreed to stand here."""
    found = Decision.objects.all().public().filter(public_id=public_id).select_related("round__unit", "round__season", "paper__issuer").first()
    if found is None or not rooms.is_on("commendations", found.round.unit.current()):
        raise NotFound("")
    return render(request, "commendations/decision.html", {"roll": queries.roll_of(found), "decision": found})


@public
@require_GET
@pagecache.cached_page(seconds=KEPT_S)
def roll_csv(request: HttpRequest) -> HttpResponse:
    """Return the public roll as CSV: the lines of the page, nobody else's."""
    unit, year = _asked(request, queries.communes())
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow([_("Decision"), _("Day"), _("Award"), _("Who"), _("Name"), _("Merit"), _("Place")])
    for one in queries.roll(queries.public_decisions(unit=unit, year=year)):
        row = [one.decision.paper.sign, f"{one.decision.decided_on:%Y-%m-%d}", one.award, one.kind, one.name, one.merit, one.place]
        writer.writerow([spreadsheet.safe(value) for value in row])
    answer = HttpResponse("\ufeff" + out.getvalue(), content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = 'attachment; filename="khen-thuong.csv"'
    return answer


@public
@require_GET
@pagecache.cached_page(seconds=KEPT_S)
def feed(request: HttpRequest) -> HttpResponse:
    """Return the public decisions as an Atom feed, by their counts; it names no person."""
    title, address = _("Commendations"), f"{settings.PUBLIC_URL}{reverse('commendations:roll')}"
    made = Atom1Feed(title=f"{title} · Liên Gia", link=address, description=str(title), language="vi", feed_url=f"{settings.PUBLIC_URL}{request.path}")
    decisions = queries.public_decisions()[:30]
    counted = queries.by_decision(decisions)
    for one in decisions:
        link = f"{settings.PUBLIC_URL}{reverse('commendations:decision', args=[one.public_id])}"
        at = datetime.combine(one.decided_on, time(12), tzinfo=get_current_timezone())
        words = f"{one.paper.sign}: {queries.list_words(counted[one.pk])}"
        made.add_item(title=one.round.public_title, link=link, description=words, unique_id=link, pubdate=at, updateddate=at)
    answer = HttpResponse(content_type="application/atom+xml; charset=utf-8")
    made.write(answer, "utf-8")
    return answer
