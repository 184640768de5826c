"""The issuer's symbol as it was when a paper was issued: what the paper itself says, else the issuer's of today."""

from typing import Any

from django.db import migrations, models


def keep_symbols(apps: Any, schema_editor: Any) -> None:
    """Read each issued paper's symbol from what it says: "Số: 05/QĐ-UBND" with the abbreviation "QĐ" is "UBND"."""
    papers = apps.get_model("papers", "Paper")
    changed = []
    for paper in papers.objects.exclude(state="draft").select_related("issuer").only("said", "abbreviation", "issuer__symbol").iterator(500):
        said = str(paper.said.get("number") or "").partition("/")[2]
        paper.symbol = said.removeprefix(f"{paper.abbreviation}-") or paper.issuer.symbol
        changed.append(paper)
    papers.objects.bulk_update(changed, ["symbol"], batch_size=500)


class Migration(migrations.Migration):

    dependencies = [
        ("papers", "0002_signatories"),
    ]

    operations = [
        migrations.AddField(
            model_name="paper",
            name="symbol",
            field=models.CharField(blank=True, editable=False, max_length=20),
        ),
        migrations.RunPython(keep_symbols, migrations.RunPython.noop, elidable=True),
    ]
