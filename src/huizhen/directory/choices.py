"""Enumerations of the directory with the words people read."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class UnitKind(models.TextChoices):
    CITY = "city", _("市公司")
    DEPARTMENT = "department", _("省公司部门")
    DIRECT = "direct", _("直属单位")


class BranchKind(models.TextChoices):
    ORDINARY = "ordinary", _("党支部")
    JOINT = "joint", _("联合党支部")
    TEMPORARY = "temporary", _("临时党支部")


class MemberRole(models.TextChoices):
    LEADER = "leader", _("团长")
    DEPUTY = "deputy", _("副团长")
    MEMBER = "member", _("成员")


class PostingRole(models.TextChoices):
    """Posts that give rights. Experts and leaders hold memberships instead."""

    REQUESTER = "requester", _("问诊人")
    LIAISON = "liaison", _("领域接口人")
    CLERK = "clerk", _("综合员")
    COORDINATOR = "coordinator", _("党建工作部")
    VIEWER = "viewer", _("领导")
    AUDITOR = "auditor", _("审计")
