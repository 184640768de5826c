"""What tests stand on: the environment, databases, a real broker, a real browser."""
