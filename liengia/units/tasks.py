"""The room's chores."""
