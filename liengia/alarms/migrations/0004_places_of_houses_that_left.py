"""Places in groups end with the household: of those that left before this was so, each keeps a seat that nobody answers from."""

from typing import Any

from django.db import migrations
from django.utils import timezone


def end_places(apps: Any, schema_editor: Any) -> None:
    """End the places of households that have left or were erased, on the day on which they left."""
    places = apps.get_model("alarms", "GroupHousehold")
    for place in places.objects.filter(left_on=None, household__is_active=False).select_related("household"):
        place.left_on = max(place.joined_on, place.household.left_on or timezone.localdate())
        place.save(update_fields=["left_on"])


class Migration(migrations.Migration):

    dependencies = [
        ("alarms", "0003_kept_from"),
        ("people", "0003_wording_of_consents"),
    ]

    operations = [
        migrations.RunPython(end_places, migrations.RunPython.noop, elidable=True),
    ]
