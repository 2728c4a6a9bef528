"""宣传: from a solved case over its branch's consent to the exact words, review and the board; and off it again."""

from __future__ import annotations

from datetime import timedelta
from io import BytesIO
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from PIL import Image

from huizhen.accounts.models import User
from huizhen.cases.models import Case
from huizhen.directory.models import Person, Posting
from huizhen.directory.queries import standing
from huizhen.journal.models import Entry
from huizhen.lib.errors import Invalid, NotAllowed, NotNow, NotVisible, Refusal, StaleWrite
from huizhen.reports.actions.stories.consenting import agree, ask_consent, refuse, take_back_story, withdraw_consent
from huizhen.reports.actions.stories.pictures import MOST, add_story_picture, remove_story_picture
from huizhen.reports.actions.stories.reviewing import publish_story, return_story, submit_story
from huizhen.reports.actions.stories.writing import draft_story, mask_story, rewrite, save_story, withdraw_story
from huizhen.reports.lifecycle.stories import AUTHOR, BRANCH, MOVES, REVIEWER, StoryState, moves_from
from huizhen.reports.models import Story
from huizhen.reports.queries import stories as queries
from huizhen.reports.sources.stories import SOURCE
from tests.cast import MONDAY, Cast
from tests.racing import at_once

NOW = MONDAY + timedelta(days=10)
ON = NOW.date()
WORDS = {
    "title": "宿舍晚高峰不再卡", "lead": "先均衡再扩容，负荷降到六成八。", "problem": "晚高峰宿舍小区负荷超过九成。",
    "done": "- 做负荷均衡\n- 扩容两个小区", "result": "视频不再卡顿。", "voice": "学生说网快了。",
}  # fmt: skip


def photo(colour: str = "red") -> BytesIO:
    out = BytesIO()
    Image.new("RGB", (60, 40), colour).save(out, "PNG")
    return BytesIO(out.getvalue())


def drafted(cast: Cast, case: Case | None = None, **words: Any) -> Story:
    story = draft_story(case or cast.archived(), by=cast.leader, at=NOW)
    return save_story(story, WORDS | words, by=cast.leader, at=NOW)


def asked(cast: Cast, case: Case | None = None, **words: Any) -> Story:
    return ask_consent(drafted(cast, case, **words), by=cast.leader, at=NOW)


def digest(story: Story) -> str:
    return story.consents.get(state="waiting").digest


def agreed(cast: Cast, case: Case | None = None) -> Story:
    story = asked(cast, case)
    return agree(story, by=cast.requester, at=NOW, digest=digest(story))


def published(cast: Cast, case: Case | None = None, at: Any = NOW) -> Story:
    return publish_story(submit_story(agreed(cast, case), by=cast.leader, at=NOW), by=cast.coordinator, at=at)


def verbs() -> list[str]:
    return list(Entry.objects.filter(verb__startswith="story").order_by("pk").values_list("verb", flat=True))


def board(user: User, **asked_for: Any) -> list[str]:
    return [one.story.code for one in queries.board(standing(user, on=ON), **asked_for).lines]


def refused(act: Any) -> str:
    with pytest.raises(Refusal) as no:
        act()
    return f"{no.type.__name__} {no.value.code}"


def faults(act: Any) -> dict[str, list[str]]:
    with pytest.raises(Invalid) as no:
        act()
    return {name: [one.code for one in rows] for name, rows in no.value.faults.items()}


def test_moves_stand_in_a_literal_table() -> None:
    table = {
        state: {role: [one.name for one in moves_from(state, frozenset({role}))] for role in (AUTHOR, BRANCH, REVIEWER)}
        for state in StoryState
    }
    assert table == {
        "draft": {AUTHOR: ["write", "ask_consent", "withdraw_story"], BRANCH: [], REVIEWER: ["withdraw_story"]},
        "asked": {AUTHOR: ["take_back", "withdraw_story"], BRANCH: ["agree", "refuse"], REVIEWER: ["withdraw_story"]},
        "agreed": {AUTHOR: ["take_back", "submit", "withdraw_story"], BRANCH: ["withdraw_consent"], REVIEWER: ["withdraw_story"]},
        "in_review": {
            AUTHOR: ["take_back", "withdraw_story"], BRANCH: ["withdraw_consent"], REVIEWER: ["publish", "return_story", "withdraw_story"],
        },
        "published": {AUTHOR: ["withdraw_story"], BRANCH: ["withdraw_consent"], REVIEWER: ["withdraw_story"]},
        "withdrawn": {AUTHOR: ["rewrite"], BRANCH: [], REVIEWER: []},
    }  # fmt: skip
    assert {MOVES[name].target for name in ("take_back", "refuse", "return_story", "rewrite")} == {StoryState.DRAFT}


