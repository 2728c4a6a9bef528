"""What every move of a method does first: lock it, ask for the right, ask for its state."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db.models import F
from django.utils import timezone

from huizhen.accounts.models import User
from huizhen.directory.models import Person
from huizhen.directory.queries import Standing, standing
from huizhen.journal.actions import record
from huizhen.lib.errors import NotAllowed, NotNow, NotVisible, StaleWrite
from huizhen.methods.lifecycle import MOVES, REVIEWER, Evidence, Move, VersionState
from huizhen.methods.models import Method, MethodVersion
from huizhen.methods.policy import is_own, roles_on, visible


@dataclass
class Act:
    """A move under way: the locked method, its newest version, who moves it."""

    move: Move
    method: Method
    version: MethodVersion
    who: Standing
    person: Person
    by: User
    at: datetime

    def journal(self, verb: str, **data: object) -> None:
        """Write the move down, with whose right it was."""

        def holds(one: Standing) -> bool:
            return bool(self.move.roles & roles_on(one, self.method, self.version))

        record(
            verb, self.method, by=self.by, at=self.at, label=label_of(self.method),
            on_behalf_of=self.who.lender_name(holds), number=self.version.number, **data,
        )  # fmt: skip

    def turn(self, state: str, **values: object) -> None:
        """Set the state of the version and what goes with it; its revision and the version of the method grow."""
        mine = MethodVersion.objects.filter(
            pk=self.version.pk, revision=self.version.revision, state=self.version.state
        )
        if not mine.update(state=state, revision=F("revision") + 1, **values):
            raise StaleWrite("stale")
        Method.objects.filter(pk=self.method.pk).update(version=F("version") + 1)
        for name, value in {"state": state, **values}.items():
            setattr(self.version, name, value)
        self.version.revision += 1
        self.method.version += 1


def label_of(method: Method) -> str:
    """Code and name, for the journal."""
    return f"{method.code} {method.name}"


def begin(method: Method, name: str, *, by: User, at: datetime, seen: int | None = None) -> Act:
    """Lock the method and check the move: NotVisible, NotAllowed, NotNow, StaleWrite in this order. In a transaction.

    `seen`: the revision of the newest version that was before who acts.
    """
    who = standing(by, on=timezone.localdate(at))
    locked = visible(who).select_for_update(of=("self",)).filter(pk=method.pk).first()
    if locked is None or who.person is None:
        raise NotVisible("method_unknown", code=method.code)
    version = locked.versions.select_related("by").order_by("-number")[0]
    move = MOVES[name]
    if not move.roles & roles_on(who, locked, version):
        is_hers = REVIEWER in move.roles and is_own(who, version)
        raise NotAllowed("own_version" if is_hers else f"method_{_whose(move)}")
    if locked.evidence not in move.evidence or version.state not in move.version:
        raise NotNow("method_gone" if locked.evidence == Evidence.RETIRED else "method_state", state=version.state)
    if seen is not None and seen != version.revision:
        raise StaleWrite("stale")
    return Act(move, locked, version, who, who.person, by, at)


def _whose(move: Move) -> str:
    return (
        "of_author" if VersionState.WRITING in move.version or move.name in ("take_back", "revise") else "of_reviewer"
    )
