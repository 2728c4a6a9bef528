"""Sentences of the audit pages."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from huizhen.web import sentences

REFUSALS = {
    "audit_only": (_("流水由审计和党建工作部查看"), _("需要核对某一步时，请联系他们。没有任何内容被改动。")),
}


def install() -> None:
    """Make the words known to the pages."""
    sentences.register(refusals=REFUSALS)
