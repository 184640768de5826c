"""Who signs for an issuer, from a day to a day."""

import django.db.models.deletion
import liengia.core.fields
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('papers', '0001_papers'),
    ]

    operations = [
        migrations.CreateModel(
            name='Signatory',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.CharField(default=liengia.core.fields.public_id, editable=False, max_length=10, unique=True)),
                ('name', liengia.core.fields.NameField(max_length=120, verbose_name='name')),
                ('office', liengia.core.fields.NameField(help_text='As it stands above the name. For example: Phó Chủ tịch.', max_length=100, verbose_name='office')),
                ('right', models.CharField(choices=[('head', 'as the head'), ('deputy', "in the head's place (KT.)"), ('order', "by the head's order (TL.)"), ('authority', "by the head's authority (TUQ.)")], default='head', max_length=10, verbose_name='by which right')),
                ('head_office', liengia.core.fields.NameField(blank=True, help_text="Only when somebody signs in the head's place. For example: Chủ tịch.", max_length=60, verbose_name='office of the head')),
                ('valid_from', models.DateField(verbose_name='may sign from')),
                ('valid_to', models.DateField(blank=True, help_text='The first day on which they sign no more.', null=True, verbose_name='until')),
                ('basis', liengia.core.fields.NameField(blank=True, help_text='Number and day of the appointment, or of the paper that gives the authority.', max_length=160, verbose_name='by which decision')),
                ('issuer', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='signatories', to='papers.issuer', verbose_name='issuer')),
            ],
            options={
                'verbose_name': 'signatory',
                'verbose_name_plural': 'signatories',
                'ordering': ['issuer', '-valid_from', 'pk'],
                'default_permissions': (),
                'constraints': [
                    models.CheckConstraint(condition=models.Q(('valid_to__isnull', True), ('valid_from__lt', models.F('valid_to')), _connector='OR'), name='signatory_ends_after_they_begin'),
                    models.CheckConstraint(condition=models.Q(('right', 'head'), models.Q(('head_office', ''), _negated=True), _connector='OR'), name='signatory_says_in_whose_place'),
                ],
            },
        ),
    ]
