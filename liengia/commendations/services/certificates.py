"""What becomes of a certificate: handed out, replaced, revoked, its name hidden."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime, timedelta
from typing import Any, Final

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from liengia.audit import services as audit
from liengia.commendations import index, watchers, wording
from liengia.commendations.models import (
    LONGEST_MERIT,
    LONGEST_PRINTED,
    Certificate,
    CertificateState,
    Decision,
    HandOver,
    new_code,
)
from liengia.commendations.services.nominations import check_collective
from liengia.commendations.workflow import CERTIFICATE
from liengia.core import clock, pagecache
from liengia.core.actor import Actor
from liengia.core.errors import Invalid, Refused
from liengia.core.text import nfc

# What waited longer in a phone counts as of now: its clock may be wrong.
LONGEST_WAIT: Final = timedelta(days=3)
# What a phone sends can be this long on its way, each time another while.
SLACK: Final = timedelta(seconds=30)
CHANGEABLE = frozenset({"name", "words", "merit"})


@transaction.atomic
def hand_over(certificates: Collection[Certificate], *, on: date, taken_by: str = "", at: datetime | None = None, actor: Actor) -> int:
    """Mark certificates as handed out, at an instant (now); those that were already are passed over. Returns how many were marked.

    Raises:
        Invalid: a day in the future, or before the decision. Refused: one of them does not hold any more.
    """
    return _mark(certificates, HandOver.HANDED, on=on, taken_by=nfc(taken_by).strip()[:160], at=at or clock.now(), actor=actor)


@transaction.atomic
def mark_absent(certificates: Collection[Certificate], *, on: date, at: datetime | None = None, actor: Actor) -> int:
    """Mark that nobody came for certificates, so that the office keeps them; who has received one is passed over."""
    return _mark(certificates, HandOver.ABSENT, on=on, taken_by="", at=at or clock.now(), actor=actor)


def _mark(certificates: Collection[Certificate], mark: HandOver, *, on: date, taken_by: str, at: datetime, actor: Actor) -> int:
    rows = list(Certificate.objects.select_for_update(of=("self",)).filter(pk__in=[one.pk for one in certificates]).select_related("decision__round"))
    if on > clock.today() or any(on < one.decision.decided_on for one in rows):
        raise Invalid(_("It is handed out from the day of the decision on, and not before that day comes."), code="day", field="on")
    if ended := next((one for one in rows if not CERTIFICATE.allows(one.state, "hand_over")), None):
        raise Refused(_("Certificate %(serial)s does not hold any more: %(state)s.") % {"serial": ended.serial, "state": ended.get_state_display()}, code="ended")
    due = [one for one in rows if one.hand_over not in (HandOver.HANDED, mark)]
    Certificate.objects.filter(pk__in=[one.pk for one in due]).update(hand_over=mark, handed_on=on if mark == HandOver.HANDED else None, taken_by=taken_by)
    # Marked again counts too: two phones may both have seen it handed out, and one of them takes back only what it said itself.
    marked = Certificate.objects.filter(pk__in=[one.pk for one in rows], hand_over=mark)
    marked.filter(Q(marked_at=None) | Q(marked_at__lt=at)).update(marked_at=at)
    for decision in {one.decision_id: one.decision for one in due}.values():
        facts = {"as": str(mark), "on": on, "serials": [one.serial for one in due if one.decision_id == decision.pk]}
        audit.record("commendations.handed_over", actor=actor, about=decision, unit=decision.round.unit_id, facts=facts)
    watchers.tell(due)
    return len(due)


@transaction.atomic
def mark_one(certificate: Certificate, *, mark: str, age_s: float = 0.0, taken_by: str = "", actor: Actor) -> None:
    """Set a mark from a phone, where it may have waited `age_s` seconds without a network; "waiting" takes a mark back.

    Raises:
        Invalid: no such mark, or a day before the decision. Refused: it does not hold any more; a mark of an earlier day is
            taken back: that is the office's; or somebody marked it after it was taken back here (code "marked_since").
    """
    if mark not in HandOver.values:
        raise Invalid(_("There is no such mark."), code="no_such_mark", field="mark")
    waited = timedelta(seconds=age_s) if 0 <= age_s <= LONGEST_WAIT.total_seconds() else timedelta()
    at = clock.now() - waited
    on = clock.local(at).date()
    if mark == HandOver.HANDED:
        hand_over([certificate], on=on, taken_by=taken_by, at=at, actor=actor)
    elif mark == HandOver.ABSENT:
        mark_absent([certificate], on=on, at=at, actor=actor)
    else:
        found = _taken(certificate)
        if found.handed_on is not None and found.handed_on < on:
            raise Refused(_("It was handed out on another day; the office can take that back."), code="other_day")
        if found.marked_at is not None and at < found.marked_at - SLACK:
            raise Refused(_("Somebody marked it after that, on another phone; this mark stays."), code="marked_since")
        if found.hand_over != HandOver.WAITING:
            undo_hand_over(found, actor=actor)


@transaction.atomic
def undo_hand_over(certificate: Certificate, *, actor: Actor) -> Certificate:
    """Take a mark back that was set by mistake."""
    found = _taken(certificate)
    found.hand_over, found.handed_on, found.taken_by, found.marked_at = HandOver.WAITING, None, "", None
    found.save(update_fields=["hand_over", "handed_on", "taken_by", "marked_at"])
    facts = {"as": str(HandOver.WAITING), "serials": [found.serial]}
    audit.record("commendations.handed_over", actor=actor, about=found.decision, unit=found.decision.round.unit_id, facts=facts)
    watchers.tell([found])
    return found


@transaction.atomic
def replace_certificate(certificate: Certificate, *, reason: str, actor: Actor, **changes: str) -> Certificate:
    """Give another paper for one that is lost, torn or wrong: the old code says "replaced" from then on.

    It keeps its line in the honour register, as a second edition; name, office and merit may be put right.

    Raises:
        Invalid: no reason, or words that cannot stand on it. Refused: it does not hold any more.
    """
    found = _taken(certificate)
    state = CERTIFICATE.after(found.state, "replace")
    if not reason.strip():
        raise Invalid(_("Say why it is replaced: lost, torn, a wrong letter."), code="no_reason", field="reason")
    words = _put_right(found, changes)
    made = Certificate(**{field.attname: getattr(found, field.attname) for field in found._meta.concrete_fields if field.attname not in _NOT_COPIED})
    made.edition, made.code = found.edition + 1, new_code()
    for name, value in words.items():
        setattr(made, name, value)
    # The old one gives way first: only one of a nomination may hold.
    found.state, found.ended_on, found.ended_reason = CertificateState(state), clock.today(), reason.strip()
    found.save(update_fields=["state", "ended_on", "ended_reason"])
    made.fold().save(force_insert=True)
    found.replaced_by = made
    found.save(update_fields=["replaced_by"])
    index.renew(found.decision)
    audit.record("commendations.replaced", actor=actor, about=found, unit=found.decision.round.unit_id, facts={"serial": found.serial, "by": made.serial, "changed": sorted(words)})
    pagecache.bump()
    return made


_NOT_COPIED = frozenset(
    {"id", "public_id", "code", "edition", "state", "ended_on", "ended_reason", "ended_by", "replaced_by_id", "hand_over", "handed_on", "marked_at", "taken_by", "times_printed"}
)


def _put_right(found: Certificate, changes: dict[str, Any]) -> dict[str, str]:
    words: dict[str, str] = {}
    for name, value in changes.items():
        if name not in CHANGEABLE:
            raise Invalid(_("This cannot be changed on a certificate."), code="not_changeable", field=name)
        plain = " ".join(nfc(value).split())
        most = {"name": LONGEST_PRINTED, "words": 200, "merit": LONGEST_MERIT}[name]
        if not plain and name != "words":
            raise Invalid(_("This may not be empty."), code="empty", field=name)
        if len(plain) > most:
            raise Invalid(_("At most %(n)s characters.") % {"n": most}, code="too_long", field=name)
        if plain != getattr(found, name):
            words[name] = plain
    check_collective(found.kind, words.get("name", ""), field="name")
    if "merit" in words:
        wording.check(words["merit"], is_pursuit=found.nomination.is_pursuit, own_name=words.get("name", found.name))
    return words


@transaction.atomic
def revoke_certificate(certificate: Certificate, *, reason: str, by_decision: str = "", actor: Actor) -> Certificate:
    """Revoke one certificate; its code says so from then on, and it stands on no list any more.

    Raises:
        Invalid: no reason. Refused: it does not hold any more.
    Source: Law 06/2022/QH15, chapter VII: who cheated returns award and money.
    """
    found = _taken(certificate)
    state = CERTIFICATE.after(found.state, "revoke")
    if not reason.strip():
        raise Invalid(_("Say why it is revoked: whoever holds the paper will ask."), code="no_reason", field="reason")
    found.state, found.ended_on, found.ended_reason, found.ended_by = CertificateState(state), clock.today(), reason.strip(), nfc(by_decision).strip()[:120]
    found.save(update_fields=["state", "ended_on", "ended_reason", "ended_by"])
    index.renew(found.decision)
    audit.record("commendations.revoked", actor=actor, about=found, unit=found.decision.round.unit_id, facts={"serial": found.serial})
    pagecache.bump()
    return found


@transaction.atomic
def hide_name(certificate: Certificate, *, is_hidden: bool, actor: Actor) -> Certificate:
    """Hide the name of a certificate, and of the papers before and after it, everywhere in public, at once and without a reason; or show it again.

    Whoever holds the paper may hide it by its code; only the office shows it again.
    """
    found = Certificate.objects.select_for_update(of=("self",)).select_related("decision__round").get(pk=certificate.pk)
    found.is_name_hidden = is_hidden
    Certificate.objects.filter(nomination=found.nomination_id).update(is_name_hidden=is_hidden)
    index.renew(found.decision)
    audit.record("commendations.name_hidden", actor=actor, about=found, unit=found.decision.round.unit_id, facts={"hidden": is_hidden})
    pagecache.bump()
    return found


def _taken(certificate: Certificate) -> Certificate:
    return Certificate.objects.select_for_update(of=("self",)).select_related("decision__round", "nomination__round").get(pk=certificate.pk)


def of_decision(decision: Decision) -> list[Certificate]:
    """Return the certificates of a decision that hold, as they are called."""
    return list(Certificate.objects.filter(decision=decision).valid().in_calling_order())
