"""The writes of this room: keys, and reports that come by them."""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass
from typing import Final

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext_lazy as _

from liengia.api import repeats
from liengia.api.models import ApiKey, ReportToken
from liengia.audit import services as audit
from liengia.core import clock
from liengia.core.actor import Actor
from liengia.core.errors import DomainError, Invalid, Refused
from liengia.opinions import services as opinions
from liengia.opinions.models import Opinion, Source
from liengia.units.models import Level, Unit

CHUNK: Final = 100


def _hash(secret: str) -> str:
    """Return the hash of a key or token: 160 random bits need neither salt nor stretching."""
    return hashlib.sha256(secret.encode()).hexdigest()


@transaction.atomic
def mint_key(commune: Unit, *, name: str, actor: Actor) -> tuple[ApiKey, str]:
    """Make a key for a program; it is returned this once, and nobody can read it again.

    Raises:
        Invalid: the unit is no commune that stands, or the program has no name.
    """
    if commune.level != Level.COMMUNE or not commune.is_current:
        raise Invalid(_("Keys are given by communes that stand today."), code="no_commune", field="unit")
    if not name.strip():
        raise Invalid(_("Write which program it is for."), code="no_name", field="name")
    secret = f"lg_{secrets.token_hex(20)}"
    key = ApiKey.objects.create(unit=commune, name=name.strip(), key_hash=_hash(secret), made_by_id=actor.user_id)
    audit.record("api.key_minted", actor=actor, about=key, unit=commune, facts={"name": key.name})
    return key, secret


@transaction.atomic
def revoke_key(key: ApiKey, *, actor: Actor) -> ApiKey:
    """Take a key away, at once and for good; what was filed with it stays.

    Raises:
        Refused: it was revoked before.
    """
    row = ApiKey.objects.select_for_update(of=("self",)).get(pk=key.pk)
    if row.revoked_at is not None:
        raise Refused(_("This key was revoked before."), code="revoked")
    row.revoked_at = clock.now()
    row.save(update_fields=["revoked_at"])
    audit.record("api.key_revoked", actor=actor, about=row, unit=row.unit_id, facts={"name": row.name})
    return row


def find_key(secret: str, commune: Unit) -> ApiKey | None:
    """Return the key in force that a program showed, when it is of this commune (or of one that it came from)."""
    key = ApiKey.objects.filter(key_hash=_hash(secret), revoked_at=None).select_related("unit").first() if secret else None
    return key if key is not None and key.unit.current() == commune else None


@dataclass(frozen=True, slots=True)
class Filed:
    """What came of a report; one that was sent again is the first one, with its code and token."""

    opinion: Opinion
    code: str
    token: str
    is_new: bool


class UsedBefore(DomainError):
    """A program used one Idempotency-Key for two reports."""

    status = 422


@transaction.atomic
def file_report(draft: opinions.Draft, *, key: ApiKey, word: str = "") -> Filed:
    """File what a program sent into the same intake as the web form, once: `word` is its Idempotency-Key (`repeats`).

    Nobody is noted as the actor: the program sent it, and whoever wrote it is unknown. No row joins it with the key.

    Raises:
        Invalid: as `opinions.services.file_opinion`.
        UsedBefore: another report came with this word.
    """
    names = list(repeats.names_of(draft, key=key, word=word))
    for one in names:
        if before := Opinion.all_.filter(code_hash=one.code_hash).first():
            return _again(before, one)
    name = names[-1]
    opinion = opinions.file_opinion(draft, code=name.code, source=Source.API)
    _token, is_new = ReportToken.objects.get_or_create(opinion=opinion, defaults={"token_hash": _hash(name.token)})
    if not is_new:  # the same report came at the same instant, and was first
        return _again(opinion, name)
    ApiKey.objects.filter(pk=key.pk).update(used_on=clock.today(), filed_count=F("filed_count") + 1)
    return Filed(opinion, name.code, name.token, is_new=True)


def _again(opinion: Opinion, name: repeats.Names) -> Filed:
    if not ReportToken.objects.filter(opinion=opinion, token_hash=_hash(name.token)).exists():
        raise UsedBefore(_("This Idempotency-Key was used for another report. Choose a new one."), code="used_before")
    return Filed(opinion, name.code, name.token, is_new=False)


def public_number(token: str, commune: Unit) -> str:
    """Return the number of the opinion that a token stands for, once everybody may read it; empty before that."""
    found = Opinion.public_.filter(report_token__token_hash=_hash(token), commune__in=commune.lineage_ids()).first()
    return found.public_id if found is not None else ""


def forget_tokens() -> int:
    """Delete the tokens of opinions whose contact period is over, in chunks; return how many."""
    due = ReportToken.objects.filter(opinion__contact_erased_on__isnull=False)
    chosen = list(due.values_list("pk", flat=True)[:CHUNK])
    ReportToken.objects.filter(pk__in=chosen).delete()
    return len(chosen)
