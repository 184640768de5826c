"""Filing: from the web, and by a helper for somebody without a phone. The same code files once only."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from liengia.core import clock
from liengia.core.actor import Actor
from liengia.core.errors import Invalid, Refused
from liengia.core.fields import parse_phone
from liengia.core.geo import Point
from liengia.core.images import EncodedImage
from liengia.opinions import codes, officials, subjects
from liengia.opinions.models import HeldPhoto, Kind, Opinion, Photo, RefersToOfficer, Source, Topic
from liengia.opinions.services.history import due_times, note, rules_of
from liengia.people.models import User
from liengia.units.models import Level, Unit

MOST_PHOTOS: Final = 5
LONGEST_TEXT: Final = 2000
LONGEST_PLACE: Final = 160


@dataclass(frozen=True, slots=True)
class Draft:
    """What somebody wrote; when it concerns an officer, also whom (all who hold the post, and words) and who is to handle it.

    `about` is the key of a thing of an upper room (see `opinions.subjects`); one that names nothing is not kept.
    What was spoken before everybody needs no name, also where the commune takes none without.
    """

    commune: Unit
    text: str
    kind: str = Kind.REPORT
    place_words: str = ""
    hamlet: Unit | None = None
    point: Point | None = None
    topic: Topic | None = None
    is_anonymous: bool = True
    contact_name: str = ""
    contact_phone: str = ""
    about_officials: bool = False
    officers: Sequence[User] = ()
    officer_words: str = ""
    officials_to: str = ""
    about: str = ""
    is_spoken: bool = False
    photos: Sequence[EncodedImage] = field(default_factory=tuple)


def file_opinion(
    draft: Draft, *, code: str, source: str = Source.WEB, actor: Actor | None = None, at: datetime | None = None
) -> Opinion:
    """File an opinion under a private code; the same code again returns the one that was filed (a form sent twice).

    Of an anonymous one no instant is kept: neither here, nor in the history, the audit, or a file's date.

    Raises:
        Invalid: a code that is none, no text, a place or hamlet that does not fit, more photos than five, no name where
            the commune asks for one, or nobody who could handle what concerns this officer.
    """
    return _file(draft, code=code, source=source, actor=actor or Actor.visitor(), at=at or clock.now())


def file_for_another(
    draft: Draft, *, code: str, helper: User, actor: Actor, slip_number: str = "", source: str = Source.PAPER,
    at: datetime | None = None,
) -> Opinion:  # fmt: skip
    """File what a helper writes down for somebody without a phone; it counts as answered only once they were told.

    `at` is when it was written down (an offline entry comes later); one ahead of now is taken as now.

    Raises:
        Invalid: as `file_opinion`; a slip number that was entered in this commune before (slips of a forum are its own matter).
    """
    now = clock.now()
    when = min(at, now) if at else now
    return _file(draft, code=code, source=source, actor=actor, at=when, helper=helper, slip_number=slip_number.strip())


def _file(
    draft: Draft, *, code: str, source: str, actor: Actor, at: datetime, helper: User | None = None, slip_number: str = ""
) -> Opinion:
    symbols = codes.parse(code)
    if symbols is None:
        raise Invalid(_("This form has no valid code. Open it again; what you wrote can be copied over."), code="no_code")
    if (before := filed_before(code)) is not None:
        return before
    key = codes.hash_of(symbols)
    phone = _checked(draft)
    intake, due = due_times(
        commune=draft.commune,
        topic=draft.topic,
        at=at,
        is_urgent=bool(draft.topic and draft.topic.is_urgent),
        rounded=draft.is_anonymous,
    )
    handled_by = _handled_by(draft)
    with transaction.atomic():
        if slip_number and source == Source.PAPER and Opinion.all_.filter(commune=draft.commune, slip_number=slip_number, source=source).exists():
            raise slip_again(slip_number)
        row, is_new = Opinion.all_.get_or_create(
            code_hash=key,
            defaults={
                "commune": draft.commune,
                "hamlet": draft.hamlet,
                "kind": draft.kind,
                "topic": draft.topic,
                "source": source,
                "text": draft.text.strip(),
                "place_words": draft.place_words.strip(),
                "point": f"{draft.point.lat:.5f} {draft.point.lon:.5f}" if draft.point else "",
                "is_anonymous": draft.is_anonymous,
                "contact_name": "" if draft.is_anonymous else draft.contact_name.strip(),
                "contact_phone": "" if draft.is_anonymous else phone,
                "slip_number": slip_number,
                "entered_by": helper,
                "is_urgent": bool(draft.topic and draft.topic.is_urgent),
                "filed_on": clock.local(at).date(),
                "filed_at": None if draft.is_anonymous else at,
                "intake_due_at": intake,
                "due_at": due,
                "about_officials": draft.about_officials,
                "officials_to": handled_by,
                "about": subjects.known(draft.about),
            },
        )
        if not is_new:
            return row
        Photo.objects.bulk_create(
            Photo(opinion=row, order=order, data=one.data, content_type=one.content_type, width=one.width, height=one.height)
            for order, one in enumerate(draft.photos)
        )
        if draft.about_officials:
            RefersToOfficer.objects.bulk_create(
                RefersToOfficer(opinion=row, officer=officer, words=draft.officer_words.strip()) for officer in draft.officers or (None,)
            )
        HeldPhoto.objects.filter(form_hash=key).delete()
        note(row, "filed", actor=actor, data={"source": source, "photos": len(draft.photos)})
    return row


def filed_before(code: str) -> Opinion | None:
    """Return what was filed under a code, if anything was."""
    symbols = codes.parse(code)
    return Opinion.all_.filter(code_hash=codes.hash_of(symbols)).first() if symbols else None


def slip_again(number: str) -> Invalid:
    """Return the error of a slip that was entered before."""
    return Invalid(_("Slip number %(number)s was entered before.") % {"number": number}, code="slip_again")


def _checked(draft: Draft) -> str:
    """Refuse what cannot be filed; return the phone number in its one form."""
    if not draft.text.strip():
        raise Invalid(_("There are no words yet. Write what happened."), code="no_text", field="text")
    if len(draft.photos) > MOST_PHOTOS:
        raise Invalid(_("At most five pictures can be sent."), code="photos_many", field="photos")
    if draft.commune.level != Level.COMMUNE or not draft.commune.is_current:
        raise Invalid(_("This commune does not take opinions here."), code="no_commune", field="commune")
    if draft.hamlet is not None and draft.hamlet.commune() != draft.commune:
        raise Invalid(_("This hamlet belongs to another commune."), code="hamlet_elsewhere", field="hamlet")
    return _checked_contact(draft)


def _handled_by(draft: Draft) -> str:
    if not draft.about_officials:
        return ""
    return officials.goes_to(draft.commune, officers=draft.officers, words=[draft.officer_words], wanted=draft.officials_to)


def _checked_contact(draft: Draft) -> str:
    if draft.is_anonymous:
        if not draft.is_spoken and not rules_of(draft.commune).allows_anonymous:
            raise Invalid(_("This commune asks for a name and a phone number."), code="named_only", field="contact_name")
        return ""
    if not draft.contact_name.strip():
        raise Invalid(_("There is no name yet. Write it, or choose anonymous."), code="no_name", field="contact_name")
    try:
        return parse_phone(draft.contact_phone) if draft.contact_phone.strip() else ""
    except ValidationError as error:
        raise Invalid(error.messages[0], code="phone", field="contact_phone") from None


@transaction.atomic
def hold_photos(code: str, photos: Sequence[EncodedImage]) -> list[HeldPhoto]:
    """Keep pictures of a form that had an error, for a day, so that nobody has to choose them again; return all held.

    Raises:
        Refused: the form's code is none.
    """
    symbols = codes.parse(code)
    if symbols is None:
        raise Refused(_("This form is no longer valid. Open it again."), code="no_code")
    key = codes.hash_of(symbols)
    held = HeldPhoto.objects.filter(form_hash=key).count()
    HeldPhoto.objects.bulk_create(
        HeldPhoto(form_hash=key, order=held + place, data=one.data, width=one.width, height=one.height, held_on=clock.today())
        for place, one in enumerate(photos[: MOST_PHOTOS - held])
    )
    return held_photos(code)


def held_photos(code: str) -> list[HeldPhoto]:
    """Return the pictures held for a form."""
    symbols = codes.parse(code)
    return list(HeldPhoto.objects.filter(form_hash=codes.hash_of(symbols))) if symbols else []


def drop_held(code: str, keep: Sequence[int]) -> None:
    """Drop the held pictures of a form that the writer no longer wants."""
    symbols = codes.parse(code)
    if symbols:
        HeldPhoto.objects.filter(form_hash=codes.hash_of(symbols)).exclude(pk__in=list(keep)).delete()
