"""Units, their names in time, and what a reform did."""

from django.db import migrations, models
import django.db.models.deletion
import liengia.core.fields
import liengia.core.operations

# Those of the libraries first: each of their changes has Django draw every model anew that hangs on an account by any
# chain of relations, and later that would be all of ours.
LIBRARIES = [
    ("account", "0009_emailaddress_unique_primary_email"),
    ("mfa", "0003_authenticator_type_uniq"),
    ("taggit", "0006_rename_taggeditem_content_type_object_id_taggit_tagg_content_8fc721_idx"),
    ("wagtailadmin", "0006_formstate"),
    ("wagtailcore", "0097_baselogentry_uuid_action_timestamp_indexes"),
    ("wagtaildocs", "0014_alter_document_file_size"),
    ("wagtailembeds", "0009_embed_cache_until"),
    ("wagtailforms", "0005_alter_formsubmission_form_data"),
    ("wagtailimages", "0027_image_description"),
    ("wagtailredirects", "0008_add_verbose_name_plural"),
    ("wagtailsearch", "0010_add_text_fields"),
    ("wagtailusers", "0015_userprofile_keyboard_shortcuts"),
]


class Migration(migrations.Migration):
    initial = True

    dependencies = LIBRARIES

    operations = [
        liengia.core.operations.CreateModels(
            models=[
                migrations.CreateModel(
                    name="Reform",
                    fields=[
                        ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                        ("code", models.CharField(max_length=60, unique=True, verbose_name="code")),
                        ("name", liengia.core.fields.NameField(max_length=200, verbose_name="name")),
                        ("on", models.DateField(verbose_name="on")),
                        ("legal_basis", liengia.core.fields.NameField(max_length=250, verbose_name="legal basis")),
                        ("plan", models.JSONField(verbose_name="plan")),
                        ("state", models.CharField(choices=[("planned", "planned"), ("drawn", "units drawn up"), ("applied", "applied")], default="planned", max_length=10, verbose_name="state")),
                        ("planned_at", models.DateTimeField(verbose_name="planned at")),
                        ("applied_at", models.DateTimeField(blank=True, null=True, verbose_name="applied at")),
                    ],
                    options={"verbose_name": "reform", "verbose_name_plural": "reforms", "ordering": ["-on"], "default_permissions": ("view",)},
                ),
                migrations.CreateModel(
                    name="Unit",
                    fields=[
                        ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                        ("code", models.CharField(max_length=20, verbose_name="code")),
                        ("name", liengia.core.fields.NameField(max_length=120, verbose_name="name")),
                        ("kind", liengia.core.fields.NameField(help_text="Xã, Phường, Thị trấn, Ấp, Khu phố, Tổ…", max_length=40, verbose_name="kind")),
                        ("level", models.CharField(choices=[("province", "province"), ("district", "district"), ("commune", "commune"), ("hamlet", "hamlet or quarter"), ("self_managed_group", "self-managed residents' group")], max_length=20, verbose_name="level")),
                        ("valid_from", models.DateField(blank=True, null=True, verbose_name="stands from")),
                        ("valid_to", models.DateField(blank=True, help_text="The first day without it.", null=True, verbose_name="ended on")),
                        ("legal_basis", liengia.core.fields.NameField(blank=True, max_length=250, verbose_name="legal basis")),
                        ("lat", models.FloatField(blank=True, null=True, verbose_name="latitude")),
                        ("lon", models.FloatField(blank=True, null=True, verbose_name="longitude")),
                        ("south", models.FloatField(blank=True, null=True)),
                        ("west", models.FloatField(blank=True, null=True)),
                        ("north", models.FloatField(blank=True, null=True)),
                        ("east", models.FloatField(blank=True, null=True)),
                        ("origin", liengia.core.fields.NameField(blank=True, max_length=120, verbose_name="old commune")),
                        ("former_names", models.JSONField(blank=True, default=list, verbose_name="former names")),
                        ("shares_name", models.BooleanField(default=False, verbose_name="another has the same name")),
                        ("folded_name", models.CharField(db_index=True, editable=False, max_length=160)),
                        ("folded_all", models.CharField(editable=False, max_length=600)),
                        ("parent", models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name="children", to="units.unit", verbose_name="belongs to")),
                    ],
                    options={
                        "verbose_name": "administrative unit",
                        "verbose_name_plural": "administrative units",
                        "ordering": ["code", "valid_from"],
                        "default_permissions": ("view", "change"),
                        "indexes": [models.Index(fields=["level", "valid_to"], name="units_unit_level"), models.Index(fields=["code", "valid_from"], name="units_unit_code")],
                        "constraints": [
                            models.CheckConstraint(condition=models.Q(("valid_from__isnull", True), ("valid_to__isnull", True), ("valid_from__lt", models.F("valid_to")), _connector="OR"), name="unit_ends_after_it_begins"),
                            models.CheckConstraint(condition=models.Q(models.Q(("code", ""), _negated=True), models.Q(("name", ""), _negated=True)), name="unit_has_a_code_and_a_name"),
                            models.UniqueConstraint(fields=("code", "valid_from"), name="unit_code_begins_once_a_day"),
                            models.UniqueConstraint(condition=models.Q(("valid_from__isnull", True)), fields=("code",), name="unit_code_has_one_row_from_of_old"),
                            models.UniqueConstraint(condition=models.Q(("valid_to__isnull", True)), fields=("code",), name="unit_code_has_one_row_without_end"),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Succession",
                    fields=[
                        ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                        ("kind", models.CharField(choices=[("merge", "merged into"), ("split", "split into"), ("rename", "renamed to"), ("continue", "continued as")], max_length=10, verbose_name="how")),
                        ("on", models.DateField(verbose_name="on")),
                        ("is_principal", models.BooleanField(default=True, verbose_name="principal successor")),
                        ("reform", models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name="successions", to="units.reform")),
                        ("new", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="taken_over", to="units.unit", verbose_name="new unit")),
                        ("old", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="handed_over", to="units.unit", verbose_name="old unit")),
                    ],
                    options={
                        "verbose_name": "succession",
                        "verbose_name_plural": "successions",
                        "ordering": ["on", "pk"],
                        "default_permissions": ("view",),
                        "constraints": [
                            models.UniqueConstraint(fields=("old", "new"), name="succession_is_told_once"),
                            models.UniqueConstraint(condition=models.Q(("is_principal", True)), fields=("old",), name="succession_has_one_principal_successor"),
                            models.CheckConstraint(condition=models.Q(("old", models.F("new")), _negated=True), name="succession_is_between_two_units"),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="RoomSwitch",
                    fields=[
                        ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                        ("room", models.CharField(max_length=30, verbose_name="room")),
                        ("is_on", models.BooleanField(default=True, verbose_name="is on")),
                        ("unit", models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="room_switches", to="units.unit", verbose_name="commune")),
                    ],
                    options={"verbose_name": "room of a commune", "verbose_name_plural": "rooms of communes", "ordering": ["unit__code", "room"], "default_permissions": ("view", "add", "change"), "constraints": [models.UniqueConstraint(fields=("unit", "room"), name="room_is_switched_once_a_commune")]},
                ),
                migrations.CreateModel(
                    name="SuccessionMove",
                    fields=[
                        ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                        ("mover", models.CharField(max_length=120)),
                        ("moved", models.PositiveIntegerField(default=0)),
                        ("finished_at", models.DateTimeField(blank=True, null=True)),
                        ("succession", models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="moves", to="units.succession")),
                    ],
                    options={"verbose_name": "move of a succession", "verbose_name_plural": "moves of successions", "default_permissions": (), "constraints": [models.UniqueConstraint(fields=("succession", "mover"), name="move_is_done_once")]},
                ),
            ]
        )
    ]
