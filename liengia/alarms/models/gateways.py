"""Gateways: brokers in hamlets that may join the centre's, each with a credential of its own."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _


class GatewayQuerySet(models.QuerySet["Gateway"]):
    """Reads of gateways."""

    def active(self) -> GatewayQuerySet:
        """Gateways that may join."""
        return self.filter(revoked_at=None)


class Gateway(models.Model):
    """A hamlet's broker that may join; its password is shown once and kept as a bcrypt hash.

    `cut_at` is set when the broker has cut the link of one that was revoked.
    """

    name = models.CharField(max_length=32)
    password_hash = models.CharField(max_length=72)
    made_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True, blank=True)
    cut_at = models.DateTimeField(null=True, blank=True)

    IMPERSONAL: ClassVar[set[str]] = {"name"}
    objects: ClassVar[models.Manager[Gateway]] = GatewayQuerySet.as_manager()

    class Meta:
        """A name stands for one gateway at a time."""

        verbose_name = _("gateway")
        verbose_name_plural = _("gateways")
        ordering = ["name", "-made_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["name"], condition=models.Q(revoked_at=None), name="a_name_is_one_gateway_at_a_time"
            )
        ]

    def __str__(self) -> str:
        return self.name
