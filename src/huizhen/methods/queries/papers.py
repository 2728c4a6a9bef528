"""What a paper needs: the version of a method it shows, the methods that belong to a case."""

from __future__ import annotations

from django.db.models import Q

from huizhen.directory.queries import Standing
from huizhen.lib.errors import NotVisible
from huizhen.methods.lifecycle import PUBLISHED, Evidence, VersionState
from huizhen.methods.models import Citation, Method, MethodVersion, Proof
from huizhen.methods.policy import get_visible, sees_origin, visible
from huizhen.methods.queries.reading import veil

MOST = 6


def paper_of(standing: Standing, code: str) -> tuple[Method, MethodVersion]:
    """The method and the version its paper shows: the published one; of a draft, the one at work. NotVisible as for the method.

    At most four queries with `get_visible`.
    """
    method = get_visible(standing, code)
    states = (VersionState.WRITING, VersionState.IN_REVIEW) if method.evidence == Evidence.DRAFT else _SHOWN
    version = method.versions.filter(state__in=states).prefetch_related("experts").order_by("-number").first()
    if version is None:
        raise NotVisible("method_unknown", code=code[:16])
    if not sees_origin(standing, method):
        veil(method, version)
    return method, version


_SHOWN = (VersionState.PUBLISHED,)


def methods_of_case(standing: Standing, case: int) -> list[Method]:
    """Published methods that came from a case, were shown by it or used in it, as far as she sees them; most trusted first. One query."""
    cited = Citation.objects.filter(case=case, is_current=True).values("method")
    shown = Proof.objects.filter(case=case).values("method")
    found = visible(standing).filter(Q(source_case=case) | Q(pk__in=cited) | Q(pk__in=shown), evidence__in=PUBLISHED)
    return list(found.order_by("-confidence", "-pk")[:MOST])
