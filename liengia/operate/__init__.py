"""What touches all rooms: starting, demonstrating, simulating, measuring, backing up, checking.

Public door: the commands in `management/commands`, `supervisor`.
"""
