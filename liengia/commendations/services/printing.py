"""Layouts of paper, and runs of the printer: each is logged, and printing a certificate again needs a reason."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext_lazy as _

from liengia.audit import services as audit
from liengia.commendations import sheets, stock
from liengia.commendations.models import Certificate, Decision, PrintLayout, PrintRun
from liengia.core import clock
from liengia.core.actor import Actor
from liengia.core.errors import Invalid, Refused
from liengia.core.text import nfc
from liengia.units.models import Unit

LEAST_MM, MOST_MM = 100, 600
MOST_SHIFT_MM = 20


def ensure_layouts(unit: Unit) -> list[PrintLayout]:
    """Return a unit's layouts; the first time the full design and an overlay on A4 are made."""
    found = list(PrintLayout.objects.filter(unit=unit))
    if found:
        return found
    size = stock.sizes()["a4"]
    for name, is_overlay in (("A4, trọn mẫu", False), ("A4, in đè lên phôi", True)):
        spots = stock.as_data(stock.spots_for(size.width_mm, size.height_mm, is_overlay=is_overlay))
        facts = {"size": size.code, "width_mm": size.width_mm, "height_mm": size.height_mm, "is_overlay": is_overlay, "fields": spots}
        PrintLayout.objects.get_or_create(unit=unit, name=name, defaults=facts)
    return list(PrintLayout.objects.filter(unit=unit))


@transaction.atomic
def keep_layout(layout: PrintLayout, *, revision: int | None = None, actor: Actor) -> PrintLayout:
    """Make a layout, or change it.

    Raises:
        Invalid: a name that is taken, a paper out of measure, a line outside of the paper, no room for hand and seal.
        Refused: somebody else changed it meanwhile (code "changed_meanwhile").
    """
    layout.name = nfc(layout.name).strip()
    if not layout.name:
        raise Invalid(_("This may not be empty."), code="empty", field="name")
    if PrintLayout.objects.filter(unit=layout.unit, name=layout.name).exclude(pk=layout.pk).exists():
        raise Invalid(_("Another layout has this name."), code="name_taken", field="name")
    width, height = float(layout.width_mm), float(layout.height_mm)
    if not all(LEAST_MM <= one <= MOST_MM for one in (width, height)):
        raise Invalid(_("A paper measures from 100 to 600 mm."), code="size", field="width_mm")
    if max(abs(Decimal(layout.shift_x_mm)), abs(Decimal(layout.shift_y_mm))) > MOST_SHIFT_MM:
        raise Invalid(_("A printer that is off by more than 20 mm prints on another size of paper."), code="shift", field="shift_x_mm")
    layout.fields = stock.as_data(stock.read(layout.fields, width, height))
    if layout.pk:
        standing = PrintLayout.objects.select_for_update(of=("self",)).get(pk=layout.pk)
        if revision is not None and standing.revision != revision:
            raise Refused(_("Somebody else changed this layout meanwhile. What you typed still stands here."), code="changed_meanwhile")
        layout.revision = standing.revision + 1
    layout.save()
    audit.record("commendations.layout_kept", actor=actor, about=layout, unit=layout.unit_id, facts={"size": layout.size, "overlay": layout.is_overlay})
    return layout


def print_certificates(decision: Decision, certificates: Sequence[Certificate], layout: PrintLayout, *, reason: str = "", actor: Actor) -> bytes:
    """Return the certificates as one PDF in the order of calling, and log the run.

    Raises:
        Invalid: some were printed before and no reason is given (code "no_reason"), or a line does not fit.
        Refused: none was chosen, one does not hold any more, or somebody else printed one meanwhile (code "changed_meanwhile").
    """
    if not certificates:
        raise Refused(_("No certificate was chosen."), code="none_chosen")
    if any(one.state != "valid" or one.decision_id != decision.pk for one in certificates):
        raise Refused(_("One of them does not hold any more. Choose again."), code="ended")
    again = [one for one in certificates if one.times_printed]
    if again and not reason.strip():
        words = _("%(n)s of them were printed before. Say why they are printed again: each paper that goes around is a real one.")
        raise Invalid(words % {"n": len(again)}, code="no_reason", field="reason")
    made = sheets.certificates(certificates, layout, at=clock.now())
    seen = {one.pk: one.times_printed for one in certificates}
    with transaction.atomic():
        held = Certificate.objects.select_for_update(of=("self",)).filter(pk__in=seen, state="valid").order_by("pk")
        if dict(held.values_list("pk", "times_printed")) != seen:
            raise Refused(_("Somebody else has just printed or changed some of these. Look at the list again before you print."), code="changed_meanwhile")
        run = PrintRun.objects.create(
            decision=decision, made_by_id=actor.user_id, layout=layout.name, count=len(certificates), again=len(again), reason=reason.strip(),
            serials=[one.serial for one in certificates],
        )  # fmt: skip
        Certificate.objects.filter(pk__in=[one.pk for one in certificates]).update(times_printed=F("times_printed") + 1)
        facts: Mapping[str, Any] = {"count": run.count, "again": run.again, "layout": layout.public_id}
        audit.record("commendations.printed", actor=actor, about=decision, unit=decision.round.unit_id, facts=facts)
    return made


def to_print(decision: Decision, *, which: str, chosen: Sequence[Certificate]) -> list[Certificate]:
    """Return what is to be printed in the order of calling: those never printed ("new"), all that hold, or those that were chosen."""
    if which == "some":
        return list(chosen)
    rows = Certificate.objects.filter(decision=decision).valid().in_calling_order()
    rows = rows.filter(times_printed=0) if which == "new" else rows
    return list(rows.select_related("decision__paper__issuer", "decision__round", "issuer"))
