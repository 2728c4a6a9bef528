"""Who hears of what happened, and how: messages in the inbox, mail, robots of groups, webhooks."""
