"""What a commune sets of its own: topics with their objectives. Reasons are the installation's."""

from __future__ import annotations

from typing import Any, Final

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from liengia.audit import services as audit
from liengia.core import pagecache
from liengia.core.actor import Actor
from liengia.core.errors import Invalid, Refused
from liengia.opinions.models import RefusalReason, Topic
from liengia.units.models import Level, Unit

_TOPIC_FACTS: Final = ("name", "is_urgent", "intake_hours", "answer_days", "urgent_hours", "order", "is_active", "source")


@transaction.atomic
def add_topic(*, actor: Actor, unit: Unit | None, code: str, name: str, **facts: Any) -> Topic:
    """Add a topic of a commune; with the code of a shipped one it stands in its place there.

    Raises:
        Invalid: the commune has one of this code, or the unit is no commune.
    """
    if unit is not None and unit.level != Level.COMMUNE:
        raise Invalid(_("Topics are set by communes."), code="no_commune", field="unit")
    if Topic.objects.filter(unit=unit, code=code).exists():
        raise Invalid(_("There is a topic of this code already."), code="topic_again", field="code")
    topic = Topic.objects.create(unit=unit, code=code, name=name, **facts)
    _told(topic, actor=actor)
    return topic


@transaction.atomic
def change_topic(topic: Topic, *, actor: Actor, may_change_shipped: bool = False, **facts: Any) -> Topic:
    """Change a topic; what was filed keeps its due time. A shipped one is changed only by who keeps the installation.

    Raises:
        Refused: it is a shipped one: a commune sets its own of the same code.
    """
    row = Topic.objects.select_for_update().get(pk=topic.pk)
    if row.unit_id is None and not may_change_shipped:
        raise Refused(_("This one is everybody's. Add one with the same code: it takes its place in your commune."), code="shipped")
    for name, value in facts.items():
        setattr(row, name, value)
    row.save(update_fields=list(facts))
    _told(row, actor=actor)
    return row


def _told(topic: Topic, *, actor: Actor) -> None:
    facts = {name: getattr(topic, name) for name in _TOPIC_FACTS}
    audit.record("opinions.topic_set", actor=actor, about=topic, unit=topic.unit, facts={"code": topic.code, **facts})
    pagecache.bump()


@transaction.atomic
def add_reason(*, actor: Actor, **facts: Any) -> RefusalReason:
    """Add a reason to the installation's list."""
    reason = RefusalReason.objects.create(**facts)
    audit.record("opinions.reason_set", actor=actor, about=reason, facts={**facts})
    pagecache.bump()
    return reason


@transaction.atomic
def change_reason(reason: RefusalReason, *, actor: Actor, **facts: Any) -> RefusalReason:
    """Change a reason; whoever was refused with it reads its new words."""
    row = RefusalReason.objects.select_for_update().get(pk=reason.pk)
    for name, value in facts.items():
        setattr(row, name, value)
    row.save(update_fields=list(facts))
    audit.record("opinions.reason_set", actor=actor, about=row, facts={"code": row.code, **facts})
    pagecache.bump()
    return row
