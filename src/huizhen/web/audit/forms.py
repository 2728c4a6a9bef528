"""Filters of the journal."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from huizhen.web.filters import Filters, one_of, sought

REVEALS = ("reveal_phone",)
EXPORTS = ("roster_exported", "door_links_exported", "case_exported", "worklist_exported")
KINDS = {"reveals": REVEALS, "exports": EXPORTS}


class EntryFilters(Filters):
    code = sought(_("编号"), _("病例或领题编号"))
    who = sought(_("谁"), _("姓名或账号"))
    verb = one_of(_("做了什么"), _("全部"))
