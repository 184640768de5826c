"""Taking practices from a file: kept for a preview, then taken; twice the same file changes nothing more."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from liengia.audit import services as audit
from liengia.core import clock, pagecache
from liengia.core.actor import Actor
from liengia.core.errors import Refused
from liengia.practices import files, index
from liengia.practices.models import Act, ImportFile, Material, Need, Practice, Revision
from liengia.practices.portable import Taken, bad, read
from liengia.practices.services.common import lock_lineage
from liengia.practices.services.lineage import descendants

HELD_FOR: Final = timedelta(days=1)
NEW, CHANGED, SAME, HERE, LEFT = "new", "changed", "same", "here", "left"
TAKES: Final = (NEW, CHANGED)


@dataclass(frozen=True, slots=True)
class Planned:
    """What taking one practice of a file would do: add it, change it, nothing, or nothing because it runs here or is left out.

    `origin` is the one from which it then comes: of those in the file that are left out, the next above.
    """

    taken: Taken
    does: str
    row: Practice | None
    origin: uuid.UUID | None


def hold_import(data: bytes, *, actor: Actor) -> ImportFile:
    """Keep a file for its preview, for a day; read whole, so that what is kept can be taken.

    Raises:
        Invalid: it cannot be taken (see `portable.read`).
    """
    read(data)
    assert actor.user_id is not None
    return ImportFile.objects.create(data=data, made_by_id=actor.user_id)


def plan_import(taken: list[Taken], only: Collection[uuid.UUID] | None = None) -> list[Planned]:
    """Return what taking a file would do; of what it would add or change, `only` these, or all.

    Raises:
        Invalid: it would close a circle with what is here, or the practice from which one came is missing.
    """
    known = Practice.objects.filter(uuid__in=[one.uuid for one in taken]).select_related("replicated_from")
    rows = {row.uuid: row for row in known.prefetch_related("revisions__needs", "acts", "materials")}
    by_uuid = {one.uuid: one for one in taken}
    absent = {one.uuid for one in taken if only is not None and one.uuid not in only and one.uuid not in rows}
    origins = {one.uuid: _next_above(one, by_uuid, absent) or _known_above(one, rows.get(one.uuid)) for one in taken}
    _refuse_circle(taken, rows, origins)
    return [Planned(one, _does(one, rows.get(one.uuid), origins[one.uuid], only), rows.get(one.uuid), origins[one.uuid]) for one in taken]


def _next_above(one: Taken, by_uuid: Mapping[uuid.UUID, Taken], absent: Collection[uuid.UUID]) -> uuid.UUID | None:
    at = one.parent
    while at is not None and at in absent:
        at = by_uuid[at].parent
    return at


def _refuse_circle(taken: list[Taken], rows: Mapping[uuid.UUID, Practice], wanted: Mapping[uuid.UUID, uuid.UUID | None]) -> None:
    """Walk upwards from each as it would stand afterwards, through the file first and then through what is here."""
    parents = [one for one in wanted.values() if one is not None]
    families = {taken[0].family, *(row.family for row in rows.values()), *Practice.objects.filter(uuid__in=parents).values_list("family", flat=True)}
    stands = Practice.objects.filter(family__in=families)
    origins: dict[uuid.UUID, uuid.UUID | None] = dict(stands.values_list("uuid", "replicated_from__uuid"))
    for one in taken:
        row, parent = rows.get(one.uuid), wanted[one.uuid]
        if row is None or not row.is_here:
            origins[one.uuid] = parent
            if parent is not None and parent not in origins and parent not in wanted:
                raise bad(_("the practice from which one in it came is missing"))
    for one in taken:
        seen: set[uuid.UUID] = set()
        at: uuid.UUID | None = one.uuid
        while at is not None:
            if at in seen:
                raise bad(_("a practice in it comes from itself"))
            seen.add(at)
            at = origins.get(at)


def _known_above(taken: Taken, row: Practice | None) -> uuid.UUID | None:
    """Return where one comes from as it is known here, when the file leaves that out because it is hidden there."""
    is_left_out = taken.parent is None and taken.family != taken.uuid
    return row.replicated_from.uuid if is_left_out and row is not None and row.replicated_from is not None else None


def _does(taken: Taken, row: Practice | None, origin: uuid.UUID | None, only: Collection[uuid.UUID] | None) -> str:
    if row is not None and row.is_here:
        return HERE
    if row is not None and _said(row) == _would_say(taken, origin):
        return SAME
    if only is not None and taken.uuid not in only:
        return LEFT
    return NEW if row is None else CHANGED


def _said(row: Practice) -> object:
    revisions = [
        (one.number, one.on, one.changed, one.problem, one.how, one.cost, one.cost_basis, one.cost_words,
         [(need.what, need.quantity, need.basis, need.count) for need in one.needs.all()])
        for one in sorted(row.revisions.all(), key=lambda one: one.number)
    ]  # fmt: skip
    acts = sorted((one.kind, one.body_words, one.on, one.number, one.words) for one in row.acts.all())
    facts = (row.name, row.kind, row.summary, row.place_words, row.state, row.started_on, row.ended_on, row.end_reason)
    more = (row.decision_number, row.decision_on, row.leading_words, row.agreement_words, row.office, row.office_phone)
    origin = row.replicated_from.uuid if row.replicated_from is not None else None
    return (*facts, *more), origin, revisions, acts, sorted((one.title, one.source_sha256) for one in row.materials.all())


def _would_say(taken: Taken, origin: uuid.UUID | None) -> object:
    facts = taken.facts
    revisions = [
        (one["number"], one["on"], one["changed"], one["problem"], one["how"], one["cost"], one["cost_basis"], one["cost_words"],
         [(need["what"], need["quantity"], need["basis"], need["count"]) for need in one["needs"]])
        for one in sorted(taken.revisions, key=lambda one: one["number"])
    ]  # fmt: skip
    acts = sorted((one["kind"], one["body_words"], one["on"], one["number"], one["words"]) for one in taken.acts)
    return tuple(facts.values()), origin, revisions, acts, sorted((one.title, one.source_sha256) for one in taken.materials)


@transaction.atomic
def take_import(data: bytes, *, only: Collection[uuid.UUID] | None = None, actor: Actor) -> list[Planned]:
    """Take the practices of a file, all or `only` some; those that run here stay as they are, and the same file again changes nothing.

    Raises:
        Invalid: as `read` and `plan_import`. Refused: it changes nothing (code "nothing_new"), or none is wanted (code "none_wanted").
    """
    taken = read(data)
    lock_lineage()
    planned = plan_import(taken, only)
    if all(one.does in (SAME, HERE) for one in planned):
        raise Refused(_("Everything in this file is here already, as it stands in it."), code="nothing_new", field="file")
    if not any(one.does in TAKES for one in planned):
        raise Refused(_("Tick at least one practice, or do not take the file."), code="none_wanted", field="only")
    keys = [_keep(one) for one in planned if one.does in TAKES]
    for row in Practice.objects.filter(pk__in=keys):
        audit.record("practices.imported", actor=actor, about=row, facts={"uuid": str(row.uuid)})
    index.renew_all(keys)
    pagecache.bump()
    return planned


def _keep(planned: Planned) -> int:
    taken = planned.taken
    row = planned.row or Practice(uuid=taken.uuid, is_public=True)
    for name, value in taken.facts.items():
        setattr(row, name, value)
    origin = None if planned.origin is None else Practice.objects.get(uuid=planned.origin)
    # The line is that of the origin as it stands here: somebody may have set it right meanwhile.
    below = set() if row.pk is None else descendants(row)
    row.family, row.replicated_from, row.changed_at = taken.uuid if origin is None else origin.family, origin, clock.now()
    row.save()
    Practice.objects.filter(pk__in=below).update(family=row.family)
    _keep_text(row, taken)
    known = {one.source_sha256: one for one in row.materials.defer("data")}
    for one in taken.materials:
        if one.source_sha256 not in known:
            _keep_file(row, one.title, one.checked, one.source_sha256)
        elif known[one.source_sha256].title != one.title:
            row.materials.filter(source_sha256=one.source_sha256).update(title=one.title)
    row.materials.exclude(source_sha256__in=[one.source_sha256 for one in taken.materials]).delete()
    return row.pk


def _keep_text(row: Practice, taken: Taken) -> None:
    row.revisions.exclude(number__in=[one["number"] for one in taken.revisions]).delete()
    for one in taken.revisions:
        facts = {name: value for name, value in one.items() if name not in ("number", "needs")}
        revision, _made = Revision.objects.update_or_create(practice=row, number=one["number"], defaults=facts)
        revision.needs.all().delete()
        Need.objects.bulk_create(Need(revision=revision, order=order, **need) for order, need in enumerate(one["needs"]))
    row.acts.all().delete()
    Act.objects.bulk_create(Act(practice=row, **one) for one in taken.acts)


def _keep_file(row: Practice, title: str, checked: files.Checked, source: str) -> None:
    Material.objects.create(
        practice=row, title=title, data=checked.data, content_type=checked.content_type, ending=checked.ending, size=len(checked.data),
        sha256=checked.sha256, source_sha256=source,
    )  # fmt: skip


def forget_imports() -> int:
    """Throw away the files that nobody took within a day; return how many."""
    return ImportFile.objects.filter(made_at__lt=clock.now() - HELD_FOR).delete()[0]

