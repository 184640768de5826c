"""Accounts at providers, and which of them are set aside because they fail."""

from __future__ import annotations

import json
import secrets
from collections.abc import Mapping
from typing import Any, ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from liengia.core import clock
from liengia.core.fields import EncryptedTextField, NameField, public_id
from liengia.units.models import Unit


def webhook_secret() -> str:
    """Return a random secret that a provider sends with what it reports (256 bits)."""
    return secrets.token_urlsafe(32)


class ChannelAccount(models.Model):
    """What a unit has at one provider of a channel: its configuration, encrypted; off until somebody switches it on.

    `config` is JSON, checked by the channel's `ConfigForm`. `revision` counts its changes, so that a token that rotates
    is written only over the one that it follows.
    """

    public_id = models.CharField(max_length=10, unique=True, default=public_id, editable=False)
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="channel_accounts", verbose_name=_("unit"))
    channel = models.CharField(_("channel"), max_length=20)
    name = NameField(_("name"), max_length=80)
    config = EncryptedTextField(default="{}", editable=False)
    webhook_secret = EncryptedTextField(default=webhook_secret, editable=False)
    revision = models.PositiveIntegerField(default=1, editable=False)
    is_on = models.BooleanField(_("switched on"), default=False)
    changed_at = models.DateTimeField(_("changed at"), default=clock.now)

    IMPERSONAL: ClassVar = {"public_id", "channel", "name", "config", "webhook_secret"}

    class Meta:
        verbose_name = _("account of a channel")
        verbose_name_plural = _("accounts of channels")
        ordering: ClassVar = ["channel", "name", "pk"]
        default_permissions = ()
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["unit", "channel"], condition=Q(is_on=True), name="one_account_of_a_channel_is_on_in_a_unit"),
        ]

    def __str__(self) -> str:
        """Return channel and name."""
        return f"{self.channel}: {self.name}"

    @property
    def values(self) -> dict[str, Any]:
        """The configuration; empty when its key is gone."""
        return dict(json.loads(self.config)) if self.config else {}

    @values.setter
    def values(self, values: Mapping[str, Any]) -> None:
        self.config = json.dumps(dict(values), ensure_ascii=False)


class ProviderState(models.Model):
    """How a provider of a channel does: failures in a row, and until when it is set aside so that others go on."""

    channel = models.CharField(max_length=20)
    provider = models.CharField(max_length=120)
    failures = models.PositiveIntegerField(default=0)
    aside_until = models.DateTimeField(null=True, blank=True)
    last_words = NameField(max_length=200, blank=True)
    failed_at = models.DateTimeField(null=True, blank=True)
    worked_at = models.DateTimeField(null=True, blank=True)

    IMPERSONAL: ClassVar = {"channel", "provider", "last_words"}

    class Meta:
        verbose_name = _("state of a provider")
        verbose_name_plural = _("states of providers")
        default_permissions = ()
        constraints: ClassVar = [models.UniqueConstraint(fields=["channel", "provider"], name="one_state_a_provider_of_a_channel")]

    def __str__(self) -> str:
        """Return channel and provider."""
        return f"{self.channel} {self.provider}"
