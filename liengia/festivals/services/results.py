"""Results of contests: of teams as a rule; of a person, named only where they agreed, or of a child a parent."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from typing import Final, NamedTuple

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from liengia.audit import services as audit
from liengia.core import clock
from liengia.core.actor import Actor
from liengia.core.errors import Invalid, Refused
from liengia.core.family_names import ALSO_PLACES, FAMILY
from liengia.core.text import nfc, refuse_hidden
from liengia.festivals.models import (
    Agreed,
    ContestResult,
    DayEvent,
    EventKind,
    FestivalDay,
    ProgrammeItem,
    Whose,
)
from liengia.festivals.models.live import shown_as
from liengia.festivals.services.base import take_day, tell
from liengia.festivals.services.live import Told, known_event, tell_event
from liengia.festivals.times import EARLIEST

MOST: Final = 50
# A row of a team that reads like a person's name is asked about: "Ông Nguyễn Văn A", "Trần Thị B"; "Bà con ấp 3" and "Chị em tổ 2" are many.
_TITLES: Final = r"(?:Ông|Bà|Anh|Chị|Em|Cháu|Bé|Cô|Chú)"
_WORD: Final = r"[A-ZÀ-ỸĐ][a-zà-ỹđ]*"
_PERSON: Final = re.compile(rf"{_TITLES}(?: {_WORD}){{1,5}}|(?:{FAMILY}|{ALSO_PLACES})(?: {_WORD}){{1,4}}")


class Placed(NamedTuple):
    """One row: who came where. Of a person `of` is the hamlet, team or school, and `agreed` who agreed that they are named."""

    place: int
    who: str
    score: str = ""
    whose: str = Whose.TEAM
    of: str = ""
    agreed: str = ""

    @property
    def shown(self) -> str:
        """Who, as everybody may read it."""
        return shown_as(self.whose, self.who, self.of)


def set_results(item: ProgrammeItem, rows: Sequence[Placed | tuple[int, str, str]], *, told: Told, actor: Actor) -> DayEvent:
    """Write down who came where, whole; said again later, the later one holds. A person's name is kept only where somebody who may agreed.

    Raises:
        Invalid: no row, a place out of bounds, the same team twice, signs that nobody sees, an item in which nobody wins. Refused: a team that reads like a person's
            name (code "person"; said to be sure, it is taken); or as `tell_event`.
    """
    if not item.is_contested:
        raise Invalid(_("Nobody wins in this item."), code="not_contested", field="item")
    placed = [_clean(Placed(*row)) for row in rows]
    _check(placed, is_sure=told.is_sure)
    first = min(placed).shown
    with transaction.atomic():
        row = take_day(item.day)
        if (before := known_event(row, told.key)) is not None:
            return before
        event = tell_event(row, replace(told, kind=EventKind.RESULT, item=item, number=None, words=first[:300]), actor=actor)
        newer = DayEvent.objects.filter(item=item, kind=EventKind.RESULT, at__gt=event.at).exists()
        if not newer:
            ContestResult.objects.filter(item=item).delete()
            ContestResult.objects.bulk_create([ContestResult(item=item, **one._asdict(), agreed_at=clock.now() if one.agreed else None, at=event.at) for one in placed])
        facts = {"item": item.public_id, "rows": len(placed), "named": sum(bool(one.agreed) for one in placed)}
        audit.record("festivals.results_set", actor=actor, about=row, unit=row.unit, facts=facts)
        tell(row)
    return event


def drop_results_of_before(day: FestivalDay) -> None:
    """Forget the results that were told of a date before a day was put off."""
    ContestResult.objects.filter(item__day=day, at__lt=day.starts_at - EARLIEST).delete()


def _clean(row: Placed) -> Placed:
    """Return a row in one spelling; a person whom nobody agreed to name loses the name here, before anything is kept."""
    who, of = (nfc(" ".join(words.split())) for words in (row.who, row.of))
    if row.whose == Whose.TEAM:
        return Placed(row.place, who, row.score.strip())
    agreed = row.agreed if who and row.agreed in Agreed.values else ""
    return row._replace(who=who if agreed else "", of=of, agreed=agreed, score=row.score.strip())


def _check(rows: Sequence[Placed], *, is_sure: bool) -> None:
    """Refuse what `set_results` names."""
    if not rows or len(rows) > MOST:
        raise Invalid(_("Write who came where: one line each, at most 50."), code="no_rows", field="rows")
    for one in rows:
        refuse_hidden(f"{one.who}{one.of}{one.score}", field="rows")
    teams = [one for one in rows if one.whose == Whose.TEAM]
    if any(not one.who for one in teams) or any(len(one.who) > 160 or len(one.of) > 160 or len(one.score) > 60 or not 1 <= one.place <= MOST for one in rows):
        raise Invalid(_("Each line is a place from 1 to 50 and a team, hamlet or school of at most 160 characters."), code="bad_row", field="rows")
    if len({one.who for one in teams}) != len(teams):
        raise Invalid(_("A team stands there twice."), code="double", field="rows")
    if any(one.whose == Whose.PERSON and not one.of for one in rows):
        raise Invalid(_("Of each person write the hamlet, team or school: it is shown where no name is."), code="no_of", field="rows")
    person = next((one.who for one in teams if _PERSON.fullmatch(one.who)), "")
    if person and not is_sure:
        raise Refused(_("“%(who)s” reads like a person's name. Choose “a person” and say who agreed; if it is the name of a team, say so.") % {"who": person}, code="person")


@transaction.atomic
def withdraw_name(result: ContestResult, *, actor: Actor) -> None:
    """Take a person's name off a result, everywhere at once: they, or a parent, no longer agree.

    Raises:
        Refused: nobody is named there.
    """
    row = take_day(result.item.day)
    one = ContestResult.objects.select_for_update().get(pk=result.pk)
    if not one.is_named:
        raise Refused(_("No person is named there."), code="not_named")
    before, name = one.shown, one.who
    one.who, one.agreed, one.agreed_at = "", "", None
    one.save(update_fields=["who", "agreed", "agreed_at"])
    for event in DayEvent.objects.filter(item=one.item, kind=EventKind.RESULT, words__contains=name):
        DayEvent.objects.filter(pk=event.pk).update(words=event.words.replace(before, one.shown).replace(name, one.shown))
    audit.record("festivals.name_withdrawn", actor=actor, about=row, unit=row.unit, facts={"item": one.item.public_id})
    tell(row)
