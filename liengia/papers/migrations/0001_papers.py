"""Issuers, wordings, number books, papers and their files."""

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
        ('people', '0001_accounts'),
        ('units', '0002_refuse_overlap'),
    ]

    operations = [
        liengia.core.operations.CreateModels(
            models=[
                migrations.CreateModel(
                    name='Issuer',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('public_id', models.CharField(default=liengia.core.fields.public_id, editable=False, max_length=10, unique=True)),
                        ('name', liengia.core.fields.NameField(help_text='For example: Ủy ban nhân dân xã Cần Đước.', max_length=250, verbose_name='name in the head')),
                        ('superior', liengia.core.fields.NameField(blank=True, max_length=250, verbose_name='body above it in the head')),
                        ('symbol', liengia.core.fields.NameField(help_text="What stands after the kind in a number: for a People's Committee UBND.", max_length=20, verbose_name='symbol')),
                        ('place', liengia.core.fields.NameField(help_text='For example: Cần Đước.', max_length=120, verbose_name='place in the head')),
                        ('signs_as', liengia.core.fields.NameField(blank=True, help_text='For example: TM. ỦY BAN NHÂN DÂN.', max_length=120, verbose_name='words above the office of who signs')),
                        ('committee', models.OneToOneField(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='issuer', to='organisations.committee', verbose_name='committee')),
                        ('organisation', models.OneToOneField(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='issuer', to='organisations.organisation', verbose_name='institution')),
                        ('unit', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='issuers', to='units.unit', verbose_name='unit')),
                    ],
                    options={
                        'verbose_name': 'issuer of papers',
                        'verbose_name_plural': 'issuers of papers',
                        'ordering': ['name', 'pk'],
                        'default_permissions': ('view', 'add', 'change'),
                        'constraints': [models.CheckConstraint(condition=models.Q(('organisation__isnull', True), ('committee__isnull', True), _connector='XOR'), name='issuer_is_one_institution_or_committee')],
                    },
                ),
                migrations.CreateModel(
                    name='NumberBook',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('abbreviation', liengia.core.fields.NameField(max_length=10, verbose_name='abbreviation')),
                        ('year', models.PositiveSmallIntegerField(verbose_name='year')),
                        ('last', models.PositiveIntegerField(default=0, verbose_name='last number')),
                        ('last_on', models.DateField(blank=True, null=True, verbose_name='of')),
                        ('is_kept_elsewhere', models.BooleanField(default=False, verbose_name='counted in another register')),
                        ('issuer', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='books', to='papers.issuer', verbose_name='issuer')),
                    ],
                    options={
                        'verbose_name': 'number book',
                        'verbose_name_plural': 'number books',
                        'ordering': ['-year', 'abbreviation'],
                        'default_permissions': (),
                        'constraints': [models.UniqueConstraint(fields=('issuer', 'abbreviation', 'year'), name='one_number_book_a_year')],
                    },
                ),
                migrations.CreateModel(
                    name='Paper',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('public_id', models.CharField(default=liengia.core.fields.public_id, editable=False, max_length=10, unique=True)),
                        ('kind', models.CharField(max_length=40, verbose_name='kind of paper')),
                        ('about', liengia.core.fields.NameField(max_length=300, verbose_name='what it is about')),
                        ('subject', models.CharField(blank=True, db_index=True, editable=False, max_length=60)),
                        ('values', models.JSONField(default=dict, editable=False)),
                        ('blocks', models.JSONField(default=dict, editable=False)),
                        ('signers', models.JSONField(default=list, editable=False)),
                        ('recipients', liengia.core.fields.TextField(blank=True, verbose_name='addressees')),
                        ('state', models.CharField(choices=[('draft', 'draft'), ('issued', 'issued'), ('revoked', 'revoked')], default='draft', editable=False, max_length=10, verbose_name='state')),
                        ('made_at', models.DateTimeField(default=liengia.core.clock.now, editable=False, verbose_name='begun at')),
                        ('changed_at', models.DateTimeField(default=liengia.core.clock.now, editable=False)),
                        ('abbreviation', models.CharField(blank=True, editable=False, max_length=10)),
                        ('number', models.PositiveIntegerField(blank=True, null=True, verbose_name='number')),
                        ('year', models.PositiveSmallIntegerField(editable=False, null=True, verbose_name='year')),
                        ('issued_on', models.DateField(blank=True, null=True, verbose_name='issued on')),
                        ('issued_at', models.DateTimeField(editable=False, null=True)),
                        ('said', models.JSONField(default=dict, editable=False)),
                        ('revoked_on', models.DateField(blank=True, null=True, verbose_name='revoked on')),
                        ('revoked_reason', liengia.core.fields.TextField(blank=True, verbose_name='why it was revoked')),
                        ('issuer', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='papers', to='papers.issuer', verbose_name='issuer')),
                        ('made_by', models.ForeignKey(editable=False, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='begun by')),
                    ],
                    options={
                        'verbose_name': 'paper',
                        'verbose_name_plural': 'papers',
                        'ordering': ['-made_at', '-pk'],
                        'default_permissions': (),
                        'indexes': [models.Index(fields=['issuer', 'year', 'kind'], name='papers_by_issuer_and_year')],
                        'constraints': [models.UniqueConstraint(condition=models.Q(('number__isnull', False)), fields=('issuer', 'abbreviation', 'year', 'number'), name='paper_number_is_given_once'), models.CheckConstraint(condition=models.Q(models.Q(('issued_on__isnull', True), ('number__isnull', True), ('state', 'draft')), models.Q(models.Q(('state', 'draft'), _negated=True), ('issued_on__isnull', False), ('year__isnull', False)), _connector='OR'), name='paper_is_numbered_when_issued')],
                    },
                ),
                migrations.CreateModel(
                    name='PaperFile',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('pdf', models.BinaryField()),
                        ('docx', models.BinaryField()),
                        ('pdf_sha256', models.CharField(max_length=64)),
                        ('docx_sha256', models.CharField(max_length=64)),
                        ('made_at', models.DateTimeField(default=liengia.core.clock.now)),
                        ('paper', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='file', to='papers.paper')),
                    ],
                    options={
                        'verbose_name': 'file of a paper',
                        'verbose_name_plural': 'files of papers',
                        'default_permissions': (),
                    },
                ),
                migrations.CreateModel(
                    name='Wording',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('kind', models.CharField(max_length=40, verbose_name='kind of paper')),
                        ('text', liengia.core.fields.TextField(verbose_name='wording')),
                        ('revision', models.PositiveIntegerField(default=1, verbose_name='time it was changed')),
                        ('changed_at', models.DateTimeField(default=liengia.core.clock.now, verbose_name='changed at')),
                        ('changed_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='changed by')),
                        ('unit', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='wordings', to='units.unit', verbose_name='unit')),
                    ],
                    options={
                        'verbose_name': 'wording of a paper',
                        'verbose_name_plural': 'wordings of papers',
                        'ordering': ['kind', 'pk'],
                        'default_permissions': (),
                        'constraints': [models.UniqueConstraint(fields=('unit', 'kind'), name='one_wording_a_unit_and_kind')],
                    },
                ),
            ],
        ),
    ]
