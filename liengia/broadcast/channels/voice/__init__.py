"""Automatic calls through a gateway."""
