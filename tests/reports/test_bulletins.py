"""通报: the golden month in words and Word file; who writes, reviews, issues; numbers without a gap, also when two issue at once."""

from __future__ import annotations

from datetime import date, timedelta
from io import BytesIO
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone
from docx import Document

from huizhen.directory.queries import standing
from huizhen.journal.models import Entry
from huizhen.lib.errors import Invalid, NotAllowed, NotNow, NotVisible, StaleWrite
from huizhen.reports import jobs
from huizhen.reports.actions import bulletins as actions
from huizhen.reports.models import Bulletin, BulletinCounter
from huizhen.reports.papers.bulletin import number_words, sections, words
from huizhen.reports.policy.bulletins import get_visible, moves
from huizhen.reports.queries import bulletins as queries
from tests.cast import MONDAY, Cast, build
from tests.racing import at_once
from tests.reports.bulletins import AT, MARCH, WORDS, drafted, issued, passed
from tests.reports.golden import EXPECTED, golden_month

JANUARY, FEBRUARY = date(2026, 1, 1), date(2026, 2, 1)
HOUR = timedelta(hours=1)


def verbs() -> list[str]:
    return list(Entry.objects.filter(target_type="reports.bulletin").order_by("pk").values_list("verb", flat=True))


def tables(word: bytes) -> dict[str, list[list[str]]]:
    """Every table of a Word file by its first cell."""
    found = {}
    for table in Document(BytesIO(word)).tables:
        rows = [[cell.text for cell in row.cells] for row in table.rows]
        found[rows[0][0]] = rows
    return found


def test_golden_month_stands_in_the_bulletin_and_its_word_file(cast: Cast, django_assert_num_queries: Any) -> None:
    golden_month(cast)
    jobs.drain(timezone.now())
    draft = drafted(cast)
    with django_assert_num_queries(17):
        live = queries.counted(draft, now=AT)
    made = issued(cast)
    told = queries.told(Bulletin.objects.get(), now=AT + 90 * HOUR)
    assert told == live, "frozen as it was"
    assert {one.code: (one.numerator, one.denominator, one.value) for one in told.overall} == {
        code: expected for code, expected in EXPECTED.items() if code != "fairness"
    }
    assert [(row.code, row["first_contact_on_time"].value) for row in told.groups] == [("NET-01", "87.5")]
    assert [(row.code, words(row["session_rate"])) for row in told.domains] == [("NET", "0/4")]

    word = tables(bytes(made.word or b""))
    said = {row[0]: tuple(row[1:3]) for row in word["指标"][1:]}
    for number in told.overall:
        top, whole, value = EXPECTED[number.code]
        if number.kind in ("count", "reuse"):
            assert said[number.label] == (str(top), ""), number
        elif number.kind == "rate":
            counts = f"{top}/{whole}"
            assert said[number.label] == ((f"{value}%", counts) if value else (counts if whole else "—", "")), number
        else:
            assert said[number.label] == ((f"{value}小时", f"{whole}次") if value else ("—", "")), number
    assert word["专家团"][1] == ["无线网络优化专家团", "9", "2", "87.5%", "0/4", "0/4", "3/3", "2/3", "0"]
    assert word["领域"][1][0] == "网络运维"
    text = "\n".join(one.text for one in Document(BytesIO(bytes(made.word or b""))).paragraphs)
    assert "党建通〔2026〕1号" in text
    assert "本期挂号9例，其中加急、特急1例；已破题2例、未破题结案1例、撤号1例。" in text
    assert "首次沟通及时率87.5%，会诊率0/4，处方及时率57.1%，" in text
    for sentence in WORDS.values():
        assert sentence in text
    # Words cannot hold numbers of their own accord: none of the facts comes from a field.
    facts = [fact for one in sections(made, told) for fact in one.facts]
    assert not [fact for fact in facts if any(sentence in fact for sentence in WORDS.values())]
    assert "首次沟通有超时的专家团：无线网络优化专家团1次。" in facts


