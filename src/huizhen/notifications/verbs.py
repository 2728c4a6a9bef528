"""What people read: the journal's verbs of this app."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

PHRASES = {
    "endpoint_added": _("添加机器人"),
    "endpoint_changed": _("修改机器人"),
    "endpoint_stopped": _("停用机器人"),
}
