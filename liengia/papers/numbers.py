"""Numbers of papers: by issuer, abbreviation and year, from 1 each year, without gaps or doubles.

A number is taken in the transaction that issues the paper: if that does not commit, neither was the number taken.
Source: Decree 30/2020/NĐ-CP, article 15 (numbers run from the first paper of the year to its last).
"""

from __future__ import annotations

from datetime import date

from django.utils.translation import gettext_lazy as _

from liengia.core.errors import Invalid, Refused
from liengia.papers.models import Issuer, NumberBook, Paper


def book(issuer: Issuer, abbreviation: str, year: int) -> NumberBook:
    """Return the book, locked until the transaction ends; a new one begins at 1 and counts where the last year's was counted."""
    found = NumberBook.objects.filter(issuer=issuer, abbreviation=abbreviation, year=year).first()
    if found is None:
        before = NumberBook.objects.filter(issuer=issuer, abbreviation=abbreviation, year__lt=year).order_by("-year").first()
        found, _made = NumberBook.objects.get_or_create(
            issuer=issuer, abbreviation=abbreviation, year=year,
            defaults={"is_kept_elsewhere": before is not None and before.is_kept_elsewhere},
        )  # fmt: skip
    return NumberBook.objects.select_for_update(of=("self",)).get(pk=found.pk)


def is_counted_elsewhere(issuer: Issuer, abbreviation: str, year: int) -> bool:
    """Tell whether a number has to be written in, since another register counts; a new year counts where the last was counted."""
    found = NumberBook.objects.filter(issuer=issuer, abbreviation=abbreviation, year__lte=year).order_by("-year").first()
    return found is not None and found.is_kept_elsewhere


def take(issuer: Issuer, abbreviation: str, on: date, *, wanted: int | None = None) -> int:
    """Take the next number for a paper of a day, or the wanted one where another register counts.

    Raises:
        Invalid: a number is wanted where we count, or none is where another register does (field "number").
        Refused: the number is another paper's (code "number_taken"), or a later paper has the last one (code "too_late").
    """
    own = book(issuer, abbreviation, on.year)
    if own.is_kept_elsewhere:
        if wanted is None or wanted < 1:
            raise Invalid(
                _("The numbers of these papers are counted in another register: write in the number that it gave."),
                code="number_needed", field="number",
            )  # fmt: skip
        if taken := Paper.objects.filter(issuer=issuer, abbreviation=abbreviation, year=on.year, number=wanted).first():
            raise Refused(
                _("Number %(sign)s was given on %(day)s to: %(about)s. Look at the register again; nothing was issued.")
                % {"sign": taken.sign, "day": f"{taken.issued_on:%d/%m/%Y}", "about": taken.about},
                code="number_taken", field="number",
            )  # fmt: skip
        own.last = max(own.last, wanted)
    else:
        if wanted is not None and wanted != own.last + 1:
            raise Invalid(
                _("The next number is %(n)s: numbers are given in turn, without gaps. Leave the field empty.") % {"n": own.last + 1},
                code="number_out_of_turn", field="number",
            )  # fmt: skip
        if own.last_on is not None and on < own.last_on:
            raise Refused(
                _("Number %(n)s is of %(day)s. A later number cannot have an earlier day; nothing was issued.")
                % {"n": own.last, "day": f"{own.last_on:%d/%m/%Y}"},
                code="too_late", field="issued_on",
            )  # fmt: skip
        own.last += 1
    own.last_on = max(own.last_on or on, on)
    own.save(update_fields=["last", "last_on"])
    return wanted if own.is_kept_elsewhere and wanted is not None else own.last
