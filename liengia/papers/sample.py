"""A paper of a wording with every field and block filled in, so that an office sees what it changed before it keeps it."""

from __future__ import annotations

from django.utils import translation

from liengia.core import clock
from liengia.core.official_papers import OfficialPaper, Signer
from liengia.papers import wording
from liengia.papers.kinds import PaperKind
from liengia.units.models import Unit


def paper(kind: PaperKind, text: str, unit: Unit) -> OfficialPaper:
    """Return a paper of a kind whose fields hold their own names.

    Raises:
        Invalid: no paper can be made of the wording.
    """
    wording.check(text, kind)
    with translation.override("vi"):
        names = [*wording.COMMON, *(one.name for one in kind.fields)]
        blocks = {one.name: [[f"{column} {n}" for column in one.columns or (one.name,)] for n in (1, 2)] for one in kind.blocks}
        return OfficialPaper(
            kind=kind.name, about="(xem thử mẫu)", issuer=f"Ủy ban nhân dân\n{unit.full_name}", place=unit.name, on=clock.today(),
            symbol=f"{kind.abbreviation}-UBND" if kind.abbreviation else "",
            body=wording.body(text, kind, {name: f"[{name}]" for name in names}, blocks),
            signers=[Signer(f"[chức vụ {n + 1}]", f"[họ tên {n + 1}]") for n in range(kind.signers)], recipients=["[nơi nhận];", "Lưu: VT."],
        )  # fmt: skip
