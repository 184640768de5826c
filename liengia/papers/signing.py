"""Who may sign a paper of an issuer: those entered as its signatories, and who fills the seats of a committee, each by date."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from django.utils.translation import gettext as _

from liengia.core import clock
from liengia.core.errors import Invalid
from liengia.organisations.models import MemberPost
from liengia.papers.models import Issuer, Signatory

# Who signed no more so long ago is not offered: older papers were issued in their time.
OFFERED_AFTER: Final = timedelta(days=400)


@dataclass(frozen=True, slots=True)
class Candidate:
    """One who may sign: as the paper has them, from when until when, and by what."""

    key: str
    issuer: Issuer
    office: str
    name: str
    valid_from: date | None
    valid_to: date | None
    basis: str = ""
    # Whether they sign in their own name, as the head; and which seat of a committee they fill: its chair has their office elsewhere.
    is_head: bool = False
    seat: str = ""

    def may_on(self, day: date) -> bool:
        """Tell whether they may sign on a day."""
        return (self.valid_from is None or self.valid_from <= day) and (self.valid_to is None or self.valid_to > day)

    @property
    def words(self) -> str:
        """Name, office and right by date, for a choice: "Võ Văn Mẫu – Chủ tịch (from 01/07/2025)"."""
        spans = {
            (True, False): _("from %(first)s"), (False, True): _("until %(last)s"), (True, True): _("from %(first)s until %(last)s"), (False, False): "",
        }  # fmt: skip
        span = spans[self.valid_from is not None, self.valid_to is not None]
        last = self.valid_to - timedelta(days=1) if self.valid_to else None
        span %= {"first": f"{self.valid_from:%d/%m/%Y}" if self.valid_from else "", "last": f"{last:%d/%m/%Y}" if last else ""}
        more = "; ".join(part for part in (span, self.basis) if part)
        return f"{self.name} – {self.office}" + (f" ({more})" if more else "")


def candidates(issuers: Iterable[Issuer]) -> list[Candidate]:
    """Return who may sign for some issuers, those who may today first."""
    today = clock.today()
    by_key = {one.pk: one for one in issuers}
    rows = Signatory.objects.filter(issuer__in=by_key).exclude(valid_to__lte=today - OFFERED_AFTER)
    found = [Candidate(f"s{row.pk}", by_key[row.issuer_id], row.block, row.name, row.valid_from, row.valid_to, row.basis, is_head=row.right == Signatory.Right.HEAD) for row in rows]
    for issuer in by_key.values():
        found += _seats(issuer)
    return sorted(found, key=lambda one: (not one.may_on(today), one.key))


def _seats(issuer: Issuer) -> list[Candidate]:
    """Return who fills the chairs and the secretary's seat of a committee that issues papers itself."""
    if issuer.committee is None:
        return []
    seats = issuer.committee.members.exclude(holder=None).exclude(post="member").select_related("holder")
    return [
        Candidate(f"m{seat.pk}", issuer, seat.office_title, str(seat.holder), seat.valid_from, seat.valid_to, is_head=seat.post == MemberPost.CHAIR, seat=seat.post) for seat in seats
    ]


def preselected(among: Iterable[Candidate]) -> str:
    """Return the key of who stands chosen: the only one who may sign today, else the only head among them, else nobody."""
    may = [one for one in among if one.may_on(clock.today())]
    for found in (may, [one for one in may if one.is_head]):
        if len(found) == 1:
            return found[0].key
    return ""


def chosen(among: Iterable[Candidate], key: str, *, on: date, field: str = "signer") -> Candidate:
    """Return who was chosen.

    Raises:
        Invalid: nobody of these, or they may not sign on that day (codes "no_signer", "may_not_sign").
    """
    found = next((one for one in among if one.key == key), None)
    if found is None:
        raise Invalid(_("Choose who signs."), code="no_signer", field=field)
    if not found.may_on(on):
        raise Invalid(
            _("On %(day)s this person may not sign: %(who)s. Choose who may on that day.") % {"day": f"{on:%d/%m/%Y}", "who": found.words}, code="may_not_sign", field=field
        )
    return found


def choices(among: Iterable[Candidate]) -> list[tuple[str, str]]:
    """Return them as the choices of a field."""
    return [(one.key, one.words) for one in among]
