"""The poster and the sheet of a day, as PDF."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils import translation

from liengia.core import clock, pdf
from liengia.core.templatetags.look import spaced_phone
from liengia.core.text import weekday
from liengia.festivals import queries, times
from liengia.festivals.models import DayState, FestivalDay


def address(day: FestivalDay) -> str:
    """Return the address of the day's page, as it stands in the code."""
    return settings.PUBLIC_URL.rstrip("/") + reverse("festivals:day", args=[day.public_id])


def poster(day: FestivalDay) -> bytes:
    """Return the poster: one A3 page, read from the other side of the road."""
    return pdf.render("festivals/poster", _data(day), at=day.starts_at)


def sheet(day: FestivalDay) -> bytes:
    """Return the sheet for a hamlet's board: A4, a bad photocopy says the same."""
    return pdf.render("festivals/sheet", _data(day), at=day.starts_at)


def _data(day: FestivalDay) -> dict[str, Any]:
    with translation.override("vi"):
        here, found = clock.local(day.starts_at), queries.day_page(day)
        parade = found["parade"]
        return {
            "title": day.title, "area": day.place_name if day.organisation is None else f"{day.organisation.name}, {day.place_name}", "theme": day.season.theme, "anniversary": day.season.anniversary or 0,
            "weekday": weekday(day.day), "day": f"{day.day:%d/%m/%Y}", "lunar": times.lunar_words(day.day), "hour": f"{here:%H giờ %M}",
            "until": f"{clock.local(day.ends_at):%H giờ %M}" if day.ends_at else "", "place": day.place, "attire": day.attire,
            "rain": day.rain_plan, "safety": day.safety_plan, "contact": ", ".join(p for p in (day.contact_office, spaced_phone(day.contact_phone) if day.contact_phone else "") if p),
            "parties": [str(one) for one in found["parties"]], "reason": day.state_reason if day.state == DayState.CANCELLED or day.first_starts_at else "",
            "is_off": day.state == DayState.CANCELLED,
            "parts": [
                {"name": str(name), "items": [{"hour": f"{one.starts_at:%H:%M}" if one.starts_at else "", "title": one.title, "by": one.by_whom} for one in (line.item for line in items)]}
                for name, items in found["parts"] if items
            ],
            "highlights": [one.title for one in queries.in_order(day.items.all()) if one.kind in ("parade", "report", "forum", "awards", "drill", "game", "contest", "arts", "sport")][:7],
            "parade": {
                "from": parade.starts_from, "gathers": f"{parade.gathers_at:%H:%M}" if parade.gathers_at else "",
                "starts": f"{parade.starts_at:%H:%M}" if parade.starts_at else "", "signal": parade.signal,
                "route": parade.route or " → ".join(one.name for one in found["points"]), "roads": parade.roads_closed,
                "groups": [{"name": one.name, "people": one.people or 0, "vehicles": one.vehicles} for one in found["groups"]],
            } if parade else None,
            "qr": pdf.qr_svg(address(day)), "address": address(day).split("://", 1)[-1],
            "owner": "Liên Gia", "at": f"{clock.local(clock.now()):%H:%M %d/%m/%Y}",
        }  # fmt: skip
