"""Writing a practice: entering, changing, starting, ending, showing; its revisions and its files."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Final

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from liengia.core import clock, counts
from liengia.core.actor import Actor
from liengia.core.errors import Invalid, Refused
from liengia.core.fields import parse_phone
from liengia.organisations.models import Agreement, Organisation, is_mobile
from liengia.papers.models import Paper, PaperState
from liengia.practices import files
from liengia.practices.models import NO_FIGURES, Basis, Material, Need, Practice, PracticeKind, Revision
from liengia.practices.models.practices import LONGEST_NAME
from liengia.practices.services.common import locked, noted, past_day, words
from liengia.practices.workflow import PRACTICE
from liengia.units.models import Unit

MOST_MATERIALS: Final = 20
MOST_NEEDS: Final = 30
DEAREST: Final = 10**12


@dataclass(frozen=True, slots=True)
class NeedLine:
    """One thing that is needed: what, how many, counted by what; `count` is the code of what the platform counts."""

    what: str
    quantity: int = 1
    basis: str = Basis.ONCE
    count: str = ""


@dataclass(frozen=True, slots=True)
class Text:
    """What a revision says. `cost` is in đồng, by `cost_basis`."""

    problem: str
    how: str
    changed: str = ""
    cost: int | None = None
    cost_basis: str = Basis.ONCE
    cost_words: str = ""
    needs: Sequence[NeedLine] = ()


@dataclass(frozen=True, slots=True)
class Facts:
    """What stands about a practice beside its text."""

    name: str
    kind: str
    summary: str
    institution: Organisation | None = None
    leading: Sequence[Organisation] = field(default_factory=tuple)
    agreement: Agreement | None = None
    agreement_words: str = ""
    decision_paper: Paper | None = None
    decision_number: str = ""
    decision_on: date | None = None
    office: str = ""
    office_phone: str = ""


@transaction.atomic
def create(unit: Unit, facts: Facts, text: Text, *, actor: Actor) -> Practice:
    """Enter a practice that begins a line of its own; planned and not public yet.

    Raises:
        Invalid: the unit has ended, or something of `facts` or `text` cannot be (see `fill`, `write_revision`).
    """
    practice = Practice(unit=unit, founded_in=unit)
    practice.family = practice.uuid
    fill(practice, facts)
    practice.save(force_insert=True)
    practice.leading.set(facts.leading)
    write_revision(practice, text, number=1, on=clock.today())
    noted(practice, "created", actor=actor, facts={"name": practice.name})
    return practice


@transaction.atomic
def change(practice: Practice, facts: Facts, *, actor: Actor) -> Practice:
    """Change what stands about a practice; its text is changed by a revision.

    Raises:
        Refused: it has ended, or runs elsewhere. Invalid: as `create`.
    """
    row = locked(practice)
    row.state = PRACTICE.after(row.state, "change")
    fill(row, facts)
    if row.kind in NO_FIGURES and (row.ties.exists() or row.claims.exists()):
        raise Refused(_("This field has no figures of its practices. Take the figures away first."), code="has_figures", field="kind")
    row.save()
    row.leading.set(facts.leading)
    noted(row, "changed", actor=actor)
    return row


def fill(practice: Practice, facts: Facts) -> None:
    """Set what stands about a practice.

    Raises:
        Invalid: an empty or long name, a unit that has ended, an institution of another commune, a founding decision
            that is no issued paper or of a day to come, a mobile number for an office.
    """
    if practice.unit is not None and practice.pk is None and not practice.unit.is_current:
        raise Invalid(_("This unit has ended. Choose the one that stands today."), code="unit_ended", field="unit")
    if facts.kind not in PracticeKind.values:
        raise Invalid(_("Choose a field from the list."), code="bad_kind", field="kind")
    if facts.institution is not None and practice.unit is not None and facts.institution.unit.commune() != practice.unit.commune():
        raise Invalid(_("This institution is in another commune."), code="institution_elsewhere", field="institution")
    practice.name = words(facts.name, "name", longest=LONGEST_NAME)
    practice.kind = facts.kind
    practice.summary = words(facts.summary, "summary", longest=300)
    practice.institution, practice.agreement = facts.institution, facts.agreement
    practice.agreement_words = words(facts.agreement_words, "agreement_words", longest=300, required=False)
    practice.office = words(facts.office, "office", longest=200, required=False)
    practice.office_phone = _phone(facts.office_phone)
    _found(practice, facts)


def _found(practice: Practice, facts: Facts) -> None:
    practice.decision_paper, practice.decision_number, practice.decision_on = facts.decision_paper, "", None
    if facts.decision_paper is not None:
        if facts.decision_paper.state != PaperState.ISSUED:
            raise Invalid(_("Only a paper that is issued, and not revoked, founds a practice."), code="paper_not_issued", field="decision_paper")
        practice.decision_on = facts.decision_paper.issued_on
        return
    practice.decision_number = words(facts.decision_number, "decision_number", longest=60, required=False)
    if facts.decision_on is not None:
        practice.decision_on = past_day(facts.decision_on, "decision_on")
    if bool(practice.decision_number) != bool(practice.decision_on):
        raise Invalid(_("A decision has a number and a date."), code="half_a_decision", field="decision_number")


def _phone(raw: str) -> str:
    from django.core.exceptions import ValidationError

    if not raw.strip():
        return ""
    try:
        number = parse_phone(raw)
    except ValidationError as error:
        raise Invalid(error.messages[0], code="bad_phone", field="office_phone") from error
    if is_mobile(number):
        raise Invalid(_("This is a mobile number, so a person's. Give the office's fixed line, or leave it empty."), code="mobile", field="office_phone")
    return number


@transaction.atomic
def start(practice: Practice, *, on: date, ground: Unit | None = None, actor: Actor) -> Practice:
    """Note that a planned practice runs since a day; one that is older than its unit began in a unit before, on whose `ground` it runs.

    Raises:
        Refused: it is not planned. Invalid: a day to come, one on which neither its unit nor one before it stood, or
            several of those stood and none is named (code "which_ground").
    """
    row = locked(practice)
    state = PRACTICE.after(row.state, "start")
    past_day(on, "on")
    assert row.founded_in is not None
    row.state, row.started_on, row.founded_in = state, on, _ground_on(row.founded_in, on, ground)
    row.save(update_fields=["state", "started_on", "founded_in"])
    # It was written down later than it began: its first text held from the beginning.
    row.revisions.filter(on__gt=on).update(on=on)
    noted(row, "started", actor=actor, facts={"on": on}, sign_on=on)
    return row


def _ground_on(unit: Unit, on: date, ground: Unit | None) -> Unit:
    if unit.stands_on(on) and ground in (None, unit):
        return unit
    stood = [one for one in units_before(unit) if one.stands_on(on)]
    if ground in stood or (ground is None and len(stood) == 1):
        return ground or stood[0]
    if ground is not None:
        raise Invalid(_("This former unit did not stand on that day."), code="ground_not_standing", field="ground")
    if stood:
        raise Invalid(_("This unit did not stand yet on that day. Choose the former unit on whose ground it began."), code="which_ground", field="ground")
    raise Invalid(_("On that day this unit did not stand."), code="unit_not_standing", field="on")


def units_before(unit: Unit) -> list[Unit]:
    """Return the units that a unit took over from, directly or by others, the nearest first."""
    found: list[Unit] = []
    waiting = [unit]
    while waiting:
        new = [one for one in waiting.pop(0).predecessors() if one not in found]
        found += new
        waiting += new
    return found


@transaction.atomic
def end(practice: Practice, *, on: date, reason: str, actor: Actor) -> Practice:
    """End a practice, with the reason; it stays readable.

    Raises:
        Refused: it has ended. Invalid: no reason, a day to come or before it began.
    """
    row = locked(practice)
    row.state = PRACTICE.after(row.state, "end")
    row.ended_on = past_day(on, "on", since=row.started_on)
    row.end_reason = words(reason, "reason", longest=2_000)
    row.save(update_fields=["state", "ended_on", "end_reason"])
    row.questions.filter(answered_on=None).update(answered_on=on, answer=row.end_reason)
    noted(row, "ended", actor=actor, facts={"on": on}, sign_on=on)
    return row


@transaction.atomic
def publish(practice: Practice, *, actor: Actor) -> Practice:
    """Show a practice to everybody.

    Raises:
        Refused: it is shown already (code "already").
    """
    return _shown(practice, True, actor)


@transaction.atomic
def hide(practice: Practice, *, actor: Actor) -> Practice:
    """Take a practice from the public pages; nothing of it is lost.

    Raises:
        Refused: it is not shown (code "already").
    """
    return _shown(practice, False, actor)


@transaction.atomic
def ask_publication(practice: Practice, *, actor: Actor) -> Practice:
    """Ask those who publish to show a practice to everybody; it stands first in their register until they do.

    Raises:
        Refused: it is shown already (code "already"), or was asked for (code "asked").
    """
    row = locked(practice)
    if row.is_public:
        raise Refused(_("This is so already."), code="already")
    if row.publication_asked_on is not None:
        raise Refused(_("It was asked for on %(day)s.") % {"day": f"{row.publication_asked_on:%d/%m/%Y}"}, code="asked")
    row.publication_asked_on = clock.today()
    row.save(update_fields=["publication_asked_on"])
    noted(row, "publication_asked", actor=actor)
    return row


def _shown(practice: Practice, is_public: bool, actor: Actor) -> Practice:
    row = locked(practice, also_elsewhere=True)
    if row.is_public == is_public:
        raise Refused(_("This is so already."), code="already")
    row.is_public, row.publication_asked_on = is_public, None
    row.save(update_fields=["is_public", "publication_asked_on"])
    noted(row, "published" if is_public else "hidden", actor=actor)
    return row


# Revisions


@transaction.atomic
def revise(practice: Practice, text: Text, *, on: date, actor: Actor) -> Revision:
    """Upgrade a practice: a new revision of the same one; the earlier ones stay readable.

    Raises:
        Refused: it has ended. Invalid: nothing said of what changed, or a day before the last revision.
    """
    row = locked(practice)
    PRACTICE.after(row.state, "change")
    words(text.changed, "changed")
    last = row.current_revision
    past_day(on, "on")
    if last is not None and on < last.on:
        raise Invalid(_("The last revision holds since %(day)s: the new one comes after it.") % {"day": f"{last.on:%d/%m/%Y}"}, code="before_last", field="on")
    revision = write_revision(row, text, number=(last.number if last else 0) + 1, on=on)
    noted(row, "revised", actor=actor, facts={"number": revision.number}, sign_on=on)
    return revision


def write_revision(practice: Practice, text: Text, *, number: int, on: date) -> Revision:
    """Keep a text as a revision, with what it needs.

    Raises:
        Invalid: no problem or no way of working, a cost that cannot be, too many needs, a count that is none.
    """
    if text.cost is not None and not 0 <= text.cost <= DEAREST:
        raise Invalid(_("A cost is a whole number of dong, at most a thousand billion."), code="bad_cost", field="cost")
    if text.cost_basis not in Basis.values:
        raise Invalid(_("Choose from the list what it is counted by."), code="bad_basis", field="cost_basis")
    if len(text.needs) > MOST_NEEDS:
        raise Invalid(_("At most %(most)s things are listed.") % {"most": MOST_NEEDS}, code="many_needs", field="needs")
    revision = Revision.objects.create(
        practice=practice, number=number, on=on, changed=words(text.changed, "changed", required=False), problem=words(text.problem, "problem"),
        how=words(text.how, "how"), cost=text.cost, cost_basis=text.cost_basis, cost_words=words(text.cost_words, "cost_words", longest=300, required=False),
    )  # fmt: skip
    Need.objects.bulk_create(_need(revision, order, line) for order, line in enumerate(text.needs))
    return revision


def _need(revision: Revision, order: int, line: NeedLine) -> Need:
    if not 1 <= line.quantity <= 1_000_000:
        raise Invalid(_("How many is a number from 1 to 1,000,000."), code="bad_quantity", field="needs")
    if line.basis not in Basis.values:
        raise Invalid(_("Choose from the list what it is counted by."), code="bad_basis", field="needs")
    # What stands in a practice already may name a count of a room that is absent here: its copies go on naming it.
    if line.count and counts.get(line.count) is None and not Need.objects.filter(count=line.count).exists():
        raise Invalid(_("Nothing on the platform is counted as “%(code)s”.") % {"code": line.count}, code="no_count", field="needs")
    return Need(
        revision=revision, order=order, what=words(line.what, "needs", longest=200), quantity=line.quantity, basis=line.basis, count=line.count
    )


# Files


@transaction.atomic
def add_material(practice: Practice, *, title: str, data: bytes, is_evidence: bool = False, actor: Actor) -> Material:
    """Keep a file to copy, or evidence of a figure.

    Raises:
        Refused: it stands here already, or there are too many. Invalid: see `files.check`.
    """
    row = locked(practice)
    if row.materials.count() >= MOST_MATERIALS:
        raise Refused(_("A practice has at most %(most)s files.") % {"most": MOST_MATERIALS}, code="many_files", field="file")
    checked = files.check(data)
    if row.materials.filter(source_sha256=checked.source_sha256).exists():
        raise Refused(_("This very file stands here already."), code="same_file", field="file")
    material = keep_material(row, words(title, "title", longest=160), checked, is_evidence=is_evidence)
    noted(row, "material_added", actor=actor, facts={"sha256": material.sha256, "size": material.size})
    return material


def keep_material(practice: Practice, title: str, checked: files.Checked, *, is_evidence: bool = False) -> Material:
    """Keep a file that was looked at."""
    return Material.objects.create(
        practice=practice, title=title, data=checked.data, content_type=checked.content_type, ending=checked.ending, size=len(checked.data),
        sha256=checked.sha256, source_sha256=checked.source_sha256, is_evidence=is_evidence,
    )  # fmt: skip


@transaction.atomic
def remove_material(material: Material, *, actor: Actor) -> None:
    """Take a file away; evidence stays as long as a figure stands on it.

    Raises:
        Refused: a reported figure stands on it (code "in_use").
    """
    row = locked(material.practice)
    if material.claims.exists():
        raise Refused(_("A reported figure stands on this file."), code="in_use")
    facts = {"sha256": material.sha256}
    material.delete()
    noted(row, "material_removed", actor=actor, facts=facts)


