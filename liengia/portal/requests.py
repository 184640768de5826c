"""Requests of people shown or named in an article: filing, following by a private code, and what the office does.

Of who asks nothing is kept that they did not write: no address, device or account, and the day alone. So filing leaves
no entry in the audit log, which would keep the moment; every step of the office does. A picture is taken down by
whoever looks after the commune's pages, at once; a correction is public text, and so takes two.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Final

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.db import transaction
from django.db.models import Count, Q
from django.db.models.functions import TruncMonth
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from liengia.audit import services as audit
from liengia.comments import policies as comment_policies
from liengia.comments import services as comments
from liengia.comments.models import Comment, Reason, Thread
from liengia.core import clock, codes, search
from liengia.core.actor import Actor
from liengia.core.errors import Invalid, NotFound, Refused
from liengia.core.health import Finding
from liengia.core.metrics import Gauge
from liengia.core.text import fold
from liengia.opinions import redaction
from liengia.organisations import workdays
from liengia.people import policies
from liengia.people.menu import Chore
from liengia.people.models import User
from liengia.portal import permissions, takedown
from liengia.portal.capabilities import APPROVE, EDIT
from liengia.portal.models import (
    AreaHomePage,
    ArticlePage,
    ArticleRequest,
    CommunePortalPage,
    PortalDocument,
    PortalImage,
    RequestKind,
    RequestRefusal,
    RequestState,
)
from liengia.portal.models.requests import OPEN, RequestQuerySet
from liengia.portal.request_states import REQUEST
from liengia.units.models import Unit

KEY_FILE: Final = "article-request-codes.key"
LONGEST: Final = 1500
LONGEST_ANSWER: Final = 1000
LONGEST_ERRATUM: Final = 500
# What the writer wrote, and what they were answered, is erased so long after the end; the count stays.
WORDS_FOR: Final = timedelta(days=90)
# A request that is overdue for so long has been forgotten.
FORGOTTEN: Final = timedelta(days=7)
# So many comments of an article, the newest, can be looked through at a request.
COMMENTS_MOST: Final = 300
# One article takes so many requests that nobody has looked at; then they are asked to call.
WAITING_MOST: Final = 100
# What stands in the place of a name that is taken out: no words of an editor's own, which would need a second person.
NEUTRAL: Final = {
    "person": _("a resident"),
    "household": _("a household"),
    "child": _("a child"),
    "pupil": _("a pupil"),
    "removed": _("(name taken out)"),
}

overdue_requests = Gauge(
    "liengia_article_requests_overdue", "Requests to take down or correct that were not decided in time.", multiprocess_mode="mostrecent"
)


@dataclass(frozen=True, slots=True)
class Asked:
    """What somebody asks for."""

    article: ArticlePage
    kind: str
    pictures: Sequence[PortalImage] = field(default_factory=tuple)
    videos: Sequence[PortalDocument] = field(default_factory=tuple)
    passage: str = ""
    words: str = ""
    name: str = ""
    contact: str = ""
    about_comments: bool = False


def file_request(asked: Asked, *, code: str) -> ArticleRequest:
    """File a request under a private code; the same code again returns the one that was filed (a form sent twice).

    Raises:
        Invalid: no valid code, or nothing that says what it is about.
        Refused: very many wait for this article.
    """
    symbols = codes.parse(code)
    if symbols is None:
        raise Invalid(_("This form is not valid any more. Send it once more."), code="no_code")
    key = codes.hash_of(symbols, KEY_FILE)
    if before := ArticleRequest.objects.filter(code_hash=key).first():
        return before
    _check(asked)
    about_child = asked.kind == RequestKind.CHILD or any(one.shows_recognisable_child for one in asked.pictures)
    unit = permissions.unit_of(asked.article)
    unit = unit.current() if unit is not None else None
    return _save(asked, key=key, unit=unit, is_urgent=about_child)


def _check(asked: Asked) -> None:
    if asked.kind in (RequestKind.PICTURE, RequestKind.CHILD) and not (asked.pictures or asked.videos or asked.passage.strip()):
        raise Invalid(_("Choose the picture, or say in words which one it is."), code="no_picture", field="pick")
    if asked.kind in (RequestKind.NAME, RequestKind.MISTAKE, RequestKind.OTHER) and not (asked.passage.strip() or asked.words.strip() or (asked.about_comments and asked.name.strip())):
        raise Invalid(_("Copy the sentence here, or say what is wrong."), code="no_words", field="passage")
    if asked.article.requests.waiting().count() >= WAITING_MOST:
        raise Refused(_("Very many requests wait for this article. What you wrote is still here: please call the People's Committee of your commune."), code="full")


def due_at(unit: Unit | None, *, is_urgent: bool) -> datetime:
    """Return by when a request that is filed today is decided: the commune's days, or the installation's; half of them for a child."""
    portal = CommunePortalPage.objects.filter(unit__in=unit.lineage_ids()).first() if unit is not None else None
    days = (portal.request_days if portal is not None else None) or settings.REQUEST_DAYS
    days = max(1, days // 2) if is_urgent else days
    return workdays.due_after(clock.now(), days=days, unit=unit)


@transaction.atomic
def _save(asked: Asked, *, key: str, unit: Unit | None, is_urgent: bool) -> ArticleRequest:
    facts = {
        "article": asked.article, "unit": unit, "kind": asked.kind, "is_urgent": is_urgent, "due_at": due_at(unit, is_urgent=is_urgent),
        "about_comments": asked.about_comments, "passage": asked.passage.strip(), "words": asked.words.strip(), "name": asked.name.strip(), "contact": asked.contact.strip(),
    }  # fmt: skip
    row, is_new = ArticleRequest.objects.get_or_create(code_hash=key, defaults=facts)
    if is_new:
        row.pictures.set(asked.pictures)
        row.videos.set(asked.videos)
    return row


def find_by_code(code: str) -> ArticleRequest:
    """Return the request of a private code.

    Raises:
        NotFound: nobody's code, a slip of the hand, or words erased after their period: all look the same.
    """
    symbols = codes.parse(code)
    found = ArticleRequest.objects.filter(code_hash=codes.hash_of(symbols, KEY_FILE)).select_related("article", "unit").first() if symbols else None
    if found is None:
        raise NotFound(_("No request has this code. Look at each group once more."))
    return found


# The office


def _holds(user: User | AnonymousUser, codes_: Collection[str]) -> Q:
    roots = {unit.pk for code in codes_ for unit in policies.units_where(user, code)}
    mine = Q(unit__in=Unit.objects.below_any(sorted(roots))) if roots else Q(pk__in=[])
    home = AreaHomePage.objects.first()
    if home is not None and any(permissions.can(user, code, home) for code in codes_):
        mine |= Q(unit=None)
    return mine


def visible_to(user: User | AnonymousUser) -> RequestQuerySet:
    """Return the requests about pages that a user writes or approves; those of others do not exist."""
    return ArticleRequest.objects.filter(_holds(user, (EDIT, APPROVE)))


def may_correct(user: User | AnonymousUser, request: ArticleRequest) -> bool:
    """Tell whether a user may make the proposed correction public: an approver who did not propose it."""
    if not request.proposed_words or request.proposed_by_id == getattr(user, "pk", None):
        return False
    return ArticleRequest.objects.filter(_holds(user, (APPROVE,)), pk=request.pk).exists()


@transaction.atomic
def take_up(request: ArticleRequest, *, user: User) -> ArticleRequest:
    """Begin to look at a request; whoever asked sees it.

    Raises:
        NotFound: another commune's.
        Refused: it is looked at, or decided, already.
    """
    locked = _locked(request, user)
    locked.state = RequestState(REQUEST.after(locked.state, "take_up"))
    locked.save(update_fields=["state"])
    _note(locked, "taken_up", user)
    return locked


@transaction.atomic
def propose_correction(request: ArticleRequest, *, words: str, user: User) -> ArticleRequest:
    """Write the words of a correction, which somebody else makes public.

    Raises:
        NotFound: another commune's.
        Invalid: no words, or too many.
        Refused: nobody looks at it yet, or it is decided.
    """
    locked = _locked(request, user)
    REQUEST.after(locked.state, "propose")
    if not words.strip() or len(words.strip()) > LONGEST_ERRATUM:
        raise Invalid(_("Write what was wrong and what is right, in at most 500 characters."), code="words")
    locked.proposed_words, locked.proposed_by = words.strip(), user
    locked.save(update_fields=["proposed_words", "proposed_by"])
    _note(locked, "proposed", user)
    return locked


@transaction.atomic
def correct(request: ArticleRequest, *, answer: str = "", user: User) -> ArticleRequest:
    """Make the proposed correction public on the article, for good.

    Raises:
        NotFound: another commune's.
        Refused: no words are proposed, the user proposed them or may not approve, or the article is gone.
    """
    locked = _locked(request, user)
    state = REQUEST.after(locked.state, "correct")
    if locked.article is None:
        raise Refused(_("The article is no longer there: there is nothing to correct."), code="gone")
    if not may_correct(user, locked):
        raise Refused(_("A correction is public when somebody other than its writer, who may approve, has read it."), code="own_words")
    takedown.add_erratum(locked.article, locked.proposed_words)
    return _decide(locked, state, user=user, answer=answer)


@transaction.atomic
def remove(
    request: ArticleRequest, *, pictures: Collection[PortalImage] = (), videos: Collection[PortalDocument] = (),
    hidden: Collection[Comment] = (), words: str = "", instead: str = "removed", answer: str = "", user: User,
) -> ArticleRequest:  # fmt: skip
    """Take pictures, videos, a name and readers' comments off for good, at once; only what is of this article can be chosen.

    Comments go by their own room's service, with the reason that they name a private person; their writers read it there.

    Raises:
        NotFound: another commune's; comments, of somebody who does not moderate them.
        Invalid: nothing is chosen, what is chosen is not of this article, or the words do not stand in it.
        Refused: nobody looks at it yet, or the article is gone.
    """
    locked = _locked(request, user)
    state = REQUEST.after(locked.state, "remove")
    article = locked.article
    if article is None:
        raise Refused(_("The article is no longer there: there is nothing to take down."), code="gone")
    words = " ".join(words.split())
    if not (pictures or videos or hidden or words):
        raise Invalid(_("Choose what is taken down."), code="nothing")
    own = media_of(article)
    if not {one.pk for one in pictures} <= {one.pk for one in own.pictures} or not {one.pk for one in videos} <= {one.pk for one in own.videos}:
        raise Invalid(_("Choose what is taken down."), code="not_of_this_article")
    if not {one.pk for one in hidden} <= {one.comment.pk for one in named_comments(locked, user)}:
        raise Invalid(_("Choose what is taken down."), code="not_of_this_article")
    places = 0
    if words:
        places = takedown.take_out_words(article, words, instead=str(NEUTRAL.get(instead) or NEUTRAL["removed"])).words
        if not places:
            raise Invalid(_("These words do not stand in the article. Copy them exactly, or edit the article itself."), code="words_absent")
    for comment in hidden:
        comments.remove_comment(comment, reason=Reason.PERSON, user=user)
    taken = takedown.withdraw_media(pictures, videos)
    facts: dict[str, object] = {"comments": len(hidden), "pictures": len(pictures), "videos": len(videos), "places": places, "pages": len(taken.pages)}
    return _decide(locked, state, user=user, answer=answer, facts=facts)


@transaction.atomic
def refuse(request: ArticleRequest, *, reason: str, answer: str, user: User) -> ArticleRequest:
    """Refuse with a reason of the list and words to whoever asked.

    Raises:
        NotFound: another commune's.
        Invalid: no reason of the list, or no words.
        Refused: nobody looks at it yet, or it is decided.
    """
    locked = _locked(request, user)
    state = REQUEST.after(locked.state, "refuse")
    if reason not in RequestRefusal.values:
        raise Invalid(_("Choose a reason."), code="reason")
    if not answer.strip():
        raise Invalid(_("Say why, in words that whoever asked understands."), code="words")
    locked.refusal = reason
    return _decide(locked, state, user=user, answer=answer, facts={"reason": reason})


def _decide(locked: ArticleRequest, state: str, *, user: User, answer: str, facts: dict[str, object] | None = None) -> ArticleRequest:
    locked.state, locked.decided_at, locked.decided_by, locked.answer = RequestState(state), clock.now(), user, answer.strip()
    locked.save(update_fields=["state", "decided_at", "decided_by", "answer", "refusal"])
    _note(locked, str(state), user, facts)
    return locked


def _locked(request: ArticleRequest, user: User) -> ArticleRequest:
    found = visible_to(user).filter(pk=request.pk)
    locked = ArticleRequest.objects.select_for_update().filter(pk__in=found.values("pk")).first()
    if locked is None:
        raise NotFound(_("This page does not exist."))
    return locked


def _note(row: ArticleRequest, what: str, user: User, facts: dict[str, object] | None = None) -> None:
    audit.record(f"portal.request_{what}", actor=Actor.of(user), about=row, unit=row.unit, facts={"article": row.article_id, **(facts or {})})


# Reads


@dataclass(frozen=True, slots=True)
class Media:
    """What can be taken off an article."""

    pictures: list[PortalImage]
    videos: list[PortalDocument]


def media_of(article: ArticlePage) -> Media:
    """Return the pictures and videos that an article shows."""
    videos = [block.value["document"] for block in article.body if block.block_type == "video" and block.value["document"]]
    return Media([one for one in article.pictures() if one.is_publishable], videos)


@dataclass(frozen=True, slots=True)
class NamedComment:
    """A shown comment under an article, and whether it bears a name that the request is about."""

    comment: Comment
    is_match: bool


def named_comments(row: ArticleRequest, user: User) -> list[NamedComment]:
    """Return the comments shown under a request's article, those that bear its names first; none for who does not moderate them."""
    thread = Thread.objects.filter(kind="article", key=str(row.article_id)).select_related("unit").first() if row.article_id else None
    if thread is None or not comment_policies.may_moderate(user, thread):
        return []
    names = names_in(row)
    found = [NamedComment(one, _bears(f"{one.name} {one.text}", names)) for one in thread.comments.shown().order_by("-pk")[:COMMENTS_MOST]]
    return sorted(found, key=lambda one: not one.is_match)


