"""Sentences of pictures."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from huizhen.web import sentences

FAULTS = {
    "picture_broken": _("这张图片打不开，可能没有传完。请换一张，或另存后再传。"),
    "picture_too_wide": _("图片的边长不能超过 %(side)s 像素，请缩小后再传。"),
    "too_many_pictures": _("一个工作法最多放 %(most)s 张图片。"),
}


def install() -> None:
    """Make the words known to the pages."""
    sentences.register(FAULTS)
