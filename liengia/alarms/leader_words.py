"""What a leader reads of a group: what still rings, how a house stands, what a drill showed."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from liengia.alarms.models import Drill, NeighbourGroup
from liengia.alarms.queries import InVain, Readiness
from liengia.core import clock
from liengia.core.templatetags.look import duration_words


def power_lines(readiness: Readiness, group: NeighbourGroup) -> list[str]:
    """Return "when mains or network fail: what still rings", computed from what devices report, then the leader's note."""
    lines = []
    if readiness.sirens == 0:
        lines.append(_("Mains gone: the group has no bell; phones ring while charged."))
    elif not readiness.on_battery:
        lines.append(_("Mains gone: no bell reports a battery, so take it that all fall silent."))
    else:
        lines.append(
            _("Mains gone: %(n)s of %(all)s bells report a battery and ring on; the others fall silent.")
            % {"n": readiness.on_battery, "all": readiness.sirens}
        )
    lines.append(_("Network gone: bells ring only where a powered gateway stands; phones do not. Call by the phone tree."))
    lines.append(_("Always: shout, beat a pot, call 114."))
    if group.power_note:
        lines.append(group.power_note)
    return lines


def in_vain_words(one: InVain) -> tuple[str, str]:
    """Return what was pressed without anything ringing, and why: "Nhà số 4 bấm Cháy lúc 10:03 28/11…"."""
    press = one.press
    device = press.device
    where = device.household.house_label if device.household else device.place or press.group.name
    at = f"{clock.local(press.pressed_at):%H:%M %d/%m}"
    said = _("%(house)s pressed “%(kind)s” at %(at)s, and nothing rang.") % {"house": where, "kind": press.get_kind_display(), "at": at}
    parts = [_("The network was away: it came %(late)s later.") % {"late": duration_words(press.received_at - press.pressed_at)}] if press.is_stale else []
    if press.is_apart:
        parts.append(_("Its device was set apart."))
    if one.times > 1:
        parts.append(ngettext("%(n)s press in all.", "%(n)s presses in all.", one.times) % {"n": one.times})
    return said, " ".join([*parts, _("Telephone the house and ask.")])


def span_words(seconds: float | None) -> str:
    """Return "1′40″", or a dash when it did not happen."""
    if seconds is None:
        return "–"
    whole = round(seconds)
    return f"{whole // 60}′{whole % 60:02d}″" if whole >= 60 else f"{whole}″"


def minutes_between(first: datetime | None, last: datetime | None) -> timedelta | None:
    """Return how long something took."""
    return last - first if first and last else None


def score_rows(drill: Drill, before: Drill | None) -> list[dict[str, str]]:
    """Return a drill's score as figures, each compared with the drill before it."""
    now: dict[str, Any] = drill.score or {}
    then: dict[str, Any] = before.score if before and before.score else {}
    rows = []
    for label, key, of in (
        (_("Bells that rang"), "sounded", "sirens"),
        (_("Houses that answered"), "answered", "households"),
    ):
        if of in now:
            rows.append({"label": label, "value": f"{now.get(key, 0)}/{now[of]}", **_count_change(now, then, key)})
    for label, key in ((_("First answer"), "first_answer_s"), (_("Slowest bell"), "slowest_s")):
        if key in now:
            rows.append({"label": label, "value": span_words(now[key]), **_time_change(now, then, key)})
    return rows


def _count_change(now: dict[str, Any], then: dict[str, Any], key: str) -> dict[str, str]:
    if key not in then:
        return {"icon": "", "change": ""}
    more = int(now.get(key) or 0) - int(then.get(key) or 0)
    if more == 0:
        return {"icon": "", "change": _("as last time")}
    words = _("%(n)s more") if more > 0 else _("%(n)s fewer")
    return {"icon": "arrow-up" if more > 0 else "arrow-down", "change": words % {"n": abs(more)}}


def _time_change(now: dict[str, Any], then: dict[str, Any], key: str) -> dict[str, str]:
    if now.get(key) is None or then.get(key) is None:
        return {"icon": "", "change": ""}
    less = float(then[key]) - float(now[key])
    if abs(less) < 1:
        return {"icon": "", "change": _("as last time")}
    words = _("%(n)s faster") if less > 0 else _("%(n)s slower")
    return {"icon": "arrow-down" if less > 0 else "arrow-up", "change": words % {"n": span_words(abs(less))}}


def small(words: object) -> str:
    """Return words as they stand inside a sentence: only the first letter small, so that CO₂ stays CO₂."""
    said = str(words or "")
    return said if said[1:2].isupper() else said[:1].lower() + said[1:]
