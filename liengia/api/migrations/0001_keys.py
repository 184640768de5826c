"""The keys of other programs."""

from django.conf import settings
from django.db import migrations, models
import django.db.models.deletion
import liengia.core.clock
import liengia.core.fields
import liengia.core.operations


class Migration(migrations.Migration):
    initial = True

    dependencies = [("opinions", "0001_opinions_and_forums"), ("people", "0001_accounts"), ("units", "0002_refuse_overlap")]

    operations = [
        liengia.core.operations.CreateModels(
            models=[
                migrations.CreateModel(
                    name="ApiKey",
                    fields=[
                        ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                        ("public_id", models.CharField(default=liengia.core.fields.public_id, editable=False, max_length=10, unique=True)),
                        ("name", liengia.core.fields.NameField(max_length=80, verbose_name="program")),
                        ("key_hash", models.CharField(editable=False, max_length=64, unique=True)),
                        ("made_at", models.DateTimeField(default=liengia.core.clock.now, verbose_name="made at")),
                        ("revoked_at", models.DateTimeField(blank=True, null=True, verbose_name="revoked at")),
                        ("used_on", models.DateField(blank=True, null=True, verbose_name="last used on")),
                        ("filed_count", models.PositiveIntegerField(default=0, verbose_name="opinions filed")),
                        ("made_by", models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name="+", to=settings.AUTH_USER_MODEL, verbose_name="given by")),
                        ("unit", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="api_keys", to="units.unit", verbose_name="commune")),
                    ],
                    options={"verbose_name": "key of a program", "verbose_name_plural": "keys of programs", "ordering": ["-made_at", "-pk"], "default_permissions": ()},
                ),
                migrations.CreateModel(
                    name="ReportToken",
                    fields=[
                        ("id", models.BigIntegerField(default=liengia.core.fields.random_key, editable=False, primary_key=True, serialize=False)),
                        ("token_hash", models.CharField(editable=False, max_length=64, unique=True)),
                        ("opinion", models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name="report_token", to="opinions.opinion")),
                    ],
                    options={"verbose_name": "token of a report", "verbose_name_plural": "tokens of reports", "default_permissions": ()},
                ),
            ]
        )
    ]
