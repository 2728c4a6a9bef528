"""Every read of notifications: who hears, what she reads, what she chose, what went out."""

from huizhen.notifications.queries.inbox import Inbox, Item, inbox, message_of, unread, unread_words

__all__ = ["Inbox", "Item", "inbox", "message_of", "unread", "unread_words"]
