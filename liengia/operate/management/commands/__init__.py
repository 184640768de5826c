"""Commands of the console script."""
