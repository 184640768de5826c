"""Numbers of papers: without gaps or doubles, by issuer, kind and year."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from liengia.core.errors import Invalid, Refused
from liengia.papers import numbers, services
from liengia.papers.models import NumberBook, Paper
from tests.papers.given import ON, Desk, draft, issued


def test_each_issuer_kind_and_year_counts_from_one(scene: Desk) -> None:
    assert [issued(scene).sign for _ in range(2)] == ["01/GM-UBND", "02/GM-UBND"]
    assert issued(scene, issuer=scene.police).sign == "01/GM-CAX"
    other = issued(scene, kind="programme", values={"thời gian": "sáng", "địa điểm": "đình"})
    assert other.sign == "01/CTr-UBND"
    assert issued(scene, on=date(2026, 8, 4)).sign == "03/GM-UBND"
    assert NumberBook.objects.get(issuer=scene.committee, abbreviation="GM", year=2026).last == 3
    with transaction.atomic():
        assert numbers.take(scene.committee, "GM", date(2027, 1, 4)) == 1, "a new year begins anew"


def test_a_number_of_a_paper_that_was_not_issued_is_given_to_the_next(scene: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    paper = services.draft_paper(draft(scene), actor=scene.clerk)
    monkeypatch.setattr(services, "description", lambda _: 1 / 0)
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        services.issue_paper(paper, on=ON, actor=scene.clerk)
    monkeypatch.undo()
    assert Paper.objects.get(pk=paper.pk).state == "draft"
    with transaction.atomic():
        assert numbers.take(scene.committee, "GM", ON) == 1


def test_days_run_with_the_numbers(scene: Desk) -> None:
    issued(scene, on=date(2026, 8, 5))
    with pytest.raises(Refused, match="05/08/2026") as refused:
        issued(scene, on=date(2026, 8, 4))
    assert refused.value.detail_code == "too_late"


def test_a_register_goes_on_where_it_stood(scene: Desk) -> None:
    services.open_book(scene.committee, abbreviation="GM", year=2026, last=137, actor=scene.clerk)
    assert issued(scene).sign == "138/GM-UBND"
    with pytest.raises(Refused) as refused:
        services.open_book(scene.committee, abbreviation="GM", year=2026, last=12, actor=scene.clerk)
    assert refused.value.detail_code == "book_in_use"
    with pytest.raises(Invalid, match="139"):
        issued(scene, number=200)
    assert issued(scene, number=139).number == 139


def test_where_another_register_counts_a_number_is_written_in_once(scene: Desk) -> None:
    services.open_book(scene.committee, abbreviation="GM", year=2026, is_kept_elsewhere=True, actor=scene.clerk)
    with pytest.raises(Invalid) as invalid:
        issued(scene)
    assert invalid.value.detail_code == "number_needed"
    assert issued(scene, number=52).number == 52
    with pytest.raises(Refused, match="52/GM-UBND") as refused:
        issued(scene, number=52)
    assert refused.value.detail_code == "number_taken"
    assert issued(scene, number=40).number == 40, "another register may have given it to us later"
    with transaction.atomic():
        assert numbers.book(scene.committee, "GM", 2027).is_kept_elsewhere, "next year as this year"


def test_the_database_itself_refuses_a_double(scene: Desk) -> None:
    first, second = issued(scene), issued(scene)
    with pytest.raises(IntegrityError), transaction.atomic():
        Paper.objects.filter(pk=second.pk).update(number=first.number)


def test_a_kind_without_numbers_takes_none(scene: Desk) -> None:
    rows = {"lời dẫn": [["7:30", "Khai mạc", "Kính thưa bà con"]]}
    paper = issued(scene, kind="script", values={"thời gian": "sáng", "địa điểm": "đình"}, blocks=rows)
    assert (paper.number, paper.sign) == (None, "")
    assert not NumberBook.objects.exists()


def test_a_revoked_paper_keeps_its_number(scene: Desk) -> None:
    first = issued(scene)
    services.revoke_paper(first, reason="Ghi sai ngày.", actor=scene.clerk)
    assert issued(scene).sign == "02/GM-UBND"


def test_every_wrong_turn_is_refused(scene: Desk) -> None:
    paper: Any = issued(scene)
    with pytest.raises(Refused):
        services.issue_paper(paper, on=ON, actor=scene.clerk)
    with pytest.raises(Refused):
        services.change_draft(paper, draft(scene), actor=scene.clerk)
    with pytest.raises(Refused):
        services.discard_draft(paper, actor=scene.clerk)
    with pytest.raises(Invalid):
        services.revoke_paper(paper, reason="  ", actor=scene.clerk)
    services.revoke_paper(paper, reason="Ghi sai.", actor=scene.clerk)
    with pytest.raises(Refused):
        services.revoke_paper(paper, reason="Lần nữa", actor=scene.clerk)