def names_in(row: ArticleRequest) -> list[str]:
    """Return the names that a request is about: that of whoever asked, and those in the sentence that they copied; folded."""
    marked = (row.passage[mark.start : mark.end] for mark in redaction.find(row.passage) if mark.kind == redaction.NAME)
    names = [[fold(word) for word in search.words_of(name)] for name in (row.name, *marked)]
    # People are called by their last two syllables as often as by the whole: "Bảy Nhơn" of "Nguyễn Văn Bảy Nhơn".
    return [" ".join(part) for words in names if len(words) > 1 for part in {tuple(words), tuple(words[-2:])}]


def _bears(text: str, names: Collection[str]) -> bool:
    folded = f" {' '.join(fold(word) for word in search.words_of(text))} "
    return any(f" {name} " in folded for name in names)


@dataclass(slots=True)
class Month:
    """A month's requests by what became of them."""

    month: date
    filed: int = 0
    removed: int = 0
    corrected: int = 0
    refused: int = 0
    waiting: int = 0


def figures(*, months: int = 12) -> list[Month]:
    """Return the last months' counts, newest first, by the day of filing. Only counts are public."""
    rows = ArticleRequest.objects.annotate(month=TruncMonth("filed_on")).values_list("month", "state").annotate(n=Count("pk")).order_by()
    found: dict[date, Month] = {}
    for month, state, count in rows:
        one = found.setdefault(month, Month(month))
        one.filed += count
        name = "waiting" if state in OPEN else str(state)
        setattr(one, name, getattr(one, name) + count)
    return sorted(found.values(), key=lambda one: one.month, reverse=True)[:months]


