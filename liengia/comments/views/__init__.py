"""Pages of this room: for readers, for the writer of a comment, for moderators."""
