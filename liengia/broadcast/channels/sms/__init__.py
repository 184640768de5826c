"""SMS through a gateway."""
