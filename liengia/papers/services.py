"""The writes of this room: issuers, wordings, drafts, issuing, revoking."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Final

from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext_lazy as _

from liengia.audit import services as audit
from liengia.core import clock, official_papers
from liengia.core.actor import Actor
from liengia.core.errors import Invalid, NotFound, Refused
from liengia.core.official_papers import OfficialPaper, Signer
from liengia.core.text import nfc
from liengia.organisations.models import Committee, Organisation, OrganisationKind
from liengia.papers import kinds, numbers, ties, wording
from liengia.papers.kinds import PaperKind
from liengia.papers.models import Issuer, NumberBook, Paper, PaperFile, PaperState, Signatory, Wording
from liengia.papers.workflow import PAPER
from liengia.people.services.retention import period
from liengia.units.models import Unit

LONGEST_VALUE: Final = 6_000
LONGEST_ABOUT: Final = 300
LONGEST_HEAD: Final = 26  # letters of a line in the head's 66 mm
FILES_AT_ONCE: Final = 5
MOST_SIGNERS: Final = 12
# An office above a name, with "KT. Chủ tịch / " before it; other rooms keep it as it stands on the paper.
LONGEST_OFFICE: Final = 120
PERIODS: Final = (("paper_draft", _("Draft of an official paper"), 730, _("Counted from its last change. What is issued is a record and stays.")),)
# How the head of a commune's bodies reads, by Decree 30/2020; an office changes it in the back office.
_SHIPPED: Final[Mapping[str, tuple[str, str]]] = {
    OrganisationKind.PEOPLES_COMMITTEE: ("UBND", "TM. ỦY BAN NHÂN DÂN"),
    OrganisationKind.POLICE: ("CAX", ""),
    OrganisationKind.FATHERLAND_FRONT: ("MTTQ", "TM. BAN THƯỜNG TRỰC"),
    Committee.Kind.COUNCIL: ("HĐTĐKT", "TM. HỘI ĐỒNG"),
}

# Bodies with a line of their own: above one stands the same body of the unit above.
_OWN_LINE: Final[Mapping[str, str]] = {OrganisationKind.POLICE: "Công an", OrganisationKind.FATHERLAND_FRONT: "Ủy ban Mặt trận Tổ quốc Việt Nam"}


@dataclass(frozen=True, slots=True)
class Draft:
    """What somebody wants a paper to say. `blocks` are rows by the block's name, `signers` office and name of each."""

    kind: str
    issuer: Issuer
    about: str
    values: Mapping[str, str] = field(default_factory=dict)
    blocks: Mapping[str, Sequence[Sequence[str]]] = field(default_factory=dict)
    signers: Sequence[tuple[str, str]] = ()
    recipients: str = ""
    subject: str = ""


# Issuers


def issuer_of(body: Organisation | Committee, *, actor: Actor) -> Issuer:
    """Return the issuer of an institution or committee; the first time it is made with the words that are usual."""
    key = {"organisation": body} if isinstance(body, Organisation) else {"committee": body}
    found = Issuer.objects.filter(**key).first()
    if found is not None:
        return found
    commune = body.unit.commune() or body.unit
    kind: str = body.kind
    symbol, signs_as = _SHIPPED.get(kind, ("BCĐ" if isinstance(body, Committee) else "VP", ""))
    superior = f"Ủy ban nhân dân {commune.full_name}" if kind != OrganisationKind.PEOPLES_COMMITTEE else ""
    if kind in _OWN_LINE:  # the police are under the police above them, and the Front under the Front, not under the commune
        superior = f"{_OWN_LINE[kind]} {commune.parent.full_name}" if commune.parent is not None else ""
    return keep_issuer(
        Issuer(unit=body.unit, name=body.name, symbol=symbol, place=commune.name, superior=superior, signs_as=signs_as, **key), actor=actor
    )


