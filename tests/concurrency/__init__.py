"""Two at once, on PostgreSQL: real threads, real commits."""
