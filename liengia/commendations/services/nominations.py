"""Nominations: entered, changed, put on the list, left out; their evidence; consent to the public roll."""

from __future__ import annotations

import io
from datetime import date
from typing import Any, Final

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext_lazy as _

from liengia.audit import services as audit
from liengia.commendations import doubts, naming, placing, wording
from liengia.commendations.models import (
    LONGEST_MERIT,
    LONGEST_NAME,
    DeedEvidence,
    Nomination,
    NominationState,
    RecipientKind,
    RollConsent,
    Round,
)
from liengia.commendations.services.rounds import check_open, check_revision, locked
from liengia.commendations.workflow import NOMINATION
from liengia.core import clock, pagecache
from liengia.core.actor import Actor
from liengia.core.errors import Invalid, Refused
from liengia.core.text import nfc, refuse_hidden

EVIDENCE_MOST: Final = 8 * 2**20
EVIDENCE_FILES: Final = 10
OLDEST: Final = 120
_TYPES: Final = {b"%PDF-": "application/pdf", b"\xff\xd8\xff": "image/jpeg", b"\x89PNG\r\n\x1a\n": "image/png"}


@transaction.atomic
def nominate(nomination: Nomination, *, is_proposal: bool = False, actor: Actor) -> Nomination:
    """Enter a nomination; a proposal waits until the office puts it on the list.

    Raises:
        Invalid: no name, one too long, an impossible year or day, a text that names somebody pursued.
        Refused: the round is no longer open.
    """
    row = locked(nomination.round)
    check_open(row)
    check(nomination, row)
    nomination.state = NominationState.PROPOSED if is_proposal else NominationState.LISTED
    nomination.place = (row.nominations.aggregate(last=Max("place"))["last"] or 0) + 1
    nomination.save()
    audit.record("commendations.nominated", actor=actor, about=nomination, unit=row.unit_id, facts={"kind": nomination.kind, "proposal": is_proposal})
    return nomination


@transaction.atomic
def change_nomination(nomination: Nomination, *, revision: int | None = None, actor: Actor, **changes: Any) -> Nomination:
    """Change a nomination while its round is open; doubts that the change raises are asked about anew.

    Raises:
        Invalid: as `nominate`. Refused: the round or the nomination is past that, or another changed it since the writer read it (code "changed").
    """
    found, row = _taken(nomination)
    check_revision(found, revision)
    NOMINATION.after(found.state, "change")
    compared = (found.name, found.birth_year, found.deed_on, found.merit, found.report)
    for name, value in changes.items():
        setattr(found, name, value)
    check(found, row)
    if compared != (found.name, found.birth_year, found.deed_on, found.merit, found.report):
        found.doubts_answered, found.doubts_answer = [], ""
    found.revision += 1
    found.save()
    audit.record("commendations.nomination_changed", actor=actor, about=found, unit=row.unit_id, facts={"fields": sorted(changes)})
    return found


@transaction.atomic
def answer_doubts(nomination: Nomination, *, answer: str, actor: Actor) -> Nomination:
    """Say why a nomination is right although it looked doubtful; whether it is a pursuit is answered by `confirm_pursuit` alone.

    Raises:
        Invalid: no answer. Refused: there is no doubt, or the round is past that.
    """
    found, row = _taken(nomination)
    open_doubts = sorted({one.code for one in doubts.of_nomination(found)} - {doubts.PURSUED})
    if not open_doubts:
        raise Refused(_("There is nothing doubtful about this nomination."), code="no_doubt")
    if not answer.strip():
        raise Invalid(_("Say what you found, for example: two people of one name, born 1969 and 1985."), code="no_answer", field="answer")
    found.doubts_answer, found.doubts_answered = nfc(answer).strip(), sorted({*open_doubts, *({doubts.PURSUED} & set(found.doubts_answered))})
    found.save(update_fields=["doubts_answer", "doubts_answered"])
    audit.record("commendations.doubts_answered", actor=actor, about=found, unit=row.unit_id, facts={"doubts": open_doubts})
    return found


@transaction.atomic
def confirm_pursuit(nomination: Nomination, *, is_pursuit: bool, actor: Actor) -> Nomination:
    """Say whether a deed that reads like a pursuit is one: its name then stands nowhere in public, whatever its list.

    Raises:
        Invalid: a text that names whoever was pursued. Refused: the round is past that, or its list is the pursuit's already.
    """
    found, row = _taken(nomination)
    if row.is_pursuit:
        raise Refused(_("This list is the pursuit's already: nothing of it is public."), code="pursuit_list")
    found.is_pursuit_deed = is_pursuit
    check(found, row)
    found.doubts_answered = sorted({*found.doubts_answered, doubts.PURSUED})
    found.save(update_fields=["is_pursuit_deed", "doubts_answered"])
    audit.record("commendations.pursuit_confirmed", actor=actor, about=found, unit=row.unit_id, facts={"pursuit": is_pursuit})
    return found


