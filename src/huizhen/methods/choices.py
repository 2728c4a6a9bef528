"""Enumerations of methods, with the words people read."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class PieceKind(models.TextChoices):
    """What a field of a method was taken from."""

    CONDITION = "condition", _("病情")
    FINDINGS = "findings", _("诊断")
    CAUSE = "cause", _("病因")
    MEASURE = "measure", _("举措")
    EFFECT = "effect", _("成效")
    MINUTES = "minutes", _("会诊纪要")
    REPLY = "reply", _("终结答复")


class EvidenceWords(models.TextChoices):
    """States by evidence (`lifecycle.Evidence`) as people read them."""

    DRAFT = "draft", pgettext_lazy("evidence", "草稿")
    REVIEWED = "reviewed", pgettext_lazy("evidence", "已评审")
    VERIFIED = "verified", pgettext_lazy("evidence", "已验证")
    PROMOTED = "promoted", pgettext_lazy("evidence", "推广")
    RETIRED = "retired", pgettext_lazy("evidence", "退役")


class VersionWords(models.TextChoices):
    """States of a version (`lifecycle.VersionState`) as people read them."""

    WRITING = "writing", pgettext_lazy("version", "撰写中")
    IN_REVIEW = "in_review", pgettext_lazy("version", "评审中")
    PUBLISHED = "published", pgettext_lazy("version", "现行")
    REPLACED = "replaced", pgettext_lazy("version", "已更新")


class Use(models.TextChoices):
    """What a reuse came to, in the words of who reused it."""

    WAITING = "waiting", pgettext_lazy("reuse", "待反馈")
    SOLVED = "solved", pgettext_lazy("reuse", "解决了")
    PARTLY = "partly", pgettext_lazy("reuse", "部分解决")
    NO_USE = "no_use", pgettext_lazy("reuse", "没有用")


class Better(models.TextChoices):
    """Which way an indicator is to go."""

    LOWER = "lower", pgettext_lazy("indicator", "越低越好")
    HIGHER = "higher", pgettext_lazy("indicator", "越高越好")


class DecisionKind(models.TextChoices):
    """What may be decided about a published method as a whole."""

    PROMOTE = "promote", pgettext_lazy("decision", "推广")
    RETIRE = "retire", pgettext_lazy("decision", "退役")
    REVIVE = "revive", pgettext_lazy("decision", "恢复")
    CONFIRM = "confirm", pgettext_lazy("decision", "仍然有效")


class ReviewVerdict(models.TextChoices):
    PUBLISHED = "published", pgettext_lazy("review", "通过")
    RETURNED = "returned", pgettext_lazy("review", "退回修改")


class ClinicState(models.TextChoices):
    PLANNED = "planned", pgettext_lazy("clinic", "已安排")
    HELD = "held", pgettext_lazy("clinic", "已召开")
    CANCELLED = "cancelled", pgettext_lazy("clinic", "已取消")


class ClinicReason(models.TextChoices):
    """Why a case is worth a clinic, the strongest reason first."""

    WORSE = "worse", _("加重")
    NONE = "none", _("无效")
    DISPUTED = "disputed", _("有分歧")
    MARKED = "marked", _("显效")
    JOINT = "joint", _("跨团会诊")
