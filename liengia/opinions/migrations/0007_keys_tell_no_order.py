"""Keys of what an anonymous writer adds no longer count: between rows whose instants are known they told when it was."""

from __future__ import annotations

from django.db import migrations, models

import liengia.core.fields


def _random() -> models.BigIntegerField:
    return models.BigIntegerField(default=liengia.core.fields.random_key, editable=False, primary_key=True, serialize=False)


class Migration(migrations.Migration):
    dependencies = [("opinions", "0006_about")]

    operations = [
        migrations.AlterField(model_name="referstoofficer", name="id", field=_random()),
        migrations.AlterField(model_name="reopening", name="id", field=_random()),
    ]