@transaction.atomic
def keep_issuer(issuer: Issuer, *, actor: Actor, **changes: Any) -> Issuer:
    """Make an issuer, or change its words; papers that are issued keep theirs.

    Raises:
        Invalid: neither or both of institution and committee, no symbol, or a symbol with a blank or a slash.
    """
    for name, value in changes.items():
        setattr(issuer, name, value)
    if (issuer.organisation_id is None) == (issuer.committee_id is None):
        raise Invalid(_("Choose one institution or one committee."), code="no_body", field="organisation")
    issuer.unit = issuer.body.unit
    for name in ("name", "symbol", "place"):
        if not getattr(issuer, name).strip():
            raise Invalid(_("This may not be empty."), code="empty", field=name)
    if any(sign.isspace() or sign == "/" for sign in issuer.symbol):
        raise Invalid(_("A symbol has no blank and no slash, for example UBND or CAX."), code="bad_symbol", field="symbol")
    issuer.save()
    audit.record("papers.issuer_kept", actor=actor, about=issuer, unit=issuer.unit, facts={"symbol": issuer.symbol, "name": issuer.name})
    return issuer


@transaction.atomic
def keep_signatory(row: Signatory, *, actor: Actor) -> Signatory:
    """Enter who signs for an issuer and by which right, or change it; papers that are issued keep what they say.

    Raises:
        Invalid: no name or office, nobody in whose place, days that cannot be, a name that does not stand on one line, or too long an office.
    """
    for name in ("name", "office", "head_office", "basis"):
        setattr(row, name, " ".join(nfc(getattr(row, name)).split()))
    if row.right == Signatory.Right.HEAD:
        row.head_office = ""
    _check_signatory(row)
    row.save()
    facts = {"right": row.right, "office": row.office, "from": row.valid_from, "to": row.valid_to}
    audit.record("papers.signatory_kept", actor=actor, about=row, unit=row.issuer.unit_id, facts=facts)
    return row


def _check_signatory(row: Signatory) -> None:
    """Refuse what `keep_signatory` names."""
    for name in ("name", "office"):
        if not getattr(row, name):
            raise Invalid(_("This may not be empty."), code="empty", field=name)
    if not any(sign.isalpha() for sign in row.name):
        raise Invalid(_("Write the name as it stands under the signature."), code="no_name", field="name")
    if row.right != Signatory.Right.HEAD and not row.head_office:
        raise Invalid(_("Say in whose place: write the office of the head."), code="no_head", field="head_office")
    if row.valid_to is not None and row.valid_to <= row.valid_from:
        raise Invalid(_("The end comes before the beginning."), code="dates", field="valid_to")
    if len(row.block) > LONGEST_OFFICE:
        raise Invalid(_("“%(block)s” is longer than %(n)s characters, which is more than a paper holds.") % {"block": row.block, "n": LONGEST_OFFICE}, code="too_long", field="office")


@transaction.atomic
def open_book(issuer: Issuer, *, abbreviation: str, year: int, last: int = 0, is_kept_elsewhere: bool = False, actor: Actor) -> NumberBook:
    """Say with which number a register that began elsewhere goes on, or that it is counted elsewhere.

    Raises:
        Refused: a number of this book was given here already (code "book_in_use").
    """
    own = numbers.book(issuer, abbreviation, year)
    if Paper.objects.filter(issuer=issuer, abbreviation=abbreviation, year=year, number__isnull=False).exists() and last != own.last:
        raise Refused(_("Numbers of this book were given already; the count can no longer be changed."), code="book_in_use", field="last")
    own.last, own.is_kept_elsewhere = last, is_kept_elsewhere
    own.save(update_fields=["last", "is_kept_elsewhere"])
    facts = {"abbreviation": abbreviation, "year": year, "last": last, "elsewhere": is_kept_elsewhere}
    audit.record("papers.book_opened", actor=actor, about=issuer, unit=issuer.unit_id, facts=facts)
    return own


# Wordings


def wording_of(kind: PaperKind, unit: Unit) -> tuple[str, Wording | None]:
    """Return the wording in force in a unit, and whose it is: its own, that of the nearest unit above, or None for what is shipped."""
    places = [unit, *unit.ancestors()]
    rows = {row.unit_id: row for row in Wording.objects.filter(kind=kind.code, unit__in=places)}
    for place in places:
        if place.pk in rows:
            return rows[place.pk].text, rows[place.pk]
    return kind.wording, None


