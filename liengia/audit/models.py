"""Entries and the erasable text that belongs to some of them."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, ClassVar

from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.utils.translation import gettext_lazy as _

from liengia.audit import kinds
from liengia.core import clock
from liengia.core.fields import EncryptedTextField
from liengia.core.text import nfc

if TYPE_CHECKING:
    from django.db.models.manager import Manager

GENESIS = "0" * 64


def canonical(value: object) -> bytes:
    """Return the one JSON form of a value: sorted keys, no blanks, no NUL, NFC, UTF-8."""
    text = json.dumps(value, cls=DjangoJSONEncoder, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return nfc(text.replace("\\u0000", "")).encode()


def instant(at: datetime) -> str:
    """Return an instant in the one form that is hashed: UTC, to the microsecond."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def plain(value: Mapping[str, object]) -> dict[str, Any]:
    """Return what a JSON column gives back for a mapping, so that a hash made before storing holds after it."""
    again: dict[str, Any] = json.loads(canonical(value))
    return again


class EntryQuerySet(models.QuerySet["Entry"]):
    """Reads of entries."""

    def sealed(self) -> EntryQuerySet:
        """Entries of the chain, in its order."""
        return self.filter(seq__isnull=False).order_by("seq")

    def tail(self) -> EntryQuerySet:
        """Committed entries that wait for the sealer."""
        return self.filter(seq__isnull=True).order_by("pk")

    def about(self, thing: models.Model | tuple[str, str]) -> EntryQuerySet:
        """Entries about one thing, oldest first."""
        type_, id_ = about_pair(thing)
        return self.filter(about_type=type_, about_id=id_).order_by("pk")


def about_pair(thing: models.Model | tuple[str, str]) -> tuple[str, str]:
    """Return (type, id) of what an entry is about: a public id where the model has one."""
    if isinstance(thing, models.Model):
        return thing._meta.label, str(getattr(thing, "public_id", None) or thing.pk)
    return thing


class Entry(models.Model):
    """One act, never changed and never deleted; triggers in the database refuse both.

    `seq`, `prev_hash` and `hash` are empty at first and are filled in once by the sealer. The name of a user is
    not kept here: it is looked up when the entry is shown, so that erasing a user needs no change of the chain.
    """

    kind = models.CharField(_("kind"), max_length=64)
    at = models.DateTimeField(_("at"))
    recorded_at = models.DateTimeField(_("written at"), default=clock.now, editable=False)
    actor_kind = models.CharField(_("who (kind)"), max_length=10)
    actor_id = models.CharField(_("who"), max_length=64, blank=True)
    about_type = models.CharField(_("about (type)"), max_length=64)
    about_id = models.CharField(_("about"), max_length=64)
    unit_id = models.BigIntegerField(_("unit"), null=True, blank=True)
    facts = models.JSONField(_("facts"), default=dict, encoder=DjangoJSONEncoder)
    personal_hash = models.CharField(_("hash of the personal text"), max_length=64, blank=True)
    seq = models.BigIntegerField(_("number in the chain"), null=True, blank=True)
    prev_hash = models.CharField(_("hash before"), max_length=64, null=True, blank=True)  # noqa: DJ001
    hash = models.CharField(_("hash"), max_length=64, null=True, blank=True)  # noqa: DJ001

    IMPERSONAL: ClassVar = {
        "kind", "actor_kind", "about_type", "about_id", "facts", "personal_hash", "prev_hash", "hash"
    }  # fmt: skip

    objects: ClassVar[Manager[Entry]] = EntryQuerySet.as_manager()

    class Meta:
        verbose_name = _("audit entry")
        verbose_name_plural = _("audit entries")
        ordering: ClassVar = ["-pk"]
        default_permissions = ("view",)
        indexes: ClassVar = [
            models.Index(fields=["about_type", "about_id"], name="audit_entry_about"),
            models.Index(fields=["kind", "at"], name="audit_entry_kind_at"),
            models.Index(fields=["at"], name="audit_entry_at"),
            models.Index(fields=["id"], condition=models.Q(seq__isnull=True), name="audit_entry_tail"),
        ]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["seq"], name="audit_entry_has_its_own_place_in_the_chain"),
            models.CheckConstraint(
                condition=models.Q(seq__isnull=True, prev_hash__isnull=True, hash__isnull=True)
                | models.Q(seq__isnull=False, prev_hash__isnull=False, hash__isnull=False),
                name="audit_entry_is_sealed_whole_or_not_at_all",
            ),
        ]

    def __str__(self) -> str:
        """Return the kind in words."""
        return kinds.label(self.kind)

    def sealed_hash(self, seq: int, prev_hash: str) -> str:
        """Return the hash of this entry at a place of the chain; docs/algorithms/audit_seal.md has the form."""
        parts = [
            seq,
            prev_hash,
            instant(self.at),
            instant(self.recorded_at),
            self.kind,
            self.actor_kind,
            self.actor_id,
            self.about_type,
            self.about_id,
            self.unit_id,
            self.facts,
            self.personal_hash,
        ]
        return hashlib.sha256(canonical(parts)).hexdigest()


class PersonalText(models.Model):
    """The personal part of an entry: encrypted, erasable; its salt goes with it, so that the hash says nothing."""

    entry = models.OneToOneField(Entry, on_delete=models.DO_NOTHING, related_name="personal", primary_key=True)
    IMPERSONAL: ClassVar = {"salt"}

    salt = models.CharField(max_length=32)
    text = EncryptedTextField()
    erase_at = models.DateTimeField(db_index=True)

    class Meta:
        verbose_name = _("personal text of an entry")
        verbose_name_plural = _("personal texts of entries")
        default_permissions = ()

    def __str__(self) -> str:
        """Say nothing of the text."""
        return f"personal text of entry {self.entry_id}"

    @staticmethod
    def salted_hash(salt: str, text: str) -> str:
        """Return the hash that the entry holds."""
        return hashlib.sha256(f"{salt}:{text}".encode()).hexdigest()

    @property
    def values(self) -> dict[str, Any]:
        """The personal facts by name; empty when the key is gone."""
        loaded: dict[str, Any] = json.loads(self.text) if self.text else {}
        return loaded
