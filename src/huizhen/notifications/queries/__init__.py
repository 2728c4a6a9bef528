"""Every read of notifications: who hears, what she reads, what she chose, what went out."""

from huizhen.notifications.queries.deliveries import Sending, Sendings, log_of, troubles
from huizhen.notifications.queries.inbox import Inbox, Item, inbox, message_of, unread, unread_words
from huizhen.notifications.queries.preferences import Wishes, wishes

__all__ = [
    "Inbox",
    "Item",
    "Sending",
    "Sendings",
    "Wishes",
    "inbox",
    "log_of",
    "message_of",
    "troubles",
    "unread",
    "unread_words",
    "wishes",
]
