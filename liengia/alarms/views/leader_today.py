"""The hamlet head's day: what needs doing over all groups, on a page and on paper."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from liengia.alarms import papers, policies
from liengia.alarms.capabilities import TODAY
from liengia.alarms.views.leader import me
from liengia.alarms.views.leader_papers import pdf_response
from liengia.alarms.views.leader_screens import Part, today_parts
from liengia.core.text import list_words
from liengia.people import menu
from liengia.people import policies as people
from liengia.people.models import User
from liengia.people.policies import requires


def _parts(user: User) -> list[Part]:
    chores = [(str(chore.text), chore.url, chore.is_urgent, chore.since) for chore in menu.today(user)]
    return today_parts(user, chores)


def _place(user: User) -> str:
    return list_words([unit.display_name for unit in people.units_where(user, TODAY)][:4], _("and"))


@requires("alarms.today")
@never_cache
@require_GET
def today(request: HttpRequest) -> HttpResponse:
    """Show what needs doing today, the pressing first."""
    user = me(request)
    parts = _parts(user)
    groups = list(policies.managed_groups(user, TODAY).order_by("unit", "number"))
    context = {"parts": parts, "place": _place(user), "groups": groups, "count": sum(len(part.items) for part in parts)}
    return render(request, "alarms/leader/today.html", context)


@requires("alarms.today")
@never_cache
@require_GET
def paper(request: HttpRequest) -> HttpResponse:
    """Print the same list, with boxes to tick by pen."""
    with translation.override("vi"):
        user = me(request)
        parts = [(part.title, [(f"{one.title} {one.text}".strip(), one.is_urgent) for one in part.items]) for part in _parts(user)]
        title = f"Việc hôm nay: {_place(user)}"
    return pdf_response(papers.today_sheet(title, parts), papers.file_name("viec hom nay"))
