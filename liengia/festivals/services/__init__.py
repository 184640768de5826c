"""The writes of this room, by subject: seasons, days and programmes, what is prepared, the day itself, guests, pledges."""

from __future__ import annotations
