"""Sentences of yearly records."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from huizhen.web import sentences

REFUSALS = {
    "record_of_others": (
        _("这份履职记录不由您来看"),
        _("本人、团长、领域接口人、所在单位综合员和党建工作部可以看。"),
    ),
}


def install() -> None:
    """Make the words known to the pages."""
    sentences.register({}, REFUSALS)
