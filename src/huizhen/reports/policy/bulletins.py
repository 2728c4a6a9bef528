"""Who sees a bulletin, who writes, reviews and issues it."""

from __future__ import annotations

from django.db.models import QuerySet

from huizhen.directory.queries import Standing, setting
from huizhen.lib.errors import NotVisible
from huizhen.lib.text import clean
from huizhen.reports.lifecycle.bulletins import EDITOR, NUMBERED, REVIEWER, moves_from
from huizhen.reports.models import Bulletin


def is_office(standing: Standing) -> bool:
    """Whether she sees bulletins before they are issued: head office, and the executives, who may review them."""
    return standing.person is not None and (standing.is_coordinator or standing.is_viewer)


def visible(standing: Standing) -> QuerySet[Bulletin]:
    """Issued ones, and those whose number was voided, are everybody's; the others are head office's and the executives'."""
    if standing.person is None:
        return Bulletin.objects.none()
    rows = Bulletin.objects.all()
    return rows if is_office(standing) else rows.filter(state__in=NUMBERED)


def get_visible(standing: Standing, code: str) -> Bulletin:
    """The bulletin with this code, without its Word file; NotVisible otherwise, whether it exists or not."""
    rows = visible(standing).select_related(
        "campaign", "author", "reviewed_by", "issued_by", "voided_by"
    )  # fmt: skip
    found = rows.defer("word").filter(code=clean(code)[:20]).first()
    if found is None:
        raise NotVisible("bulletin_unknown", code=code[:20])
    return found


def wrote(standing: Standing, bulletin: Bulletin) -> bool:
    """Whether she herself has written in it. One query."""
    return standing.person is not None and bulletin.writers.filter(pk=standing.person.pk).exists()


def roles_on(standing: Standing, bulletin: Bulletin) -> frozenset[str]:
    """What she is to this bulletin. Who wrote in it does not review it, unless the campaign's setting says that one person may do both."""
    if not is_office(standing):
        return frozenset()
    found = {EDITOR} if standing.is_coordinator else set()
    if not setting(bulletin.campaign, "bulletin_second") or not wrote(standing, bulletin):
        found.add(REVIEWER)
    return frozenset(found)


def moves(standing: Standing, bulletin: Bulletin) -> tuple[str, ...]:
    """Names of what she may do with it now."""
    return moves_from(bulletin.state, roles_on(standing, bulletin))
