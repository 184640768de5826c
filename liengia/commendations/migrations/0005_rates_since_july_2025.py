"""Since 1 July 2025 a commune's certificate brings twice the money of before; a province's certificate of merit had no rate at all.

Rows that an office has changed or entered itself stay; what was decided keeps what it was reckoned from. A new installation reads `data/`.
Source: Decree 152/2025/NĐ-CP, article 54; Decree 91/2017/NĐ-CP, article 73.
"""

from datetime import date
from decimal import Decimal
from typing import Any

from django.db import migrations
from django.db.models import Q

JULY = date(2025, 7, 1)
SHIPPED = "Nghị định 98/2023/NĐ-CP, cần đối chiếu"
_OLD, _DECREE = date(2017, 10, 1), date(2024, 1, 1)
_91, _152 = "Nghị định 91/2017/NĐ-CP, Điều 73", "Nghị định 152/2025/NĐ-CP, "
_HALF_MORE, _TWICE = f"{_152}Điều 54 (gấp 1,5 lần cá nhân)", f"{_152}Điều 54 (gấp 2 lần cá nhân), cần đối chiếu"
# Award, level, who, coefficient, from, until, source, whether it waits to be compared.
ROWS = (
    ("certificate", "commune", "individual", "0.3", JULY, None, f"{_152}điểm e khoản 1 Điều 54", False),
    ("certificate", "commune", "household", "0.45", JULY, None, _HALF_MORE, False),
    ("certificate", "commune", "collective", "0.6", JULY, None, _TWICE, True),
    ("merit", "province", "individual", "1", _OLD, _DECREE, _91, False),
    ("merit", "province", "collective", "2", _OLD, _DECREE, _91, False),
    ("merit", "province", "individual", "1.5", _DECREE, JULY, SHIPPED, True),
    ("merit", "province", "household", "2.25", _DECREE, JULY, SHIPPED, True),
    ("merit", "province", "collective", "3", _DECREE, JULY, SHIPPED, True),
    ("merit", "province", "individual", "1.5", JULY, None, f"{_152}điểm b khoản 1 Điều 54", False),
    ("merit", "province", "household", "2.25", JULY, None, _HALF_MORE, False),
    ("merit", "province", "collective", "3", JULY, None, f"{_152}Điều 54 (gấp 2 lần cá nhân); Quyết định 3293/QĐ-UBND tỉnh Đồng Nai", False),
)


def enter_rates(apps: Any, schema_editor: Any) -> None:
    """End the rows that were shipped without an end, and enter what holds after them wherever nothing is entered."""
    rates = apps.get_model("commendations", "RewardRate").objects
    if not rates.exists():
        return
    rates.filter(award="certificate", level="commune", valid_to=None, source=SHIPPED, is_unsure=True).update(valid_to=JULY)
    for award, level, recipient, coefficient, begins, ends, source, is_unsure in ROWS:
        same = rates.filter(award=award, level=level, recipient=recipient)
        standing = same.filter(Q(valid_to=None) | Q(valid_to__gt=begins))
        if (standing.filter(Q(valid_from=None) | Q(valid_from__lt=ends)) if ends else standing).exists():
            continue
        same.create(award=award, level=level, recipient=recipient, coefficient=Decimal(coefficient), valid_from=begins, valid_to=ends, source=source, is_unsure=is_unsure)


class Migration(migrations.Migration):

    dependencies = [
        ("commendations", "0004_names_of_certificates"),
    ]

    operations = [migrations.RunPython(enter_rates, migrations.RunPython.noop)]