def overdue_count() -> int:
    """Return how many requests are overdue, for everybody to see, and for `/metrics`."""
    count = ArticleRequest.objects.all().overdue().count()
    overdue_requests.set(count)
    return count


def well() -> Finding:
    """Say in `/health` how many requests are overdue; red once somebody's picture has waited a week too long."""
    late = ArticleRequest.objects.all().overdue().count()
    forgotten = ArticleRequest.objects.all().overdue(clock.now() - FORGOTTEN).count()
    words = ngettext("%(count)s request to take down or correct is overdue", "%(count)s requests to take down or correct are overdue", late)
    return Finding(not forgotten, str(words % {"count": late} if late else _("no request to take down or correct is overdue")))


def today(user: User) -> Iterator[Chore]:
    """Say among the day's work how many requests wait; one that is overdue, or about a child, is pressing."""
    rows = list(visible_to(user).waiting()[:200]) if any(policies.can(user, code) for code in (EDIT, APPROVE)) else []
    if rows:
        words = ngettext("%(count)d person asks to have something taken down or corrected", "%(count)d people ask to have something taken down or corrected", len(rows))
        yield Chore(words % {"count": len(rows)}, reverse("portal_office_requests"), is_urgent=any(one.is_overdue or one.is_urgent for one in rows))


