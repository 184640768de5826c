"""When the days of before were announced, from the record of each announcement."""

from __future__ import annotations

from typing import Any

from django.db import migrations


def read_from_records(apps: Any, schema_editor: Any) -> None:
    """Take the moment from the record; a day that has none was called off while it was being planned."""
    day, entry = apps.get_model("festivals", "FestivalDay"), apps.get_model("audit", "Entry")
    moved = entry.objects.filter(kind="festivals.day_moved", facts__state="announced").order_by("at", "pk").values_list("about_id", "at")
    first: dict[str, Any] = {}
    for key, at in moved.iterator(chunk_size=1000):
        first.setdefault(key, at)
    for row in day.objects.exclude(state="planned").only("pk", "public_id").iterator(chunk_size=1000):
        if row.public_id in first:
            day.objects.filter(pk=row.pk).update(announced_at=first[row.public_id])


class Migration(migrations.Migration):
    dependencies: list[Any] = [("festivals", "0007_when_days_were_announced"), ("audit", "0002_protect_entries")]

    operations: list[Any] = [
        migrations.RunPython(read_from_records, migrations.RunPython.noop),
    ]
