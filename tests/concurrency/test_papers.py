"""Clerks who issue papers at one instant: every number once, none left out."""

from __future__ import annotations

import pytest

from liengia.papers import services
from liengia.papers.models import Paper
from tests.concurrency.test_alarms import at_once
from tests.papers.given import ON, Desk, desk, draft

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def scene(transactional_db: None) -> Desk:
    return desk()


def test_clerks_who_issue_at_once_get_numbers_without_gap_or_double(scene: Desk) -> None:
    papers = [services.draft_paper(draft(scene), actor=scene.clerk) for _ in range(6)]
    results = at_once(*(lambda one=one: services.issue_paper(one, on=ON, actor=scene.clerk) for one in papers))
    assert not [result for result in results if isinstance(result, Exception)]
    assert sorted(Paper.objects.values_list("number", flat=True)) == [1, 2, 3, 4, 5, 6]


def test_one_draft_that_two_issue_at_once_gets_one_number(scene: Desk) -> None:
    paper = services.draft_paper(draft(scene), actor=scene.clerk)
    results = at_once(*(lambda: services.issue_paper(paper, on=ON, actor=scene.clerk) for _ in range(3)))
    assert sum(isinstance(result, Exception) for result in results) == 2
    assert [row.sign for row in Paper.objects.select_related("issuer")] == ["01/GM-UBND"]
