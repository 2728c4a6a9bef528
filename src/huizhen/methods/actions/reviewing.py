"""Reviewing a version: out to all readers, or back to its author."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from huizhen.accounts.models import User
from huizhen.directory.models import Group
from huizhen.lib.errors import Invalid, NotNow
from huizhen.lib.text import clean
from huizhen.methods.actions.moving import Act, begin
from huizhen.methods.actions.weighing import weigh
from huizhen.methods.choices import ReviewVerdict
from huizhen.methods.lifecycle import Evidence, VersionState
from huizhen.methods.matching import NAME_LONGEST
from huizhen.methods.models import Method, MethodCounter, MethodReview, MethodVersion
from huizhen.methods.queries.twins import hushed_sources, same_name

NOTE_LONGEST = 1000


def publish(method: Method, *, by: User, at: datetime, seen: int | None = None, note: str = "") -> MethodVersion:
    """The version becomes what readers see; the one before it is kept and never edited. A draft becomes 已评审.

    Side effects: a review row; name, meaning and confidence of the method; journal `method_published` naming the people and the branch it came
    from. NotAllowed: not the reviewer, or she wrote it herself. NotNow: not in review, or a case it is made of is 敏感 by now.
    StaleWrite: it was taken back meanwhile. Invalid: another method was published with this name meanwhile.
    """
    words = _note(note)
    with transaction.atomic():
        # One after the other: of two that bear the same name the second is refused.
        list(MethodCounter.objects.select_for_update().order_by("year"))
        act = begin(method, "publish", by=by, at=at, seen=seen)
        if hushed_sources(act.version):
            raise NotNow("source_hushed")
        if twin := same_name(act.version):
            raise Invalid.one("name", "method_name_taken", code=twin.code)
        act.method.versions.filter(state=VersionState.PUBLISHED).update(state=VersionState.REPLACED)
        act.turn(VersionState.PUBLISHED, published_at=at)
        MethodReview.objects.create(
            version=act.version, by=act.person, at=at, verdict=ReviewVerdict.PUBLISHED, note=words
        )
        is_new = act.method.evidence == Evidence.DRAFT
        changes = {
            "name": act.version.name[:NAME_LONGEST], "meaning": act.version.meaning[:120], "looked_at": at,
            "needs_review_since": None,
        }  # fmt: skip
        if is_new:
            changes |= {"evidence": Evidence.REVIEWED, "published_at": at}
        Method.objects.filter(pk=act.method.pk).update(**changes)
        for name, value in changes.items():
            setattr(act.method, name, value)
        experts = list(act.version.experts.order_by("pk").values_list("pk", flat=True))
        act.journal(
            "method_published", is_new=is_new, persons=sorted({*experts, act.version.by_id, act.method.owner_id}),
            groups=_groups(act) if is_new else [], branch=act.method.first_branch_id if is_new else None,
            case=act.method.source_case_id,
        )  # fmt: skip
        weigh(act.method, at=at)
        return act.version


def return_version(method: Method, *, by: User, at: datetime, note: str, seen: int | None = None) -> MethodVersion:
    """Back to its author, with what is to be different. Side effects: a review row; journal `method_returned`. Invalid: no note."""
    words = _note(note)
    with transaction.atomic():
        act = begin(method, "return_version", by=by, at=at, seen=seen)
        if not words:
            raise Invalid.one("note", "required")
        act.turn(VersionState.WRITING, submitted_at=None)
        MethodReview.objects.create(
            version=act.version, by=act.person, at=at, verdict=ReviewVerdict.RETURNED, note=words
        )
        act.journal("method_returned", persons=sorted({act.version.by_id, act.method.owner_id}))
        return act.version


def _groups(act: Act) -> list[int]:
    """The groups of the domain: their leaders hear of a new method."""
    open_ = Group.objects.filter(domain=act.method.domain_id, closed_on=None, campaign__is_current=True)
    return list(open_.order_by("pk").values_list("pk", flat=True))


def _note(note: str) -> str:
    words = clean(note, lines=True)
    if len(words) > NOTE_LONGEST:
        raise Invalid.one("note", "too_long", max=NOTE_LONGEST, length=len(words))
    return words
