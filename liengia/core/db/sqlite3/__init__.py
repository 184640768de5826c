"""SQLite, with a stopwatch."""
