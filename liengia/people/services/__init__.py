"""Verbs of the room, by subject; every one takes an `actor` and ends in an audit entry."""