@transaction.atomic
def accept_nomination(nomination: Nomination, *, actor: Actor) -> Nomination:
    """Put a proposal, or one that was left out, on the list."""
    return _move(nomination, "accept", "nomination_accepted", reason="", actor=actor)


@transaction.atomic
def leave_out(nomination: Nomination, *, reason: str, actor: Actor) -> Nomination:
    """Leave a nomination out, and say why.

    Raises:
        Invalid: no reason. Refused: it is past that.
    """
    if not reason.strip():
        raise Invalid(_("Say why it is left out: who nominated will ask."), code="no_reason", field="reason")
    return _move(nomination, "leave_out", "nomination_left_out", reason=reason.strip(), actor=actor)


@transaction.atomic
def withdraw_nomination(nomination: Nomination, *, actor: Actor) -> Nomination:
    """Take a nomination back at the wish of who made it."""
    return _move(nomination, "withdraw", "nomination_withdrawn", reason="", actor=actor)


def _move(nomination: Nomination, verb: str, kind: str, *, reason: str, actor: Actor) -> Nomination:
    found, row = _taken(nomination)
    found.state, found.reason = NominationState(NOMINATION.after(found.state, verb)), reason
    found.ended_at = clock.now() if found.state in (NominationState.LEFT_OUT, NominationState.WITHDRAWN) else None
    found.save(update_fields=["state", "reason", "ended_at"])
    audit.record(f"commendations.{kind}", actor=actor, about=found, unit=row.unit_id)
    return found


# Evidence


@transaction.atomic
def add_evidence(nomination: Nomination, *, title: str, data: bytes, actor: Actor) -> DeedEvidence:
    """Keep a picture or a PDF that shows the merit, encrypted.

    Raises:
        Invalid: no title, another kind of file, too large, or too many. Refused: the round is past that.
    """
    found, row = _taken(nomination)
    if not title.strip():
        raise Invalid(_("Say what the file shows."), code="no_title", field="title")
    if len(data) > EVIDENCE_MOST:
        raise Invalid(_("The file is larger than 8 MB. Send a smaller picture or fewer pages."), code="too_large", field="file")
    kind = next((name for start, name in _TYPES.items() if data.startswith(start)), "")
    if not kind:
        raise Invalid(_("Only pictures (JPEG, PNG) and PDF files are kept."), code="not_a_file", field="file")
    if found.evidence.count() >= EVIDENCE_FILES:
        raise Invalid(_("At most %(n)s files.") % {"n": EVIDENCE_FILES}, code="too_many", field="file")
    clean = data if kind == "application/pdf" else _without_what_the_camera_wrote(data)
    made = DeedEvidence.objects.create(
        nomination=found, title=nfc(title).strip()[:160], content_type=kind if kind == "application/pdf" else "image/jpeg", data=clean, size=len(clean)
    )
    audit.record("commendations.evidence_added", actor=actor, about=found, unit=row.unit_id, facts={"type": kind, "size": len(clean)})
    return made


def _without_what_the_camera_wrote(data: bytes) -> bytes:
    """Return the picture as a new JPEG: place, device and hour go."""
    from PIL import Image, ImageOps

    try:
        with Image.open(io.BytesIO(data)) as picture:
            if picture.width * picture.height > 60_000_000:
                raise Invalid(_("The picture has too many points. Send a smaller one."), code="too_large", field="file")
            plain = ImageOps.exif_transpose(picture).convert("RGB")
            plain.thumbnail((2400, 2400))
            out = io.BytesIO()
            plain.save(out, "JPEG", quality=85)
    except (OSError, SyntaxError, ValueError, Image.DecompressionBombError) as error:
        raise Invalid(_("The picture cannot be opened. Take it again, or send another."), code="not_a_file", field="file") from error
    return out.getvalue()


@transaction.atomic
def remove_evidence(evidence: DeedEvidence, *, actor: Actor) -> None:
    """Take a file away while the round is open."""
    found, row = _taken(evidence.nomination)
    evidence.delete()
    audit.record("commendations.evidence_removed", actor=actor, about=found, unit=row.unit_id)


# Consent


