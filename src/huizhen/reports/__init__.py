"""工作清单, 月报, 通报, 宣传 and the figures under them: counted once, kept from the outbox, linked to their cases."""
