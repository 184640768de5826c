"""What changes: bulletins and their two people, the outbox, receipts, rules."""