@transaction.atomic
def change_wording(kind_code: str, unit: Unit, *, text: str, revision: int, actor: Actor) -> Wording:
    """Set a unit's own wording of a kind; `revision` is the one that the writer began from (0 for none of its own).

    Raises:
        NotFound: no such kind. Invalid: no paper could be made of it. Refused: another changed it meanwhile (code "changed").
    """
    kind = _kind(kind_code)
    text = nfc(text).replace("\r\n", "\n").strip() + "\n"
    wording.check(text, kind)
    row, _made = Wording.objects.get_or_create(unit=unit, kind=kind.code, defaults={"text": text, "revision": 0})
    row = Wording.objects.select_for_update(of=("self",)).get(pk=row.pk)
    if row.revision != revision:
        raise Refused(_("Somebody changed this wording just now. Yours was not saved: read theirs, then write it again."), code="changed", field="text")
    row.text, row.revision, row.changed_at, row.changed_by_id = text, row.revision + 1, clock.now(), actor.user_id
    row.save()
    audit.record("papers.wording_changed", actor=actor, about=row, unit=unit, facts={"paper": kind.code, "revision": row.revision})
    return row


@transaction.atomic
def restore_wording(kind_code: str, unit: Unit, *, actor: Actor) -> None:
    """Forget a unit's own wording of a kind.

    Raises:
        NotFound: it has none.
    """
    row = Wording.objects.filter(unit=unit, kind=kind_code).first()
    if row is None:
        raise NotFound("")
    audit.record("papers.wording_restored", actor=actor, about=row, unit=unit, facts={"paper": kind_code, "revision": row.revision})
    row.delete()


# Papers


@transaction.atomic
def draft_paper(draft: Draft, *, actor: Actor) -> Paper:
    """Begin a paper.

    Raises:
        NotFound: no such kind. Invalid: a field or block that the kind does not have, or too long a value.
    """
    kind = _check(draft)
    paper = Paper(kind=kind.code, subject=draft.subject, made_by_id=actor.user_id, abbreviation=kind.abbreviation)
    _fill(paper, draft)
    paper.save(force_insert=True)
    audit.record("papers.drafted", actor=actor, about=paper, unit=draft.issuer.unit_id, facts={"paper": kind.code})
    return paper


@transaction.atomic
def change_draft(paper: Paper, draft: Draft, *, revision: int | None = None, actor: Actor) -> Paper:
    """Change a draft; `revision` is the one that the writer began from.

    Raises:
        Refused: it is issued already, another changed it meanwhile (code "changed"), or a list that is another room's record would say something
            else (code "from_records"). NotFound, Invalid: as `draft_paper`.
    """
    row = _locked(paper)
    row.state = PAPER.after(row.state, "change")
    if revision not in (None, row.revision):
        raise Refused(_("Somebody else kept this draft just now, so yours is not kept yet. At each field that differs stands what is kept: take over what you need, then press again."), code="changed")
    _check(draft)
    recorded = dict(row.blocks)
    _fill(row, draft)
    _refuse_other_records(row, recorded)
    row.revision += 1
    row.save()
    audit.record("papers.draft_changed", actor=actor, about=row, unit=draft.issuer.unit_id, facts={"paper": row.kind})
    return row


@transaction.atomic
def discard_draft(paper: Paper, *, by_its_room: bool = False, actor: Actor) -> None:
    """Throw a draft away.

    Raises:
        Refused: it is issued already, or a record of another room goes by it (code "tied"), and it is not `by_its_room`.
    """
    row = _locked(paper)
    PAPER.after(row.state, "change")
    _refuse_tied(row, by_its_room)
    audit.record("papers.draft_discarded", actor=actor, about=row, unit=row.issuer.unit_id, facts={"paper": row.kind})
    row.delete()


