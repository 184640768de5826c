"""The public front: home, what this is, privacy, accessibility."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from liengia.core import rooms
from liengia.people.policies import public
from liengia.portal import queries
from liengia.units.models import Unit


@dataclass(frozen=True, slots=True)
class Front:
    """What every page of the front knows: the communes, and the one that is looked at."""

    communes: list[Unit]
    commune: Unit | None

    @classmethod
    def of(cls, request: HttpRequest) -> Front:
        """Read it from the address."""
        among = list(queries.communes())
        return cls(among, queries.chosen_commune(request.GET.get("xa", ""), among))

    def context(self) -> dict[str, object]:
        """Return it as templates take it."""
        return {
            "communes": self.communes,
            "commune": self.commune,
            "site_place": queries.place_words(self.commune, self.communes),
            "alarms_on": rooms.is_on("alarms", self.commune),
        }


@public
def home(request: HttpRequest) -> HttpResponse:
    """Show what to do, whom to call, what works here and what is counted; never a running alarm."""
    front = Front.of(request)
    context = front.context() | {
        "numbers": queries.numbers_to_call(front.commune),
        "other_numbers": queries.other_numbers(front.commune),
        "desks": queries.duty_desks() if front.commune is None else [],
        "figures": queries.figures(front.commune),
    }
    return render(request, "portal/home.html", context)


@public
def about(request: HttpRequest) -> HttpResponse:
    """Say what this is and is not, how a group begins, what rings without power, and how figures are counted."""
    return render(request, "portal/about.html", Front.of(request).context())


@public
def privacy(request: HttpRequest) -> HttpResponse:
    """Say what is kept about whom, for how long, and what one may ask for."""
    return render(request, "portal/privacy.html", Front.of(request).context())


@public
def accessibility(request: HttpRequest) -> HttpResponse:
    """Say how everybody can use the pages, and what does not work well yet."""
    return render(request, "portal/accessibility.html", Front.of(request).context())
