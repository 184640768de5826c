"""Gateways: each gets a credential of its own, and can be cut off without cutting the others."""

from __future__ import annotations

import re
import secrets
import string
from typing import Final

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from liengia.alarms.broker import hashed
from liengia.alarms.models import Gateway
from liengia.alarms.services.devices import change_broker_users
from liengia.audit import services as audit
from liengia.core import clock
from liengia.core.actor import Actor
from liengia.core.errors import Invalid, Refused

_NAME: Final = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
_ALPHABET: Final = string.ascii_letters + string.digits


@transaction.atomic
def add_gateway(name: str, *, actor: Actor) -> tuple[Gateway, str]:
    """Let a gateway join under a name; returns it with its password, which is shown once and kept nowhere.

    Raises:
        Invalid: the name is not up to 32 small letters, digits and hyphens.
        Refused: a gateway of this name may join already.
    """
    if len(name) > 32 or not _NAME.fullmatch(name):
        raise Invalid(_("A gateway's name is up to 32 small letters, digits and single hyphens."), code="name")
    if Gateway.objects.active().filter(name=name).exists():
        raise Refused(_("There is a gateway %(name)s already. Revoke it first.") % {"name": name}, code="known")
    password = "".join(secrets.choice(_ALPHABET) for _ in range(28))
    now = clock.now()
    gateway = Gateway.objects.create(name=name, password_hash=hashed(password), made_at=now)
    change_broker_users()
    audit.record("alarms.gateway_added", actor=actor, about=gateway, at=now, facts={"name": name})
    return gateway, password


@transaction.atomic
def revoke_gateway(gateway: Gateway, *, actor: Actor) -> None:
    """Cut a gateway off for good, within 10 s; the others stay joined, its sirens ring on among themselves.

    Raises:
        Refused: it was revoked already.
    """
    now = clock.now()
    if not Gateway.objects.active().filter(pk=gateway.pk).update(revoked_at=now):
        raise Refused(_("This gateway was revoked already."), code="revoked")
    change_broker_users()
    audit.record("alarms.gateway_revoked", actor=actor, about=gateway, at=now, facts={"name": gateway.name})
