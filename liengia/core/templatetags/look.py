"""The look in templates: icons, fields, clocks, menus, phone numbers, dates and durations in words."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any, Final

from django import template
from django.forms import BaseForm, BoundField, CheckboxInput, CheckboxSelectMultiple, RadioSelect, Textarea
from django.http import HttpRequest
from django.template.context import RequestContext
from django.templatetags.static import static
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext, ngettext

from liengia.core import clock as core_clock
from liengia.core import menus, text

register = template.Library()

SPRITE: Final = Path(__file__).resolve().parents[2] / "static" / "icons.svg"
_TONES_OF_MESSAGES: Final = {
    "error": "attn",
    "warning": "attn",
    "success": "info",
    "info": "info",
    "debug": "info",
}


@cache
def drawings() -> dict[str, str]:
    """Return the shapes of every icon of the sprite, by name."""
    sprite = SPRITE.read_text(encoding="utf-8")
    return dict(re.findall(r'<symbol id="i-([^"]+)"[^>]*>(.*?)</symbol>', sprite))


@register.simple_tag
def icon(name: str, label: str = "", css: str = "") -> SafeString:
    """Return an icon of the sprite; without a label it is decoration for the word beside it."""
    role = format_html('role="img" aria-label="{}"', label) if label else mark_safe('aria-hidden="true"')
    return format_html(
        '<svg class="{}" {}><use href="{}#i-{}"/></svg>',
        f"icon {css}".strip(),
        role,
        static("icons.svg"),
        name,
    )


@register.simple_tag
def icon_inline(name: str, label: str = "", css: str = "") -> SafeString:
    """Return the whole drawing, for pages that must work without the network."""
    role = format_html('role="img" aria-label="{}"', label) if label else mark_safe('aria-hidden="true"')
    shapes = mark_safe(drawings().get(name, ""))  # noqa: S308  our own file
    return format_html('<svg class="{}" viewBox="0 0 24 24" {}>{}</svg>', f"icon {css}".strip(), role, shapes)


@register.simple_tag(takes_context=True)
def menu(context: RequestContext, slot: str) -> list[menus.Shown]:
    """Return the items of a menu slot for this request; empty where there is no request (an error page)."""
    request = context.get("request")
    return menus.items(slot, request) if isinstance(request, HttpRequest) else []


@register.filter
def tone_of_message(level: str) -> str:
    """Return the tone of a message's level: what went wrong asks for attention, all else informs."""
    return _TONES_OF_MESSAGES.get(level, "info")


# Fields


@register.inclusion_tag("core/parts/field.html")
def field(
    bound: BoundField,
    label: str = "",
    hint: str = "",
    css: str = "",
    tone: str = "",
    icons: str = "",
    layout: str = "",
    inputmode: str = "",
    autocomplete: str = "",
    placeholder: str = "",
) -> dict[str, Any]:
    """Show a field: label above, hint, error, then the input.

    `layout` is "tiles" or "chips" for choices; `icons` gives tiles their icons: "fire:flame help:lifebuoy".
    """
    hint_text = hint or str(bound.help_text)
    ids = [f"{bound.auto_id}_hint"] * bool(hint_text) + [f"{bound.auto_id}_error"] * bool(bound.errors)
    attrs: dict[str, Any] = {}
    widget = bound.field.widget
    group = isinstance(widget, RadioSelect | CheckboxSelectMultiple)
    single = isinstance(widget, CheckboxInput)
    limit = bound.field.widget.attrs.get("data-max") or (
        getattr(bound.field, "max_length", None) if isinstance(widget, Textarea) else None
    )
    if not group and not single:
        attrs["class"] = f"input {css} {widget.attrs.get('class', '')}".strip()
    if isinstance(widget, Textarea) and widget.attrs.get("rows") == "10":
        attrs["rows"] = "4"  # Django's ten rows fill a phone
    if limit:
        attrs |= {"data-max": limit, "data-count": f"{bound.auto_id}_count"}
        ids.append(f"{bound.auto_id}_count")
    if ids:
        attrs["aria-describedby"] = " ".join(ids)
    if bound.errors:
        attrs["aria-invalid"] = "true"
    attrs |= {
        key: value
        for key, value in (
            ("inputmode", inputmode),
            ("autocomplete", autocomplete),
            ("placeholder", placeholder),
        )
        if value
    }
    return {
        "bound": bound,
        "label": label or bound.label,
        "hint": hint_text,
        "is_group": group,
        "is_single": single,
        "is_hidden": bound.is_hidden,
        "input": "" if group else bound.as_widget(attrs=attrs),
        "choices": _choices(bound, icons) if group else (),
        "describedby": " ".join(ids),
        "limit": limit,
        "tone": tone,
        "layout": layout,
    }


