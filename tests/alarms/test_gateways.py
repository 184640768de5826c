"""Gateways: each with a credential of its own, shown once, revoked alone."""

from __future__ import annotations

from pathlib import Path

import bcrypt
import pytest

from liengia.alarms import broker, broker_users, services
from liengia.alarms.models import BrokerUsers, Gateway
from liengia.core.actor import Actor
from liengia.core.errors import Invalid, Refused

pytestmark = pytest.mark.django_db
TESTER = Actor.system("test")


def wanted() -> int:
    row = BrokerUsers.objects.filter(pk=1).first()
    return row.wanted_rev if row else 0


def users() -> str:
    plan = broker.Plan(Path("x"), Path("x"), 1, "127.0.0.1", 2, "", "", leaf_port=3)
    return broker.users(plan, (), broker_users.gateway_credentials())


def test_each_has_its_own_password_which_is_kept_as_a_hash() -> None:
    before = wanted()
    (first, one), (second, other) = (services.add_gateway(name, actor=TESTER) for name in ("ap-1", "ap-2"))
    assert wanted() > before, "the broker is told"
    assert len(one) == len(other) == 28
    assert one != other
    assert bcrypt.checkpw(one.encode(), first.password_hash.encode())
    said = users()
    assert first.password_hash in said
    assert second.password_hash in said
    assert one not in said
    assert said.count('"LEAFNODE"') == 2
    assert said.count('"$MQTT.>"') == 4, "what may not cross the link stays denied, both ways"


def test_revoking_one_leaves_the_other_and_frees_its_name() -> None:
    first, _password = services.add_gateway("ap-1", actor=TESTER)
    services.add_gateway("ap-2", actor=TESTER)
    before = wanted()
    services.revoke_gateway(first, actor=TESTER)
    assert wanted() > before
    assert [one.name for one in broker_users.gateway_credentials()] == ["ap-2"]
    with pytest.raises(Refused):
        services.revoke_gateway(first, actor=TESTER)
    with pytest.raises(Refused):
        services.add_gateway("ap-2", actor=TESTER)
    again, _password = services.add_gateway("ap-1", actor=TESTER)
    assert again.pk != first.pk
    assert Gateway.objects.active().count() == 2


@pytest.mark.parametrize("name", ["", "Ấp 5", "ap_5", "-ap", "ap--5", "a" * 33, "ap.5", "ap 5", "ap\n"])
def test_a_name_is_plain(name: str) -> None:
    with pytest.raises(Invalid):
        services.add_gateway(name, actor=TESTER)
