"""Tests of this channel."""
