"""Who signs in: users, tokens, idempotency keys. What a user may do comes from postings in `directory`."""
