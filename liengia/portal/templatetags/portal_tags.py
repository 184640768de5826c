"""The portal in templates: responsive pictures, the dates of articles, the lunar date of an event."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from decimal import Decimal
from urllib.parse import quote

from django import template
from django.utils import dateformat, translation
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from liengia.core import clock, lunar
from liengia.portal import pictures
from liengia.portal.models import PortalImage
from liengia.portal.news import Month

register = template.Library()

_CURRENT = mark_safe(' aria-current="true"')

# How wide a picture stands, so that a phone takes a small copy.
SIZES = {
    "figure": "(min-width: 60rem) 46rem, 100vw",
    "lead": "(min-width: 60rem) 38rem, 100vw",
    "line": "(min-width: 40rem) 9rem, 6rem",
    "card": "(min-width: 60rem) 22rem, (min-width: 40rem) 50vw, 100vw",
}


@register.simple_tag
def responsive(image: PortalImage | None, alt: str = "", sizes: str = "figure", lazy: bool = True) -> SafeString:
    """Show a picture in the format and width that suit the reader's device; nothing that may not be shown.

    Width and height are set, so that the text does not jump while it loads.
    """
    if image is None or not image.is_publishable:
        return mark_safe("")
    *better, worst = pictures.sources(image)
    lines = format_html_join(
        "", '<source type="{}" srcset="{}" sizes="{}">', ((one.type, one.srcset, SIZES[sizes]) for one in better)
    )
    widest = pictures.address(image, pictures.widths_of(image)[-1], "jpg")
    return format_html(
        '<picture>{}<img src="{}" srcset="{}" sizes="{}" width="{}" height="{}" alt="{}"{} decoding="async"></picture>',
        lines, widest, worst.srcset, SIZES[sizes], image.width, image.height, alt,
        mark_safe(' loading="lazy"') if lazy else mark_safe(' fetchpriority="high"'),
    )  # fmt: skip


@register.simple_tag
def month_lines(months: Iterable[Month], address: str, year: int | None, month: int | None) -> SafeString:
    """Return the months as links with their numbers; a portal of eight years has a hundred, and a template takes 0.1 ms for each."""
    return format_html_join(
        "", '<li><a href="{}?nam={}&amp;thang={}"{}>{}</a><span class="meta num">{}</span></li>',
        (
            (address, one.year, one.month, _CURRENT if (one.year, one.month) == (year, month) else "", _("Month %(month)s") % {"month": one.month}, one.count)
            for one in months
        ),
    )  # fmt: skip


@register.filter
def article_time(value: datetime | None) -> str:
    """Return "Thứ 2, 07/08/2023 | 10:50:01 [GMT +7]"."""
    if value is None:
        return ""
    here = clock.local(value)
    if (translation.get_language() or "vi").startswith("vi"):
        day = "Chủ Nhật" if here.weekday() == 6 else f"Thứ {here.weekday() + 2}"
    else:
        day = dateformat.format(here, "l")
    return f"{day}, {here:%d/%m/%Y} | {here:%H:%M:%S} [GMT +7]"


@register.filter
def short_date(value: datetime | None) -> str:
    """Return "22/11/2025"."""
    return f"{clock.local(value):%d/%m/%Y}" if value else ""


@register.filter
def lunar_date(value: datetime | None) -> str:
    """Return "10/10 âm lịch" for a day."""
    if value is None:
        return ""
    found = lunar.of(clock.local(value).date())
    leap = _(" (leap month)") if found.is_leap else ""
    return _("%(day)s/%(month)s%(leap)s lunar") % {"day": found.day, "month": found.month, "leap": leap}


@register.filter
def query_part(value: str) -> str:
    """Return a text as it stands in the query of an address."""
    return quote(value, safe="")


@register.simple_tag
def copy_address(image: PortalImage, width: int) -> str:
    """Return the address of one copy of a picture, for what takes no `<picture>`."""
    return pictures.address(image, width, "jpg")


@register.filter
def cell_text(value: object) -> str:
    """Return what stands in a cell; whole numbers as "4.615", others with a decimal comma."""
    if isinstance(value, Decimal):
        whole, _point, rest = f"{value.normalize():,f}".partition(".")
        return whole.replace(",", ".") + (f",{rest}" if rest else "")
    return "" if value is None else str(value)
