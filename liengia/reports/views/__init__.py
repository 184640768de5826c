"""Pages of this room: for everybody, and in the back office."""
