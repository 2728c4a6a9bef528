"""Every write of notifications."""

from huizhen.notifications.actions.messages import mark_all_read, mark_read, tell, undo_read

__all__ = ["mark_all_read", "mark_read", "tell", "undo_read"]
