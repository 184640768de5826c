"""Lists as an office types or pastes them: a line is a row, its cells are parted by a tab or by |; and back again.

Every fault names its line, and nothing of what was typed is lost.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date, time
from typing import Final, TypeVar

from django.utils.translation import gettext_lazy as _

from liengia.core.errors import Invalid
from liengia.core.geo import Point
from liengia.core.text import fold, nfc
from liengia.core.typed import Heard, count, day
from liengia.core.typed import dong as amount
from liengia.festivals.models import BudgetLine, Direction, FestivalDay, ItemKind, Part, ProgrammeItem, Whose
from liengia.festivals.services.days import Item
from liengia.festivals.services.organisers import Seat
from liengia.festivals.services.pledges import Promise
from liengia.festivals.services.results import Placed
from liengia.organisations.models import MemberPost, Organisation
from liengia.units.models import Unit

MOST_THINGS: Final = 10_000_000
MOST_LINES: Final = 1_000
LONGEST: Final = 200_000
RowT = TypeVar("RowT")
_YES: Final = {"co", "x", "roi", "yes", "da co", "1"}
_NO: Final = {"", "chua", "khong", "no", "0"}


def read(typed: str, name: str, cells: int, make: Callable[[list[str]], RowT]) -> list[RowT]:
    """Return the rows of a list; `name` is the field's, `cells` how many a row has at most.

    Raises:
        Invalid: a row with too many cells, or one that `make` refuses; the words name the line.
    """
    if len(typed) > LONGEST:
        raise Invalid(_("This list is too long."), code="too_long", field=name)
    found: list[RowT] = []
    for number, row in _rows(typed):
        if len(row) > cells:
            raise _wrong(name, number, _("more than %(n)s cells") % {"n": cells})
        try:
            found.append(make([*row, *[""] * (cells - len(row))]))
        except Invalid as error:
            raise _wrong(name, number, error) from error
    if len(found) > MOST_LINES:
        raise Invalid(_("A list has at most %(n)s lines.") % {"n": MOST_LINES}, code="too_many", field=name)
    return found


def _rows(typed: str) -> Iterator[tuple[int, list[str]]]:
    for number, line in enumerate(nfc(typed).splitlines(), start=1):
        if line.strip():
            yield number, [cell.strip() for cell in re.split(r"\t|\|", line.strip("\r\n"))]


def _wrong(name: str, number: int, why: object) -> Invalid:
    return Invalid(_("Line %(n)s: %(why)s") % {"n": number, "why": str(why)}, code="bad_line", field=name, line=number)


def written(rows: Iterable[Sequence[object]]) -> str:
    """Return rows as they are typed."""
    return "\n".join(" | ".join(str(cell if cell is not None else "") for cell in row).rstrip(" |") for row in rows)


# Cells


def hour(cell: str) -> time | None:
    """Read "7:30", "07h30", "7 giờ 30"; empty is none.

    Raises:
        Invalid: no time of day.
    """
    if not cell:
        return None
    found = re.fullmatch(r"(\d{1,2})\s*(?::|h|g|giờ|gio)\s*(\d{2})?(?:\s*phút)?", cell.lower(), re.ASCII)
    if found is None or int(found[1]) > 23 or int(found[2] or 0) > 59:
        raise Invalid(_("“%(cell)s” is no time of day; write for example 7:30") % {"cell": cell[:20]}, code="bad_time")
    return time(int(found[1]), int(found[2] or 0))


def _flag(cell: str) -> bool:
    if fold(cell) not in _YES | _NO:
        raise Invalid(_("“%(cell)s”: write yes or nothing") % {"cell": cell[:20]}, code="bad_flag")
    return fold(cell) in _YES


def kind_of(cell: str, part: str) -> str:
    """Return the kind of an item by its word, with or without accents; other when nothing is written."""
    if not cell:
        return ItemKind.OTHER
    by_word = {fold(str(kind.label)): kind for kind in ItemKind}
    found = by_word.get(fold(cell)) or next((kind for word, kind in by_word.items() if word.startswith(fold(cell))), None)
    if found is None:
        raise Invalid(_("there is no kind “%(cell)s”") % {"cell": cell[:40]}, code="no_such_kind")
    return found


# Lists


def items(typed: str, part: str) -> list[Item]:
    """Read a part of a programme: hour | kind | what | who | words of the master of ceremonies."""

    def make(row: list[str]) -> Item:
        if not row[2]:
            raise Invalid(_("write what it is in the third cell"), code="empty_item")
        return Item(part, kind_of(row[1], part), row[2], row[3], hour(row[0]), row[4])

    return read(typed, part, 5, make)


def items_written(found: Iterable[ProgrammeItem], part: str) -> str:
    """Return a part of a programme as it is typed."""
    return written(
        (f"{one.starts_at:%H:%M}" if one.starts_at else "", str(one.get_kind_display()), one.title, one.by_whom, " ".join(one.script.split()))
        for one in found if one.part == part
    )  # fmt: skip


def parts_written(found: Sequence[ProgrammeItem]) -> dict[str, str]:
    """Return both parts."""
    return {part: items_written(found, part) for part in Part.values}


def marchers(typed: str) -> list[tuple[str, int | None, str]]:
    """Read the order of march: group | people | vehicles."""
    return read(typed, "groups", 3, lambda row: (_named(row[0]), count(row[1], most=MOST_THINGS), row[2]))


def points(typed: str) -> list[tuple[str, Point | None]]:
    """Read a route: where | latitude, longitude."""
    return read(typed, "points", 2, lambda row: (_named(row[0]), _point(row[1])))


def _named(cell: str) -> str:
    if not cell:
        raise Invalid(_("the first cell is empty"), code="empty")
    return cell


def _point(cell: str) -> Point | None:
    if not cell:
        return None
    found = re.fullmatch(r"(-?\d{1,2}(?:\.\d+)?)\s*[,;\s]\s*(-?\d{1,3}(?:\.\d+)?)", cell, re.ASCII)
    if found is None or abs(float(found[1])) > 90 or abs(float(found[2])) > 180:
        raise Invalid(_("“%(cell)s” is no place; write for example 10.5034, 106.6026") % {"cell": cell[:30]}, code="bad_point")
    return Point(float(found[1]), float(found[2]))


def things(typed: str, heard: Heard | None = None) -> list[tuple[str, int, str, bool]]:
    """Read what is needed: what | how many | who brings it | there."""
    return read(typed, "equipment", 4, lambda row: (_named(row[0]), count(row[1], most=MOST_THINGS, heard=heard) or 1, row[2], _flag(row[3])))


def budget(typed: str, host: Unit, heard: Heard | None = None) -> list[BudgetLine]:
    """Read a budget: thu or chi | what | planned | in fact | donor; a donor that is an institution of the unit's commune is tied to it."""
    among = Organisation.objects.filter(unit__in=Unit.objects.below_any(sorted({*host.lineage_ids(), *(one.pk for one in host.ancestors())})))
    donors = {fold(one.name): one for one in among}

    def make(row: list[str]) -> BudgetLine:
        way = {"thu": Direction.INCOME, "chi": Direction.EXPENSE}.get(fold(row[0]))
        if way is None:
            raise Invalid(_("the first cell is thu or chi"), code="bad_way")
        planned = amount(row[2], heard=heard)
        if planned is None:
            raise Invalid(_("the third cell is the amount planned"), code="no_amount")
        donor = donors.get(fold(row[4]))
        return BudgetLine(direction=way, what=_named(row[1]), planned=planned, actual=amount(row[3], heard=heard), donor=donor, donor_words="" if donor else row[4])

    return read(typed, "budget", 5, make)


