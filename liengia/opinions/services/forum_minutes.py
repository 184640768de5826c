"""Signing the minutes of a session: what is signed is kept byte for byte, and served as it was for ever.

1. The papers are made before the transaction (that takes a while), from the record as it will stand.
2. In the transaction the session is locked, and the record is read again: what was signed is what stands, or nobody signs.
3. What is found wrong afterwards is corrected by an addition: a paper of its own, signed, with its reason; the first stays.
"""

from __future__ import annotations

import hashlib
import logging
from datetime import date
from typing import Any, Final

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from liengia.core import clock, official_papers
from liengia.core.actor import Actor
from liengia.core.errors import Invalid, NotFound, Refused
from liengia.core.official_papers import OfficialPaper
from liengia.opinions import forum_papers
from liengia.opinions.models.forum_records import SignedPaper
from liengia.opinions.models.forums import ListeningForum
from liengia.opinions.services.forums import move, take
from liengia.opinions.workflow import FORUM
from liengia.organisations.services import validate

logger = logging.getLogger(__name__)
# What an addition may correct; the rest of a signed session stays as it is.
CORRECTABLE: Final = ("attendance", "place", "chair_name", "chair_office", "clerk_name")
KINDS: Final = ("pdf", "docx")


def sign_minutes(
    forum: ListeningForum, *, signed_on: date, actor: Actor, number: int | None = None
) -> ListeningForum:
    """Keep the minutes as they are signed; from then on the session stays as it is.

    Raises:
        Invalid: signed before the session, or nobody led it or wrote them. Refused: it is not over, or something of it
            changed while the papers were made (code "changed").
    """
    signed = _as_signed(forum, signed_on=signed_on, minutes_number=number)
    FORUM.after(signed.state, "sign")
    _check_day(signed, signed_on)
    if not signed.chair_name or not signed.clerk_name:
        raise Invalid(_("Say who led the session and who took the minutes."), code="no_signer", field="chair_name")
    paper = forum_papers.minutes(signed)
    made = _made(signed, paper, version=1)
    with transaction.atomic():
        take(forum)
        if forum_papers.minutes(_as_signed(forum, signed_on=signed_on, minutes_number=number)) != paper:
            raise Refused(_("Something of the session changed just now. Read the minutes again, then sign."), code="changed")
        facts = {"version": 1, "pdf_sha256": made.pdf_sha256, "docx_sha256": made.docx_sha256}
        row = move(forum, "sign", actor=actor, kind="forum_signed", facts=facts, signed_on=signed_on, minutes_number=number)
        made.save(force_insert=True)
    return row


def amend_minutes(
    forum: ListeningForum, *, words: str, signed_on: date, actor: Actor, **facts: Any
) -> SignedPaper:
    """Add a signed paper that corrects or completes the minutes; the minutes stay as they were signed.

    Raises:
        Invalid: no words, a day before the minutes', a field is refused, or none that an addition may correct.
            Refused: nothing is signed yet, or another addition was first (code "changed").
    """
    before = _as_signed(forum)
    FORUM.after(before.state, "amend")
    if not words.strip():
        raise Invalid(_("Say what is corrected or added, and why."), code="no_words", field="words")
    if unknown := set(facts) - set(CORRECTABLE):
        raise Invalid(", ".join(sorted(unknown)), code="no_such_field")
    papers = before.signed_papers.count()
    after = _as_signed(forum, **facts)
    validate(after)
    _check_day(after, signed_on, not_before=before.signed_on)
    changed = [name for name in CORRECTABLE if getattr(before, name) != getattr(after, name)]
    paper = forum_papers.addition(before, after, changed, words=words.strip(), number=papers)
    made = _made(after, paper, version=papers + 1, words=words.strip(), signed_on=signed_on)
    with transaction.atomic():
        row = take(forum)
        unchanged = all(getattr(row, name) == getattr(before, name) for name in CORRECTABLE)
        if not unchanged or row.signed_papers.count() != papers:
            raise Refused(_("Another addition was signed just now. Read it first."), code="changed")
        hashes = {"version": made.version, "pdf_sha256": made.pdf_sha256, "docx_sha256": made.docx_sha256, "fields": changed}
        move(forum, "amend", actor=actor, kind="forum_amended", facts=hashes, **{name: getattr(after, name) for name in changed})
        made.save(force_insert=True)
    return made


def signed_bytes(forum: ListeningForum, version: int, kind: str) -> bytes:
    """Return a signed paper, byte for byte.

    Raises:
        NotFound: there is none. Refused: the stored bytes are not those that were signed (code "altered").
    """
    found = forum.signed_papers.filter(version=version).first()
    if found is None or kind not in KINDS:
        raise NotFound("")
    data = bytes(getattr(found, kind))
    if hashlib.sha256(data).hexdigest() != getattr(found, f"{kind}_sha256"):
        logger.error("signed paper %s of forum %s is not what was signed", version, forum.public_id)
        raise Refused(_("This paper is no longer what was signed, so it is not shown. The audit log knows its fingerprint."), code="altered")
    return data


def _as_signed(forum: ListeningForum, **facts: Any) -> ListeningForum:
    """Return the session as it stands now, with some facts changed and nothing saved."""
    row = ListeningForum.objects.select_related("unit__parent", "meeting").filter(pk=forum.pk).first()
    if row is None:
        raise NotFound("")
    for name, value in facts.items():
        setattr(row, name, value)
    return row


def _check_day(row: ListeningForum, signed_on: date, *, not_before: date | None = None) -> None:
    if signed_on < (not_before or row.day):
        raise Invalid(_("Minutes are not signed before the session."), code="too_early", field="signed_on")


def _made(
    row: ListeningForum, paper: OfficialPaper, *, version: int, words: str = "", signed_on: date | None = None
) -> SignedPaper:
    at = row.ended_at or clock.now()
    pdf, docx = official_papers.as_pdf(paper, at=at), official_papers.as_docx(paper, at=at)
    day = signed_on or row.signed_on
    assert day is not None
    return SignedPaper(
        forum_id=row.pk, version=version, signed_on=day, words=words, pdf=pdf, docx=docx,
        pdf_sha256=hashlib.sha256(pdf).hexdigest(), docx_sha256=hashlib.sha256(docx).hexdigest(),
    )  # fmt: skip