def test_bulletin_goes_its_way_and_only_others_review_it(cast: Cast) -> None:
    draft = drafted(cast)
    assert actions.draft_bulletin(cast.campaign, MARCH, by=cast.coordinator, at=AT).pk == draft.pk
    assert (draft.code, draft.title) == ("TB2603", "关于2026年3月“领题破题 2026”推进情况的通报")
    assert (draft.since, draft.until) == (date(2026, 2, 15), date(2026, 3, 13))
    for who in ("clerk", "auditor", "leader"):
        with pytest.raises(NotVisible):
            get_visible(standing(cast.users[who], on=AT.date()), draft.code)
        with pytest.raises(NotAllowed):
            actions.draft_bulletin(cast.campaign, JANUARY, by=cast.users[who], at=AT)
    with pytest.raises(NotAllowed) as no:
        actions.save_bulletin(draft, {"overview": "改"}, by=cast.viewer, at=AT)
    assert no.value.code == "bulletin_of_office"
    with pytest.raises(StaleWrite):
        actions.save_bulletin(draft, {"overview": "改"}, by=cast.coordinator, at=AT, seen=draft.revision - 1)
    with pytest.raises(Invalid) as wrong:
        actions.save_bulletin(draft, {"overview": "长" * 4001, "title": "题" * 61}, by=cast.coordinator, at=AT)
    assert set(wrong.value.faults) == {"overview", "title"}
    emptied = actions.save_bulletin(draft, {"problems": " \x00 "}, by=cast.coordinator, at=AT)
    with pytest.raises(Invalid) as wrong:
        actions.submit_bulletin(emptied, by=cast.coordinator, at=AT)
    assert set(wrong.value.faults) == {"problems"}
    told = actions.save_bulletin(
        draft, {"problems": "有事找 15400012345", "figures": {"x": 1}, "state": "issued"}, by=cast.coordinator, at=AT
    )
    assert ("15400012345" in told.problems, told.state, told.figures) == (False, "draft", None)

    sent = actions.submit_bulletin(told, by=cast.coordinator, at=AT)
    reviewers = Entry.objects.get(verb="bulletin_submitted").data["persons"]
    assert reviewers == [cast.person("viewer").pk]
    with pytest.raises(NotNow):
        actions.save_bulletin(sent, {"overview": "改"}, by=cast.coordinator, at=AT)
    with pytest.raises(NotAllowed) as no:
        actions.pass_bulletin(sent, by=cast.coordinator, at=AT)
    assert no.value.code == "own_bulletin"
    with pytest.raises(Invalid):
        actions.return_bulletin(sent, by=cast.viewer, at=AT, note="不")
    back = actions.return_bulletin(sent, by=cast.viewer, at=AT, note="请写清问题在哪里")
    assert (back.state, back.review_note) == ("draft", "请写清问题在哪里")
    sent = actions.submit_bulletin(back, by=cast.coordinator, at=AT)
    with pytest.raises(StaleWrite):
        actions.pass_bulletin(sent, by=cast.viewer, at=AT, seen=sent.revision - 1)
    good = actions.pass_bulletin(sent, by=cast.viewer, at=AT, seen=sent.revision)
    with pytest.raises(NotAllowed):
        actions.issue_bulletin(good, by=cast.viewer, at=AT)
    again = actions.take_back_bulletin(good, by=cast.coordinator, at=AT)
    with pytest.raises(NotNow):
        actions.issue_bulletin(again, by=cast.coordinator, at=AT)
    assert moves(standing(cast.coordinator, on=AT.date()), again) == ("write", "submit", "discard")
    # One person alone at head office: the campaign says so, and she passes her own.
    cast.campaign.settings = {"bulletin_second": 0}
    cast.campaign.save()
    sent = actions.submit_bulletin(again, by=cast.coordinator, at=AT)
    alone = actions.pass_bulletin(sent, by=cast.coordinator, at=AT)
    passed_ = Entry.objects.filter(verb="bulletin_passed").latest("pk")
    assert passed_.data["digest"] == actions.words_digest(alone)
    assert actions.issue_bulletin(alone, by=cast.coordinator, at=AT).state == "issued"
    with pytest.raises(NotNow):
        actions.issue_bulletin(alone, by=cast.coordinator, at=AT)
    assert Entry.objects.get(verb="bulletin_issued").data["digest"] == passed_.data["digest"]
    assert Entry.objects.get(verb="bulletin_issued").data["persons"] == [cast.person("clerk").pk]
    assert verbs()[-3:] == ["bulletin_submitted", "bulletin_passed", "bulletin_issued"]


