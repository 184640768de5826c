"""The `liengia` console script: Django's commands and ours, and the supervisor that needs no Django."""

from __future__ import annotations

import os
import re
import sys

# As SQLite and PostgreSQL say it.
_NO_TABLE = re.compile(r"no such table|relation .* does not exist")


def main() -> None:
    """Run a command; `up`, a running `gateway` and a `speaker` are answered without loading Django, so that they stay small."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "liengia.settings")
    if len(sys.argv) > 1 and sys.argv[1] == "up":
        from liengia.operate.supervisor import main as up

        raise SystemExit(up(sys.argv[2:]))
    if sys.argv[1:2] == ["gateway"] and sys.argv[2:3] not in (["add"], ["list"], ["revoke"]):
        from liengia.operate.gateway import main as gateway

        raise SystemExit(gateway(sys.argv[2:]))
    if sys.argv[1:2] == ["speaker"] and sys.argv[2:3] not in (["add"], ["renew"], ["list"]):
        from liengia.operate.speaker import main as speaker

        raise SystemExit(speaker(sys.argv[2:]))
    from django.core.management import execute_from_command_line
    from django.db import DatabaseError

    from liengia.env import BadSetting

    try:
        execute_from_command_line(sys.argv)
    except BadSetting as error:
        raise SystemExit(str(error)) from error
    except DatabaseError as error:
        if not _NO_TABLE.search(str(error)):
            raise
        data = os.environ.get("LIENGIA_DATA", "var")
        raise SystemExit(
            f"This installation (LIENGIA_DATA={data}) has no tables yet. `make run` or `liengia prepare` makes them;"
            " for an installation that lies elsewhere, set LIENGIA_DATA as it was started with."
        ) from None


if __name__ == "__main__":
    main()
