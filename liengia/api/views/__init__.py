"""Views: the standard's addresses, and the keys in the back office."""
