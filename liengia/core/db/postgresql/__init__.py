"""PostgreSQL, with a stopwatch."""
