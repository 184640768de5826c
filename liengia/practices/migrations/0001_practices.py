"""Practices, their revisions and records; campaigns."""

import django.db.models.deletion
import liengia.core.clock
import liengia.core.fields
import liengia.core.operations
import uuid
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('organisations', '0001_institutions'),
        ('papers', '0001_papers'),
        ('people', '0001_accounts'),
        ('units', '0002_refuse_overlap'),
    ]

    operations = [
        liengia.core.operations.CreateModels(
            models=[
                migrations.CreateModel(
                    name='Campaign',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('public_id', models.CharField(default=liengia.core.fields.public_id, editable=False, max_length=10, unique=True)),
                        ('year', models.PositiveSmallIntegerField(verbose_name='year')),
                        ('name', liengia.core.fields.NameField(max_length=160, verbose_name='name')),
                        ('words', liengia.core.fields.TextField(blank=True, verbose_name='what it asks for')),
                        ('registers_until', models.DateField(verbose_name='registration until')),
                        ('state', models.CharField(choices=[('open', 'open for registration and review'), ('closed', 'reviewed')], default='open', editable=False, max_length=8, verbose_name='state')),
                        ('led_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='organisations.organisation', verbose_name='who leads')),
                        ('unit', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='campaigns', to='units.unit', verbose_name='unit')),
                    ],
                    options={
                        'verbose_name': 'campaign',
                        'verbose_name_plural': 'campaigns',
                        'ordering': ['-year', 'name', 'pk'],
                        'default_permissions': (),
                        'constraints': [models.UniqueConstraint(fields=('unit', 'year', 'name'), name='campaign_is_held_once_a_year')],
                    },
                ),
                migrations.CreateModel(
                    name='Exemplar',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('public_id', models.CharField(default=liengia.core.fields.public_id, editable=False, max_length=10, unique=True)),
                        ('is_collective', models.BooleanField(default=False, verbose_name='a collective')),
                        ('name', liengia.core.fields.NameField(blank=True, max_length=160, verbose_name='name')),
                        ('deed', liengia.core.fields.TextField(blank=True, verbose_name='what they did')),
                        ('consented_on', models.DateField(blank=True, null=True, verbose_name='agreed to be named on')),
                        ('consent_how', liengia.core.fields.NameField(blank=True, max_length=160, verbose_name='how they agreed')),
                        ('withdrawn_on', models.DateField(blank=True, null=True, verbose_name='took it back on')),
                        ('entered_on', models.DateField(default=liengia.core.clock.today, editable=False)),
                        ('erased', models.BooleanField(default=False, editable=False)),
                        ('unit', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='exemplars', to='units.unit', verbose_name='unit')),
                    ],
                    options={
                        'verbose_name': 'exemplar',
                        'verbose_name_plural': 'exemplars',
                        'ordering': ['pk'],
                        'default_permissions': (),
                        'constraints': [models.CheckConstraint(condition=models.Q(('consented_on__isnull', True), ('erased', True), models.Q(('consent_how', ''), _negated=True), _connector='OR'), name='consent_says_how_it_was_given'), models.CheckConstraint(condition=models.Q(models.Q(('consent_how', ''), ('deed', ''), ('erased', True), ('name', '')), models.Q(('erased', False), models.Q(('name', ''), _negated=True)), _connector='OR'), name='exemplar_is_named_or_erased')],
                    },
                ),
                migrations.CreateModel(
                    name='ImportFile',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('public_id', models.CharField(default=liengia.core.fields.public_id, editable=False, max_length=10, unique=True)),
                        ('data', models.BinaryField()),
                        ('made_at', models.DateTimeField(default=liengia.core.clock.now)),
                        ('made_by', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ],
                    options={
                        'verbose_name': 'file of practices to be taken',
                        'verbose_name_plural': 'files of practices to be taken',
                        'default_permissions': (),
                    },
                ),
                migrations.CreateModel(
                    name='Practice',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('public_id', models.CharField(default=liengia.core.fields.public_id, editable=False, max_length=10, unique=True)),
                        ('uuid', models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                        ('family', models.UUIDField(db_index=True, editable=False)),
                        ('kind', models.CharField(choices=[('fire', 'fire prevention and rescue'), ('word', 'information and persuasion'), ('camera', 'cameras and technique'), ('light', 'lighting of roads and lanes'), ('watch', 'self-management, patrols'), ('helping', 'help for people who erred'), ('institutions', 'taking part as institutions'), ('other', 'another field')], max_length=14, verbose_name='area of work')),
                        ('name', liengia.core.fields.NameField(max_length=160, verbose_name='name')),
                        ('summary', liengia.core.fields.NameField(max_length=300, verbose_name='in one sentence')),
                        ('place_words', liengia.core.fields.NameField(blank=True, max_length=200, verbose_name='where it runs')),
                        ('state', models.CharField(choices=[('planned', 'planned'), ('running', 'running'), ('ended', 'ended')], default='planned', editable=False, max_length=8, verbose_name='state')),
                        ('started_on', models.DateField(blank=True, null=True, verbose_name='runs since')),
                        ('ended_on', models.DateField(blank=True, null=True, verbose_name='ended on')),
                        ('end_reason', liengia.core.fields.TextField(blank=True, verbose_name='why it ended')),
                        ('leading_words', liengia.core.fields.NameField(blank=True, editable=False, max_length=300)),
                        ('agreement_words', liengia.core.fields.NameField(blank=True, help_text="For example: between the commune's police and its youth union.", max_length=300, verbose_name='coordination, in words')),
                        ('decision_number', liengia.core.fields.NameField(blank=True, max_length=60, verbose_name='founding decision, number')),
                        ('decision_on', models.DateField(blank=True, null=True, verbose_name='founding decision, date')),
                        ('office', liengia.core.fields.NameField(blank=True, max_length=200, verbose_name='office that answers questions')),
                        ('office_phone', liengia.core.fields.PhoneField(blank=True, help_text='The fixed line of an office, not of a person.', max_length=16, verbose_name='phone of the office')),
                        ('is_public', models.BooleanField(default=False, editable=False, verbose_name='everybody may read it')),
                        ('last_sign_on', models.DateField(default=liengia.core.clock.today, editable=False, verbose_name='last sign of life')),
                        ('changed_at', models.DateTimeField(default=liengia.core.clock.now, editable=False)),
                        ('folded_name', models.CharField(editable=False, max_length=260)),
                        ('agreement', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='practices', to='organisations.agreement', verbose_name='coordination agreement')),
                        ('decision_paper', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='papers.paper', verbose_name='founding decision issued here')),
                        ('founded_in', models.ForeignKey(blank=True, editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='units.unit')),
                        ('institution', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='practices', to='organisations.organisation', verbose_name='institution where it runs')),
                        ('leading', models.ManyToManyField(blank=True, related_name='led_practices', to='organisations.organisation', verbose_name='who leads')),
                        ('replicated_from', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='replications', to='practices.practice', verbose_name='replicated from')),
                        ('unit', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='practices', to='units.unit', verbose_name='unit')),
                        ('based_on', models.ForeignKey(blank=True, editable=False, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='practices.revision')),
                    ],
                    options={
                        'verbose_name': 'practice',
                        'verbose_name_plural': 'practices',
                        'ordering': ['folded_name', 'pk'],
                        'default_permissions': (),
                        'indexes': [models.Index(fields=['unit', 'state'], name='practices_by_unit_and_state')],
                        'constraints': [models.CheckConstraint(condition=models.Q(('unit__isnull', False), models.Q(('place_words', ''), _negated=True), _connector='OR'), name='practice_runs_somewhere'), models.CheckConstraint(condition=models.Q(models.Q(('state', 'running'), _negated=True), ('started_on__isnull', False), _connector='OR'), name='practice_that_runs_has_begun'), models.CheckConstraint(condition=models.Q(models.Q(('ended_on__isnull', False), ('state', 'ended'), models.Q(('end_reason', ''), _negated=True)), models.Q(models.Q(('state', 'ended'), _negated=True), ('ended_on__isnull', True)), _connector='OR'), name='practice_ends_on_a_day_with_a_reason'), models.CheckConstraint(condition=models.Q(('started_on__isnull', True), ('ended_on__isnull', True), ('started_on__lte', models.F('ended_on')), _connector='OR'), name='practice_ends_after_it_begins'), models.CheckConstraint(condition=models.Q(('replicated_from', models.F('id')), _negated=True), name='practice_is_not_its_own_origin')],
                    },
                ),
                migrations.CreateModel(
                    name='Material',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('title', liengia.core.fields.NameField(max_length=160, verbose_name='title')),
                        ('data', models.BinaryField()),
                        ('content_type', models.CharField(max_length=90)),
                        ('ending', models.CharField(max_length=5)),
                        ('size', models.PositiveIntegerField()),
                        ('sha256', models.CharField(max_length=64)),
                        ('source_sha256', models.CharField(max_length=64)),
                        ('is_evidence', models.BooleanField(default=False, verbose_name='evidence of a figure')),
                        ('added_on', models.DateField(default=liengia.core.clock.today)),
                        ('practice', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='materials', to='practices.practice')),
                    ],
                    options={
                        'verbose_name': 'file of a practice',
                        'verbose_name_plural': 'files of practices',
                        'ordering': ['pk'],
                        'default_permissions': (),
                        'constraints': [models.UniqueConstraint(fields=('practice', 'source_sha256'), name='file_stands_once_at_a_practice')],
                    },
                ),
                migrations.CreateModel(
                    name='Claim',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('label', liengia.core.fields.NameField(max_length=120, verbose_name='what it counts')),
                        ('value', models.PositiveIntegerField(verbose_name='figure')),
                        ('on', models.DateField(verbose_name='as of')),
                        ('evidence', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='claims', to='practices.material', verbose_name='evidence')),
                        ('practice', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='claims', to='practices.practice')),
                    ],
                    options={
                        'verbose_name': 'reported figure of a practice',
                        'verbose_name_plural': 'reported figures of practices',
                        'ordering': ['label', '-on', '-pk'],
                        'default_permissions': (),
                        'constraints': [models.UniqueConstraint(fields=('practice', 'label', 'on'), name='figure_is_reported_once_a_day')],
                    },
                ),
                migrations.CreateModel(
                    name='Act',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('kind', models.CharField(choices=[('praise', 'public praise'), ('replicate', 'order to replicate')], max_length=10, verbose_name='what is done')),
                        ('body_words', liengia.core.fields.NameField(blank=True, editable=False, max_length=200)),
                        ('on', models.DateField(verbose_name='date of the paper')),
                        ('number', liengia.core.fields.NameField(blank=True, max_length=60, verbose_name='number of a paper issued elsewhere')),
                        ('words', liengia.core.fields.TextField(blank=True, verbose_name='what it says, in short')),
                        ('addressed', models.ManyToManyField(blank=True, related_name='+', to='units.unit', verbose_name='units that are to replicate it')),
                        ('body', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='organisations.organisation', verbose_name='body that acts')),
                        ('paper', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='papers.paper', verbose_name='paper issued here')),
                        ('exemplar', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='acts', to='practices.exemplar')),
                        ('practice', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='acts', to='practices.practice')),
                    ],
                    options={
                        'verbose_name': 'act about a practice',
                        'verbose_name_plural': 'acts about practices',
                        'ordering': ['-on', '-pk'],
                        'default_permissions': (),
                        'constraints': [models.CheckConstraint(condition=models.Q(('practice__isnull', True), ('exemplar__isnull', True), _connector='XOR'), name='act_is_about_one_thing'), models.CheckConstraint(condition=models.Q(('paper__isnull', False), models.Q(('number', ''), _negated=True), _connector='OR'), name='act_has_its_paper'), models.CheckConstraint(condition=models.Q(('body__isnull', False), models.Q(('body_words', ''), _negated=True), _connector='OR'), name='act_is_a_named_bodys'), models.CheckConstraint(condition=models.Q(('exemplar__isnull', True), ('kind', 'praise'), _connector='OR'), name='exemplar_is_praised_only'), models.UniqueConstraint(condition=models.Q(('body__isnull', False), ('paper__isnull', True)), fields=('practice', 'kind', 'body', 'number', 'on'), name='act_is_told_once')],
                    },
                ),
                migrations.CreateModel(
                    name='Question',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('asked_on', models.DateField(verbose_name='asked on')),
                        ('quiet_since', models.DateField(verbose_name='no sign since')),
                        ('answered_on', models.DateField(blank=True, null=True, verbose_name='answered on')),
                        ('answer', liengia.core.fields.TextField(blank=True, verbose_name='answer')),
                        ('practice', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='questions', to='practices.practice')),
                    ],
                    options={
                        'verbose_name': 'question about a practice',
                        'verbose_name_plural': 'questions about practices',
                        'ordering': ['-asked_on', '-pk'],
                        'default_permissions': (),
                        'constraints': [models.UniqueConstraint(condition=models.Q(('answered_on__isnull', True)), fields=('practice',), name='practice_is_asked_once_at_a_time'), models.CheckConstraint(condition=models.Q(('answered_on__isnull', True), models.Q(('answer', ''), _negated=True), _connector='OR'), name='answer_has_words')],
                    },
                ),
                migrations.CreateModel(
                    name='Registration',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('registered_on', models.DateField(verbose_name='registered on')),
                        ('is_recognised', models.BooleanField(blank=True, null=True, verbose_name='recognised')),
                        ('finding', liengia.core.fields.TextField(blank=True, verbose_name='what the review found')),
                        ('campaign', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='registrations', to='practices.campaign')),
                        ('exemplar', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='registrations', to='practices.exemplar', verbose_name='exemplar')),
                        ('practice', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='registrations', to='practices.practice', verbose_name='practice')),
                    ],
                    options={
                        'verbose_name': 'registration',
                        'verbose_name_plural': 'registrations',
                        'ordering': ['pk'],
                        'default_permissions': (),
                        'constraints': [models.CheckConstraint(condition=models.Q(('practice__isnull', True), ('exemplar__isnull', True), _connector='XOR'), name='registration_is_of_one_thing'), models.UniqueConstraint(fields=('campaign', 'practice'), name='practice_registers_once'), models.UniqueConstraint(fields=('campaign', 'exemplar'), name='exemplar_registers_once')],
                    },
                ),
                migrations.CreateModel(
                    name='Review',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('year', models.PositiveSmallIntegerField(verbose_name='year')),
                        ('on', models.DateField(verbose_name='reviewed on')),
                        ('decision', models.CharField(choices=[('keep', 'keep as it is'), ('change', 'change'), ('end', 'end')], max_length=6, verbose_name='decision')),
                        ('reasons', liengia.core.fields.TextField(verbose_name='reasons')),
                        ('practice', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='reviews', to='practices.practice')),
                    ],
                    options={
                        'verbose_name': 'yearly review of a practice',
                        'verbose_name_plural': 'yearly reviews of practices',
                        'ordering': ['-year'],
                        'default_permissions': (),
                        'constraints': [models.UniqueConstraint(fields=('practice', 'year'), name='practice_is_reviewed_once_a_year'), models.CheckConstraint(condition=models.Q(('reasons', ''), _negated=True), name='review_has_reasons')],
                    },
                ),
                migrations.CreateModel(
                    name='Revision',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('number', models.PositiveSmallIntegerField(verbose_name='time it was revised')),
                        ('on', models.DateField(verbose_name='holds since')),
                        ('changed', liengia.core.fields.TextField(blank=True, verbose_name='what changed, and why')),
                        ('problem', liengia.core.fields.TextField(verbose_name='the problem it answers')),
                        ('how', liengia.core.fields.TextField(verbose_name='how it works')),
                        ('cost', models.PositiveBigIntegerField(blank=True, null=True, verbose_name='cost (dong)')),
                        ('cost_basis', models.CharField(choices=[('once', 'once'), ('household', 'for each household'), ('group', 'for each group'), ('point', 'for each point or place'), ('month', 'for each month')], default='once', max_length=10, verbose_name='counted')),
                        ('cost_words', liengia.core.fields.NameField(blank=True, max_length=300, verbose_name='who pays, and for what')),
                        ('practice', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='revisions', to='practices.practice')),
                    ],
                    options={
                        'verbose_name': 'revision of a practice',
                        'verbose_name_plural': 'revisions of practices',
                        'ordering': ['-number'],
                        'default_permissions': (),
                        'constraints': [models.UniqueConstraint(fields=('practice', 'number'), name='revision_is_numbered_once'), models.CheckConstraint(condition=models.Q(('number__gte', 1)), name='revision_is_numbered_from_one')],
                    },
                ),
                migrations.CreateModel(
                    name='Need',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('order', models.PositiveSmallIntegerField(default=0)),
                        ('what', liengia.core.fields.NameField(max_length=200, verbose_name='what is needed')),
                        ('quantity', models.PositiveIntegerField(default=1, verbose_name='number of them')),
                        ('basis', models.CharField(choices=[('once', 'once'), ('household', 'for each household'), ('group', 'for each group'), ('point', 'for each point or place'), ('month', 'for each month')], default='once', max_length=10, verbose_name='counted')),
                        ('count', models.CharField(blank=True, max_length=60, verbose_name='counted on the platform as')),
                        ('revision', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='needs', to='practices.revision')),
                    ],
                    options={
                        'verbose_name': 'need of a practice',
                        'verbose_name_plural': 'needs of a practice',
                        'ordering': ['order', 'pk'],
                        'default_permissions': (),
                        'constraints': [models.CheckConstraint(condition=models.Q(('quantity__gte', 1)), name='need_is_of_something')],
                    },
                ),
                migrations.CreateModel(
                    name='Tie',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('code', models.CharField(max_length=60, verbose_name='what is counted')),
                        ('practice', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='ties', to='practices.practice')),
                    ],
                    options={
                        'verbose_name': 'counted figure of a practice',
                        'verbose_name_plural': 'counted figures of practices',
                        'ordering': ['pk'],
                        'default_permissions': (),
                        'constraints': [models.UniqueConstraint(fields=('practice', 'code'), name='figure_is_counted_once')],
                    },
                ),
            ],
        ),
    ]
