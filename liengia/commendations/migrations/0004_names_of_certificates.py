"""A certificate is searched and compared by its own name; `defaults.renew_keys` fills both after the migration."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('commendations', '0003_marked_at_and_broken_off'),
    ]

    operations = [
        migrations.AddField(
            model_name='certificate',
            name='folded_name',
            field=models.CharField(default='', editable=False, max_length=190),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name='certificate',
            name='name_key',
            field=models.CharField(db_index=True, default='', editable=False, max_length=190),
            preserve_default=False,
        ),
    ]
