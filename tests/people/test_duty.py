"""The rota to the second, gaps 24 hours ahead, handovers signed by both, the log."""

from __future__ import annotations

from datetime import datetime, time, timedelta

import pytest
import time_machine
from django.utils.timezone import get_current_timezone

from liengia.core import clock
from liengia.core.actor import Actor
from liengia.core.errors import DomainError, Forbidden, Invalid, Refused
from liengia.people import handover, menu, queries, services
from liengia.people.models import DutyShift, Handover, User
from liengia.people.services.duty import at_local, withdraw_handover
from tests import factories
from tests.cast import TESTER, Cast
from tests.people.conftest import signed_in


@pytest.fixture
def second(cast: Cast) -> User:
    user = factories.user("truc2", "Phan Văn Canh", is_staff=True)
    services.assign_role(user, "duty_officer", cast.commune, actor=TESTER)
    return user


def _at(hour: int, minute: int = 0, second: int = 0, day: int = 0) -> datetime:
    base = datetime.combine(clock.today(), time(hour, minute, second), tzinfo=get_current_timezone())
    return base + timedelta(days=day)


def test_duty_changes_hands_at_the_second(cast: Cast, second: User) -> None:
    services.set_shift(cast.post, cast.truc, actor=TESTER, starts_at=_at(7), ends_at=_at(19))
    services.set_shift(cast.post, second, actor=TESTER, starts_at=_at(19), ends_at=_at(7, day=1))
    assert queries.on_duty(cast.hamlet, _at(18, 59, 59)) == [cast.truc]
    assert queries.on_duty(cast.hamlet, _at(19)) == [second]
    assert queries.on_duty(cast.hamlet, _at(7, day=1)) == []
    assert queries.on_duty(cast.other_commune, _at(19)) == []


def test_a_closed_account_is_not_on_duty(cast: Cast) -> None:
    services.set_shift(cast.post, cast.truc, actor=TESTER, starts_at=_at(0), ends_at=_at(0, day=1))
    services.close_user(cast.truc, actor=TESTER)
    assert queries.on_duty(cast.commune) == []


def test_a_shift_survives_no_role(cast: Cast, second: User) -> None:
    now = clock.now()
    hours = lambda begins, ends: {"starts_at": now + timedelta(hours=begins), "ends_at": now + timedelta(hours=ends)}  # noqa: E731
    services.set_shift(cast.post, cast.truc, actor=TESTER, **hours(-1, 10))
    services.set_shift(cast.post, second, actor=TESTER, **hours(10, 22))
    services.set_shift(cast.post, cast.truc, actor=TESTER, **hours(22, 30))
    services.end_role(second.role_assignments.get(), actor=TESTER)
    gap = queries.coming_gaps([cast.commune])[0]
    assert (gap.starts_at, gap.ends_at) == (now + timedelta(hours=10), now + timedelta(hours=22))
    assert queries.on_duty(cast.hamlet, now + timedelta(hours=11)) == []
    assert queries.next_on_duty(cast.hamlet, now) == [cast.truc]
    services.end_role(cast.truc.role_assignments.get(), actor=TESTER, at=now + timedelta(hours=5))
    assert [one.starts_at for one in queries.coming_gaps([cast.commune])] == [now + timedelta(hours=5)], "a role that will end leaves a gap"
    assert queries.on_duty(cast.hamlet, now) == [cast.truc], "it has not ended yet"


def test_gaps_are_found_and_red_a_day_ahead(cast: Cast, second: User) -> None:
    now = clock.now()
    services.set_shift(
        cast.post,
        cast.truc,
        actor=TESTER,
        starts_at=now - timedelta(hours=1),
        ends_at=now + timedelta(hours=20),
    )
    gaps = queries.coming_gaps([cast.commune])
    assert [(gap.starts_at, gap.is_now) for gap in gaps] == [(now + timedelta(hours=20), False)]
    assert any(chore.is_urgent for chore in menu.today(cast.quan))
    services.set_shift(
        cast.post,
        second,
        actor=TESTER,
        starts_at=now + timedelta(hours=20),
        ends_at=now + timedelta(hours=30),
    )
    assert queries.coming_gaps([cast.commune]) == []


def test_nobody_without_the_capability_goes_on_the_rota(cast: Cast) -> None:
    with pytest.raises(Invalid):
        services.set_shift(cast.post, cast.lua, actor=TESTER, starts_at=_at(7), ends_at=_at(19))


def test_overlaps_and_backward_spans_are_refused(cast: Cast) -> None:
    services.set_shift(cast.post, cast.truc, actor=TESTER, starts_at=_at(7), ends_at=_at(19))
    with pytest.raises(Refused):
        services.set_shift(cast.post, cast.truc, actor=TESTER, starts_at=_at(18), ends_at=_at(20))
    with pytest.raises(Invalid):
        services.set_shift(cast.post, cast.truc, actor=TESTER, starts_at=_at(19), ends_at=_at(7))


def test_the_week_before_is_copied_once(cast: Cast) -> None:
    monday = clock.today() - timedelta(days=clock.today().weekday())
    start = at_local(monday, time(7))
    services.set_shift(
        cast.post, cast.truc, actor=TESTER, starts_at=start, ends_at=start + timedelta(hours=12)
    )
    following = monday + timedelta(days=7)
    assert services.copy_week(cast.post, following, actor=TESTER) == 1
    assert services.copy_week(cast.post, following, actor=TESTER) == 0
    assert DutyShift.objects.filter(starts_at=start + timedelta(days=7)).exists()


