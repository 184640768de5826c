"""A draft counts its changes, so that a second writer does not write over the first."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ("papers", "0004_front_under_the_front"),
    ]

    operations = [
        migrations.AddField(
            model_name="paper",
            name="revision",
            field=models.PositiveIntegerField(default=1, editable=False, verbose_name="time it was changed"),
        ),
    ]
