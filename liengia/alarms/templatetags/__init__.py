"""Template tags of the alarms room."""
