"""Who came from whom: replicating a practice in another place, and setting its origin right. There is never a circle."""

from __future__ import annotations

from collections import defaultdict

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from liengia.core import clock
from liengia.core.actor import Actor
from liengia.core.errors import Refused
from liengia.organisations.models import Organisation
from liengia.practices.models import Practice, PracticeState, Revision
from liengia.practices.services.common import lock_lineage, locked, noted
from liengia.practices.services.writing import Facts, NeedLine, Text, fill, write_revision
from liengia.units.models import Unit


@transaction.atomic
def replicate(parent: Practice, unit: Unit, *, changed: str, name: str = "", institution: Organisation | None = None, actor: Actor) -> Practice:
    """Take a practice over in another place, with what is done differently there; planned and not public yet.

    The text is that of the newest revision there, and is from then on this place's own.

    Raises:
        Refused: it runs in this very place already (code "already_here"). Invalid: as `create`.
    """
    lock_lineage()
    origin = Practice.objects.get(pk=parent.pk)
    there = Practice.objects.of_family(origin.family).filter(unit=unit, institution=institution).exclude(state=PracticeState.ENDED).select_related("founded_in")
    # A hamlet that goes on under a new commune is the same place; what runs on a former commune's ground is a part of the new one only.
    if any(not one.began_elsewhere for one in there):
        raise Refused(_("This practice runs, or is planned, in this very place already."), code="already_here", field="unit")
    revision = origin.current_revision
    practice = Practice(unit=unit, founded_in=unit, family=origin.family, replicated_from=origin, based_on=revision)
    fill(practice, Facts(name=name or origin.name, kind=origin.kind, summary=origin.summary, institution=institution))
    practice.save(force_insert=True)
    text = text_of(practice.based_on) if practice.based_on is not None else Text(problem=origin.summary, how=origin.summary)
    write_revision(practice, _with_changes(text, changed), number=1, on=clock.today())
    noted(practice, "replicated", actor=actor, facts={"from": origin.public_id})
    return practice


def text_of(revision: Revision) -> Text:
    """Return what a revision says, for another one that begins with it."""
    needs = [NeedLine(one.what, one.quantity, one.basis, one.count) for one in revision.needs.all()]
    return Text(revision.problem, revision.how, "", revision.cost, revision.cost_basis, revision.cost_words, needs)


def _with_changes(text: Text, changed: str) -> Text:
    return Text(text.problem, text.how, changed, text.cost, text.cost_basis, text.cost_words, text.needs)


@transaction.atomic
def relink(practice: Practice, parent: Practice | None, *, actor: Actor) -> Practice:
    """Say where a practice was really replicated from (or that it began a line); all that came from it goes along.

    Raises:
        Refused: the origin came from this very practice (code "circle"), or the practice runs elsewhere.
    """
    lock_lineage()
    row = locked(practice)
    below = descendants(row)
    if parent is not None and parent.pk in below:
        raise Refused(_("This origin itself came from this practice: that would be a circle."), code="circle", field="parent")
    row.replicated_from = None if parent is None else Practice.objects.get(pk=parent.pk)
    family = row.uuid if row.replicated_from is None else row.replicated_from.family
    row.save(update_fields=["replicated_from"])
    Practice.objects.filter(pk__in=below).update(family=family)
    row.family = family
    noted(row, "relinked", actor=actor, facts={"from": "" if parent is None else parent.public_id})
    return row


def descendants(practice: Practice) -> set[int]:
    """Return the ids of a practice and of all that came from it; one read."""
    children: dict[int | None, list[int]] = defaultdict(list)
    for pk, origin in Practice.objects.of_family(practice.family).values_list("pk", "replicated_from_id"):
        children[origin].append(pk)
    found, waiting = {practice.pk}, [practice.pk]
    while waiting:
        for child in children[waiting.pop()]:
            if child not in found:
                found.add(child)
                waiting.append(child)
    return found
