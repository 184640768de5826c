"""A bulletin's way: written by one, approved by another, in force, withdrawn; what follows it goes by the same channels."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, Final

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from liengia.audit import services as audit
from liengia.broadcast import channels, naming, schedule, wording
from liengia.broadcast.models import (
    ISSUED_BY_A_BODY,
    Bulletin,
    BulletinState,
    BulletinUnit,
    Dispatch,
    DispatchState,
    Kind,
    MsgType,
    Priority,
    ReadyText,
    Repeats,
)
from liengia.broadcast.models.bulletins import LONGEST_HEADLINE, LONGEST_SHORT, LONGEST_SPOKEN, LONGEST_TEXT
from liengia.broadcast.quiet import rules_of
from liengia.broadcast.services import outbox
from liengia.broadcast.workflow import BULLETIN
from liengia.core import clock, pagecache
from liengia.core.actor import Actor
from liengia.core.bus import get_bus
from liengia.core.errors import Invalid, Refused
from liengia.core.text import count_graphemes
from liengia.people.models import User
from liengia.units.models import Level, Unit

DUE: Final = "broadcast.due"
LONGEST_BLANK: Final = 80
# An emergency that names no end is over after so long: nobody may be woken by yesterday's.
URGENT_HOLDS: Final = timedelta(hours=6)
_FIELDS: Final = (
    "priority", "kind", "event", "headline", "text", "short_text", "spoken_text", "recording", "picture", "issuing_body", "issuing_number",
    "names_a_person", "legal_basis", "channels", "groups", "roles", "is_public", "repeats", "weekdays", "lunar_days", "at_time", "first_on", "expires_at",
)  # fmt: skip
_TEXTS: Final = (
    ("headline", LONGEST_HEADLINE), ("text", LONGEST_TEXT), ("short_text", LONGEST_SHORT), ("spoken_text", LONGEST_SPOKEN),
    ("issuing_body", 200), ("issuing_number", 80), ("legal_basis", 250),
)  # fmt: skip


# Writing


@transaction.atomic
def write(unit: Unit, areas: Sequence[Unit], *, actor: Actor, source: str = "", ready_text: ReadyText | None = None, **values: Any) -> Bulletin:
    """Write a draft; a draft may lack what only approval needs. While a unit is in training, it is training for good.

    Raises:
        Invalid: a text too long, an unknown channel.
    """
    row = Bulletin(unit=unit, is_training=rules_of(unit).is_training, written_by=_user(actor), source=source[:250], ready_text=ready_text)
    _take(row, values)
    row.save()
    _set_areas(row, areas)
    audit.record("broadcast.bulletin_written", actor=actor, about=row, unit=unit, facts={"kind": row.kind, "training": row.is_training})
    return row


@transaction.atomic
def change(bulletin: Bulletin, areas: Sequence[Unit], *, actor: Actor, **values: Any) -> Bulletin:
    """Change a draft; whoever does it has a part in it, and does not approve it.

    Raises:
        Refused: it is no draft any more. Invalid: as `write`.
    """
    row = _locked(bulletin)
    if row.state != BulletinState.DRAFT:
        raise Refused(_("This bulletin is no draft any more. Take it back first, or write a correction."), code="not_a_draft")
    _take(row, values)
    row.save()
    _note_writer(row, actor)
    _set_areas(row, areas)
    audit.record("broadcast.bulletin_changed", actor=actor, about=row, unit=row.unit_id)
    return row


def _note_writer(row: Bulletin, actor: Actor) -> None:
    """Note who had a hand in a draft; what a feed brought is by the first person who takes it on."""
    user = _user(actor)
    if user is None or row.is_by(user.pk):
        return
    if row.written_by_id is None:
        row.written_by = user
        row.save(update_fields=["written_by"])
    else:
        row.changed_by.add(user)


def _take(row: Bulletin, values: Mapping[str, Any]) -> None:
    for name in values.keys() & set(_FIELDS):
        setattr(row, name, values[name])
    for name, most in _TEXTS:
        text = wording.clean(str(getattr(row, name)))
        if count_graphemes(text) > most or len(text) > 2 * most:
            raise Invalid(_("This is too long: at most %(most)s characters.") % {"most": most}, code="too_long", field=name)
        setattr(row, name, text)
    row.headline = " ".join(row.headline.split())
    if not row.headline:
        raise Invalid(_("A bulletin needs a headline."), code="empty", field="headline")
    if unknown := set(row.channels) - set(channels.every()):
        raise Invalid(_("This channel is not here: %(names)s.") % {"names": ", ".join(sorted(unknown))}, code="unknown_channel", field="channels")


def _set_areas(row: Bulletin, areas: Sequence[Unit]) -> None:
    row.areas.all().delete()
    BulletinUnit.objects.bulk_create([BulletinUnit(bulletin=row, unit=unit) for unit in {unit.pk: unit for unit in areas}.values()])


@transaction.atomic
def discard(bulletin: Bulletin, *, actor: Actor) -> None:
    """Throw a draft away; an entry of the audit stays."""
    row = _locked(bulletin)
    row.state = BULLETIN.after(row.state, "discard")
    row.save(update_fields=["state"])
    audit.record("broadcast.bulletin_discarded", actor=actor, about=row, unit=row.unit_id)


# Two people


@transaction.atomic
def submit(bulletin: Bulletin, *, actor: Actor) -> Bulletin:
    """Hand a draft in for approval; whoever hands in what nobody wrote (a feed's) answers for it as its writer.

    Raises:
        Invalid: something that it needs to go out is missing; `field` says what.
    """
    row = _locked(bulletin)
    state = BULLETIN.after(row.state, "submit")
    check(row)
    row.state, row.submitted_at, row.sent_back_words = state, clock.now(), ""
    row.save(update_fields=["state", "submitted_at", "sent_back_words"])
    if row.written_by_id is None:
        _note_writer(row, actor)
    audit.record("broadcast.bulletin_submitted", actor=actor, about=row, unit=row.unit_id)
    return row


@transaction.atomic
def take_back(bulletin: Bulletin, *, actor: Actor) -> Bulletin:
    """Take a bulletin back from approval, to go on writing."""
    row = _locked(bulletin)
    row.state = BULLETIN.after(row.state, "take_back")
    row.save(update_fields=["state"])
    audit.record("broadcast.bulletin_taken_back", actor=actor, about=row, unit=row.unit_id)
    return row


@transaction.atomic
def send_back(bulletin: Bulletin, *, words: str, actor: Actor) -> Bulletin:
    """Send a bulletin back to its writer, saying why."""
    row = _locked(bulletin)
    state = BULLETIN.after(row.state, "send_back")
    words = wording.clean(words)[:500]
    if not words:
        raise Invalid(_("Say what is to be changed: the writer reads it."), code="empty", field="words")
    row.state, row.sent_back_words = state, words
    row.save(update_fields=["state", "sent_back_words"])
    audit.record("broadcast.bulletin_sent_back", actor=actor, about=row, unit=row.unit_id)
    return row


@transaction.atomic
def approve(bulletin: Bulletin, *, naming: bool = False, actor: Actor) -> Bulletin:
    """Approve what somebody else wrote: from now on it is frozen, and goes out when it is due.

    Raises:
        Refused: whoever wrote or changed it approves it; the commune is in training, and it is not. Invalid: a private person is named and `naming` is not
            ticked; it lacks something, or its end has passed.
    """
    row = _locked(bulletin)
    state = BULLETIN.after(row.state, "approve")
    user = _user(actor)
    if user is None or row.is_by(user.pk):
        raise Refused(_("You wrote this bulletin, or changed it, so somebody else approves it."), code="own_bulletin")
    if rules_of(row.unit).is_training and not row.is_training:
        raise Refused(_("The commune is in training now, and this was written to go out in earnest. End the training first."), code="in_training")
    check(row)
    if row.names_a_person and not naming:
        raise Invalid(_("It names a private person: tick that the legal basis was looked at."), code="naming", field="naming")
    row.naming_approved = row.names_a_person
    _put_in_force(row, state, user)
    if row.follows is not None:
        _stop(_locked(row.follows))
    audit.record("broadcast.bulletin_approved", actor=actor, about=row, unit=row.unit_id, facts=_facts(row))
    return row


@transaction.atomic
def send_alone(
    template: ReadyText, values: Mapping[str, str], *, unit: Unit, areas: Sequence[Unit], through: Sequence[str], names_nobody: bool = False, actor: Actor
) -> Bulletin:
    """Send an emergency from a prepared template: one duty officer fills in its blanks, and somebody reviews it afterwards.

    Raises:
        Refused: the template is not one of these. Invalid: a blank is empty or too long; it looks as though it named a private person, and
            `names_nobody` does not say otherwise: naming takes a legal basis and a second person.
    """
    user = _user(actor)
    if user is None or not (template.may_be_sent_alone and template.is_shown):
        raise Refused(_("This text may not be sent by one alone. Write a bulletin, and have it approved."), code="not_alone")
    words = _blanks_filled(template, values)
    looks_named = any(naming.looks_named(word) for word in words.values())
    if looks_named and not names_nobody:
        raise Invalid(_("This looks as if it named a private person, or a telephone. One alone names nobody: say the place instead. Is it the name of a street, a bridge, a market? Then tick here."), code="naming", field="names_nobody")
    text = {name: wording.fill(getattr(template, name), words) for name in ("headline", "text", "short_text", "spoken_text")}
    row = Bulletin(
        unit=unit, is_training=rules_of(unit).is_training, written_by=user, ready_text=template, priority=Priority.URGENT, was_sent_alone=True,
        expires_at=clock.now() + URGENT_HOLDS,
    )  # fmt: skip
    _take(row, {**text, "kind": template.kind, "event": template.event, "channels": list(through), "issuing_body": words.get("cơ quan", ""), "issuing_number": words.get("số", "")})
    row.save()
    _set_areas(row, areas)
    check(row)
    _put_in_force(row, BULLETIN.after(row.state, "send_alone"), user)
    audit.record("broadcast.bulletin_sent_alone", actor=actor, about=row, unit=unit, facts={**_facts(row), "template": template.public_id, "looks_named": looks_named})
    return row


def _blanks_filled(template: ReadyText, values: Mapping[str, str]) -> dict[str, str]:
    names = wording.blanks("\n".join((template.headline, template.text, template.short_text, template.spoken_text)))
    # Braces go: what is filled in may never look like another blank.
    words = {name: " ".join(wording.clean(values.get(name, "")).replace("{", "").replace("}", "").split()) for name in names}
    for name, word in words.items():
        if not word:
            raise Invalid(_("Fill in: %(name)s.") % {"name": name}, code="empty", field=name)
        if len(word) > LONGEST_BLANK:
            raise Invalid(_("This is too long: at most %(most)s characters.") % {"most": LONGEST_BLANK}, code="too_long", field=name)
    return words


@transaction.atomic
def review(bulletin: Bulletin, *, words: str = "", actor: Actor) -> Bulletin:
    """Look at an emergency that one alone sent: by somebody else, afterwards.

    Raises:
        Refused: whoever sent it reviews it, or it was reviewed.
    """
    row, user = _locked(bulletin), _user(actor)
    if not row.needs_review:
        raise Refused(_("This can no longer be done: somebody else was first, or it has ended."), code="reviewed")
    if user is None or user.pk == row.approved_by_id:
        raise Refused(_("You sent this bulletin, so somebody else reviews it."), code="own_bulletin")
    row.reviewed_by, row.reviewed_at, row.review_words = user, clock.now(), wording.clean(words)[:500]
    row.save(update_fields=["reviewed_by", "reviewed_at", "review_words"])
    audit.record("broadcast.bulletin_reviewed", actor=actor, about=row, unit=row.unit_id)
    return row


def _put_in_force(row: Bulletin, state: str, user: User | None) -> None:
    now = clock.now()
    row.state, row.approved_by, row.approved_at = state, user, now
    # Of what the database holds: it is asked again before anything goes out.
    row.sealed = wording.fingerprint(Bulletin.objects.get(pk=row.pk))
    row.save()
    at = schedule.next_after(row, now)
    if row.repeats == Repeats.ONCE:
        at = at or now
    if at is None:
        raise Invalid(_("There is no day on which it would go out before it ends."), code="never", field="expires_at")
    Dispatch.objects.create(bulletin=row, number=1, due_at=at)
    transaction.on_commit(pagecache.bump)
    transaction.on_commit(lambda: get_bus().poke(DUE))


# Following


def _stop(first: Bulletin) -> None:
    """End what a bulletin that is followed still had before it: nobody gets the old words after the new ones, or every week on."""
    if first.state == BulletinState.APPROVED:
        first.state = BULLETIN.after(first.state, "finish")
        first.save(update_fields=["state"])
    first.dispatches.filter(state=DispatchState.DUE).update(state=DispatchState.WITHDRAWN)
    transaction.on_commit(lambda: _take_out(first))


@transaction.atomic
def follow(bulletin: Bulletin, msg_type: MsgType, *, actor: Actor, **values: Any) -> Bulletin:
    """Write the draft of what follows a bulletin (update, correction, all-clear): for the same people, by the channels of the first.

    Once it is approved it stands in the first one's place: what of that still waits is taken back, and it is not repeated any more.

    Raises:
        Refused: it is neither in force nor has it gone out.
    """
    row = _locked(bulletin)
    if row.state not in (BulletinState.APPROVED, BulletinState.FINISHED):
        raise Refused(_("Only what is in force or has gone out can be followed."), code="nothing_went_out")
    first = {name: getattr(row, name) for name in _FIELDS if name not in ("repeats", "weekdays", "lunar_days", "at_time", "first_on", "expires_at")}
    if msg_type == MsgType.ALL_CLEAR:
        first |= {"kind": Kind.ALL_CLEAR, "text": "", "short_text": "", "spoken_text": "", "recording": "", "picture": ""}
    else:
        # What people hear and read on the phone is written anew: the old words would go out as the correction.
        first |= {"short_text": "", "spoken_text": "", "recording": ""}
    new = Bulletin(unit=row.unit, is_training=row.is_training, written_by=_user(actor), msg_type=msg_type, follows=row)
    _take(new, {**first, "expires_at": row.expires_at, **values, "channels": row.channels})
    new.save()
    _set_areas(new, [area.unit for area in row.areas.select_related("unit")])
    audit.record("broadcast.bulletin_written", actor=actor, about=new, unit=row.unit_id, facts={"kind": new.kind, "follows": row.public_id})
    return new


@transaction.atomic
def withdraw(bulletin: Bulletin, *, why: str, hides_headline: bool = False, actor: Actor) -> Bulletin | None:
    """Withdraw a bulletin at once: what waits is taken back, and whoever may have got it is told by the same channels.

    One approver is enough, since taking back is never to wait. Returns the message that says so, if anything went out. Where the
    first named a person (or `hides_headline`), it says the day instead of the headline, and the first leaves the public page.

    Raises:
        Invalid: no reason. Refused: it is not in force.
    """
    row = _locked(bulletin)
    state = BULLETIN.after(row.state, "withdraw")
    why = " ".join(wording.clean(why).split())[:250]
    if not why:
        raise Invalid(_("Say why it is withdrawn: it stands beside it from now on."), code="empty", field="why")
    went_out = row.dispatches.filter(state__in=(DispatchState.PLANNED, DispatchState.SETTLED)).exists()
    row.state, row.withdrawn_at, row.withdrawn_why = state, clock.now(), why
    hides = hides_headline or row.names_a_person
    row.is_public, was_public = row.is_public and not hides, row.is_public
    row.save(update_fields=["state", "withdrawn_at", "withdrawn_why", "is_public"])
    row.dispatches.filter(state__in=(DispatchState.DUE, DispatchState.PLANNED)).update(state=DispatchState.WITHDRAWN)
    audit.record("broadcast.bulletin_withdrawn", actor=actor, about=row, unit=row.unit_id, facts={"went_out": went_out})
    transaction.on_commit(pagecache.bump)
    transaction.on_commit(lambda: _take_out(row))
    return _cancel(row, why, _user(actor), hides=hides, is_public=was_public) if went_out else None


def _take_out(row: Bulletin) -> None:
    """Take back what waits, in pieces, and what channels hold; the outbox's chore does the same again after a kill."""
    outbox.withdraw(f"bulletin:{row.public_id}")
    for name in row.channels:
        channel = channels.get(name)
        if channel is not None and not row.is_training:
            channel.withdraw(f"bulletin:{row.public_id}")


def _cancel(row: Bulletin, why: str, user: User | None, *, hides: bool, is_public: bool) -> Bulletin:
    new = Bulletin(
        unit=row.unit, is_training=row.is_training, msg_type=MsgType.CANCEL, follows=row, priority=row.priority, kind=row.kind, event=row.event,
        headline=wording.day_words(row) if hides else row.headline, text=wording.withdrawal_words(row, why, hides=hides), channels=row.channels,
        short_text=wording.withdrawal_words(row, why, hides=hides, is_short=True),
        groups=row.groups, roles=row.roles, is_public=is_public, issuing_body=row.issuing_body, issuing_number=row.issuing_number, source=row.source,
        expires_at=max(row.expires_at or clock.now(), clock.now() + timedelta(days=1)),
    )  # fmt: skip
    new.save()
    _set_areas(new, [area.unit for area in row.areas.select_related("unit")])
    _put_in_force(new, BulletinState.APPROVED, user)
    return new


# What must hold


def check(row: Bulletin) -> None:
    """Refuse what may not go out as it is.

    Raises:
        Invalid: with the field that lacks something.
    """
    _check_words(row)
    _check_way(row)
    _check_times(row)


def _check_words(row: Bulletin) -> None:
    if not row.text and not row.recording:
        raise Invalid(_("A bulletin needs a text, or a recording."), code="empty", field="text")
    if wording.blanks(f"{row.headline}\n{row.text}\n{row.short_text}\n{row.spoken_text}"):
        raise Invalid(_("A blank of the ready text is not filled in yet."), code="blank", field="text")
    if row.names_a_person and not row.legal_basis:
        raise Invalid(_("It names a private person: state the legal basis, or take the name out."), code="legal_basis", field="legal_basis")
    is_warning = row.event in ISSUED_BY_A_BODY and row.kind in (Kind.ALERT, Kind.ALL_CLEAR)
    if is_warning and not (row.issuing_body and row.issuing_number):
        field = "issuing_number" if row.issuing_body else "issuing_body"
        raise Invalid(_("A warning of this kind is issued by a body that the law names: say which, and its number."), code="issuing_body", field=field)


def _check_way(row: Bulletin) -> None:
    if not row.channels:
        raise Invalid(_("Choose at least one channel."), code="empty", field="channels")
    if not (row.areas.exists() or row.groups):
        raise Invalid(_("Choose whom it is for."), code="empty", field="areas")
    levels = set(row.areas.values_list("unit__level", flat=True))
    if levels and not (levels & {Level.COMMUNE, Level.HAMLET, Level.SELF_MANAGED_GROUP, Level.PROVINCE, Level.DISTRICT}):
        raise Invalid(_("Choose whom it is for."), code="empty", field="areas")


def _check_times(row: Bulletin) -> None:
    now = clock.now()
    if row.expires_at is not None and row.expires_at <= now:
        raise Invalid(_("It would have ended already: set a later end."), code="ended", field="expires_at")
    if row.repeats != Repeats.ONCE:
        if row.at_time is None:
            raise Invalid(_("Say at what time it goes out."), code="empty", field="at_time")
        if row.expires_at is None:
            raise Invalid(_("Say until when it is repeated."), code="empty", field="expires_at")
        days = row.weekdays if row.repeats == Repeats.WEEKLY else row.lunar_days
        if not days:
            field = "weekdays" if row.repeats == Repeats.WEEKLY else "lunar_days"
            raise Invalid(_("Choose at least one day."), code="empty", field=field)
    elif row.first_on is not None and _too_late(row, now):
        raise Invalid(_("This day or time has passed."), code="passed", field="first_on")


def _too_late(row: Bulletin, now: datetime) -> bool:
    return row.first_on is not None and row.first_on < clock.local(now).date()


def _facts(row: Bulletin) -> dict[str, object]:
    return {"channels": list(row.channels), "priority": row.priority, "sealed": row.sealed, "training": row.is_training}


def _locked(bulletin: Bulletin) -> Bulletin:
    return Bulletin.objects.select_for_update().get(pk=bulletin.pk)


def _user(actor: Actor) -> User | None:
    return User.objects.filter(pk=actor.user_id).first() if actor.user_id is not None else None
