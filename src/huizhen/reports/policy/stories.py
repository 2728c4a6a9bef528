"""Who may see a story, who reads its words, and who she is to it.

Published, it is everybody's who is in the directory, as long as its case is solved and not 敏感. Before that it is for those who may write
it (the leader of the case's group, the accountable person, head office), for the readers of all, and for the branch once it was asked.
"""

from __future__ import annotations

from django.db.models import Exists, OuterRef, Q, QuerySet

from huizhen.cases.models import Case
from huizhen.cases.policy import SUMMARY_STAGES
from huizhen.cases.policy import visible as visible_cases
from huizhen.directory.choices import PostingRole
from huizhen.directory.models import Posting
from huizhen.directory.queries import Standing
from huizhen.lib.errors import NotVisible
from huizhen.reports.lifecycle.stories import AUTHOR, BRANCH, PUBLISHED, REVIEWER, Move, StoryState, moves_from
from huizhen.reports.models.stories import Story, StoryConsent


def on_board(standing: Standing) -> QuerySet[Story]:
    """What everybody may read: published, of a case that is still solved and not 敏感."""
    if standing.person is None:
        return Story.objects.none()
    return Story.objects.filter(state=PUBLISHED, case__is_sensitive=False, case__stage__in=SUMMARY_STAGES)


def is_on_board(story: Story) -> bool:
    """The Python twin of `on_board`, for who is in the directory."""
    return story.state == PUBLISHED and not story.case.is_sensitive and story.case.stage in SUMMARY_STAGES


def written_by(standing: Standing) -> Q:
    """Stories she may write; the SQL twin of `may_write`."""
    if standing.is_coordinator:
        return Q()
    return Q(case__group__in=standing.led_group_ids) | Q(case__accountable__in=standing.person_ids)


def may_write(standing: Standing, case: Case) -> bool:
    """Whether the story of a case is hers to write: who leads its group, who holds or held it last, head office."""
    if standing.person is None:
        return False
    return (
        standing.is_coordinator or case.group_id in standing.led_group_ids or case.accountable_id in standing.person_ids
    )


def asked_of(standing: Standing) -> Q:
    """Stories about her branches."""
    return Q(case__branch__in=standing.branch_ids)


def visible(standing: Standing) -> QuerySet[Story]:
    """Stories she may know of."""
    if standing.person is None:
        return Story.objects.none()
    public = Q(state=PUBLISHED, case__is_sensitive=False, case__stage__in=SUMMARY_STAGES)
    hers = written_by(standing)
    if not standing.is_reader_of_all:
        asked = Exists(StoryConsent.objects.filter(story=OuterRef("pk")))
        hers |= asked_of(standing) & Q(asked)
        return Story.objects.filter(public | (hers & _case_seen(standing)))
    return Story.objects.filter(public | _case_seen(standing))


def _case_seen(standing: Standing) -> Q:
    return Q(Exists(visible_cases(standing).filter(pk=OuterRef("case"))))


def get_visible(standing: Standing, code: str) -> Story:
    """The story with this code; NotVisible otherwise, whether it exists or not."""
    found = visible(standing).select_related("case__branch__unit", "case__group", "domain", "by", "note_by")
    story = found.filter(code=code[:16].replace("\x00", "")).first()
    if story is None:
        raise NotVisible("story_unknown", code=code[:16])
    return story


def roles_on(standing: Standing, story: Story) -> frozenset[str]:
    """What she is to a story today. Who wrote in it does not review it while another of head office can. At most two queries."""
    if standing.person is None:
        return frozenset()
    held = {
        AUTHOR: may_write(standing, story.case),
        BRANCH: story.case.branch_id in standing.branch_ids,
        REVIEWER: is_reviewer(standing, story),
    }
    return frozenset(role for role, is_held in held.items() if is_held)


def is_own(standing: Standing, story: Story) -> bool:
    """Whether she, or somebody for whom she acts, wrote in it. One query."""
    return story.writers.filter(pk__in=standing.person_ids).exists()


def is_reviewer(standing: Standing, story: Story) -> bool:
    """Head office; not who wrote in it, unless nobody else is there. At most two queries."""
    if not standing.is_coordinator:
        return False
    if not is_own(standing, story):
        return True
    others = Posting.objects.filter(role=PostingRole.COORDINATOR, until=None).exclude(person__in=story.writers.all())
    return not others.exists()


def to_review(standing: Standing) -> Q:
    """The SQL twin of `is_reviewer`."""
    if not standing.is_coordinator:
        return Q(pk=None)
    written = Story.writers.through.objects.filter(story=OuterRef("pk"))
    held = Posting.objects.filter(role=PostingRole.COORDINATOR, until=None)
    wrote = Story.writers.through.objects.filter(story=OuterRef(OuterRef("pk")), person=OuterRef("person"))
    return ~Q(Exists(written.filter(person__in=standing.person_ids))) | ~Q(Exists(held.filter(~Exists(wrote))))


def reads_words(standing: Standing, story: Story, roles: frozenset[str]) -> bool:
    """Whether the words as they stand are for her: a branch reads a draft only as it was asked about it."""
    if is_on_board(story) or AUTHOR in roles or standing.is_reader_of_all:
        return True
    return BRANCH in roles and story.state != StoryState.DRAFT


def moves(standing: Standing, story: Story) -> tuple[Move, ...]:
    """What she may do with a story now."""
    return moves_from(story.state, roles_on(standing, story))