def issue_paper(
    paper: Paper, *, on: date, number: int | None = None, signers: Sequence[tuple[str, str]] = (), revision: int | None = None, actor: Actor
) -> Paper:
    """Give a draft its number and day, freeze what it says, and keep its files; from then on it stays as it is.

    The files are made after the transaction, which is short; killed in between, the worker makes them.

    Raises:
        Invalid: a required field is empty, nobody signs, a day in the future, or the issuer does not stand on that day.
        Refused: it is issued already, the draft is no longer the `revision` that was read (code "changed"), or the number cannot be given (see
            `numbers.take`).
    """
    row = number_paper(paper, on=on, number=number, signers=signers, revision=revision, actor=actor)
    keep_files(row)
    return row


@transaction.atomic
def number_paper(
    paper: Paper, *, on: date, number: int | None = None, signers: Sequence[tuple[str, str]] = (), revision: int | None = None, actor: Actor
) -> Paper:
    """Issue a paper without making its files, for a room that decides more in the same transaction; call `keep_files` after it.

    `signers`, where they are given, take the place of those that the draft has.

    Raises:
        Invalid, Refused: as `issue_paper`.
    """
    row = _locked(paper)
    state = PAPER.after(row.state, "issue")
    if revision not in (None, row.revision):
        raise Refused(_("Somebody changed this draft after you had opened it, so it is not issued yet. Read it as it is now, then press again."), code="changed")
    kind = _kind(row.kind)
    if signers:
        row.signers = [[nfc(office).strip(), nfc(name).strip()] for office, name in signers]
    _may_be_issued(row, kind, on)
    taken = numbers.take(row.issuer, kind.abbreviation, on, wanted=number) if kind.abbreviation else None
    row.state, row.number, row.year, row.issued_on, row.issued_at, row.symbol = state, taken, on.year, on, clock.now(), row.issuer.symbol
    row.said = description(row)
    row.save()
    facts = {"paper": row.kind, "sign": row.sign, "on": on}
    audit.record("papers.issued", actor=actor, about=row, unit=row.issuer.unit_id, facts=facts)
    return row


@transaction.atomic
def revoke_paper(paper: Paper, *, reason: str, by_its_room: bool = False, actor: Actor) -> Paper:
    """Revoke an issued paper: it stays readable with the reason, and its number is never given again.

    Raises:
        Invalid: no reason. Refused: it is a draft, or revoked already; or a record of another room goes by it (code "tied"), and it is
            not `by_its_room`.
    """
    row = _locked(paper)
    state = PAPER.after(row.state, "revoke")
    _refuse_tied(row, by_its_room)
    if not reason.strip():
        raise Invalid(_("Say why it is revoked: whoever holds the paper will ask."), code="no_reason", field="reason")
    row.state, row.revoked_on, row.revoked_reason = state, clock.today(), reason.strip()
    row.save(update_fields=["state", "revoked_on", "revoked_reason"])
    audit.record("papers.revoked", actor=actor, about=row, unit=row.issuer.unit_id, facts={"paper": row.kind, "sign": row.sign})
    return row


def _refuse_tied(row: Paper, by_its_room: bool) -> None:
    if not by_its_room and (tie := ties.of(row)) is not None:
        raise Refused(str(tie.words), code="tied")


def _refuse_other_records(row: Paper, before: Mapping[str, object]) -> None:
    """Refuse a draft that says otherwise what its room's records say: names that were voted on, counted votes."""
    tie = ties.of(row)
    for name in tie.blocks if tie is not None else ():
        if row.blocks.get(name, []) != before.get(name, []):
            raise Refused(str(tie.of_blocks) if tie is not None else "", code="from_records", field=name)


