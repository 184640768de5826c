"""The redaction before publication: every mark decided, words hidden by hand, the copy previewed as everybody reads it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from liengia.core.actor import Actor
from liengia.core.errors import DomainError, NotFound
from liengia.opinions import office_case, office_text, policies, services
from liengia.opinions.capabilities import MODERATE
from liengia.opinions.models import Opinion, PublicText
from liengia.opinions.office_text import Decided
from liengia.opinions.views.office import me
from liengia.people.policies import requires


@dataclass(slots=True)
class Copy:
    """A public copy in the making: what was typed and decided, what comes of it, and what still waits."""

    title: str
    text: str
    place: str
    text_marks: list[Decided]
    place_marks: list[Decided]
    hidden: str
    kept: set[str]
    photos: list[int]
    waiting: list[str] = field(default_factory=list)

    @property
    def undecided(self) -> int:
        """How many places wait for a decision."""
        return sum(not one.decision for one in (*self.text_marks, *self.place_marks)) + len(self.waiting)


def _copy(opinion: Opinion, said: QueryDict) -> Copy:
    """Make the copy of what a form says; with nothing said, nothing is decided."""
    spoken = {name: str(value) for name, value in said.items()}
    text_marks = office_text.decide("t", opinion.text, services.marks_of(opinion), spoken)
    place_marks = office_text.decide("p", opinion.place_words, services.marks_of(opinion, opinion.place_words), spoken)
    hidden = said.get("hidden", "")
    by_hand = hidden.splitlines()
    kept = office_text.kept([*text_marks, *place_marks]) | set(said.getlist("keep"))
    made = Copy(
        said.get("title", "").strip()[:120],
        office_text.compose(opinion.text, text_marks, by_hand),
        office_text.compose(opinion.place_words, place_marks, by_hand),
        text_marks,
        place_marks,
        hidden,
        kept,
        [int(key) for key in said.getlist("photos") if key.isascii() and key.isdigit()],
    )
    undecided = {one.words for one in (*text_marks, *place_marks) if not one.decision}
    made.waiting = [words for words in _marked(opinion, made) if words not in kept | undecided]
    return made


def _marked(opinion: Opinion, made: Copy) -> list[str]:
    """Return the words that the finder marks in the copy itself: in its title, and what hiding has left over."""
    return services.marked_words(opinion, made.title, made.text, made.place)


def _moderated(request: HttpRequest, public_id: str) -> Opinion:
    opinion = policies.get_for(request.user, public_id)
    if opinion.about_officials or not policies.may(request.user, MODERATE, opinion):
        raise NotFound("")
    office_case.record_read(opinion, me(request))
    return opinion


@requires(MODERATE)
@never_cache
def edit(request: HttpRequest, public_id: str) -> HttpResponse:
    """Show the original beside the public copy, and publish it once everything is decided."""
    opinion = _moderated(request, public_id)
    made = _copy(opinion, request.POST if request.method == "POST" else _first_words(opinion))
    error = _publish(request, opinion, made) if request.POST.get("do") == "publish" else ""
    if error is None:
        messages.success(request, _("The public copy can be read by everybody."))
        return redirect("opinions_office_case", opinion.public_id)
    return render(request, "opinions/office/text.html", _context(opinion, made, error), status=422 if error else 200)


def _first_words(opinion: Opinion) -> QueryDict:
    said = QueryDict(mutable=True)
    current = opinion.current_text
    said["title"] = current.title if current else ""
    said.setlist("photos", [str(key) for key in opinion.photos.filter(is_public=True).values_list("pk", flat=True)])
    return said


def _publish(request: HttpRequest, opinion: Opinion, made: Copy) -> str | None:
    """Publish; return what stands in the way, or None."""
    if made.undecided:
        return _("Decide on each marked place first.")
    try:
        services.publish_text(
            opinion, title=made.title, text=made.text, place_words=made.place, kept=made.kept, photos=made.photos,
            actor=Actor.of(me(request)), office=office_case.office_of(opinion),
        )  # fmt: skip
    except DomainError as refused:
        return str(refused)
    return None


def _context(opinion: Opinion, made: Copy, error: str | None) -> dict[str, Any]:
    return {
        "opinion": opinion, "copy": made, "error": error, "photos": opinion.photos.defer("data"),
        "text_pieces": office_text.pieces(opinion.text, made.text_marks),
        "place_pieces": office_text.pieces(opinion.place_words, made.place_marks, first=len(made.text_marks) + 1),
        "marks": [*made.text_marks, *made.place_marks],
        "choices": [("hide", _("Hide")), ("keep", _("Keep")), ("wrong", _("Wrong mark"))],
    }  # fmt: skip


@requires(MODERATE)
@require_POST
def preview(request: HttpRequest, public_id: str) -> HttpResponse:
    """Show the copy as everybody would read it; nothing is written."""
    opinion = _moderated(request, public_id)
    made = _copy(opinion, request.POST)
    text = PublicText(opinion=opinion, title=made.title or _("(no title yet)"), text=made.text, place_words=made.place)
    photos = opinion.photos.filter(pk__in=made.photos).defer("data")
    return render(request, "opinions/office/preview.html", {"opinion": opinion, "text": text, "photos": photos, "copy": made})


@requires(MODERATE)
@require_POST
def withdraw(request: HttpRequest, public_id: str) -> HttpResponse:
    """Take the public copy away; for good when it is about an identifiable private person."""
    opinion = _moderated(request, public_id)
    for_good = "private" in request.POST
    office = office_case.office_of(opinion)
    services.withdraw_text(opinion, is_private_person=for_good, actor=Actor.of(me(request)), office=office)
    messages.success(request, _("Never public from now on; it is answered by the code.") if for_good else _("No longer public."))
    return redirect("opinions_office_case", public_id)
