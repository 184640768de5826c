"""Kinds of entries of this room."""
