"""Every write of notifications: messages and their reading, what a person chooses, endpoints, the life of a delivery."""

from huizhen.notifications.actions.deliveries import send_again, settle
from huizhen.notifications.actions.endpoints import add_endpoint, change_endpoint, may_keep, stop_endpoint
from huizhen.notifications.actions.messages import mark_all_read, mark_read, tell, undo_read
from huizhen.notifications.actions.preferences import choose
from huizhen.notifications.actions.trials import remove_endpoint, try_endpoint

__all__ = [
    "add_endpoint",
    "change_endpoint",
    "choose",
    "mark_all_read",
    "mark_read",
    "may_keep",
    "remove_endpoint",
    "send_again",
    "settle",
    "stop_endpoint",
    "tell",
    "try_endpoint",
    "undo_read",
]
