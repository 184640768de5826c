"""Keys that counted before 0007 are drawn anew: they told the order in which anonymous writers came. Nothing refers to these rows."""

import secrets

from django.db import migrations, transaction

# A random key has 62 bits: none is below this.
COUNTED_BELOW = 2**32
CHUNK = 100


def draw_anew(apps, schema_editor):
    for name in ("Reopening", "RefersToOfficer"):
        rows = apps.get_model("opinions", name).objects.using(schema_editor.connection.alias)
        while keys := list(rows.filter(pk__lt=COUNTED_BELOW).order_by("pk").values_list("pk", flat=True)[:CHUNK]):
            with transaction.atomic(using=schema_editor.connection.alias):
                for key in keys:
                    rows.filter(pk=key).update(id=COUNTED_BELOW + secrets.randbits(61))


class Migration(migrations.Migration):
    # Each chunk is a transaction of its own; begun again, it goes on with what still counts.
    atomic = False
    dependencies = [("opinions", "0009_words_to_those_joined")]

    operations = [migrations.RunPython(draw_anew, migrations.RunPython.noop)]
