"""The shelf: where each public article stands in the lists, and how many stand where.

A list of a hundred thousand articles is read from one index, and its numbers from counts that are kept, not counted
at each drawing. Both follow the article in the transaction that publishes it (`ArticlePage.save`).
"""

from __future__ import annotations

from typing import ClassVar, Final

from django.db import models
from django.utils.translation import gettext_lazy as _

# The key that stands for every topic, and for every unit: an empty one would not be unique in all databases.
ALL: Final = 0


class ShelfRow(models.Model):
    """An article in the list of one topic, or in that of all topics (`topic_key` 0). One that is dated ahead has its rows already."""

    # It outlives the article for a moment, so that whoever deletes it is counted out as one who takes it down.
    article = models.ForeignKey("portal.ArticlePage", models.DO_NOTHING, db_constraint=False, related_name="+")
    topic_key = models.BigIntegerField(default=ALL)
    unit_key = models.BigIntegerField(default=ALL)
    published_at = models.DateTimeField()

    class Meta:
        verbose_name = _("place in the lists of news")
        verbose_name_plural = _("places in the lists of news")
        default_permissions = ()
        constraints: ClassVar = [models.UniqueConstraint(fields=["article", "topic_key"], name="an_article_stands_once_in_a_list")]
        # The unit comes last: a commune's list is walked in the order of the dates, so that nothing is sorted.
        indexes: ClassVar = [models.Index(fields=["topic_key", "-published_at", "-article", "unit_key"], name="portal_shelf_in_order")]

    def __str__(self) -> str:
        return f"{self.article_id} ({self.topic_key})"


class ShelfCount(models.Model):
    """How many articles of a topic and a unit are dated in a month (its first day, in local time); 0 is every topic, or every unit."""

    topic_key = models.BigIntegerField(default=ALL)
    unit_key = models.BigIntegerField(default=ALL)
    month = models.DateField()
    count = models.IntegerField(default=0)

    class Meta:
        verbose_name = _("number of articles of a month")
        verbose_name_plural = _("numbers of articles of a month")
        default_permissions = ()
        constraints: ClassVar = [models.UniqueConstraint(fields=["unit_key", "topic_key", "month"], name="a_month_is_counted_once")]

    def __str__(self) -> str:
        return f"{self.month:%m/%Y}: {self.count}"