# Periods and reform


@transaction.atomic
def erase_words(*, chunk: int = 100) -> int:
    """Erase words, name, contact and code of what was decided 90 days ago; the counted row stays."""
    due = ArticleRequest.objects.filter(decided_at__lt=clock.now() - WORDS_FOR, erased_on=None)
    keys = list(due.values_list("pk", flat=True)[:chunk])
    if keys:
        for table in (ArticleRequest.pictures.through, ArticleRequest.videos.through):
            table.objects.filter(articlerequest_id__in=keys).delete()
        ArticleRequest.objects.filter(pk__in=keys).update(
            passage="", words="", name="", contact="", proposed_words="", answer="", code_hash=None, article=None, erased_on=clock.today()
        )  # fmt: skip
        audit.record("portal.request_words_erased", actor=Actor.system("worker"), about=("portal.ArticleRequest", ""), facts={"count": len(keys)})
    return len(keys)


def move_requests(old: Unit, new: Unit, *, on: date, actor: Actor) -> int:
    """Move a chunk of a commune's requests to its successor, which decides them by the time that was promised."""
    keys = list(ArticleRequest.objects.filter(unit=old).order_by("pk").values_list("pk", flat=True)[:100])
    return ArticleRequest.objects.filter(pk__in=keys).update(unit=new) if keys else 0