def _choices(bound: BoundField, icons: str) -> list[dict[str, Any]]:
    by_value = dict(pair.split(":", 1) for pair in icons.split())
    return [
        {
            "tag": choice.tag(),
            "label": choice.choice_label,
            "icon": by_value.get(str(choice.data["value"]), ""),
        }
        for choice in bound.subwidgets
        if isinstance(choice.data, dict)
    ]


@register.inclusion_tag("core/parts/form_errors.html")
def form_errors(form: BaseForm, focus: bool = True) -> dict[str, Any]:
    """Show what is wrong with a form at its top, each line a link to its field; it takes the focus."""
    wrong = [bound for bound in form if bound.errors] if form.is_bound else []
    fields = [(bound, list(bound.errors)) for bound in wrong if not bound.is_hidden]
    # A hidden field has no name for readers and no place to lead to.
    general = [*(form.non_field_errors() if form.is_bound else ()), *(words for bound in wrong if bound.is_hidden for words in bound.errors)]
    return {
        "fields": fields,
        "general": general,
        "count": sum(len(e) for _b, e in fields) + len(general),
        "focus": focus,
    }


# Times


def _digits(words: str) -> SafeString:
    return format_html_join("", "{}", ((_digit(char),) for char in words))


def _digit(char: str) -> str:
    return format_html("<i>{}</i>", char) if char.isdigit() else char


def _running(seconds: int) -> str:
    hours, rest = divmod(max(0, seconds), 3600)
    minutes, left = divmod(rest, 60)
    return f"{hours}:{minutes:02}:{left:02}" if hours else f"{minutes:02}:{left:02}"


@register.simple_tag
def clock(since: datetime | int | None, until: datetime | None = None, says: str = "") -> SafeString:
    """Show how long something lasts: running digits for the eye, words for the ear.

    `since` is an instant, or whole seconds for a clock that stands; `until` stops it. `says` opens the spoken
    words: "Đã reo" gives "Đã reo 2 phút 14 giây".
    """
    if since is None:
        return mark_safe("")
    if isinstance(since, int):
        seconds, attributes = since, ""
    else:
        seconds = int(((until or core_clock.now()) - since).total_seconds())
        attributes = "" if until else format_html(' data-since="{}"', since.isoformat())
    return format_html(
        '<span class="sr"{}>{}</span><span class="clock" aria-hidden="true"{}>{}</span>',
        format_html(' data-says="{}"{}', says, attributes) if attributes else "",
        f"{says} {duration_words(seconds)}".strip(),
        attributes,
        _digits(_running(seconds)),
    )


@register.filter
def clock_digits(at: datetime) -> SafeString:
    """Return the time of day, one element a digit."""
    return _digits(f"{core_clock.local(at):%H:%M:%S}")


@register.filter
def duration_words(value: timedelta | int | float | None) -> str:
    """Return a duration in its two largest units: "2 phút 14 giây", "3 ngày 4 giờ"."""
    if value is None:
        return ""
    seconds = max(0, int(value.total_seconds() if isinstance(value, timedelta) else value))
    days, rest = divmod(seconds, 86400)
    hours, rest = divmod(rest, 3600)
    minutes, left = divmod(rest, 60)
    parts = [
        (days, ngettext("%(n)s day", "%(n)s days", days)),
        (hours, ngettext("%(n)s hour", "%(n)s hours", hours)),
        (minutes, ngettext("%(n)s minute", "%(n)s minutes", minutes)),
        (left, ngettext("%(n)s second", "%(n)s seconds", left)),
    ]
    first = next((i for i, (count, _words) in enumerate(parts) if count), 3)
    shown = [(count, words) for count, words in parts[first : first + 2] if count]
    return " ".join(words % {"n": count} for count, words in shown or [parts[3]])


@register.filter
def vn_date(value: date | datetime | None) -> str:
    """Return "Thứ Sáu 28/11/2025", or the English weekday for an English reader."""
    return text.shown_day(value) if value is not None else ""


@register.filter
def vn_time(value: datetime | None) -> str:
    """Return the local time of day, "16:40"."""
    return f"{core_clock.local(value):%H:%M}" if value else ""


