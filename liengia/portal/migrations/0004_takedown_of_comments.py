"""Requests tell that comments name somebody too; a commune has its own number of days."""

import django.core.validators
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('portal', '0003_shelf'),
    ]

    operations = [
        migrations.AddField(
            model_name='articlerequest',
            name='about_comments',
            field=models.BooleanField(default=False, verbose_name="readers' comments name them too"),
        ),
        migrations.AddField(
            model_name='communeportalpage',
            name='request_days',
            field=models.PositiveSmallIntegerField(blank=True, help_text='Half of them where a child is concerned. Empty: as the installation has it.', null=True, validators=[django.core.validators.MinValueValidator(1), django.core.validators.MaxValueValidator(30)], verbose_name='working days for requests to take down or correct'),
        ),
    ]
