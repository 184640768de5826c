"""Note since when a Zalo group stands in the register (of those that stand already nobody knows), and whether a citation is checked."""

from __future__ import annotations

from django.db import migrations, models

import liengia.core.clock


class Migration(migrations.Migration):
    dependencies = [("broadcast", "0001_broadcast")]

    operations = [
        migrations.AddField(model_name="zalogroup", name="kept_since", field=models.DateTimeField(blank=True, editable=False, null=True)),
        migrations.AlterField(
            model_name="zalogroup",
            name="kept_since",
            field=models.DateTimeField(blank=True, default=liengia.core.clock.now, editable=False, null=True),
        ),
        migrations.AddField(
            model_name="readytext",
            name="needs_check",
            field=models.BooleanField(
                default=False,
                help_text="Untick it when somebody has compared number, article and date with the text in force.",
                verbose_name="the law it cites has still to be checked by an office",
            ),
        ),
    ]
