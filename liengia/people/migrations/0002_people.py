"""Households, roles, duty, invitations and what belongs to them."""

from django.conf import settings
from django.db import migrations, models
import django.db.models.deletion
import django.db.models.manager
import liengia.core.clock
import liengia.core.fields
import liengia.core.operations


class Migration(migrations.Migration):
    initial = True
    replaces = [("people", "0001_people")]

    dependencies = [("people", "0001_accounts"), ("organisations", "0001_institutions"), ("units", "0002_refuse_overlap")]

    operations = [
        liengia.core.operations.CreateModels(
            models=[
                migrations.CreateModel(
                    name="RetentionPeriod",
                    fields=[
                        ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                        ("code", models.SlugField(max_length=40, unique=True, verbose_name="Code")),
                        ("label", liengia.core.fields.NameField(max_length=160, verbose_name="What")),
                        ("days", models.PositiveIntegerField(verbose_name="Days")),
                        ("source", liengia.core.fields.NameField(blank=True, max_length=200, verbose_name="Why so long")),
                    ],
                    options={"verbose_name": "retention period", "verbose_name_plural": "retention periods", "ordering": ["code"]},
                ),
                migrations.CreateModel(
                    name="BoundPhone",
                    fields=[
                        ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                        ("token_hash", models.CharField(max_length=64, unique=True)),
                        ("pin_hash", models.CharField(max_length=200)),
                        ("label", liengia.core.fields.NameField(blank=True, max_length=80, verbose_name="Phone's name")),
                        ("bound_at", models.DateTimeField(default=liengia.core.clock.now)),
                        ("last_used_at", models.DateTimeField(blank=True, null=True)),
                        ("revoked_at", models.DateTimeField(blank=True, null=True)),
                        ("failures", models.PositiveSmallIntegerField(default=0)),
                        ("locked_until", models.DateTimeField(blank=True, null=True)),
                        ("user", models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="bound_phones", to=settings.AUTH_USER_MODEL)),
                    ],
                    options={"verbose_name": "bound phone", "verbose_name_plural": "bound phones", "constraints": [models.CheckConstraint(condition=models.Q(("failures__lte", 100)), name="people_bound_phone_failures_are_bounded")]},
                ),
                migrations.CreateModel(
                    name="Consent",
                    fields=[
                        ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                        ("purpose", models.CharField(max_length=40)),
                        ("how", liengia.core.fields.NameField(blank=True, max_length=160, verbose_name="How it was given")),
                        ("given_at", models.DateTimeField(default=liengia.core.clock.now)),
                        ("withdrawn_at", models.DateTimeField(blank=True, null=True)),
                        ("user", models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name="consents", to=settings.AUTH_USER_MODEL)),
                        ("household", models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name="consents", to="people.household")),
                    ],
                    options={"verbose_name": "consent", "verbose_name_plural": "consents", "constraints": [models.CheckConstraint(condition=models.Q(("household__isnull", False), ("user__isnull", False), _connector="OR"), name="people_consent_is_somebodys")]},
                ),
                migrations.CreateModel(
                    name="DutyPost",
                    fields=[
                        ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                        ("public_id", models.CharField(default=liengia.core.fields.public_id, editable=False, max_length=10, unique=True)),
                        ("name", liengia.core.fields.NameField(max_length=120, verbose_name="Name")),
                        ("phone", models.CharField(blank=True, max_length=20, verbose_name="Phone")),
                        ("is_active", models.BooleanField(default=True, verbose_name="Open")),
                        ("organisation", models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name="duty_posts", to="organisations.organisation")),
                        ("unit", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="duty_posts", to="units.unit")),
                    ],
                    options={"verbose_name": "duty post", "verbose_name_plural": "duty posts", "ordering": ["unit", "name"]},
                ),
                migrations.CreateModel(
                    name="DutyShift",
                    fields=[
                        ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                        ("role", models.CharField(choices=[("officer", "Duty officer"), ("commander", "Duty commander")], default="officer", max_length=10, verbose_name="Duty")),
                        ("starts_at", models.DateTimeField(verbose_name="Begins")),
                        ("ends_at", models.DateTimeField(verbose_name="Ends")),
                        ("post", models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="shifts", to="people.dutypost")),
                        ("user", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="shifts", to=settings.AUTH_USER_MODEL)),
                    ],
                    options={
                        "verbose_name": "shift",
                        "verbose_name_plural": "shifts",
                        "ordering": ["starts_at", "role"],
                        "indexes": [models.Index(fields=["post", "ends_at", "starts_at"], name="people_shift_span")],
                        "constraints": [models.CheckConstraint(condition=models.Q(("ends_at__gt", models.F("starts_at"))), name="people_shift_ends_after_it_begins"), models.UniqueConstraint(fields=("post", "user", "role", "starts_at"), name="people_shift_stands_once")],
                    },
                ),
                migrations.CreateModel(
                    name="EmergencyNumber",
                    fields=[
                        ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                        ("label", liengia.core.fields.NameField(max_length=80, verbose_name="Whom it reaches")),
                        ("number", models.CharField(max_length=20, verbose_name="Number")),
                        ("order", models.PositiveSmallIntegerField(default=100, verbose_name="Order")),
                        ("valid_from", models.DateField(verbose_name="Begins")),
                        ("valid_to", models.DateField(blank=True, null=True, verbose_name="Ends")),
                        ("source", liengia.core.fields.NameField(blank=True, max_length=160, verbose_name="Source")),
                        ("unit", models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name="emergency_numbers", to="units.unit")),
                    ],
                    options={"verbose_name": "emergency number", "verbose_name_plural": "emergency numbers", "ordering": ["order", "id"]},
                ),
                migrations.CreateModel(
                    name="Handover",
                    fields=[
                        ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                        ("at", models.DateTimeField(default=liengia.core.clock.now)),
                        ("accepted_at", models.DateTimeField(blank=True, null=True)),
                        ("note", liengia.core.fields.TextField(blank=True, verbose_name="Note")),
                        ("open_items", models.JSONField(default=list)),
                        ("from_user", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL)),
                        ("post", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="handovers", to="people.dutypost")),
                        ("to_user", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL)),
                    ],
                    options={"verbose_name": "handover", "verbose_name_plural": "handovers", "ordering": ["-at"], "constraints": [models.UniqueConstraint(condition=models.Q(("accepted_at", None)), fields=("post",), name="people_post_has_one_open_handover")]},
                ),
                migrations.CreateModel(
                    name="Household",
                    fields=[
                        ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                        ("public_id", models.CharField(default=liengia.core.fields.public_id, editable=False, max_length=10, unique=True)),
                        ("head_name", liengia.core.fields.NameField(blank=True, max_length=120, verbose_name="Head of the household")),
                        ("address_label", liengia.core.fields.NameField(max_length=160, verbose_name="Address")),
                        ("house_label", liengia.core.fields.NameField(max_length=40, verbose_name="Short name of the house")),
                        ("landmark", liengia.core.fields.NameField(blank=True, max_length=160, verbose_name="Landmark")),
                        ("lane_width_m", models.DecimalField(blank=True, decimal_places=1, max_digits=4, null=True, verbose_name="Width of the lane in metres")),
                        ("truck_meets_at", liengia.core.fields.NameField(blank=True, max_length=160, verbose_name="Where somebody meets the fire engine")),
                        ("water_source", liengia.core.fields.NameField(blank=True, max_length=160, verbose_name="Nearest water")),
                        ("lat", models.DecimalField(blank=True, decimal_places=6, max_digits=9, null=True)),
                        ("lon", models.DecimalField(blank=True, decimal_places=6, max_digits=9, null=True)),
                        ("kind", models.CharField(choices=[("home", "Home"), ("shop", "Home with a shop"), ("boarding_house", "Boarding house"), ("institution", "Institution")], default="home", max_length=16, verbose_name="Kind")),
                        ("is_active", models.BooleanField(default=True)),
                        ("folded", models.CharField(default="", editable=False, max_length=330)),
                        ("created_at", models.DateTimeField(default=liengia.core.clock.now, editable=False)),
                        ("left_on", models.DateField(blank=True, editable=False, null=True)),
                        ("erased_at", models.DateTimeField(blank=True, editable=False, null=True)),
                        ("hamlet", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="households", to="units.unit")),
                    ],
                    options={
                        "verbose_name": "household",
                        "verbose_name_plural": "households",
                        "ordering": ["hamlet", "house_label", "id"],
                        "indexes": [models.Index(fields=["hamlet", "is_active"], name="people_household_hamlet")],
                        "constraints": [models.CheckConstraint(condition=models.Q(models.Q(("lat", None), ("lon", None)), models.Q(("lat__isnull", False), ("lon__isnull", False)), _connector="OR"), name="people_household_has_a_whole_point_or_none")],
                    },
                ),
                migrations.CreateModel(
                    name="EvacuationNeed",
                    fields=[
                        ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                        ("text", liengia.core.fields.EncryptedTextField(verbose_name="Who needs help, and with what")),
                        ("is_open", models.BooleanField(default=True)),
                        ("written_at", models.DateTimeField(default=liengia.core.clock.now)),
                        ("consent", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="evacuation_needs", to="people.consent")),
                        ("household", models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="evacuation_needs", to="people.household")),
                    ],
                    options={"verbose_name": "help needed to get out", "verbose_name_plural": "help needed to get out", "constraints": [models.UniqueConstraint(condition=models.Q(("is_open", True)), fields=("household",), name="people_household_has_one_standing_need")]},
                    managers=[("standing", django.db.models.manager.Manager())],
                ),
                migrations.CreateModel(
                    name="HouseholdPhone",
                    fields=[
                        ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                        ("order", models.PositiveSmallIntegerField(default=1, verbose_name="Called in this order")),
                        ("phone", liengia.core.fields.PhoneField(max_length=16, verbose_name="Phone")),
                        ("name", liengia.core.fields.NameField(blank=True, max_length=80, verbose_name="Whose")),
                        ("relation", liengia.core.fields.NameField(blank=True, max_length=40, verbose_name="In the household")),
                        ("household", models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="phones", to="people.household")),
                    ],
                    options={"verbose_name": "household's phone", "verbose_name_plural": "household's phones", "ordering": ["household", "order", "id"], "constraints": [models.UniqueConstraint(fields=("household", "phone"), name="people_household_phone_stands_once")]},
                ),
                migrations.CreateModel(
                    name="HouseholdRoom",
                    fields=[
                        ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                        ("label", liengia.core.fields.NameField(max_length=40, verbose_name="Room")),
                        ("household", models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="rooms", to="people.household")),
                    ],
                    options={"verbose_name": "room", "verbose_name_plural": "rooms", "ordering": ["household", "label"], "constraints": [models.UniqueConstraint(fields=("household", "label"), name="people_room_label_stands_once")]},
                ),
                migrations.CreateModel(
                    name="Invitation",
                    fields=[
                        ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                        ("code_hash", models.CharField(max_length=64, unique=True)),
                        ("purpose", models.CharField(choices=[("join", "Join a household"), ("bind", "Bind a leader's phone"), ("office", "First sign-in of somebody who works for the commune")], default="join", max_length=8)),
                        ("created_at", models.DateTimeField(default=liengia.core.clock.now)),
                        ("expires_at", models.DateTimeField()),
                        ("used_at", models.DateTimeField(blank=True, null=True)),
                        ("revoked_at", models.DateTimeField(blank=True, null=True)),
                        ("household", models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name="invitations", to="people.household")),
                        ("invited_by", models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name="+", to=settings.AUTH_USER_MODEL)),
                        ("room", models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name="+", to="people.householdroom")),
                        ("used_by", models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name="+", to=settings.AUTH_USER_MODEL)),
                        ("user", models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name="invitations", to=settings.AUTH_USER_MODEL)),
                    ],
                    options={
                        "verbose_name": "invitation",
                        "verbose_name_plural": "invitations",
                        "constraints": [models.CheckConstraint(condition=models.Q(models.Q(("household__isnull", False), ("purpose", "join")), models.Q(models.Q(("purpose", "join"), _negated=True), ("user__isnull", False)), _connector="OR"), name="people_invitation_is_for_a_household_or_a_user")],
                    },
                ),
                migrations.CreateModel(
                    name="KitItem",
                    fields=[
                        ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                        (
                            "kind",
                            models.CharField(
                                choices=[
                                    ("powder_extinguisher", "Powder extinguisher"),
                                    ("co2_extinguisher", "CO₂ extinguisher"),
                                    ("crowbar", "Crowbar"),
                                    ("bolt_cutter", "Bolt cutter"),
                                    ("hammer", "Hammer"),
                                    ("axe", "Axe"),
                                    ("second_exit", "Second exit"),
                                    ("smoke_detector", "Smoke detector"),
                                    ("ladder", "Ladder"),
                                    ("hose", "Hose"),
                                ],
                                max_length=24,
                                verbose_name="Kind",
                            ),
                        ),
                        ("count", models.PositiveSmallIntegerField(default=1, verbose_name="How many")),
                        ("expires_on", models.DateField(blank=True, null=True, verbose_name="Good until")),
                        ("household", models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="kit", to="people.household")),
                    ],
                    options={"verbose_name": "piece of kit", "verbose_name_plural": "kit", "ordering": ["household", "kind", "expires_on"]},
                ),
                migrations.CreateModel(
                    name="Membership",
                    fields=[
                        ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                        ("is_head", models.BooleanField(default=False, verbose_name="Speaks for the household")),
                        ("invited_at", models.DateTimeField(default=liengia.core.clock.now)),
                        ("confirmed_at", models.DateTimeField(blank=True, null=True)),
                        ("ended_at", models.DateTimeField(blank=True, null=True)),
                        ("confirmed_by", models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name="+", to=settings.AUTH_USER_MODEL)),
                        ("household", models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="memberships", to="people.household")),
                        ("room", models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name="memberships", to="people.householdroom")),
                        ("user", models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="memberships", to=settings.AUTH_USER_MODEL)),
                    ],
                    options={"verbose_name": "membership", "verbose_name_plural": "memberships", "constraints": [models.UniqueConstraint(condition=models.Q(("ended_at", None)), fields=("user", "household"), name="people_membership_stands_once")]},
                ),
                migrations.CreateModel(
                    name="Role",
                    fields=[
                        ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                        ("code", models.SlugField(max_length=40, unique=True, verbose_name="Code")),
                        ("label", liengia.core.fields.NameField(max_length=80, verbose_name="Name")),
                        ("capabilities", models.JSONField(blank=True, default=list, verbose_name="Capabilities")),
                        ("offered", models.JSONField(default=list, editable=False)),
                        ("needs_second_factor", models.BooleanField(default=False, verbose_name="Signs in with a second factor")),
                        ("group", models.OneToOneField(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name="role", to="auth.group")),
                    ],
                    options={"verbose_name": "role", "verbose_name_plural": "roles", "ordering": ["id"]},
                ),
                migrations.CreateModel(
                    name="RoleAssignment",
                    fields=[
                        ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                        ("valid_from", models.DateTimeField(default=liengia.core.clock.now, verbose_name="Begins")),
                        ("valid_to", models.DateTimeField(blank=True, null=True, verbose_name="Ends")),
                        ("role", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="assignments", to="people.role")),
                        ("unit", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="role_assignments", to="units.unit")),
                        ("user", models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="role_assignments", to=settings.AUTH_USER_MODEL)),
                    ],
                    options={
                        "verbose_name": "role assignment",
                        "verbose_name_plural": "role assignments",
                        "ordering": ["-valid_from"],
                        "indexes": [models.Index(fields=["user", "valid_to"], name="people_assignment_user")],
                        "constraints": [models.CheckConstraint(condition=models.Q(("valid_to", None), ("valid_to__gte", models.F("valid_from")), _connector="OR"), name="people_assignment_ends_after_it_begins")],
                    },
                ),
            ]
        )
    ]
