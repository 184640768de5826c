"""A house that calls for help and whose data somebody deletes meanwhile: help still finds it, and nobody learns of the call."""

from __future__ import annotations

import pytest
from django.contrib.messages import get_messages
from django.test import Client
from django.urls import reverse

from liengia.alarms.models import Incident
from liengia.core import clock
from liengia.people.models import EvacuationNeed, Household, Membership, User
from liengia.people.services import retention
from tests.alarms.console_scene import Desk, sign_in
from tests.alarms.given import incident, member

# The one of the scene in which somebody needs help to get out.
HOUSE = 5


def delete(user: User, house: Household) -> tuple[int, str]:
    """Press the button as somebody of the house; return what came, and what was said."""
    client = sign_in(Client(), user, second_factor=False)
    answer = client.post(reverse("people:household_data", args=[house.public_id]), {"reason": "đòi xóa", "sure": "on"})
    return answer.status_code, " ".join(map(str, get_messages(answer.wsgi_request)))


def desk_page(scene: Desk, one: Incident) -> str:
    """Return what the officer reads of a call."""
    return sign_in(Client(), scene.officer).get("/truc/", {"mo": one.public_id}).content.decode()


@pytest.mark.parametrize("silent", [True, False])
def test_the_desk_keeps_what_it_needs_until_the_call_has_ended(scene: Desk, silent: bool) -> None:
    at_home, house = member(scene, HOUSE), scene.houses[HOUSE - 1]
    Household.objects.filter(pk=house.pk).update(truck_meets_at="ngã ba chợ", water_source="trụ nước 07")
    one = incident(scene, HOUSE, kind="help", is_silent=True) if silent else incident(scene, HOUSE)
    before = desk_page(scene, one)
    assert delete(at_home, house)[0] == 302
    house.refresh_from_db()
    assert not house.is_active and not Membership.objects.active().filter(household=house).exists()
    page = desk_page(scene, one)
    for word in (house.address_label, house.head_name, house.truck_meets_at, house.water_source, EvacuationNeed.all_needs.get(household=house).text):
        assert word and (word in page) is (word in before), word
    assert house.address_label in page
    retention.keep_periods()
    assert Household.objects.get(pk=house.pk).erased_at is None, "not while it is open"
    Incident.objects.filter(pk=one.pk).update(state="resolved", ended_at=clock.now())
    retention.keep_periods()
    house.refresh_from_db()
    assert house.erased_at and house.head_name == "" and house.erasure_reason == "" and not house.phones.exists()
    assert not EvacuationNeed.all_needs.filter(household=house).exists()


def test_the_answer_does_not_tell_whether_a_call_is_open(scene: Desk) -> None:
    quiet, calling = scene.houses[0], scene.houses[HOUSE - 1]
    of_quiet, of_calling = member(scene, 1), member(scene, HOUSE)
    incident(scene, HOUSE, kind="help", is_silent=True)
    assert delete(of_quiet, quiet) == delete(of_calling, calling)
    assert Household.objects.get(pk=quiet.pk).erased_at and not Household.objects.get(pk=calling.pk).erased_at


def test_a_household_that_left_long_ago_is_kept_while_help_is_on_its_way(scene: Desk) -> None:
    house = scene.houses[HOUSE - 1]
    one = incident(scene, HOUSE)
    Household.objects.filter(pk=house.pk).update(is_active=False, left_on="2020-01-01")
    retention.keep_periods()
    assert not Household.objects.get(pk=house.pk).erased_at
    Incident.objects.filter(pk=one.pk).update(state="dismissed", ended_at=clock.now())
    retention.keep_periods()
    assert Household.objects.get(pk=house.pk).erased_at