def test_story_goes_from_its_case_to_the_board_and_off_it(cast: Cast) -> None:
    case = cast.archived()
    story = draft_story(case, by=cast.leader, at=NOW)
    assert (story.code, story.state, story.title) == ("XC26-0001", "draft", case.title)
    assert (story.lead, story.done, story.result) == ("先均衡再扩容", "", "负荷降到六成八"), (
        "no measure was carried out"
    )
    assert (story.indicator, story.before, story.after, story.indicator_unit) == ("晚高峰负荷", 92, 68, "%")
    assert draft_story(case, by=cast.expert, at=NOW) == story, "one story for a case"
    save_story(story, {**WORDS, "before": "1", "after": "2"}, by=cast.leader, at=NOW)
    story = ask_consent(story, by=cast.leader, at=NOW)
    row = story.consents.get()
    assert (story.before, story.after) == (92, 68), "figures are not typed"
    assert row.words["figures"] == {
        "indicator": "晚高峰负荷", "unit": "%", "before": "92", "after": "68", "since": "2026-03-02", "until": "2026-03-10",
    }  # fmt: skip
    assert [row.words[name] for name in queries.TEXTS] == list(WORDS.values())
    assert row.words["branch"] == case.branch.name
    assert row.digest == queries.digest_of(row.words)
    assert refused(lambda: save_story(story, {"title": "别的"}, by=cast.leader, at=NOW)) == "NotNow story_state"
    assert refused(lambda: agree(story, by=cast.requester, at=NOW, digest="0" * 64)) == "StaleWrite stale"
    agree(story, by=cast.requester, at=NOW, digest=row.digest)
    assert refused(lambda: agree(story, by=cast.requester, at=NOW, digest=row.digest)) == "NotNow story_state"
    entry = Entry.objects.get(verb="story_agreed")
    assert entry.data == {
        "case": case.pk, "consent": row.pk, "digest": row.digest, "persons": [cast.person("leader").pk],
    }  # fmt: skip
    submit_story(story, by=cast.leader, at=NOW)
    assert board(cast.outsider) == []
    publish_story(story, by=cast.coordinator, at=NOW)
    assert [board(getattr(cast, who)) for who in ("outsider", "requester", "auditor")] == [["XC26-0001"]] * 3
    withdraw_consent(story, by=cast.second, at=NOW, reason="换了负责人")
    assert board(cast.outsider) == []
    assert refused(lambda: queries.reading(standing(cast.outsider, on=ON), story.code)) == "NotVisible story_unknown"
    assert story.consents.get().state == "withdrawn"
    assert verbs() == [
        "story_drafted", "story_asked", "story_agreed", "story_submitted", "story_published", "story_consent_withdrawn",
    ]  # fmt: skip
    told = "".join(str(one.data) for one in Entry.objects.filter(verb__startswith="story"))
    assert not [text for text in (*WORDS.values(), "换了负责人") if text in told], "no text in the journal"
    again = rewrite(story, by=cast.leader, at=NOW)
    assert (again.state, again.published_at) == ("draft", None)
    assert refused(lambda: withdraw_consent(story, by=cast.second, at=NOW)) == "NotNow story_state"


def test_consent_lapses_with_the_words_it_was_given_to(cast: Cast) -> None:
    story = agreed(cast)
    take_back_story(story, by=cast.leader, at=NOW)
    assert story.consents.get().state == "lapsed"
    save_story(story, {"lead": "换一句话。"}, by=cast.leader, at=NOW)
    story = ask_consent(story, by=cast.leader, at=NOW)
    old, new = story.consents.order_by("pk")
    assert old.digest != new.digest
    assert refused(lambda: agree(story, by=cast.requester, at=NOW, digest=old.digest)) == "StaleWrite stale"
    assert faults(lambda: refuse(story, by=cast.requester, at=NOW, digest=new.digest, reason=" ")) == {
        "reason": ["required"]
    }
    refuse(story, by=cast.requester, at=NOW, digest=new.digest, reason="不要写学生，打 15400012345 商量")
    story.refresh_from_db()
    assert (story.state, story.note.endswith("商量"), "15400012345" in story.note) == ("draft", True, False)
    assert [one.state for one in story.consents.order_by("pk")] == ["lapsed", "refused"]
    # whatever is done to the rows, nothing goes out but the words that were agreed to
    story = ask_consent(story, by=cast.leader, at=NOW)
    agree(story, by=cast.requester, at=NOW, digest=digest(story))
    submit_story(story, by=cast.leader, at=NOW)
    Story.objects.filter(pk=story.pk).update(result="全省第一。")
    assert refused(lambda: publish_story(story, by=cast.coordinator, at=NOW)) == "NotNow story_consent_missing"
    assert faults(lambda: return_story(story, by=cast.coordinator, at=NOW, note="")) == {"note": ["required"]}
    return_story(story, by=cast.coordinator, at=NOW, note="写具体些")
    assert story.consents.order_by("-pk")[0].state == "lapsed"
    assert verbs()[-1] == "story_returned"


