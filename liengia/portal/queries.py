"""Reads of the front page: which commune is looked at, the numbers to call, and figures with their source."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta

from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from wagtail.contrib.redirects.models import Redirect

from liengia.alarms.models import Drill, GroupHousehold, NeighbourGroup
from liengia.core import clock, front, rooms
from liengia.core.front import Figure
from liengia.core.text import sort_key
from liengia.people.models import DutyPost
from liengia.people.queries import emergency_numbers
from liengia.portal.models import CommunePortalPage
from liengia.units.models import Unit

YEAR = timedelta(days=365)


@dataclass(frozen=True, slots=True)
class Number:
    """A number to call."""

    number: str
    label: str


def communes() -> QuerySet[Unit]:
    """Return the communes that stand today, with what is above them."""
    return Unit.objects.current().communes().select_related("parent").order_by("name")


def chosen_commune(code: str, among: list[Unit]) -> Unit | None:
    """Return the commune that a visitor asked for; the only one there is; or None, which is the whole area."""
    if len(among) == 1:
        return among[0]
    return next((unit for unit in among if unit.code == code), None)


def place_words(commune: Unit | None, among: Iterable[Unit]) -> str:
    """Return the place under the site's name: "Xã Cần Đước, Tỉnh Tây Ninh"; the area when no commune is chosen."""
    if commune is None:
        above = {unit.parent.pk: unit.parent.full_name for unit in among if unit.parent is not None}
        return next(iter(above.values())) if len(above) == 1 else ""
    return f"{commune.full_name}, {commune.parent.full_name}" if commune.parent else commune.full_name


def numbers(commune: Unit | None) -> tuple[list[Number], list[Number]]:
    """Return the three national numbers with the duty desk of the commune, as the row of buttons shows them, and all others in force."""
    known = emergency_numbers(commune)
    found = [Number(one.number, one.label) for one in known if one.unit_id is None and len(one.number) <= 3]
    shown = (
        sorted((one for one in found if one.number in ("113", "114", "115")), key=lambda one: one.number)
        or found[:3]
    )
    if commune is not None:
        posts = DutyPost.objects.filter(unit__in=commune.lineage_ids(), is_active=True).exclude(phone="")
        shown += [Number(post.phone, _("Duty desk of the commune")) for post in posts[:1]]
    buttons = {one.number for one in shown}
    return shown, [Number(one.number, one.label) for one in known if one.number not in buttons]


def duty_desks() -> list[DutyPost]:
    """Return the duty desks of all communes that stand, by the commune's name."""
    posts = DutyPost.objects.filter(is_active=True, unit__in=Unit.objects.current()).exclude(phone="")
    return list(posts.select_related("unit").order_by("unit__name", "name"))


def figures(commune: Unit | None) -> list[Figure]:
    """Return what can be counted today; a room that is off adds nothing."""
    day = f"{clock.today():%d/%m/%Y}"
    units = Unit.objects.current()
    hamlets = units.hamlets() if commune is None else units.below(commune).hamlets()
    about = reverse("portal:about")
    found: list[Figure] = []
    if rooms.is_on("alarms", commune):
        found += _alarm_figures(commune, day)
    count = hamlets.count()
    words = ngettext("hamlet or quarter", "hamlets and quarters", count)
    found.append(Figure(_grouped(count), words, _("list of units, %(day)s") % {"day": day}, f"{about}#don-vi"))
    if commune is None and len(found) < 4:
        count = units.communes().count()
        words = ngettext("commune", "communes", count)
        found.append(Figure(_grouped(count), words, _("list of units, %(day)s") % {"day": day}, f"{about}#don-vi"))
    return [*front.figures.of(commune), *found]


def _alarm_figures(commune: Unit | None, day: str) -> list[Figure]:
    groups = NeighbourGroup.objects.active().of_households()
    if commune is not None:
        groups = groups.in_unit(commune)
    group_count = groups.count()
    if not group_count:
        return []
    houses = GroupHousehold.objects.active().filter(group__in=groups).count()
    since = clock.now() - YEAR
    drills = Drill.objects.filter(group__in=groups, ended_at__gte=since, cancelled_at=None).count()
    about = reverse("portal:about")
    register = _("register of groups, %(day)s") % {"day": day}
    return [
        Figure(
            _grouped(group_count),
            ngettext("inter-family group", "inter-family groups", group_count),
            register,
            f"{about}#so-to",
        ),
        Figure(
            _grouped(houses),
            ngettext("house that hears its neighbours", "houses that hear one another", houses),
            register,
            f"{about}#so-to",
        ),
        Figure(
            _grouped(drills),
            ngettext("drill in the last 12 months", "drills in the last 12 months", drills),
            _("log of drills, %(day)s") % {"day": day},
            f"{about}#dien-tap",
        ),
    ]


def _grouped(number: int) -> str:
    """Return "4.615", as the portal writes thousands."""
    return f"{number:,}".replace(",", ".")


def portals() -> list[CommunePortalPage]:
    """Return the communes' own portals, as a Vietnamese dictionary orders their names."""
    found = CommunePortalPage.objects.live().select_related("unit")
    return sorted(found, key=lambda portal: sort_key(portal.title))


def moved_to(request: HttpRequest) -> str:
    """Return where a page stands now that stood at the address asked for, or nothing.

    Wagtail writes the rows when a page moves. Its middleware would look them up for every room's 404; only addresses of the tree have them.
    """
    asked = {Redirect.normalise_path(one) for one in (request.get_full_path(), request.path)}
    rows = Redirect.objects.filter(Q(redirect_page=None) | Q(redirect_page__live=True), old_path__in=[one for one in asked if len(one) <= 255])
    found = rows.select_related("redirect_page").order_by("-pk").first()
    return str(found.link or "") if found is not None else ""