def test_open_things_are_signed_over_by_both(
    cast: Cast, second: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    item = handover.OpenItem("incident", "Cháy, Nhà số 9", clock.now(), "/truc/")
    monkeypatch.setattr(handover, "_open", [lambda post, at: [item]])
    offered = services.offer_handover(
        cast.post, actor=Actor.of(cast.truc), to_user=second, note="để ý hẻm 42"
    )
    with pytest.raises(Refused):
        services.offer_handover(cast.post, actor=Actor.of(cast.truc), to_user=second)
    with pytest.raises(Forbidden):
        services.accept_handover(offered, seen=[item.key], actor=Actor.of(cast.truc))
    client, address = signed_in(second, second_factor=True), f"/truc/lich/{cast.post.public_id}/giao-ca/"
    page = client.get(address).content.decode()
    assert "để ý hẻm 42" in page and f'value="{item.key}"' in page
    later = handover.OpenItem("incident", "Cháy, Nhà số 2", clock.now(), "/truc/2/")
    monkeypatch.setattr(handover, "_open", [lambda post, at: [item, later]])
    said = client.post(f"{address}{offered.pk}/", {"act": "sign", "seen": [item.key]}, follow=True).content.decode()
    assert Handover.objects.get().accepted_at is None, "nobody signs for what they have not seen"
    assert "Cháy, Nhà số 2" in client.get(address).content.decode() and "vừa có" in said.lower()
    client.post(f"{address}{offered.pk}/", {"act": "sign", "seen": [item.key, later.key]})
    signed = Handover.objects.get()
    assert signed.accepted_at is not None and [one["label"] for one in signed.open_items] == ["Cháy, Nhà số 9", "Cháy, Nhà số 2"]
    with pytest.raises(DomainError):
        services.accept_handover(signed, seen=[item.key, later.key], actor=Actor.of(second))


def test_a_handover_whose_giver_and_taker_are_gone_is_taken_back_by_who_writes_the_rota(cast: Cast, second: User) -> None:
    offered = services.offer_handover(cast.post, actor=Actor.of(cast.truc), to_user=second)
    with pytest.raises(Forbidden):
        withdraw_handover(offered, actor=Actor.of(second))
    services.end_role(cast.truc.role_assignments.get(), actor=TESTER)
    services.close_user(second, actor=TESTER)
    address = f"/truc/lich/{cast.post.public_id}/"
    client = signed_in(cast.quan, second_factor=True)
    assert f"{address}giao-ca/" in client.get(address).content.decode()
    page = client.get(f"{address}giao-ca/").content.decode()
    assert 'value="withdraw"' in page and 'name="to_user"' not in page
    client.post(f"{address}giao-ca/{offered.pk}/", {"act": "withdraw"})
    assert not Handover.objects.exists()
    client.post(f"{address}giao-ca/", {"to_user": cast.truc.pk})
    assert not Handover.objects.exists(), "who only writes the rota hands nothing over"


def test_the_rota_and_the_log_show_the_week(cast: Cast) -> None:
    # All of it tomorrow or later: whoever reads holds the role from now on, whatever the hour is.
    services.set_shift(cast.post, cast.truc, actor=TESTER, starts_at=_at(7, day=1), ends_at=_at(19, day=1))
    client = signed_in(cast.quan, second_factor=True)
    page = client.get(f"/truc/lich/{cast.post.public_id}/", {"tuan": f"{_at(7, day=1):%Y-%m-%d}"}).content.decode()
    assert "Nguyễn Văn Trực" in page
    answer = client.post(
        f"/truc/lich/{cast.post.public_id}/",
        {
            "user": cast.truc.pk,
            "role": "officer",
            "day": f"{clock.today() + timedelta(days=2)}",
            "begins": "07:00",
            "ends": "07:00",
        },
    )
    assert answer.status_code == 302
    assert queries.on_duty(cast.commune, _at(6, 59, day=3)) == [cast.truc]
    log = f"/truc/lich/{cast.post.public_id}/so-truc/"
    eight, six = _at(8, day=1), _at(6, day=1)
    with time_machine.travel(eight, tick=False):
        assert "Nguyễn Văn Trực" in client.get(log).content.decode()
    with time_machine.travel(six, tick=False):
        assert "Nguyễn Văn Trực" not in client.get(log).content.decode(), "the day of duty that runs is yesterday's still"
        assert "Nguyễn Văn Trực" in client.get(log, {"ngay": f"{clock.today()}"}).content.decode()


def test_taking_somebody_off_asks_first(cast: Cast) -> None:
    shift = services.set_shift(cast.post, cast.truc, actor=TESTER, starts_at=_at(7, day=1), ends_at=_at(19, day=1))
    client, rota = signed_in(cast.quan, second_factor=True), f"/truc/lich/{cast.post.public_id}/"
    asked = f"{rota}ca/{shift.pk}/bo/"
    assert f'href="{asked}"' in client.get(rota, {"tuan": f"{_at(7, day=1):%Y-%m-%d}"}).content.decode()
    page = client.get(asked).content.decode()
    assert "Nguyễn Văn Trực" in page and DutyShift.objects.filter(pk=shift.pk).exists()
    assert client.post(asked).status_code == 302 and not DutyShift.objects.filter(pk=shift.pk).exists()


def test_a_post_of_another_commune_does_not_exist(cast: Cast) -> None:
    stranger = factories.user("truc9", "Người Xã Khác", is_staff=True)
    services.assign_role(stranger, "duty_officer", cast.other_commune, actor=TESTER)
    client = signed_in(stranger, second_factor=True)
    assert client.get(f"/truc/lich/{cast.post.public_id}/").status_code == 404
