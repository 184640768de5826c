"""The lists of news, and how many articles stand where."""

import django.db.models.deletion
from django.db import migrations, models

import liengia.core.operations


class Migration(migrations.Migration):
    dependencies = [
        ('portal', '0002_first_pages'),
    ]

    operations = [
        liengia.core.operations.CreateModels(
            models=[
                migrations.CreateModel(
                    name='ShelfCount',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('topic_key', models.BigIntegerField(default=0)),
                        ('unit_key', models.BigIntegerField(default=0)),
                        ('month', models.DateField()),
                        ('count', models.IntegerField(default=0)),
                    ],
                    options={
                        'verbose_name': 'number of articles of a month',
                        'verbose_name_plural': 'numbers of articles of a month',
                        'default_permissions': (),
                        'constraints': [models.UniqueConstraint(fields=('unit_key', 'topic_key', 'month'), name='a_month_is_counted_once')],
                    },
                ),
                migrations.CreateModel(
                    name='ShelfRow',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('topic_key', models.BigIntegerField(default=0)),
                        ('unit_key', models.BigIntegerField(default=0)),
                        ('published_at', models.DateTimeField()),
                        ('article', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='portal.articlepage')),
                    ],
                    options={
                        'verbose_name': 'place in the lists of news',
                        'verbose_name_plural': 'places in the lists of news',
                        'default_permissions': (),
                        'indexes': [models.Index(fields=['topic_key', '-published_at', '-article', 'unit_key'], name='portal_shelf_in_order')],
                        'constraints': [models.UniqueConstraint(fields=('article', 'topic_key'), name='an_article_stands_once_in_a_list')],
                    },
                ),
            ],
        ),
    ]
