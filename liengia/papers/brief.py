"""The month's brief for the chairman: one page, from records: what was promised, alarms, what does not work, who owes what.

Each room says its lines through `register`; a room that is off says none. A page has room for so many lines: what is
left over is counted, and said where it stands.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Final

from django.utils import translation
from django.utils.functional import Promise
from django.utils.timezone import get_current_timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from liengia.core import clock, pdf, rooms
from liengia.core.text import date_words
from liengia.organisations.models import Task
from liengia.units.models import Unit

PROMISES, ALARMS, BROKEN, OWED = "promises", "alarms", "broken", "owed"
SECTIONS: Final[dict[str, str | Promise]] = {
    PROMISES: gettext_lazy("What was promised"),
    ALARMS: gettext_lazy("Alarms"),
    BROKEN: gettext_lazy("What does not work"),
    OWED: gettext_lazy("Who owes what"),
}
LINES: Final = 9
LONGEST: Final = 110
LONGEST_HEAD: Final = 42


@dataclass(frozen=True, slots=True)
class Month:
    """A calendar month in the local zone; `last` is its last day, or today in the month that runs."""

    year: int
    month: int

    @property
    def first(self) -> date:
        """The first day."""
        return date(self.year, self.month, 1)

    @property
    def after(self) -> date:
        """The first day of the next month."""
        return date(self.year + self.month // 12, self.month % 12 + 1, 1)

    @property
    def last(self) -> date:
        """The last day that has come."""
        return min(self.after - timedelta(days=1), clock.today())

    @property
    def moment(self) -> datetime:
        """The instant at which it is over, or now in the month that runs."""
        return min(datetime.combine(self.after, time(), tzinfo=get_current_timezone()), clock.now())


@dataclass(frozen=True, slots=True)
class Line:
    """One line: a figure or a name in front, what it is, and how grave (late ones stand first)."""

    section: str
    head: str
    words: str
    is_late: bool = False


Provider = Callable[[Unit, Month], Iterable[Line]]
_providers: dict[str, Provider] = {}


def register(room: str, provider: Provider) -> None:
    """Let a room say its lines; called from `AppConfig.ready`."""
    _providers[room] = provider


def gather(unit: Unit, month: Month) -> dict[str, list[Line]]:
    """Return the lines of all rooms that are on in a unit, by section, late ones first."""
    found: dict[str, list[Line]] = {section: [] for section in SECTIONS}
    for room, provider in _providers.items():
        if rooms.is_on(room, unit):
            for line in provider(unit, month):
                found[line.section].append(line)
    for lines in found.values():
        lines.sort(key=lambda one: not one.is_late)
    return found


def sheet(unit: Unit, month: Month) -> bytes:
    """Return the brief as one A4 page."""
    with translation.override("vi"):
        parts = [_part(str(SECTIONS[name]), lines) for name, lines in gather(unit, month).items()]
        data: dict[str, object] = {
            "title": _("Brief of month %(month)s/%(year)s") % {"month": month.month, "year": month.year},
            "place": unit.full_name,
            "made": _("From the records as of %(day)s; nobody typed a number.") % {"day": date_words(clock.today())},
            "parts": parts,
        }
    return pdf.render("papers/brief", data, at=clock.now())


def _part(title: str, lines: list[Line]) -> dict[str, object]:
    """Return a section; `more` says, for each number of rows that the page has room for, how many are left over."""
    rows = [{"head": _short(one.head[:1].upper() + one.head[1:], LONGEST_HEAD), "words": _short(one.words), "late": one.is_late} for one in lines[:LINES]]
    return {"title": title, "rows": rows, "more": [_more(len(lines) - shown) for shown in range(len(rows) + 1)], "none": _("Nothing this month.")}


def _more(left: int) -> str:
    return ngettext("and %(n)s more, in the office", "and %(n)s more, in the office", left) % {"n": left} if left else ""


def _short(words: str, most: int = LONGEST) -> str:
    return words if len(words) <= most else f"{words[: most - 1].rstrip()}…"


def register_own() -> None:
    """Register what lower rooms know: the committees' tasks."""
    register("organisations", _tasks)


def _tasks(unit: Unit, month: Month) -> Iterable[Line]:
    """Say whose tasks are late at the month's end, the longest first; one line an office."""
    late: dict[str, list[Task]] = defaultdict(list)
    owed = Task.objects.filter(committee__unit__in=Unit.objects.all().below_any(unit.lineage_ids()), state="open", due_on__lt=min(month.after, clock.today()))
    for task in owed.select_related("owner").order_by("due_on"):
        late[str(task.owner.office_title)].append(task)
    for office, tasks in late.items():
        first = tasks[0]
        words = _("%(what)s (due %(day)s)") % {"what": first.what, "day": f"{first.due_on:%d/%m/%Y}"}
        if len(tasks) > 1:
            words = _("%(first)s, and %(n)s more") % {"first": words, "n": len(tasks) - 1}
        yield Line(OWED, office, words, is_late=True)
