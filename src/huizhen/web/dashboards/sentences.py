"""Sentences of the overview."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from huizhen.web import sentences

REFUSALS = {"screen_of_head_office": (_("大屏由党建工作部、领导和审计打开"), _("您可以看总览。"))}


def install() -> None:
    """Make the words known to the pages."""
    sentences.register({}, REFUSALS)
