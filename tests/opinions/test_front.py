"""What stands in front: the portal's home page, pages that are kept for everybody, and what a reform of units moves."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.test import Client
from django.utils import translation

from liengia.core import clock, front, pagecache, search
from liengia.core.actor import Actor
from liengia.core.models import Sequence
from liengia.core.reporting import Period
from liengia.opinions import policies, reporting, screens, services
from liengia.opinions.models import AnswerKind, Opinion, OpinionRules
from liengia.people import policies as people
from liengia.units.models import Unit
from liengia.units.plans import NewUnit, Passing, ReformPlan
from liengia.units.reforms import apply_reform
from tests.cast import TESTER
from tests.opinions.given import LAMP, Office, filed, public, reason, sorted_

pytestmark = pytest.mark.django_db


def edition() -> int:
    found = Sequence.objects.filter(name="pagecache").first()
    return found.last if found else 0


def publish_answer(here: Office, opinion: Opinion) -> None:
    moderator = Actor.of(here.duyen)
    services.answer(
        opinion, kind=AnswerKind.IN_WRITING, text="Đã thay bóng.", signer_name="Ông Mẫu", signer_office="UBND", actor=moderator
    )
    services.publish(opinion, actor=moderator)


def test_the_front_page_offers_the_form_and_shows_what_was_answered_and_what_is_owed(here: Office) -> None:
    answered, late = public(here, title="Đèn số 14 đã tắt"), public(here, title="Cống nghẹt chờ trả lời")
    sorted_(here, text="Chưa ai duyệt công khai")
    publish_answer(here, answered)
    assert [act.url for act in front.acts.of(here.commune) if "gop-y" in act.url] == ["/gop-y/gui/?xa=28108"]
    assert [act.url for act in front.acts.of(None) if "gop-y" in act.url] == ["/gop-y/gui/"]
    assert [one.title for one in front.answers.of(here.commune)] == ["Đèn số 14 đã tắt"], "what is not due yet is not shown"
    with time_machine.travel(late.due_at + timedelta(hours=1), tick=False):
        shown = front.answers.of(None)
        assert [(one.title, one.is_late) for one in shown] == [("Cống nghẹt chờ trả lời", True), ("Đèn số 14 đã tắt", False)]
        page = Client().get("/").content.decode()
        assert "Cống nghẹt chờ trả lời" in page and "Đèn số 14 đã tắt" in page and "/gop-y/gui/" in page
        assert "Chưa ai duyệt" not in page and LAMP not in page
    assert front.answers.of(here.cast.other_commune) == []


@pytest.mark.parametrize(("language", "first"), [("en", "Friday 28/11/2025"), ("vi", "Thứ Sáu 28/11/2025")])
def test_days_are_in_the_readers_language(here: Office, language: str, first: str) -> None:
    with time_machine.travel(datetime(2025, 11, 27, 23, 30, tzinfo=UTC), tick=False):
        opinion = public(here)
        publish_answer(here, opinion)
        with translation.override(language):
            assert first in front.answers.of(here.commune)[0].words
            assert all(first in step.when for step in screens.steps(opinion))


def test_an_answer_that_is_not_public_is_not_on_the_front_page(here: Office) -> None:
    opinion = public(here)
    services.answer(
        opinion, kind=AnswerKind.IN_WRITING, text="Riêng", signer_name="Ông Mẫu", signer_office="UBND", actor=Actor.of(here.duyen)
    )
    assert front.answers.of(here.commune) == []
    services.publish(opinion, actor=Actor.of(here.duyen))
    services.withdraw_text(opinion, actor=Actor.of(here.duyen))
    assert front.answers.of(here.commune) == []


@pytest.mark.parametrize("path", ["/gop-y/", "/gop-y/?trang-thai=overdue&xa=28108", "/gop-y/bang-theo-doi/", "/gop-y/{}/", "/gop-y/{}/?cam-on=1"])
def test_public_pages_are_the_same_for_everybody(here: Office, client: Client, path: str) -> None:
    opinion = public(here)
    answer = client.get(path.format(opinion.public_id))
    html = answer.content.decode()
    assert int(answer[pagecache.MARK]) <= 60
    assert not answer.cookies and "csrfmiddlewaretoken" not in html and "nonce" not in html


@pytest.mark.parametrize("path", ["/gop-y/gui/?xa=28108", "/gop-y/theo-doi/"])
def test_forms_are_never_kept(here: Office, client: Client, path: str) -> None:
    answer = client.get(path)
    assert pagecache.MARK not in answer and "no-store" in answer["Cache-Control"]


def test_whatever_changes_the_public_pages_empties_the_cache(here: Office) -> None:
    moderator = Actor.of(here.duyen)
    other = public(here, title="Cái đèn này cũng tắt")
    opinion = sorted_(here)
    before = edition()
    filed(here)
    assert edition() == before, "what nobody sees empties nothing"
    for change in (
        lambda: services.publish_text(opinion, title="Đèn tắt", text=LAMP, actor=moderator),
        lambda: services.verify(opinion, actor=moderator),
        lambda: publish_answer(here, opinion),
        lambda: services.follow_up(opinion, actor=moderator),
        lambda: services.close(opinion, actor=moderator),
        lambda: services.withdraw_text(opinion, actor=moderator),
        lambda: services.refer_to_officials(public(here, title="Một cái nữa"), actor=moderator, words="Ông Mỗ"),
        lambda: services.move_out(public(here, title="Cái nữa"), reason=reason(), actor=moderator),
        lambda: services.merge(other, into=public(here, title="Cái sau"), actor=moderator),
    ):  # fmt: skip
        before = edition()
        change()
        assert edition() > before


def test_support_is_shown_within_seconds_and_empties_nothing(here: Office, client: Client) -> None:
    opinion = public(here)
    before = edition()
    services.support(opinion)
    assert edition() == before and int(client.get(f"/gop-y/{opinion.public_id}/")[pagecache.MARK]) <= 10


def test_a_reform_moves_opinions_to_the_officers_who_follow(here: Office) -> None:
    with_hamlet = public(here, hamlet=here.cast.hamlet)
    about = filed(here, text="Về một cán bộ", about_officials=True, officer_words="Ông Mỗ")
    plain = filed(here, text="Không ghi ấp")
    services.set_rules(here.commune, actor=TESTER, reception="Thứ Ba")
    due = {row.pk: row.due_at for row in Opinion.all_.all()}
    plan = ReformPlan(
        "merger", "Sáp nhập", clock.today(), "Nghị quyết thử", new=(NewUnit("99108", "Long Cần", "Xã", "commune", "80"),),
        passings=(Passing("28108", "99108"), Passing(here.cast.other_commune.code, "99108")),
    )  # fmt: skip
    apply_reform(plan, actor=TESTER)
    new = Unit.objects.current().get(code="99108")
    assert {row.commune_id for row in Opinion.all_.all()} == {new.pk}
    assert {row.pk: row.due_at for row in Opinion.all_.all()} == due, "what was promised is owed"
    hamlet = Opinion.all_.get(pk=with_hamlet.pk).hamlet
    assert hamlet is not None and hamlet.parent == new
    assert OpinionRules.objects.get(unit=new).reception == "Thứ Ba"
    counted = {unit.code: set(reporting._filed(unit, Period(clock.today(), clock.today())).values_list("pk", flat=True)) for unit in Unit.objects.filter(pk__in=(here.commune.pk, here.cast.other_commune.pk, new.pk))}
    assert counted["28108"] == {with_hamlet.pk}, "by its hamlet: of which ground what names none was nobody knows since"
    assert counted[here.cast.other_commune.code] == set() and counted["99108"] == {with_hamlet.pk, plain.pk}
    # The officer's roles went over; what is an officer's matter stays with those who hold that capability.
    assert people.can(here.duyen, "opinions.moderate", new)
    assert policies.get_for(here.duyen, plain.public_id).commune == new
    assert not policies.visible_to(here.duyen).filter(pk=about.pk).exists()
    assert policies.visible_to(here.chairman).filter(pk=about.pk).exists()
    services.sort(plain, topic=with_hamlet.topic, hamlet=hamlet, actor=Actor.of(here.duyen))
    assert Client().get(f"/gop-y/{with_hamlet.public_id}/").status_code == 200
    assert [hit.key for hit in search.find("den duong", unit_ids=[new.pk]).hits] == [with_hamlet.public_id]
