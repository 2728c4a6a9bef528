"""The append-only record: timeline, audit, outbox and statistics at once."""