def description(paper: Paper) -> dict[str, object]:
    """Return what a paper says, as both writers of files read it: frozen once it is issued, made anew for a draft."""
    if paper.said and paper.state != PaperState.DRAFT:
        return dict(paper.said)
    kind, issuer = _kind(paper.kind), paper.issuer
    text, _own = wording_of(kind, issuer.unit)
    with translation.override("vi"):
        day = official_papers.day_words(paper.issued_on) if paper.issued_on else ""
        commune = issuer.unit.commune() or issuer.unit
        common = {
            "cơ quan": issuer.name, "đơn vị": commune.full_name, "địa danh": issuer.place, "ngày ký": day,
            "năm": str(paper.issued_on.year if paper.issued_on else clock.today().year), "trích yếu": paper.about,
        }  # fmt: skip
        above = [issuer.signs_as] if issuer.signs_as and kind.signers == 1 and not kind.is_of_its_head else []
        return official_papers.described(
            OfficialPaper(
                kind=kind.name, about=paper.about, issuer=head_lines(issuer, commune), superior=_in_two_lines(issuer.superior, commune),
                symbol=f"{kind.abbreviation}-{issuer.symbol}" if kind.abbreviation else "", number=paper.number,
                place=issuer.place, on=paper.issued_on, has_day=True, body=wording.body(text, kind, {**common, **paper.values}, paper.blocks),
                signers=[_signer(office, name, above) for office, name in paper.signers] or [Signer("", "", above)] * kind.signers,
                recipients=[line.strip() for line in paper.recipients.splitlines() if line.strip()], by=f"Chủ tịch {issuer.name}" if kind.is_of_its_head else issuer.name,
            )
        )


def _signer(office: str, name: str, above: Sequence[str]) -> Signer:
    """Return who signs; of "KT. Chủ tịch / Phó Chủ tịch" each part stands on a line of its own (Decree 30/2020, appendix I)."""
    *before, last = [part.strip() for part in office.split(" / ")]
    return Signer(last, name, [*above, *before])


def head_lines(issuer: Issuer, commune: Unit) -> str:
    """Return an issuer's name as the head has it; a committee's without its place, which the body above it says already."""
    name = issuer.name
    at = name.lower().rfind(commune.full_name.lower())
    if issuer.committee_id is not None and at > 0 and commune.full_name.lower() in issuer.superior.lower():
        name = name[:at].rstrip()
    return _in_two_lines(name, commune)


def _in_two_lines(name: str, commune: Unit) -> str:
    """Let the place begin a line of its own in the head, as it is written everywhere, and break a long name about its middle."""
    at = name.lower().rfind(commune.full_name.lower())
    first, rest = (name[:at].rstrip(), f"\n{name[at:]}") if at > 0 else (name, "")
    if len(first) > LONGEST_HEAD:
        middle = len(first) / 2
        place = min((n for n, sign in enumerate(first) if sign == " "), key=lambda n: abs(n - middle) - (6 if first[n - 1] == "," else 0), default=0)
        first = f"{first[:place]}\n{first[place + 1 :]}" if place else first
    return first + rest


def keep_files(paper: Paper) -> PaperFile:
    """Make the files of an issued paper, once; whoever comes second finds them made."""
    at = paper.issued_at or clock.now()
    pdf, docx = official_papers.as_pdf(paper.said, at=at), official_papers.as_docx(paper.said, at=at)
    prints = {"pdf_sha256": hashlib.sha256(pdf).hexdigest(), "docx_sha256": hashlib.sha256(docx).hexdigest()}
    return PaperFile.objects.get_or_create(paper=paper, defaults={"pdf": pdf, "docx": docx, **prints})[0]


def keep_missing_files() -> int:
    """Make the files of papers whose process was killed after the number was given; return how many."""
    due = list(Paper.objects.all().without_files().select_related("issuer")[:FILES_AT_ONCE])
    for paper in due:
        keep_files(paper)
    return len(due)


def forget_drafts() -> int:
    """Throw away the drafts that nobody touched for their period, a few at a time; return how many."""
    due = Paper.objects.filter(state=PaperState.DRAFT, changed_at__lt=clock.now() - period("paper_draft"))[:FILES_AT_ONCE]
    for paper in due:
        discard_draft(paper, by_its_room=True, actor=Actor.system("papers.retention"))
    return len(due)