def test_names_and_customers_are_masked_or_agreed(cast: Cast) -> None:
    expert = cast.person("expert").name
    story = drafted(
        cast, title="全省首创的办法", lead=f"{expert}三次上门，电话 15400012345。", done="到恒信达科技有限公司现场，做负荷均衡",
        voice=f"{cast.branch.name}说好", names_branch=False,
    )  # fmt: skip
    found = faults(lambda: ask_consent(story, by=cast.leader, at=NOW))
    assert found == {
        "title": ["superlative"], "lead": ["personal_data", "person_named"], "voice": ["branch_named"],
    }  # fmt: skip
    count = mask_story(story, by=cast.leader, at=NOW, values={"title": "晚高峰不再卡"})
    story.refresh_from_db()
    assert count == 4
    assert (story.lead, story.done, story.voice) == (
        "某同事三次上门，电话 154****2345。", "到某客户现场，做负荷均衡", "某支部说好",
    )  # fmt: skip
    named = f"{expert}三次上门。"
    save_story(story, {"lead": named, "consent": f"{expert} 3 月 12 日同意"}, by=cast.leader, at=NOW)
    assert faults(lambda: ask_consent(story, by=cast.leader, at=NOW)) == {"confirm": ["unconfirmed"]}
    key = f"person_consented:lead:{expert}"
    story = ask_consent(story, by=cast.leader, at=NOW, confirmed=[key])
    assert story.consents.get().words["branch"] == ""
    assert faults(lambda: save_story(_fresh(cast), {"lead": "长" * 81, "done": "\x00"}, by=cast.leader, at=NOW)) == {
        "lead": ["too_long"]
    }
    assert set(faults(lambda: ask_consent(_fresh(cast, n=2, emptied=True), by=cast.leader, at=NOW))) == set(
        queries.REQUIRED
    )


def _fresh(cast: Cast, n: int = 1, *, emptied: bool = False) -> Story:
    story = draft_story(cast.archived(title=f"另一个题 {n}"), by=cast.leader, at=NOW)
    return save_story(story, dict.fromkeys(WORDS, ""), by=cast.leader, at=NOW) if emptied else story


def test_everybody_does_her_own_part_only(cast: Cast) -> None:
    case = cast.archived()
    for who in ("requester", "mate", "liaison", "viewer"):
        assert refused(lambda who=who: draft_story(case, by=getattr(cast, who), at=NOW)) == "NotAllowed story_of_author"
    assert refused(lambda: draft_story(case, by=cast.outsider, at=NOW)).startswith("NotVisible")
    assert refused(lambda: draft_story(cast.treated(), by=cast.leader, at=NOW)) == "NotNow story_of_unsolved"
    story = draft_story(case, by=cast.coordinator, at=NOW)
    assert refused(lambda: save_story(story, WORDS, by=cast.requester, at=NOW)) == "NotVisible story_unknown"
    assert refused(lambda: save_story(story, WORDS, by=cast.viewer, at=NOW)) == "NotAllowed story_of_author"
    assert refused(lambda: save_story(story, WORDS, by=cast.coordinator, at=NOW, seen=9)) == "StaleWrite stale"
    save_story(story, WORDS, by=cast.expert, at=NOW)
    ask_consent(story, by=cast.coordinator, at=NOW)
    for who in ("leader", "coordinator", "auditor"):
        told = refused(lambda who=who: agree(story, by=getattr(cast, who), at=NOW, digest=digest(story)))
        assert told == "NotAllowed story_of_branch"
    assert refused(lambda: agree(story, by=cast.outsider, at=NOW, digest=digest(story))) == "NotVisible story_unknown"
    agree(story, by=cast.second, at=NOW, digest=digest(story))
    submit_story(story, by=cast.expert, at=NOW)
    # head office wrote in it; while another of them can, she does not review it
    other = Person.objects.create(
        code="head2", name="许知行", unit=cast.people["coordinator"].unit, user=User.objects.create(username="head2")
    )
    waits = [queries.waiting(standing(cast.coordinator, on=ON), "coordinator")]
    Posting.objects.create(person=other, role="coordinator", since=MONDAY.date())
    waits += [queries.waiting(standing(who, on=ON), "coordinator") for who in (cast.coordinator, other.user) if who]
    assert [[one.code for one in rows] for rows in waits] == [[story.code], [], [story.code]], "who wrote does not wait"
    assert refused(lambda: publish_story(story, by=cast.coordinator, at=NOW)) == "NotAllowed own_story"
    assert refused(lambda: publish_story(story, by=cast.leader, at=NOW)) == "NotAllowed story_of_reviewer"
    assert other.user is not None
    publish_story(story, by=other.user, at=NOW)
    assert faults(lambda: withdraw_story(story, by=cast.leader, at=NOW, reason="")) == {"reason": ["required"]}
    withdraw_story(story, by=cast.leader, at=NOW, reason="数要再核")
    assert Entry.objects.get(verb="story_withdrawn").data["branch"] == cast.branch.pk
    # who acts 代 for the branch does not answer what she asked herself
    Posting.objects.create(person=cast.person("leader"), role="requester", branch=cast.branch, since=MONDAY.date())
    mine = asked(cast, cast.archived(title="自己的题"))
    assert refused(lambda: agree(mine, by=cast.leader, at=NOW, digest=digest(mine))) == "NotAllowed own_story_consent"


