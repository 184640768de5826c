"""Institutions and committees in time, their meetings, tasks, agreements and office hours."""

from django.conf import settings
from django.db import migrations, models
import django.db.models.deletion
import liengia.core.fields
import liengia.core.operations


class Migration(migrations.Migration):
    initial = True
    replaces = [("organisations", "0001_organisations"), ("organisations", "0002_seat_holder"), ("organisations", "0003_office_hours"), ("organisations", "0004_provisional_days")]

    dependencies = [("people", "0001_accounts"), ("units", "0002_refuse_overlap")]

    operations = [
        liengia.core.operations.CreateModels(
            models=[
                migrations.CreateModel(
                    name="Agreement",
                    fields=[
                        ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                        ("public_id", models.CharField(default=liengia.core.fields.public_id, editable=False, max_length=10, unique=True)),
                        ("name", liengia.core.fields.NameField(max_length=250, verbose_name="name")),
                        ("number", liengia.core.fields.NameField(blank=True, max_length=60, verbose_name="number")),
                        ("signed_on", models.DateField(blank=True, null=True, verbose_name="signed on")),
                        ("valid_from", models.DateField(verbose_name="in force from")),
                        ("valid_to", models.DateField(blank=True, help_text="The first day without it.", null=True, verbose_name="in force until")),
                        ("review_on", models.DateField(verbose_name="next review on")),
                        ("subject", liengia.core.fields.TextField(blank=True, verbose_name="what it is about")),
                        ("follows", models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name="followed_by", to="organisations.agreement", verbose_name="replaces")),
                        ("unit", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="agreements", to="units.unit", verbose_name="unit")),
                        ("parties", models.ManyToManyField(related_name="agreements", through="organisations.AgreementParty", to="organisations.organisation")),
                    ],
                    options={
                        "verbose_name": "coordination agreement",
                        "verbose_name_plural": "coordination agreements",
                        "ordering": ["-valid_from", "pk"],
                        "default_permissions": ("view", "add", "change"),
                        "constraints": [models.CheckConstraint(condition=models.Q(("valid_to__isnull", True), ("valid_from__lt", models.F("valid_to")), _connector="OR"), name="agreement_ends_after_it_begins")],
                    },
                ),
                migrations.CreateModel(
                    name="AgreementParty",
                    fields=[
                        ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                        ("order", models.PositiveSmallIntegerField(default=0)),
                        ("agreement", models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="party_rows", to="organisations.agreement")),
                        ("organisation", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="party_rows", to="organisations.organisation")),
                    ],
                    options={"verbose_name": "party of an agreement", "verbose_name_plural": "parties of an agreement", "ordering": ["order", "pk"], "default_permissions": (), "constraints": [models.UniqueConstraint(fields=("agreement", "organisation"), name="agreement_names_a_party_once")]},
                ),
                migrations.CreateModel(
                    name="AgreementDuty",
                    fields=[
                        ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                        ("order", models.PositiveSmallIntegerField(default=0)),
                        ("text", liengia.core.fields.TextField(verbose_name="duty")),
                        ("party", models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="duties", to="organisations.agreementparty")),
                    ],
                    options={"verbose_name": "duty of a party", "verbose_name_plural": "duties of a party", "ordering": ["order", "pk"], "default_permissions": ()},
                ),
                migrations.CreateModel(
                    name="AgreementReview",
                    fields=[
                        ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                        ("held_on", models.DateField(verbose_name="held on")),
                        ("finding", liengia.core.fields.TextField(verbose_name="finding")),
                        ("next_on", models.DateField(verbose_name="next review on")),
                        ("agreement", models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="reviews", to="organisations.agreement")),
                    ],
                    options={"verbose_name": "review of an agreement", "verbose_name_plural": "reviews of agreements", "ordering": ["-held_on", "-pk"], "default_permissions": ("view", "add")},
                ),
                migrations.CreateModel(
                    name="Committee",
                    fields=[
                        ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                        ("public_id", models.CharField(default=liengia.core.fields.public_id, editable=False, max_length=10, unique=True)),
                        ("kind", models.CharField(choices=[("steering", "steering committee"), ("organising", "organising committee"), ("council", "council"), ("working_group", "working group")], max_length=15, verbose_name="kind")),
                        ("name", liengia.core.fields.NameField(max_length=250, verbose_name="name")),
                        ("decision_number", liengia.core.fields.NameField(blank=True, max_length=60, verbose_name="number of the decision")),
                        ("decision_on", models.DateField(blank=True, null=True, verbose_name="decision of")),
                        ("valid_from", models.DateField(blank=True, null=True, verbose_name="stands from")),
                        ("valid_to", models.DateField(blank=True, help_text="The first day without it.", null=True, verbose_name="ended on")),
                        ("successor", models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name="predecessors", to="organisations.committee", verbose_name="followed by")),
                        ("unit", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="committees", to="units.unit", verbose_name="unit")),
                    ],
                    options={
                        "verbose_name": "committee",
                        "verbose_name_plural": "committees",
                        "ordering": ["name", "pk"],
                        "default_permissions": ("view", "add", "change"),
                        "constraints": [models.CheckConstraint(condition=models.Q(("valid_from__isnull", True), ("valid_to__isnull", True), ("valid_from__lt", models.F("valid_to")), _connector="OR"), name="committee_ends_after_it_begins")],
                    },
                ),
                migrations.CreateModel(
                    name="Meeting",
                    fields=[
                        ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                        ("starts_at", models.DateTimeField(verbose_name="begins at")),
                        ("place", liengia.core.fields.NameField(blank=True, max_length=200, verbose_name="place")),
                        ("agenda", liengia.core.fields.TextField(blank=True, verbose_name="agenda")),
                        ("minutes_number", liengia.core.fields.NameField(blank=True, max_length=60, verbose_name="number of the minutes")),
                        ("committee", models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="meetings", to="organisations.committee", verbose_name="committee")),
                    ],
                    options={"verbose_name": "meeting", "verbose_name_plural": "meetings", "ordering": ["-starts_at"], "default_permissions": ("view", "add", "change")},
                ),
                migrations.CreateModel(
                    name="Conclusion",
                    fields=[
                        ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                        ("order", models.PositiveSmallIntegerField(verbose_name="number")),
                        ("text", liengia.core.fields.TextField(verbose_name="conclusion")),
                        ("meeting", models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="conclusions", to="organisations.meeting", verbose_name="meeting")),
                    ],
                    options={"verbose_name": "conclusion", "verbose_name_plural": "conclusions", "ordering": ["meeting", "order"], "default_permissions": ("view", "add"), "constraints": [models.UniqueConstraint(fields=("meeting", "order"), name="conclusion_has_its_own_number")]},
                ),
                migrations.CreateModel(
                    name="Organisation",
                    fields=[
                        ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                        ("public_id", models.CharField(default=liengia.core.fields.public_id, editable=False, max_length=10, unique=True)),
                        (
                            "kind",
                            models.CharField(
                                choices=[
                                    ("ministry", "ministry or department"),
                                    ("peoples_committee", "People's Committee"),
                                    ("police", "police"),
                                    ("police_post", "police post"),
                                    ("military_command", "military command"),
                                    ("fatherland_front", "Fatherland Front committee"),
                                    ("mass_organisation", "mass organisation"),
                                    ("school", "school"),
                                    ("health_station", "health station"),
                                    ("utility", "electricity, water, telecommunications"),
                                    ("place_of_worship", "place of worship"),
                                    ("firm", "firm"),
                                    ("donor", "donor"),
                                    ("other", "other"),
                                ],
                                max_length=20,
                                verbose_name="kind",
                            ),
                        ),
                        ("name", liengia.core.fields.NameField(max_length=200, verbose_name="name")),
                        ("phone", liengia.core.fields.PhoneField(blank=True, help_text="The number of the office, not of a person.", max_length=16, verbose_name="office phone")),
                        ("address", liengia.core.fields.NameField(blank=True, max_length=250, verbose_name="address of the office")),
                        ("note", liengia.core.fields.TextField(blank=True, help_text="About the institution; nothing about persons.", verbose_name="notes")),
                        ("valid_from", models.DateField(blank=True, null=True, verbose_name="stands from")),
                        ("valid_to", models.DateField(blank=True, help_text="The first day without it.", null=True, verbose_name="ended on")),
                        ("legal_basis", liengia.core.fields.NameField(blank=True, max_length=250, verbose_name="legal basis")),
                        ("folded_name", models.CharField(db_index=True, editable=False, max_length=260)),
                        ("successor", models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name="predecessors", to="organisations.organisation", verbose_name="followed by")),
                        ("unit", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="organisations", to="units.unit", verbose_name="unit")),
                    ],
                    options={
                        "verbose_name": "organisation",
                        "verbose_name_plural": "organisations",
                        "ordering": ["folded_name", "pk"],
                        "default_permissions": ("view", "add", "change"),
                        "indexes": [models.Index(fields=["kind", "unit"], name="organisations_kind_unit")],
                        "constraints": [
                            models.CheckConstraint(condition=models.Q(("valid_from__isnull", True), ("valid_to__isnull", True), ("valid_from__lt", models.F("valid_to")), _connector="OR"), name="organisation_ends_after_it_begins"),
                            models.CheckConstraint(condition=models.Q(("successor__isnull", True), ("valid_to__isnull", False), _connector="OR"), name="organisation_is_followed_only_when_it_has_ended"),
                            models.CheckConstraint(condition=models.Q(models.Q(("kind", "place_of_worship"), _negated=True), ("note", ""), _connector="OR"), name="place_of_worship_has_no_notes"),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="CommitteeMember",
                    fields=[
                        ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                        ("post", models.CharField(choices=[("chair", "chair"), ("standing_deputy", "standing deputy chair"), ("deputy", "deputy chair"), ("secretary", "secretary"), ("member", "member")], default="member", max_length=20, verbose_name="post")),
                        ("office_title", liengia.core.fields.NameField(help_text="For example: Head of the commune police.", max_length=120, verbose_name="office")),
                        ("duty", liengia.core.fields.NameField(blank=True, max_length=250, verbose_name="in charge of")),
                        ("valid_from", models.DateField(blank=True, null=True, verbose_name="from")),
                        ("valid_to", models.DateField(blank=True, null=True, verbose_name="until")),
                        ("committee", models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="members", to="organisations.committee")),
                        ("organisation", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="seats", to="organisations.organisation", verbose_name="institution")),
                        ("holder", models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name="committee_seats", to=settings.AUTH_USER_MODEL, verbose_name="filled now by")),
                    ],
                    options={
                        "verbose_name": "member of a committee",
                        "verbose_name_plural": "members of a committee",
                        "ordering": ["pk"],
                        "default_permissions": ("view", "add", "change"),
                        "constraints": [models.UniqueConstraint(condition=models.Q(("post", "chair"), ("valid_to__isnull", True)), fields=("committee",), name="committee_has_one_chair")],
                    },
                ),
                migrations.CreateModel(
                    name="YearPlan",
                    fields=[
                        ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                        ("year", models.PositiveSmallIntegerField(verbose_name="year")),
                        ("title", liengia.core.fields.NameField(max_length=250, verbose_name="title")),
                        ("aims", liengia.core.fields.TextField(blank=True, verbose_name="aims")),
                        ("state", models.CharField(choices=[("draft", "draft"), ("adopted", "adopted")], default="draft", max_length=10, verbose_name="state")),
                        ("number", liengia.core.fields.NameField(blank=True, max_length=60, verbose_name="number")),
                        ("adopted_on", models.DateField(blank=True, null=True, verbose_name="adopted on")),
                        ("committee", models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="plans", to="organisations.committee", verbose_name="committee")),
                    ],
                    options={
                        "verbose_name": "year's plan",
                        "verbose_name_plural": "year's plans",
                        "ordering": ["-year", "pk"],
                        "default_permissions": ("view", "add", "change"),
                        "constraints": [models.UniqueConstraint(fields=("committee", "year"), name="committee_has_one_plan_a_year"), models.CheckConstraint(condition=models.Q(("state", "draft"), ("adopted_on__isnull", False), _connector="OR"), name="adopted_plan_has_its_day")],
                    },
                ),
                migrations.CreateModel(
                    name="Task",
                    fields=[
                        ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                        ("public_id", models.CharField(default=liengia.core.fields.public_id, editable=False, max_length=10, unique=True)),
                        ("what", liengia.core.fields.TextField(verbose_name="what")),
                        ("due_on", models.DateField(verbose_name="due on")),
                        ("first_due_on", models.DateField(editable=False, verbose_name="first due on")),
                        ("state", models.CharField(choices=[("open", "open"), ("done", "done"), ("withdrawn", "withdrawn")], default="open", max_length=10, verbose_name="state")),
                        ("closed_on", models.DateField(blank=True, null=True, verbose_name="closed on")),
                        ("result", liengia.core.fields.TextField(blank=True, verbose_name="result")),
                        ("committee", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="tasks", to="organisations.committee", verbose_name="committee")),
                        ("conclusion", models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name="tasks", to="organisations.conclusion", verbose_name="conclusion")),
                        ("owner", models.ForeignKey(help_text="A seat of the committee answers for it.", on_delete=django.db.models.deletion.PROTECT, related_name="tasks", to="organisations.committeemember", verbose_name="owner")),
                        ("plan", models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name="tasks", to="organisations.yearplan", verbose_name="year's plan")),
                    ],
                    options={
                        "verbose_name": "task",
                        "verbose_name_plural": "tasks",
                        "ordering": ["due_on", "pk"],
                        "default_permissions": ("view", "add", "change"),
                        "indexes": [models.Index(fields=["state", "due_on"], name="organisations_task_due")],
                        "constraints": [models.CheckConstraint(condition=models.Q(models.Q(("closed_on__isnull", True), ("state", "open")), models.Q(models.Q(("state", "open"), _negated=True), ("closed_on__isnull", False)), _connector="OR"), name="task_is_closed_with_its_day")],
                    },
                ),
                migrations.CreateModel(
                    name="OfficeHours",
                    fields=[
                        ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                        ("weekday", models.PositiveSmallIntegerField(help_text="0 is Monday, 6 Sunday.", verbose_name="weekday")),
                        ("opens", models.TimeField(verbose_name="opens")),
                        ("closes", models.TimeField(verbose_name="closes")),
                        ("valid_from", models.DateField(blank=True, null=True, verbose_name="holds from")),
                        ("valid_to", models.DateField(blank=True, help_text="The first day without it.", null=True, verbose_name="ended on")),
                        ("source", liengia.core.fields.NameField(blank=True, max_length=200, verbose_name="source")),
                        ("unit", models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name="office_hours", to="units.unit", verbose_name="unit")),
                    ],
                    options={
                        "verbose_name": "office hours",
                        "verbose_name_plural": "office hours",
                        "ordering": ["weekday", "opens"],
                        "default_permissions": ("view", "add", "change"),
                        "constraints": [models.CheckConstraint(condition=models.Q(("opens__lt", models.F("closes"))), name="office_closes_after_it_opens"), models.CheckConstraint(condition=models.Q(("weekday__lte", 6)), name="office_weekday_is_one_of_seven")],
                    },
                ),
                migrations.CreateModel(
                    name="SpecialDay",
                    fields=[
                        ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                        ("on", models.DateField(db_index=True, verbose_name="day")),
                        ("name", liengia.core.fields.NameField(max_length=120, verbose_name="name")),
                        ("is_working", models.BooleanField(default=False, help_text="A weekend day worked in exchange; otherwise the office is closed.", verbose_name="the office works")),
                        ("source", liengia.core.fields.NameField(blank=True, max_length=200, verbose_name="source")),
                        ("unit", models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name="special_days", to="units.unit", verbose_name="unit")),
                        ("is_provisional", models.BooleanField(default=False, help_text="Reckoned ahead of the year's decision (Labour Code 2019, article 112, clause 3). Correct it when that has come.", verbose_name="provisional")),
                    ],
                    options={
                        "verbose_name": "holiday or swapped day",
                        "verbose_name_plural": "holidays and swapped days",
                        "ordering": ["-on"],
                        "default_permissions": ("view", "add", "change", "delete"),
                        "constraints": [models.UniqueConstraint(fields=("unit", "on"), name="special_day_is_told_once_a_unit"), models.UniqueConstraint(condition=models.Q(("unit__isnull", True)), fields=("on",), name="special_day_is_told_once_of_the_nation")],
                    },
                ),
            ]
        )
    ]
