"""The telephone tree: people call, and tick it."""
