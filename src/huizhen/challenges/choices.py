"""Enumerations of challenges with the words people read."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class ChallengeState(models.TextChoices):
    CHOSEN = "chosen", _("选题")
    APPROVED = "approved", _("已立项")
    ACTIVE = "active", _("攻坚中")
    CONCLUDED = "concluded", _("已结题")
    STOPPED = "stopped", pgettext_lazy("state", "终止")


class InnovationKind(models.TextChoices):
    """创新类型 of the notice; cases use the same five."""

    TECHNOLOGY = "technology", _("技术创新")
    PRODUCT = "product", _("产品创新")
    MANAGEMENT = "management", _("管理创新")
    MECHANISM = "mechanism", _("机制创新")
    SERVICE = "service", _("服务创新")
