"""Sentences of the campaign's settings."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from huizhen.web import sentences

FAULTS = {
    "no_amount": _("请写成“3 天”“4 小时”或“30 分”。"),
    "nothing_changed": _("和现行的时限一样，没有什么要发布的。"),
}


def install() -> None:
    """Make the words known to the pages."""
    sentences.register(FAULTS)
