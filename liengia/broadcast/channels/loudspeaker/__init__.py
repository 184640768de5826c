"""Loudspeakers: a message becomes a sound, once, and an order to play it at each cluster (docs/areas/loudspeakers.md)."""
