"""Zalo Bot Platform: messages to groups that the bot was taken into."""
