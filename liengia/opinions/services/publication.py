"""The public text: a redacted copy on which a moderator has decided, mark by mark. The original never leaves its row."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import Final

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from liengia.core import clock, search
from liengia.core.actor import Actor
from liengia.core.errors import Invalid, Refused
from liengia.opinions import index, redaction
from liengia.opinions.models import Opinion, PublicText, State
from liengia.opinions.services.history import note, take
from liengia.people.models import RoleAssignment
from liengia.units.models import Unit

_NAMES_READ: Final = 400


def officers_names(commune: Unit) -> list[str]:
    """Return the names of those who hold a role of the office here: the finder marks them wherever they stand."""
    held = RoleAssignment.objects.at(clock.now()).filter(unit=commune, role__needs_second_factor=True)
    return list(held.values_list("user__full_name", flat=True).distinct()[:_NAMES_READ])


def marks_of(opinion: Opinion, text: str | None = None) -> list[redaction.Mark]:
    """Return what the finder marks in the original (or in a text made from it), for a moderator to decide on."""
    return redaction.find(opinion.text if text is None else text, names=officers_names(opinion.commune))


def marked_words(opinion: Opinion, *parts: str) -> list[str]:
    """Return the words that the finder marks in parts of what is to be public, each once."""
    names = officers_names(opinion.commune)
    return list(dict.fromkeys(part[mark.start : mark.end] for part in parts for mark in redaction.find(part, names=names)))


def decide_marks(opinion: Opinion, parts: Iterable[str], *, kept: Collection[str]) -> list[dict[str, object]]:
    """Return the marks that a moderator decided to leave in what is to be public.

    Raises:
        Refused: there is one on which nobody decided (code "undecided", `words` holds it).
    """
    names = officers_names(opinion.commune)
    decided: list[dict[str, object]] = []
    for part in parts:
        for mark in redaction.find(part, names=names):
            words = part[mark.start : mark.end]
            if words not in kept:
                raise Refused(
                    _("Decide on each marked place first: “%(words)s”.") % {"words": words}, code="undecided", words=words
                )
            decided.append({"kind": mark.kind, "start": mark.start, "end": mark.end})
    return decided


@transaction.atomic
def publish_text(
    opinion: Opinion, *, title: str, text: str, actor: Actor, place_words: str = "", kept: Collection[str] = (),
    photos: Iterable[int] = (), office: str = "",
) -> PublicText:  # fmt: skip
    """Publish a redacted copy, as a new version. `kept` are the marked words that the moderator decided to leave.

    Raises:
        Invalid: no title or text. Refused: about a private person or an officer, ended without an answer; or a marked
            place on which nobody decided (code "undecided", `words` holds it).
    """
    row = take(opinion, actor=actor)
    if not title.strip() or not text.strip():
        raise Invalid(_("A public text has a title and words."), code="no_text", field="text")
    if row.is_private_person or row.about_officials or row.state in (State.MERGED, State.MOVED_OUT):
        raise Refused(_("This one is never public. It can be answered by its code."), code="never_public")
    decided = decide_marks(row, (title, text, place_words), kept=kept)
    made = PublicText.objects.create(
        opinion=row,
        version=row.public_texts.count() + 1,
        title=title.strip(),
        text=text.strip(),
        place_words=place_words.strip(),
        marks=decided,
        made_by_id=actor.user_id,
    )
    chosen = list(photos)
    row.photos.filter(pk__in=chosen).update(is_public=True)
    row.photos.exclude(pk__in=chosen).update(is_public=False)
    Opinion.all_.filter(pk=row.pk).update(is_public=True)
    index.renew(row)
    note(row, "text_published", actor=actor, data={"version": made.version, "photos": len(chosen)}, office=office)
    return made


@transaction.atomic
def withdraw_text(opinion: Opinion, *, actor: Actor, is_private_person: bool = False, office: str = "") -> Opinion:
    """Take the public text away, for good when it is about an identifiable private person."""
    row = take(opinion, actor=actor)
    private = row.is_private_person or is_private_person
    Opinion.all_.filter(pk=row.pk).update(is_public=False, is_private_person=private)
    row.is_public, row.is_private_person = False, private
    make_unseen(row)
    note(row, "text_withdrawn", actor=actor, office=office)
    return row


def make_unseen(row: Opinion) -> None:
    """Delete the public copies of one that is no longer public, of its answers too, and hide its photos; in the verb's transaction."""
    row.public_texts.all().delete()
    row.answers.update(public_text="")
    row.photos.update(is_public=False)
    search.remove(index.KIND, row.public_id)