def test_numbers_follow_each_other_and_voided_ones_stay(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    first = issued(cast, JANUARY)
    assert number_words(first) == "党建通〔2026〕1号"
    # Broken off after the number was taken: it is free again, whatever happened.
    ready = passed(cast, FEBRUARY)
    with monkeypatch.context() as broken:
        broken.setattr(actions, "word_of", lambda *_args, **_more: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            actions.issue_bulletin(ready, by=cast.coordinator, at=AT)
    assert BulletinCounter.objects.get().last == 1
    second = actions.issue_bulletin(ready, by=cast.coordinator, at=AT)
    with pytest.raises(Invalid):
        actions.void_bulletin(second, by=cast.coordinator, at=AT, reason="错")
    with pytest.raises(NotAllowed):
        actions.void_bulletin(second, by=cast.viewer, at=AT, reason="数字有误，重发")
    void = actions.void_bulletin(second, by=cast.coordinator, at=AT + HOUR, reason="附件漏了一个团，重发")
    with pytest.raises(NotNow):
        actions.void_bulletin(void, by=cast.coordinator, at=AT, reason="数字有误，重发")
    third = issued(cast, FEBRUARY)
    assert (third.code, third.number) == ("TB2602-2", 3)
    found = queries.numbered(standing(cast.outsider, on=AT.date()))
    assert [(one.number, one.state, one.void_reason) for one in found.bulletins] == [
        (3, "issued", ""), (2, "voided", "附件漏了一个团，重发"), (1, "issued", ""),
    ]  # fmt: skip
    page = queries.numbered(standing(cast.outsider, on=AT.date()), limit=1)
    rest = queries.numbered(standing(cast.outsider, on=AT.date()), after=page.after)
    assert ([one.number for one in rest.bulletins], rest.after) == ([2, 1], "")
    assert len(queries.numbered(standing(cast.outsider, on=AT.date()), after="x-²").bulletins) == 3
    drafts = drafted(cast)
    actions.discard_bulletin(drafts, by=cast.coordinator, at=AT)
    assert not Bulletin.objects.filter(month=MARCH).exists()
    with pytest.raises(NotNow) as no:
        actions.draft_bulletin(cast.campaign, date(2026, 5, 1), by=cast.coordinator, at=AT)
    assert no.value.code == "bulletin_month_ahead"
    with pytest.raises(NotVisible):
        actions.draft_bulletin(cast.campaign, date(2027, 5, 1), by=cast.coordinator, at=AT)
    running = passed(cast, date(2026, 4, 1))
    with pytest.raises(NotNow) as no:
        actions.issue_bulletin(running, by=cast.coordinator, at=AT)
    assert no.value.code == "bulletin_month_runs"
    with pytest.raises(IntegrityError), transaction.atomic():
        Bulletin.objects.filter(pk=third.pk).update(number=1)
    with pytest.raises(IntegrityError), transaction.atomic():
        Bulletin.objects.filter(pk=running.pk).update(state="issued")


def test_numbers_are_not_frozen_while_something_waits_to_be_counted(cast: Cast) -> None:
    ready = passed(cast)
    cast.register(at=MONDAY)
    with pytest.raises(NotNow) as no:
        actions.issue_bulletin(ready, by=cast.coordinator, at=AT)
    assert no.value.code == "figures_are_counted"
    jobs.drain(timezone.now())
    made = actions.issue_bulletin(ready, by=cast.coordinator, at=AT)
    assert queries.told(made, now=AT)["registered"].numerator == 1
    cast.register(at=MONDAY)
    jobs.drain(timezone.now())
    assert queries.told(Bulletin.objects.get(), now=AT)["registered"].numerator == 1, "frozen"


@pytest.mark.django_db(transaction=True)
def test_two_who_issue_at_once_get_numbers_in_a_row() -> None:
    cast = build()
    ready = [passed(cast, month) for month in (JANUARY, FEBRUARY, MARCH)]

    def issue(one: Bulletin) -> Any:
        return lambda: actions.issue_bulletin(one, by=cast.coordinator, at=AT).number

    answers = at_once(*(issue(one) for one in (*ready, ready[0])))
    assert sorted(one for one in answers if isinstance(one, int)) == [1, 2, 3]
    assert [type(one) for one in answers if not isinstance(one, int)] == [NotNow]
    assert BulletinCounter.objects.get().last == 3
    # Two who begin the same month write the same bulletin.
    april = date(2026, 4, 1)
    begun = at_once(*[lambda: actions.draft_bulletin(cast.campaign, april, by=cast.coordinator, at=AT).pk] * 2)
    assert len(set(begun)) == 1, begun
