"""Sentences of figures."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from huizhen.web import sentences

FAULTS = {"figures_period": _("请选好起止日期：先后不能颠倒，最多 %(most)s 天。")}
REFUSALS = {
    "figures_of_nobody": (_("您还没有岗位，没有可看的统计"), _("请联系党建工作部登记岗位。")),
}


def install() -> None:
    """Make the words known to the pages."""
    sentences.register(FAULTS, REFUSALS)
