"""The loudspeakers that do not work in the chairman's month."""

from __future__ import annotations

from datetime import timedelta

from liengia.broadcast.models import SpeakerFault
from liengia.broadcast.services import speakers
from liengia.papers import brief
from liengia.papers.brief import BROKEN, Month
from tests.broadcast.speakers.given import NOW, Place
from tests.cast import TESTER


def test_clusters_that_do_not_work_are_named_for_the_month_in_which_they_did_not(here: Place) -> None:
    def said(month: int) -> list[tuple[str, str]]:
        return [(one.head, one.words) for one in brief.gather(here.commune, Month(2026, month))[BROKEN]]

    assert said(8) == []
    SpeakerFault.objects.create(cluster=here.market, kind="no_sound", since=NOW - timedelta(days=20), cleared_at=NOW - timedelta(days=2))
    SpeakerFault.objects.create(cluster=here.market, kind="no_beat", since=NOW - timedelta(days=1))
    SpeakerFault.objects.create(cluster=here.bridge, kind="no_beat", since=NOW - timedelta(hours=1))
    assert said(8) == [("mất liên lạc", "2 cụm loa: Chợ Kinh, Cầu Chùa")]
    assert [words for _head, words in said(7)] == ["1 cụm loa: Chợ Kinh"]
    speakers.remove_cluster(here.bridge, actor=TESTER)
    assert [words for _head, words in said(8)] == ["1 cụm loa: Chợ Kinh"]
