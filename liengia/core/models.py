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


class SearchEntry(models.Model):
    """One public text in the search index; `place` grows with its time of publication and is its key there.

    Only what everybody may read is ever put in (`core.search.put`), and it leaves in the transaction that withdraws it.
    """

    place = models.BigIntegerField(primary_key=True)
    kind = models.CharField(max_length=40)
    key = models.CharField(max_length=64)
    title = models.TextField()
    body = models.TextField()
    url = models.CharField(max_length=500)
    published_at = models.DateTimeField()

    IMPERSONAL = {"kind", "key", "title", "body", "url"}

    class Meta:
        """A text stands in the index once."""

        constraints = [models.UniqueConstraint(fields=["kind", "key"], name="a_text_is_indexed_once")]

    def __str__(self) -> str:
        return f"{self.kind} {self.key}"
