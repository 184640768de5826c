"""Pages of the room, by subject."""
