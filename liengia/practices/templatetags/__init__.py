"""Template helpers of this room."""