def file_bytes(paper: Paper, ending: str) -> bytes:
    """Return the PDF or DOCX of a paper; a draft's is made anew and bears no number.

    Raises:
        NotFound: no such kind of file. Refused: the kept bytes are not those that were made (code "altered").
    """
    if ending not in ("pdf", "docx"):
        raise NotFound("")
    if paper.state == PaperState.DRAFT:
        write = official_papers.as_pdf if ending == "pdf" else official_papers.as_docx
        return write(description(paper), at=clock.now())
    file = PaperFile.objects.filter(paper=paper).first() or keep_files(paper)
    data = bytes(getattr(file, ending))
    if hashlib.sha256(data).hexdigest() != getattr(file, f"{ending}_sha256"):
        raise Refused(_("This file is no longer what was issued, so it is not shown."), code="altered")
    return data


def _kind(code: str) -> PaperKind:
    found = kinds.get(code)
    if found is None:
        raise NotFound("")
    return found


def _locked(paper: Paper) -> Paper:
    return Paper.objects.select_for_update(of=("self",)).select_related("issuer__unit", "issuer__organisation", "issuer__committee").get(pk=paper.pk)


def _check(draft: Draft) -> PaperKind:
    kind = _kind(draft.kind)
    if not draft.about.strip():
        raise Invalid(_("Say what the paper is about."), code="no_about", field="about")
    if len(draft.about) > LONGEST_ABOUT:
        raise Invalid(_("At most %(n)s characters.") % {"n": LONGEST_ABOUT}, code="too_long", field="about")
    _check_size({name: len(value) for name, value in draft.values.items()}, {one.name for one in kind.fields}, LONGEST_VALUE)
    _check_size({name: len(rows) for name, rows in draft.blocks.items()}, {one.name for one in kind.blocks}, wording.MOST_ROWS)
    if draft.signers and not _fits(kind, len(draft.signers)):
        raise Invalid(_("This kind of paper is signed by %(n)s.") % {"n": kind.signers}, code="signers", field="signers")
    return kind


def _fits(kind: PaperKind, number: int) -> bool:
    """Tell whether so many sign a kind: as many as it says, or from two on where all parties sign."""
    return kind.signers <= number <= MOST_SIGNERS if kind.is_signed_by_all else number == kind.signers


def _check_size(sizes: Mapping[str, int], known: set[str], most: int) -> None:
    for name, size in sizes.items():
        if name not in known:
            raise Invalid(_("This kind of paper has no place “%(name)s”.") % {"name": name}, code="no_such_field", field=name)
        if size > most:
            raise Invalid(_("“%(name)s” is too long: at most %(n)s.") % {"name": name, "n": most}, code="too_long", field=name)


def _fill(paper: Paper, draft: Draft) -> None:
    paper.changed_at = clock.now()
    paper.issuer, paper.about, paper.recipients = draft.issuer, nfc(draft.about).strip(), draft.recipients
    paper.values = {name: nfc(value).replace("\r\n", "\n").strip() for name, value in draft.values.items()}
    paper.blocks = {name: [[nfc(str(cell)) for cell in row] for row in rows] for name, rows in draft.blocks.items()}
    paper.signers = [[nfc(office).strip(), nfc(name).strip()] for office, name in draft.signers]


def _may_be_issued(paper: Paper, kind: PaperKind, on: date) -> None:
    if on > clock.today():
        raise Invalid(_("A paper is not issued before its day comes."), code="future", field="issued_on")
    if not paper.issuer.may_issue_on(on):
        raise Invalid(
            _("%(name)s does not stand on %(day)s, so it cannot issue a paper then. Choose who stands on that day.")
            % {"name": paper.issuer.name, "day": f"{on:%d/%m/%Y}"},
            code="no_authority", field="issued_on",
        )  # fmt: skip
    missing = [one.name for one in kind.fields if one.is_required and not paper.values.get(one.name)]
    if missing:
        raise Invalid(_("Still empty: %(names)s. The draft is kept.") % {"names": ", ".join(missing)}, code="missing", field=missing[0])
    if not _fits(kind, len(paper.signers)) or not all(name for _office, name in paper.signers):
        raise Invalid(_("Write who signs: the office and the name. The draft is kept."), code="no_signer", field="signers")
