"""The Front's papers were headed by the People's Committee of their own commune, which is not above the Front; issued papers keep what they say."""

from typing import Any

from django.db import migrations

FRONT = "Ủy ban Mặt trận Tổ quốc Việt Nam"


def put_under_the_front(apps: Any, schema_editor: Any) -> None:
    """Write the Front of the unit above into the heads that were made with the Committee's name; what an office wrote itself stays."""
    issuers = apps.get_model("papers", "Issuer")
    for issuer in issuers.objects.filter(organisation__kind="fatherland_front", superior__startswith="Ủy ban nhân dân ").select_related("unit__parent__parent"):
        # The commune's is above it; an issuer of a hamlet has none.
        above = issuer.unit.parent if issuer.unit.level == "commune" else None
        issuer.superior = "" if above is None else f"{FRONT} {_full(above)}"
        issuer.save(update_fields=["superior"])


def _full(unit: Any) -> str:
    return unit.name if unit.name.lower().startswith(f"{unit.kind.lower()} ") else f"{unit.kind} {unit.name}"


class Migration(migrations.Migration):

    dependencies = [
        ("papers", "0003_symbol"),
    ]

    operations = [migrations.RunPython(put_under_the_front, migrations.RunPython.noop)]
