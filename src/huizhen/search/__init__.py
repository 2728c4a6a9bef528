"""Chinese full-text index: one table of entries, filled from the outbox, found by one box."""
