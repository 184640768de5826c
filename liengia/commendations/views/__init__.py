"""The views of this room: the public roll and verification, and the office."""
