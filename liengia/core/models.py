"""Rows that the machinery itself needs."""

from __future__ import annotations

from django.db import models


class Sequence(models.Model):
    """The last position given in one order of rows; its row is the lock of whoever gives the next ones."""

    name = models.CharField(max_length=64, primary_key=True)
    last = models.BigIntegerField(default=0)

    IMPERSONAL = {"name"}

    def __str__(self) -> str:
        return f"{self.name}: {self.last}"


class Heartbeat(models.Model):
    """When a process of ours was last known to turn; `/health` is red when one is late."""

    process = models.CharField(max_length=64, primary_key=True)
    pid = models.IntegerField()
    at = models.DateTimeField()

    IMPERSONAL = {"process"}

    def __str__(self) -> str:
        return f"{self.process}: {self.at:%H:%M:%S}"
