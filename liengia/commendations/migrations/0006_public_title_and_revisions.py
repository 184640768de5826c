"""A list has words of its own for the public; two clerks on one list or nomination are told of each other (`revision`)."""

import liengia.core.fields
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('commendations', '0005_rates_since_july_2025'),
    ]

    operations = [
        migrations.AddField(
            model_name='nomination',
            name='revision',
            field=models.PositiveIntegerField(default=1, editable=False),
        ),
        migrations.AddField(
            model_name='round',
            name='revision',
            field=models.PositiveIntegerField(default=1, editable=False),
        ),
        migrations.AddField(
            model_name='round',
            name='told_as',
            field=liengia.core.fields.NameField(blank=True, max_length=250, verbose_name='title on public pages'),
        ),
    ]
