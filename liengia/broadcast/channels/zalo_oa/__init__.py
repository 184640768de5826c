"""Zalo Official Account: messages to groups that the account itself made."""
