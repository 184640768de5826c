"""Zalo by hand: people post, and tick it."""
