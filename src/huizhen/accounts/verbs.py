"""What the journal calls the happenings of accounts, in words people read."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

VERBS = {
    "token_issued": _("领取接口令牌"),
    "token_revoked": _("交还接口令牌"),
    "tokens_revoked": _("收回接口令牌"),
    "password_changed": _("修改密码"),
    "password_chosen": _("设定密码"),
    "language_changed": _("切换语言"),
    "feed_renewed": _("更换日程订阅地址"),
}
