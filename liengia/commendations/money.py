"""What a commendation brings, and who may decide it: reckoned from dated tables, with the formula in words.

Source: Decree 91/2017/NĐ-CP, articles 69 to 73; Decree 98/2023/NĐ-CP, articles 53 to 57; since 1 July 2025 Decree 152/2025/NĐ-CP, article 54; the
rows name their own.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import ROUND_CEILING, ROUND_FLOOR, ROUND_HALF_UP, Decimal
from typing import Final

from django.utils.translation import gettext as _

from liengia.commendations.models import Award, BaseSalary, DecisionRight, RecipientKind, RewardRate
from liengia.core import clock
from liengia.core.errors import Invalid
from liengia.papers.models import Issuer

_WAYS: Final = {RewardRate.Rounding.UP: ROUND_CEILING, RewardRate.Rounding.DOWN: ROUND_FLOOR, RewardRate.Rounding.NEAREST: ROUND_HALF_UP}


@dataclass(frozen=True, slots=True)
class Reward:
    """The money of one recipient, with what it was reckoned from."""

    recipient: str
    coefficient: Decimal
    base_salary_vnd: int
    amount_vnd: int
    rounding: str
    step_vnd: int
    source: str
    is_unsure: bool

    @property
    def recipient_words(self) -> str:
        """Who gets it, in the reader's language."""
        return str(RecipientKind(self.recipient).label)

    @property
    def exact_vnd(self) -> Decimal:
        """The product before it is rounded."""
        return self.coefficient * self.base_salary_vnd

    @property
    def formula(self) -> str:
        """The reckoning as a reader can follow it: "0,15 × 2.340.000 = 351.000 dong, rounded up to 10.000: 360.000 dong"."""
        exact = money_words(self.exact_vnd)
        facts = {"times": decimal_words(self.coefficient), "base": money_words(self.base_salary_vnd), "exact": exact}
        if self.exact_vnd == self.amount_vnd:
            return _("%(times)s × %(base)s = %(exact)s dong") % facts
        facts |= {"way": str(RewardRate.Rounding(self.rounding).label), "step": money_words(self.step_vnd), "amount": money_words(self.amount_vnd)}
        return _("%(times)s × %(base)s = %(exact)s dong, rounded %(way)s to %(step)s: %(amount)s dong") % facts


def money_words(amount: int | Decimal) -> str:
    """Return an amount as it is written here: 2.340.000, and 346.123,5 where there is a part."""
    whole = f"{amount:,.3f}".rstrip("0").rstrip(".") if isinstance(amount, Decimal) else f"{amount:,}"
    return whole.translate(str.maketrans(",.", ".,"))


def decimal_words(value: Decimal) -> str:
    """Return a coefficient as it is written here: 0,15."""
    return f"{value.normalize():f}".replace(".", ",")


def base_salary(on: date) -> BaseSalary:
    """Return the base salary of a day.

    Raises:
        Invalid: the day is in no row of the table (code "no_base_salary").
    """
    found = BaseSalary.objects.at(on).order_by("-valid_from").first()
    if not isinstance(found, BaseSalary):
        raise Invalid(
            _("The table of base salaries has nothing for %(day)s. Enter what held on that day, with its source; nothing was decided.") % {"day": f"{on:%d/%m/%Y}"},
            code="no_base_salary", field="on",
        )  # fmt: skip
    return found


def check_right(award: str, level: str, on: date) -> DecisionRight:
    """Return the right by which the head of a level gives an award on a day.

    Raises:
        Invalid: nobody of that level may give it on that day (code "no_right").
    """
    found = DecisionRight.objects.at(on).filter(award=award, level=level).first()
    if not isinstance(found, DecisionRight):
        raise Invalid(
            _("On %(day)s the head of this level could not give a %(award)s. Choose the authority that could; nothing was decided.")
            % {"day": f"{on:%d/%m/%Y}", "award": Award(award).label},
            code="no_right", field="on",
        )  # fmt: skip
    return found


def awards_of(authorities: Iterable[Issuer]) -> list[str]:
    """Return the awards that the heads of some authorities may give today; one that has ended, on the last day on which it stood."""
    today = clock.today()
    found: set[str] = set()
    for authority in authorities:
        ends = getattr(authority.body, "valid_to", None)
        day = today if ends is None or ends > today else ends - timedelta(days=1)
        found.update(DecisionRight.objects.at(day).filter(level=authority.unit.level).values_list("award", flat=True))
    return [award for award in Award.values if award in found]


def rewards(award: str, level: str, on: date, recipients: Iterable[str]) -> Mapping[str, Reward]:
    """Return the reward of each kind of recipient on a day.

    Raises:
        Invalid: a table has nothing for that day and kind (codes "no_base_salary", "no_rate").
    """
    base = base_salary(on)
    rates = {rate.recipient: rate for rate in RewardRate.objects.at(on).filter(award=award, level=level) if isinstance(rate, RewardRate)}
    found: dict[str, Reward] = {}
    for kind in sorted(set(recipients)):
        rate = rates.get(kind)
        if rate is None:
            raise Invalid(
                _("The table of reward money has no row for a %(who)s on %(day)s. Enter it with its source; nothing was decided.")
                % {"who": RecipientKind(kind).label, "day": f"{on:%d/%m/%Y}"},
                code="no_rate", field="on",
            )  # fmt: skip
        found[kind] = reckoned(rate, base)
    return found


def reckoned(rate: RewardRate, base: BaseSalary) -> Reward:
    """Return coefficient × base salary, rounded by the rate's own rule."""
    exact = rate.coefficient * base.amount_vnd
    steps = (exact / rate.step_vnd).to_integral_value(rounding=_WAYS[RewardRate.Rounding(rate.rounding)])
    return Reward(
        rate.recipient, rate.coefficient, base.amount_vnd, int(steps * rate.step_vnd), rate.rounding, rate.step_vnd,
        f"{rate.source}; {base.source}", rate.is_unsure or base.is_unsure,
    )  # fmt: skip
