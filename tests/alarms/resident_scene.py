"""A group of three houses, its people and its sirens, as the resident's pages need them."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from decimal import Decimal

from django.test import Client

from liengia.alarms import services
from liengia.alarms.models import Incident, NeighbourGroup
from liengia.core.actor import Actor
from liengia.people.models import Household, User
from liengia.people.services.numbers import ensure_national_numbers
from tests import factories
from tests.cast import TESTER, Cast, assemble


@dataclass(slots=True)
class Scene:
    """The cast, joined to one group; house 4 is Tư's."""

    cast: Cast
    group: NeighbourGroup
    house_4: Household
    tu: User

    def raised(self, kind: str = "fire", *, who: User | None = None, house: Household | None = None, **more: bool) -> Incident:
        """Raise an alarm from house 9, or from another."""
        user = who or self.cast.lua
        press = services.raise_from_phone(
            house or self.cast.house_9, user=user, kind=kind, press_id=str(uuid.uuid4()), actor=Actor.of(user), **more
        )
        assert press.incident is not None
        return press.incident


def build() -> Scene:
    """Make the scene in an empty database."""
    cast = assemble()
    ensure_national_numbers()
    group = services.create_group(
        cast.hamlet, name="Tổ liên gia số 3", number=3, leader=cast.moc_mien, assembly_point="sân nhà văn hóa", actor=TESTER
    )
    house_4 = factories.household(cast.hamlet, 4, "Lê Văn Tư", lat=Decimal("10.5304"), lon=Decimal("106.6"))
    Household.objects.filter(pk=cast.house_9.pk).update(lat=Decimal("10.5307"), lon=Decimal("106.6"), truck_meets_at="đầu hẻm 42")
    cast.house_9.refresh_from_db()
    tu = factories.user("+84900000004", "Lê Văn Tư", house_4)
    for seat, house in ((1, cast.house_1), (4, house_4), (9, cast.house_9)):
        services.add_household(group, household=house, seat=seat, actor=TESTER)
        services.provision_device(group, household=house, kind="both", actor=TESTER)
    return Scene(cast, group, house_4, tu)


def client_of(user: User) -> Client:
    """Return a browser in which somebody is signed in."""
    client = Client()
    client.force_login(user, backend="allauth.account.auth_backends.AuthenticationBackend")
    return client