def test_story_is_off_the_board_while_its_case_is_hushed_or_open(cast: Cast) -> None:
    case = cast.archived()
    story = published(cast, case)
    reader = standing(cast.outsider, on=ON)
    assert queries.reading(reader, story.code).case_seen == "summary"
    Case.objects.filter(pk=case.pk).update(is_sensitive=True)
    assert (board(cast.outsider), board(cast.leader)) == ([], [])
    assert refused(lambda: queries.reading(reader, story.code)) == "NotVisible story_unknown"
    assert refused(lambda: draft_story(case, by=cast.auditor, at=NOW)).startswith("NotVisible")
    Case.objects.filter(pk=case.pk).update(is_sensitive=False)
    cast.take(case, "reopen", "requester", NOW, reason="又超限了")
    assert board(cast.outsider) == []
    assert queries.reading(standing(cast.requester, on=ON), story.code).is_on_board is False
    with_state = _fresh(cast)
    Case.objects.filter(pk=with_state.case_id).update(is_sensitive=True)
    assert refused(lambda: ask_consent(with_state, by=cast.leader, at=NOW)).startswith("Not")


def test_pictures_are_redrawn_counted_and_kept_for_what_was_asked(cast: Cast) -> None:
    story = drafted(cast)
    first = add_story_picture(story, by=cast.leader, at=NOW, content=photo(), caption="现场")
    second = add_story_picture(story, by=cast.leader, at=NOW, content=photo("blue"))
    assert Image.open(BytesIO(bytes(first.small))).format == "JPEG"
    assert faults(lambda: add_story_picture(story, by=cast.leader, at=NOW, content=BytesIO(b"<svg/>"))) == {
        "picture": ["type_not_allowed"]
    }
    assert (
        refused(lambda: add_story_picture(story, by=cast.viewer, at=NOW, content=photo()))
        == "NotAllowed story_of_author"
    )
    assert faults(lambda: ask_consent(story, by=cast.leader, at=NOW)) == {f"caption-{second.key}": ["caption_missing"]}
    values = {"captions": {str(second.key): "测试图"}, "cover": str(second.key)}
    save_story(story, values, by=cast.leader, at=NOW)
    assert [one.key for one in queries.pictures_of(story)] == [second.key, first.key]
    reader = standing(cast.requester, on=ON)
    assert refused(lambda: queries.get_picture(reader, first.key)) == "NotVisible picture_unknown"
    story = ask_consent(story, by=cast.leader, at=NOW)
    assert queries.get_picture(reader, first.key) == first
    refuse(story, by=cast.requester, at=NOW, digest=digest(story), reason="换张图")
    remove_story_picture(story, first.key, by=cast.leader, at=NOW)
    remove_story_picture(story, uuid4(), by=cast.leader, at=NOW)
    assert [one.key for one in queries.pictures_of(story)] == [second.key]
    assert queries.get_picture(reader, first.key) == first, "the branch still sees what it was asked with"
    assert refused(lambda: queries.get_picture(standing(cast.outsider, on=ON), second.key)).startswith("NotVisible")
    other = _fresh(cast)
    with pytest.raises(NotVisible):
        remove_story_picture(other, first.key, by=cast.leader, at=NOW)
    Story.objects.get(pk=other.pk).pictures.bulk_create(
        [
            type(first)(story=other, kind="png", content=b"", small=b"", width=1, height=1, by=first.by, at=NOW)
            for _ in range(MOST)
        ]
    )
    assert faults(lambda: add_story_picture(other, by=cast.leader, at=NOW, content=photo())) == {
        "picture": ["too_many_story_pictures"]
    }


