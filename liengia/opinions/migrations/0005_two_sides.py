"""The Front's officers handle what is given to the Front: what goes to the chairman is no longer theirs to see."""

from __future__ import annotations

from django.db import migrations


def part_the_sides(apps, schema_editor):
    for role in apps.get_model("people", "Role").objects.filter(code="front_officer"):
        if "opinions.about_officials" in role.capabilities:
            role.capabilities = [one for one in role.capabilities if one != "opinions.about_officials"]
            role.save(update_fields=["capabilities"])


class Migration(migrations.Migration):
    dependencies = [("opinions", "0004_words_erased_on"), ("people", "0002_people")]

    operations = [migrations.RunPython(part_the_sides, migrations.RunPython.noop)]
