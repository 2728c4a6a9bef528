"""What people read: the steps of a challenge as buttons, and the journal's verbs."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

STEPS = {
    "approved": _("立项"),
    "active": _("开始攻坚"),
    "concluded": _("结题"),
    "stopped": _("终止"),
}
PHRASES = {
    "challenge_created": pgettext_lazy("happening", "登记领题"),
    "challenge_edited": pgettext_lazy("happening", "修改领题"),
    "challenge_advanced": _("推进领题"),
    "milestone_ticked": _("更新里程碑"),
}
