"""The site's search: public texts of all rooms, with or without accents; an address for each question."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from liengia.core import pagecache, search
from liengia.people.policies import public
from liengia.portal import queries
from liengia.units.models import Unit

QUESTION_LETTERS: Final = 120


@dataclass(frozen=True, slots=True)
class Asked:
    """What was asked: words, a kind, a commune, and the page of results."""

    words: str
    kind: str
    commune: Unit | None
    page: int

    @classmethod
    def of(cls, request: HttpRequest, communes: list[Unit]) -> Asked:
        """Read the address; what it does not know is left out."""
        kind, page = request.GET.get("loai", ""), request.GET.get("trang", "1")
        code = request.GET.get("xa", "")
        return cls(
            " ".join(request.GET.get("q", "").replace("\x00", "").split())[:QUESTION_LETTERS],
            kind if kind in search.kinds() else "",
            next((unit for unit in communes if unit.code == code), None),
            int(page) if page.isascii() and page.isdigit() and 0 < int(page[:4]) <= 20 else 1,
        )

    def found(self) -> search.Found:
        """Return the page of results."""
        return search.find(
            self.words,
            kinds=[self.kind] if self.kind else (),
            unit_ids=self.commune.lineage_ids() if self.commune is not None else (),
            offset=(self.page - 1) * search.PAGE,
        )


@public
@pagecache.cached_page(seconds=120)
@require_safe
def find(request: HttpRequest) -> HttpResponse:
    """Show a page of results."""
    communes = list(queries.communes())
    asked = Asked.of(request, communes)
    context = {
        "asked": asked,
        "found": asked.found(),
        "communes": communes,
        "kinds": search.names(),
        "site_place": queries.place_words(None, communes),
    }
    return render(request, "portal/search.html", context)