@transaction.atomic
def record_consent(nomination: Nomination, *, how: str, given_on: date, actor: Actor) -> RollConsent:
    """Record that somebody agrees to stand on the public roll, and how they said so.

    Raises:
        Invalid: how it was given is missing, or a day in the future. Refused: a consent stands already, or a collective needs none.
    """
    if nomination.kind == RecipientKind.COLLECTIVE:
        raise Refused(_("A collective needs no consent: it is no person."), code="no_consent_needed")
    if not how.strip():
        raise Invalid(_("Say how the consent was given: it must be possible to show it."), code="no_proof", field="how")
    if given_on > clock.today():
        raise Invalid(_("This day has not come yet."), code="future", field="given_on")
    found = Nomination.objects.select_for_update(of=("self",)).get(pk=nomination.pk)
    if found.consents.filter(withdrawn_on=None).exists():
        raise Refused(_("A consent stands already."), code="consented")
    made = RollConsent.objects.create(nomination=found, how=nfc(how).strip()[:160], given_on=given_on, recorded_by_id=actor.user_id)
    audit.record("commendations.consented", actor=actor, about=found, unit=found.round.unit_id)
    pagecache.bump()
    return made


@transaction.atomic
def withdraw_consent(nomination: Nomination, *, actor: Actor) -> None:
    """Take a name off the public roll at once; it needs no reason.

    Raises:
        Refused: no consent stands.
    """
    if not RollConsent.objects.filter(nomination=nomination, withdrawn_on=None).update(withdrawn_on=clock.today()):
        raise Refused(_("No consent stands: the name is not on the roll."), code="no_consent")
    audit.record("commendations.consent_withdrawn", actor=actor, about=nomination, unit=nomination.round.unit_id)
    pagecache.bump()


# What all of them check


def check(nomination: Nomination, row: Round) -> None:
    """Look at what was written, and put it in order.

    Raises:
        Invalid: with the field that is wrong.
    """
    _check_words(nomination)
    today = clock.today()
    if nomination.birth_year is not None and not today.year - OLDEST <= nomination.birth_year <= today.year:
        raise Invalid(_("Nobody who is commended today was born in %(year)s.") % {"year": nomination.birth_year}, code="birth_year", field="birth_year")
    if nomination.deed_on is not None and (nomination.deed_on > today or nomination.deed_on.year < today.year - OLDEST):
        raise Invalid(_("This day cannot be: %(day)s.") % {"day": f"{nomination.deed_on:%d/%m/%Y}"}, code="deed_on", field="deed_on")
    if nomination.kind != RecipientKind.INDIVIDUAL and (nomination.birth_year is not None or nomination.is_police):
        raise Invalid(_("Only a person has a year of birth, or is of the police."), code="not_a_person", field="birth_year")
    check_collective(nomination.kind, nomination.name, field="kind")
    for field in ("merit", "report"):
        wording.check(getattr(nomination, field), is_pursuit=row.is_pursuit or nomination.is_pursuit_deed, own_name=nomination.name, field=field)


def check_collective(kind: str, name: str, *, field: str) -> None:
    """Refuse a collective that is called as a household or a person: as a collective they would stand in public unasked.

    Raises:
        Invalid: with the code "not_a_collective".
    """
    if kind == RecipientKind.COLLECTIVE and naming.is_of_persons(name):
        raise Invalid(
            _("“%(name)s” is a household or a person, and their name stands in public only with their consent. Choose so; or call the group, for example: %(group)s.")
            % {"name": name, "group": "Tổ liên gia số 3"}, code="not_a_collective", field=field,
        )  # fmt: skip


def _check_words(nomination: Nomination) -> None:
    for field, most in (("name", LONGEST_NAME), ("words", 200), ("merit", LONGEST_MERIT), ("nominated_by", LONGEST_NAME), ("honorific", 20), ("report", 20_000)):
        value = nfc(getattr(nomination, field))
        words = " ".join(value.split()) if field != "report" else value.strip()
        if len(words) > most:
            raise Invalid(_("At most %(n)s characters; here are %(count)s.") % {"n": most, "count": len(words)}, code="too_long", field=field)
        refuse_hidden(words, field=field)
        setattr(nomination, field, words)
    for field in ("name", "merit", "nominated_by"):
        if not getattr(nomination, field):
            raise Invalid(_("This may not be empty."), code="empty", field=field)
    if nomination.unit_id is not None and len(nomination.on_paper) > placing.LONGEST:
        raise Invalid(_("With the place of the nomination this is too long for the paper: at most %(n)s characters.") % {"n": placing.LONGEST}, code="too_long", field="words")
    if not any(sign.isalpha() for sign in nomination.name):
        raise Invalid(_("A name has letters."), code="no_name", field="name")


def _taken(nomination: Nomination) -> tuple[Nomination, Round]:
    """Return nomination and round, locked, with the round open."""
    row = locked(nomination.round)
    check_open(row)
    found = Nomination.objects.select_for_update(of=("self",)).get(pk=nomination.pk)
    found.round = row
    return found, row