@register.filter
def vn_time_exact(value: datetime | None) -> str:
    """Return the local time of day to the second, "19:42:13"."""
    return f"{core_clock.local(value):%H:%M:%S}" if value else ""


@register.filter
def vn_datetime(value: datetime | None) -> str:
    """Return "16:40 Thứ Sáu 28/11/2025"."""
    return f"{vn_time(value)} {vn_date(value)}" if value else ""


@register.filter
def site_clock(value: datetime | None) -> str:
    """Return the site's clock: "Thứ Hai, 13/01/2025 21:39 (GMT +7)"."""
    if not value:
        return ""
    weekday, day = vn_date(value).rsplit(" ", 1)
    return f"{weekday}, {day} {vn_time(value)} (GMT +7)"


@register.filter
def site_day(value: datetime | None) -> str:
    """Return the day of the site's clock: "Thứ Hai, 13/01/2025". A cached page cannot know the minute."""
    return ", ".join(vn_date(value).rsplit(" ", 1)) if value else ""


@register.simple_tag
def when(value: datetime | date | None, form: str = "datetime") -> SafeString:
    """Show an instant as a `<time>`; `form` is datetime, date, time or exact."""
    if value is None:
        return mark_safe("")
    if not isinstance(value, datetime):
        return format_html('<time datetime="{}">{}</time>', value.isoformat(), vn_date(value))
    words = {"date": vn_date, "time": vn_time, "exact": vn_time_exact}.get(form, vn_datetime)(value)
    return format_html('<time datetime="{}">{}</time>', core_clock.local(value).isoformat(), words)


# Phones and numbers


@register.filter
def spaced_phone(value: object) -> str:
    """Return a number as people read it aloud: "0900 000 007", "0272 3000 113", "114"."""
    digits = re.sub(r"\D", "", str(value or ""))
    if digits.startswith("84") and len(digits) in (11, 12):
        digits = "0" + digits[2:]
    if len(digits) == 10:
        return f"{digits[:4]} {digits[4:7]} {digits[7:]}"
    if len(digits) == 11:
        return f"{digits[:4]} {digits[4:8]} {digits[8:]}"
    return digits or str(value or "")


@register.simple_tag
def phone_link(
    number: object, label: str = "", name: str = "", css: str = "button", tone: str = ""
) -> SafeString:
    """Show a number that can be called with one press.

    Without `label` the number itself is the text. With css "button square" only the icon shows, and `name`
    says who is called ("Gọi chị Mộc Miên").
    """
    if not number:
        return mark_safe("")
    spoken = gettext("Call %(who)s") % {"who": name or spaced_phone(number)}
    if "square" in css.split():
        body = format_html('<span class="sr">{}</span>{}', spoken, icon("phone"))
    else:
        words = label or format_html('<span class="num">{}</span>', spaced_phone(number))
        who = format_html('<span class="sr"> {}</span>', name) if name else ""
        body = format_html("{}<span>{}{}</span>", icon("phone"), words, who)
    href = re.sub(r"[^\d+]", "", str(number))
    attributes = format_html(' data-tone="{}"', tone) if tone else ""
    return format_html('<a class="{}" href="tel:{}"{}>{}</a>', css, href, attributes, body)


@register.inclusion_tag("core/parts/stat.html")
def stat(value: object, words: str, source: str, url: str) -> dict[str, object]:
    """Show a number with what it counts and the link to its source; there is no form without a source."""
    return {"value": value, "words": words, "source": source, "url": url}


@register.inclusion_tag("core/parts/sos.html")
def sos(numbers: Iterable[Any]) -> dict[str, object]:
    """Show the numbers to call: objects with `number` and `label`; three digits are the emergency numbers."""
    return {"numbers": list(numbers)}


@register.inclusion_tag("core/parts/pager.html", takes_context=True)
def pager(context: RequestContext, page: Any, key: str = "trang") -> dict[str, object]:
    """Show links to the pages of a Django `Page`; the other parts of the address stay."""
    request = context.get("request")
    query = request.GET.copy() if isinstance(request, HttpRequest) else None
    if query is not None:
        query.pop(key, None)
    rest = f"&{query.urlencode()}" if query else ""
    numbers = page.paginator.get_elided_page_range(page.number, on_each_side=1, on_ends=1)
    return {"page": page, "numbers": list(numbers), "key": key, "rest": rest, "gap": page.paginator.ELLIPSIS}
