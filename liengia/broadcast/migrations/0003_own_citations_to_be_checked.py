"""Have the citations of texts that communes wrote or took in before be checked: nobody has said yet that they are right."""

from __future__ import annotations

from typing import Any

from django.db import migrations


def ask(apps: Any, schema_editor: Any) -> None:
    """Mark own texts that cite something; the shipped ones say it themselves, each time the installation is prepared."""
    texts = apps.get_model("broadcast", "ReadyText").objects.using(schema_editor.connection.alias)
    texts.filter(unit__isnull=False).exclude(source="").update(needs_check=True)


class Migration(migrations.Migration):
    dependencies = [("broadcast", "0002_groups_since_and_citations")]

    operations = [migrations.RunPython(ask, migrations.RunPython.noop)]
