"""What the journal calls the happenings of search, in words people read."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

VERBS = {
    "search_rebuild_asked": _("要求重建索引"),
    "synonym_added": _("添加同义词"),
    "synonym_changed": _("修改同义词"),
    "synonym_removed": _("移除同义词"),
    "synonym_restored": _("恢复同义词"),
}
