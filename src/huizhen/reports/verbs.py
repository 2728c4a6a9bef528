"""What people read: the journal's verbs of this app."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

PHRASES = {
    # rounds
    "round_made": _("查房"),
    "round_taken_back": _("撤回查房"),
    "rounds_due": _("本轮查房快到期"),
    "suggested": _("提建议"),
    "suggestion_answered": _("答复建议"),
    "suggestion_withdrawn": _("撤回建议"),
}
