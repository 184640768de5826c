"""A household whose data was to be deleted while help was on its way to it."""

from __future__ import annotations

from django.db import migrations, models

from liengia.core.fields import EncryptedTextField


class Migration(migrations.Migration):
    dependencies = [("people", "0003_wording_of_consents")]

    operations = [
        migrations.AddField("household", "erasure_asked_at", models.DateTimeField(blank=True, editable=False, null=True)),
        migrations.AddField("household", "erasure_reason", EncryptedTextField(blank=True, editable=False)),
    ]
