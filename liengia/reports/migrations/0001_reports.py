"""Reports with words between, errata, targets, sizes of units; the safety register."""

import django.db.models.deletion
import liengia.core.clock
import liengia.core.fields
import liengia.core.operations
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('organisations', '0001_institutions'),
        ('people', '__first__'),
        ('units', '0002_refuse_overlap'),
    ]

    operations = [
        liengia.core.operations.CreateModels(
            models=[
                migrations.CreateModel(
                    name='Report',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('public_id', models.CharField(default=liengia.core.fields.public_id, editable=False, max_length=10, unique=True)),
                        ('title', liengia.core.fields.NameField(max_length=160, verbose_name='title')),
                        ('first_on', models.DateField(verbose_name='from')),
                        ('last_on', models.DateField(verbose_name='to')),
                        ('intro', liengia.core.fields.TextField(blank=True, verbose_name='words at the beginning')),
                        ('outlook', liengia.core.fields.TextField(blank=True, verbose_name='what comes next')),
                        ('read_at', liengia.core.fields.NameField(blank=True, help_text="For example: the festival of 06/8/2023, at the hamlet's house.", max_length=200, verbose_name='read before the people at')),
                        ('state', models.CharField(choices=[('draft', 'draft'), ('published', 'published')], default='draft', editable=False, max_length=10, verbose_name='state')),
                        ('drawn', models.JSONField(default=list, editable=False)),
                        ('drawn_at', models.DateTimeField(editable=False, null=True)),
                        ('said', models.JSONField(default=dict, editable=False)),
                        ('said_sha256', models.CharField(blank=True, editable=False, max_length=64)),
                        ('made_at', models.DateTimeField(default=liengia.core.clock.now, editable=False)),
                        ('published_at', models.DateTimeField(editable=False, null=True)),
                        ('made_by', models.ForeignKey(editable=False, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                        ('published_by', models.ForeignKey(editable=False, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                        ('unit', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='reports', to='units.unit', verbose_name='unit')),
                    ],
                    options={
                        'verbose_name': 'report to the people',
                        'verbose_name_plural': 'reports to the people',
                        'ordering': ['-last_on', '-pk'],
                        'default_permissions': (),
                        'constraints': [models.CheckConstraint(condition=models.Q(('first_on__lte', models.F('last_on'))), name='report_ends_after_it_begins'), models.CheckConstraint(condition=models.Q(models.Q(('published_at__isnull', True), ('state', 'draft')), models.Q(('published_at__isnull', False), ('state', 'published'), models.Q(('said_sha256', ''), _negated=True)), _connector='OR'), name='report_is_frozen_when_it_is_published')],
                    },
                ),
                migrations.CreateModel(
                    name='Erratum',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('section', models.CharField(blank=True, max_length=40)),
                        ('words', liengia.core.fields.TextField(verbose_name='what is corrected')),
                        ('at', models.DateTimeField(default=liengia.core.clock.now)),
                        ('by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                        ('report', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='errata', to='reports.report')),
                    ],
                    options={
                        'verbose_name': 'erratum of a report',
                        'verbose_name_plural': 'errata of reports',
                        'ordering': ['at', 'pk'],
                        'default_permissions': (),
                    },
                ),
                migrations.CreateModel(
                    name='SafetyCriterion',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('kind', models.CharField(choices=[('residential', 'residential area'), ('commune', 'commune'), ('institution', 'office, firm, school')], max_length=12, verbose_name='for')),
                        ('number', models.PositiveSmallIntegerField(verbose_name='number')),
                        ('text', liengia.core.fields.TextField(verbose_name='criterion')),
                        ('first_year', models.PositiveSmallIntegerField(verbose_name='from the year')),
                        ('last_year', models.PositiveSmallIntegerField(blank=True, null=True, verbose_name='to the year')),
                        ('source', liengia.core.fields.NameField(max_length=250, verbose_name='source')),
                    ],
                    options={
                        'verbose_name': 'criterion of safety',
                        'verbose_name_plural': 'criteria of safety',
                        'ordering': ['kind', 'number'],
                        'default_permissions': ('view', 'add', 'change'),
                        'constraints': [models.UniqueConstraint(fields=('kind', 'number', 'first_year'), name='criterion_begins_once_a_year')],
                    },
                ),
                migrations.CreateModel(
                    name='SafetyRegistration',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('public_id', models.CharField(default=liengia.core.fields.public_id, editable=False, max_length=10, unique=True)),
                        ('kind', models.CharField(choices=[('residential', 'residential area'), ('commune', 'commune'), ('institution', 'office, firm, school')], max_length=12, verbose_name='kind')),
                        ('year', models.PositiveSmallIntegerField(verbose_name='year')),
                        ('registered_on', models.DateField(verbose_name='registered on')),
                        ('households', models.PositiveIntegerField(blank=True, null=True, verbose_name='households')),
                        ('households_signed', models.PositiveIntegerField(blank=True, null=True, verbose_name='households that signed')),
                        ('assessment', models.JSONField(default=list, editable=False)),
                        ('assessed_on', models.DateField(blank=True, null=True, verbose_name='assessed on')),
                        ('decided_on', models.DateField(blank=True, null=True, verbose_name='decided on')),
                        ('decision_number', liengia.core.fields.NameField(blank=True, max_length=60, verbose_name='number of the decision')),
                        ('reason', liengia.core.fields.TextField(blank=True, verbose_name='why not')),
                        ('state', models.CharField(choices=[('registered', 'registered'), ('assessed', 'assessed by themselves'), ('recognised', 'recognised'), ('not_recognised', 'not recognised')], default='registered', editable=False, max_length=15, verbose_name='state')),
                        ('organisation', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='safety', to='organisations.organisation', verbose_name='institution')),
                        ('unit', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='safety', to='units.unit', verbose_name='unit')),
                    ],
                    options={
                        'verbose_name': 'registration for the safety standard',
                        'verbose_name_plural': 'registrations for the safety standard',
                        'ordering': ['-year', 'pk'],
                        'default_permissions': (),
                        'constraints': [models.UniqueConstraint(condition=models.Q(('organisation__isnull', True)), fields=('unit', 'year'), name='a_place_registers_once_a_year'), models.UniqueConstraint(condition=models.Q(('organisation__isnull', False)), fields=('organisation', 'year'), name='an_institution_registers_once_a_year'), models.CheckConstraint(condition=models.Q(('households__isnull', True), ('households_signed__isnull', True), ('households_signed__lte', models.F('households')), _connector='OR'), name='no_more_households_sign_than_there_are'), models.CheckConstraint(condition=models.Q(models.Q(('decided_on__isnull', True), ('state__in', ['registered', 'assessed'])), models.Q(('decided_on__isnull', False), ('state__in', ['recognised', 'not_recognised'])), _connector='OR'), name='a_result_has_its_day')],
                    },
                ),
                migrations.CreateModel(
                    name='SectionWords',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('section', models.CharField(max_length=40)),
                        ('text', liengia.core.fields.TextField(blank=True, verbose_name='words')),
                        ('is_left_out', models.BooleanField(default=False, verbose_name='left out of the report')),
                        ('report', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='words', to='reports.report')),
                    ],
                    options={
                        'verbose_name': 'words of a section',
                        'verbose_name_plural': 'words of sections',
                        'default_permissions': (),
                        'constraints': [models.UniqueConstraint(fields=('report', 'section'), name='section_has_its_words_once')],
                    },
                ),
                migrations.CreateModel(
                    name='Target',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('figure', models.CharField(max_length=60, verbose_name='figure')),
                        ('label', liengia.core.fields.NameField(max_length=160, verbose_name='what is counted')),
                        ('aim', models.FloatField(verbose_name='aim')),
                        ('is_at_least', models.BooleanField(default=True, verbose_name='at least')),
                        ('due_on', models.DateField(verbose_name='to be reached by')),
                        ('source', liengia.core.fields.NameField(blank=True, max_length=200, verbose_name='set in')),
                        ('set_at', models.DateTimeField(default=liengia.core.clock.now, editable=False)),
                        ('unit', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='targets', to='units.unit', verbose_name='unit')),
                    ],
                    options={
                        'verbose_name': 'target',
                        'verbose_name_plural': 'targets',
                        'ordering': ['due_on', 'pk'],
                        'default_permissions': (),
                        'constraints': [models.UniqueConstraint(fields=('unit', 'figure', 'due_on'), name='target_is_set_once_a_day')],
                    },
                ),
                migrations.CreateModel(
                    name='UnitSize',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('year', models.PositiveSmallIntegerField(verbose_name='year')),
                        ('households', models.PositiveIntegerField(verbose_name='households')),
                        ('source', liengia.core.fields.NameField(max_length=200, verbose_name='source')),
                        ('unit', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='sizes', to='units.unit', verbose_name='unit')),
                    ],
                    options={
                        'verbose_name': 'size of a unit',
                        'verbose_name_plural': 'sizes of units',
                        'ordering': ['-year', 'pk'],
                        'default_permissions': (),
                        'constraints': [models.UniqueConstraint(fields=('unit', 'year'), name='size_of_a_unit_stands_once_a_year'), models.CheckConstraint(condition=models.Q(('households__gt', 0)), name='a_unit_has_households')],
                    },
                ),
            ],
        ),
    ]
