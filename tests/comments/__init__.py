"""Readers' comments."""
