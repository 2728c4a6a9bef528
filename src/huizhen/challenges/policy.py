"""Who may see and change a challenge. It holds no personal data, so everybody with a place in the directory may read it."""

from __future__ import annotations

from django.db.models import QuerySet

from huizhen.challenges.lifecycle import BRANCH, COORDINATOR, OPEN, Step, steps_from
from huizhen.challenges.models import Challenge
from huizhen.directory.queries import Standing
from huizhen.lib.errors import NotVisible


def visible(standing: Standing) -> QuerySet[Challenge]:
    """Every challenge, for whoever is in the directory."""
    return Challenge.objects.all() if standing.person else Challenge.objects.none()


def get_visible(standing: Standing, code: str) -> Challenge:
    """The challenge with this code. NotVisible otherwise."""
    found = visible(standing).select_related("branch__unit", "lead__unit", "campaign").filter(code=code[:16]).first()
    if found is None:
        raise NotVisible("challenge_unknown", code=code[:16])
    return found


def roles_on(standing: Standing, branch_id: int) -> frozenset[str]:
    """What the reader is to the challenges of a branch."""
    held = {BRANCH: branch_id in standing.branch_ids, COORDINATOR: standing.is_coordinator}
    return frozenset(role for role, is_held in held.items() if is_held)


def may_edit(standing: Standing, challenge: Challenge) -> bool:
    """The branch's own people, while the challenge is open."""
    return BRANCH in roles_on(standing, challenge.branch_id) and challenge.state in OPEN


def steps(standing: Standing, challenge: Challenge) -> tuple[Step, ...]:
    """What the reader may do with a challenge now."""
    return steps_from(challenge.state, roles_on(standing, challenge.branch_id))
