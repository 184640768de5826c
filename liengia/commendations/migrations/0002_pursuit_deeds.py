"""Deeds of the pursuit in another list, which are not public either."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('commendations', '0001_commendations'),
    ]

    operations = [
        migrations.AddField(
            model_name='nomination',
            name='is_pursuit_deed',
            field=models.BooleanField(default=False, editable=False, verbose_name='of the pursuit, not public'),
        ),
    ]
