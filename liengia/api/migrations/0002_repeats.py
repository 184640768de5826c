"""The salts under which a report that comes again is recognised."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('api', '0001_keys'),
    ]

    operations = [
        migrations.CreateModel(
            name='RepeatSalt',
            fields=[
                ('window', models.BigIntegerField(primary_key=True, serialize=False)),
                ('salt', models.CharField(editable=False, max_length=64)),
            ],
            options={
                'verbose_name': 'salt of ten minutes',
                'verbose_name_plural': 'salts of ten minutes',
                'default_permissions': (),
            },
        ),
    ]