def test_board_and_desk_are_read_with_a_fixed_number_of_queries(cast: Cast) -> None:
    for n in range(3):
        story = published(cast, cast.archived(title=f"第 {n} 题"), at=NOW + timedelta(hours=n))
        if n in (0, 2):
            with CaptureQueriesContext(
                connection,
            ) as counted:
                assert len(board(cast.outsider)) == n + 1
            assert len([one for one in counted if "reports_" in one["sql"]]) == 2
            reader = standing(cast.leader, on=ON)
            with CaptureQueriesContext(connection) as counted:
                queries.reading(reader, story.code)
            assert len(counted) == 4
            with CaptureQueriesContext(connection) as counted:
                assert len(queries.desk(standing(cast.leader, on=ON), state="published").lines) == n + 1
            assert len([one for one in counted if "reports_" in one["sql"]]) == 1
    codes = ["XC26-0003", "XC26-0002", "XC26-0001"]
    first = queries.board(standing(cast.outsider, on=ON), limit=2)
    rest = queries.board(standing(cast.outsider, on=ON), limit=2, after=first.after)
    assert [one.story.code for page in (first, rest) for one in page.lines] == codes
    assert rest.after == ""
    assert board(cast.outsider, domain="NET", after="nonsense") == codes
    assert board(cast.outsider, domain="FIN") == []
    asked(cast, cast.archived(title="第四个题"))
    waits = {
        who: [one.state for one in queries.waiting(standing(getattr(cast, who), on=ON), who)]
        for who in ("requester", "leader", "coordinator", "viewer")
    }
    assert waits == {"requester": ["asked"], "leader": [], "coordinator": [], "viewer": []}
    assert [one.story.state for one in queries.desk(standing(cast.expert, on=ON)).lines] == ["asked"]


@pytest.mark.django_db(transaction=True)
def test_two_at_once_leave_one_story_and_one_answer(cast: Cast) -> None:
    case = cast.archived()
    made = at_once(
        *(
            lambda who=who: draft_story(case, by=getattr(cast, who), at=NOW)
            for who in ("leader", "expert", "coordinator")
        )
    )
    assert {one.pk for one in made} == {Story.objects.get().pk}
    story = save_story(made[0], WORDS, by=cast.leader, at=NOW)
    ask_consent(story, by=cast.leader, at=NOW)
    known = digest(story)
    answers = at_once(
        lambda: agree(story, by=cast.requester, at=NOW, digest=known),
        lambda: refuse(story, by=cast.second, at=NOW, digest=known, reason="再改改"),
        lambda: take_back_story(story, by=cast.leader, at=NOW),
    )
    story.refresh_from_db()
    states = [one.state for one in story.consents.all()]
    assert (story.state, states) in [("agreed", ["agreed"]), ("draft", ["refused"]), ("draft", ["lapsed"])]
    assert sum(isinstance(one, Story) for one in answers) in (1, 2)
    assert all(isinstance(one, Story | NotNow | NotVisible | StaleWrite | NotAllowed) for one in answers)


def test_published_story_is_found_while_it_is_on_the_board(cast: Cast) -> None:
    case = cast.archived()
    story = published(cast, case)
    _fresh(cast)
    reader = standing(cast.outsider, on=ON)
    (found,) = SOURCE.documents(SOURCE.after(0, 10))
    assert (found.code, found.title, found.scopes) == (story.code, WORDS["title"], ("all",))
    assert "扩容两个小区" in found.body
    assert SOURCE.readable(reader, [(story.pk, "full")]) == {(story.pk, "full")}
    cast.take(case, "reopen", "requester", NOW, reason="又超限了")
    assert SOURCE.touched(Entry.objects.filter(verb__in=["reopen", "diagnose"])) == {story.pk}
    assert list(SOURCE.documents([story.pk])) == []
    assert SOURCE.readable(reader, [(story.pk, "full")]) == set()