def dong(amount: int | None) -> str:
    """Return an amount with points between thousands."""
    return f"{amount:,}".replace(",", ".") if amount is not None else ""


def guests(typed: str) -> list[tuple[str, str]]:
    """Read whom to invite: name | how addressed."""
    return read(typed, "guests", 2, lambda row: (_named(row[0]), row[1]))


def promises(typed: str, heard: Heard | None = None) -> list[Promise]:
    """Read the promises of a pledge: what | how it is measured | by when."""
    return read(typed, "promises", 3, lambda row: Promise(_named(row[0]), row[1], day(row[2], heard=heard)))


def results(typed: str) -> list[tuple[int, str, str]]:
    """Read who came where: place | team | score. Lines without a place are placed in their order."""
    found = read(typed, "rows", 3, lambda row: row)
    rows: list[tuple[int, str, str]] = []
    for number, row in enumerate(found, start=1):
        if row[0].isascii() and row[0].isdigit():
            rows.append((int(row[0][:4]), row[1], row[2]))
        else:
            rows.append((number, row[0], row[1]))
    return rows


def people(typed: str) -> list[Placed]:
    """Read which persons came where, in their order: name, where somebody agreed to it | hamlet, team or school | score | who agreed."""
    found = read(typed, "people", 4, lambda row: row)
    return [Placed(place, row[0], row[2], Whose.PERSON, row[1], row[3]) for place, row in enumerate(found, start=1)]


def prepared(of: FestivalDay) -> dict[str, str]:
    """Return what is prepared for a day as it is typed."""
    parade = getattr(of, "parade", None)
    groups = [(one.name, one.people, one.vehicles) for one in parade.groups.all()] if parade else []
    places = [(one.name, f"{one.latitude}, {one.longitude}" if one.latitude is not None else "") for one in parade.points.all()] if parade else []
    return {
        "groups": written(groups), "points": written(places),
        "equipment": written((one.what, one.quantity, one.brought_by, "có" if one.is_ready else "") for one in of.equipment.all()),
        "budget": written(
            ("thu" if one.direction == Direction.INCOME else "chi", one.what, dong(one.planned), dong(one.actual), one.from_whom)
            for one in of.budget.select_related("donor")
        ),
    }  # fmt: skip


_POSTS: Final = {
    "truong ban": MemberPost.CHAIR, "pho ban thuong truc": MemberPost.STANDING_DEPUTY, "pho truong ban thuong truc": MemberPost.STANDING_DEPUTY,
    "pho ban": MemberPost.DEPUTY, "pho truong ban": MemberPost.DEPUTY, "thu ky": MemberPost.SECRETARY, "thanh vien": MemberPost.MEMBER, "": MemberPost.MEMBER,
}  # fmt: skip


def seats(typed: str) -> list[Seat]:
    """Read the seats of a committee: post | office | institution | in charge of."""

    def make(row: list[str]) -> Seat:
        post = _POSTS.get(fold(row[0]))
        if post is None:
            raise Invalid(_("there is no post “%(cell)s”") % {"cell": row[0][:40]}, code="no_post")
        if not row[1]:
            raise Invalid(_("the second cell is the office"), code="no_office")
        return Seat(post, row[1], row[2], row[3])

    return read(typed, "seats", 4, make)


def tasks(typed: str, heard: Heard | None = None) -> list[tuple[str, str, date]]:
    """Read tasks: what | office | by when."""
    return read(typed, "tasks", 3, lambda row: (_named(row[0]), row[1], day(row[2], heard=heard)))
