"""On the way: pauses, further questions, marks, followers, files, numbers that are looked up."""

from __future__ import annotations

import io
import zipfile
from datetime import timedelta
from pathlib import Path

import pytest
from django.conf import settings

from huizhen.cases import actions
from huizhen.cases.models import Ask, Attachment, Case, Following
from huizhen.cases.queries.file import file_of
from huizhen.directory.models import Campaign
from huizhen.journal.queries import entries_of
from huizhen.lib.errors import Invalid, NotAllowed, NotNow, NotVisible
from huizhen.worktime.queries import calendar
from tests.cases.plays import DAY, HOUR, PLAYS
from tests.cast import MONDAY, Cast

PNG = b"\x89PNG\r\n\x1a\n" + b"0" * 40


def fresh(case: Case) -> Case:
    return Case.objects.select_related("accountable", "group", "campaign").get(pk=case.pk)


def prescription_due(case: Case) -> object:
    return next(one.due for one in file_of(fresh(case)).clocks(calendar()) if one.name == "prescription")


# ── pause and question


def test_pause_stands_the_clocks_and_resuming_moves_them_by_its_length(cast: Cast) -> None:
    case = cast.contacted()
    before = prescription_due(case)
    cast.take(case, "pause", "expert", MONDAY + HOUR, missing=[{"text": "报表"}, {"text": ""}], reason="缺数据")

    assert (fresh(case).situation, prescription_due(case), case.pauses.get().missing) == ("paused", None, ["报表"])
    cast.take(case, "resume", "requester", MONDAY + HOUR + DAY)
    assert prescription_due(case) == calendar().add(before, timedelta(hours=7))  # type: ignore[arg-type]


def test_second_list_needs_the_leader_and_a_new_round_starts_anew(cast: Cast) -> None:
    case = PLAYS["paused"](cast)
    cast.take(case, "resume", "expert", MONDAY + 2 * HOUR)
    more = {"missing": [{"text": "还有"}], "reason": "还缺数据"}

    with pytest.raises(NotNow) as no:
        cast.take(case, "pause", "expert", MONDAY + 3 * HOUR, **more)
    assert no.value.code == "pause_used"
    cast.take(case, "pause", "leader", MONDAY + 3 * HOUR, **more)
    assert fresh(case).situation == "paused"
    other = PLAYS["reopened"](cast)
    cast.take(other, "pause", "expert", MONDAY + 21 * DAY, **more)
    assert fresh(other).situation == "paused"


def test_question_has_a_clock_until_it_is_answered_once(cast: Cast) -> None:
    case = PLAYS["asked"](cast)
    key = str(Ask.objects.get().key)
    running = {one.name: one.due for one in file_of(fresh(case)).clocks(calendar()) if one.is_running}
    assert running["ask_answer"] == calendar().add(MONDAY + 4 * HOUR, timedelta(hours=7))
    cast.take(case, "ask_on", "second", MONDAY + 5 * HOUR, text="第二个问题")
    cast.take(case, "answer_ask", "mate", MONDAY + 5 * HOUR, ask=key, text="下周")

    with pytest.raises(NotNow) as no:
        cast.take(case, "answer_ask", "expert", MONDAY + 6 * HOUR, ask=key, text="下周三")
    assert (no.value.code, no.value.args_["name"]) == ("ask_is_answered", "顾知微")
    assert Ask.objects.get(key=key).answer == "下周"


# ── marks and followers


def test_sensitive_mark_is_put_and_taken_off_by_the_right_people(cast: Cast) -> None:
    case = cast.contacted()
    with pytest.raises(NotAllowed):
        cast.take(case, "mark_sensitive", "mate", MONDAY + HOUR, reason="敏感")
    cast.take(case, "mark_sensitive", "requester", MONDAY + HOUR, reason="敏感")
    with pytest.raises(NotAllowed):
        cast.take(case, "unmark_sensitive", "requester", MONDAY + HOUR, reason="不敏感")
    cast.take(case, "unmark_sensitive", "leader", MONDAY + 2 * HOUR, reason="不敏感")

    assert not fresh(case).is_sensitive
    assert {"mark_sensitive", "unmark_sensitive"} <= set(entries_of(case).values_list("verb", flat=True))


def test_every_reader_may_follow_and_stop(cast: Cast) -> None:
    case = cast.archived()
    cast.take(case, "follow", "viewer", MONDAY + 9 * DAY)
    assert Following.objects.get(case=case).person == cast.person("viewer")
    cast.take(case, "unfollow", "viewer", MONDAY + 10 * DAY)

    assert not Following.objects.exists()


# ── files


def zipped(*names: str) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name in names:
            archive.writestr(name, "x")
    return out.getvalue()


def attach(cast: Cast, case: Case, name: str, data: bytes, who: str = "requester") -> Attachment:
    return actions.attach(
        Case.objects.get(pk=case.pk), by=cast.users[who], at=MONDAY + HOUR, name=name, content=io.BytesIO(data)
    )


def stored() -> set[Path]:
    return {one for one in Path(settings.MEDIA_ROOT).rglob("*") if one.is_file()}


@pytest.mark.parametrize(
    ("name", "data", "kind"),
    [
        ("图.PNG", PNG, "png"),
        ("报表.xlsx", zipped("xl/workbook.xml"), "xlsx"),
        ("说明.docx", zipped("word/document.xml"), "docx"),
        ("a.pdf", b"%PDF-1.7 x", "pdf"),
        ("数据.csv", "甲,乙\n".encode(), "csv"),
    ],
)
def test_document_or_image_is_kept_under_a_name_of_ours(cast: Cast, name: str, data: bytes, kind: str) -> None:
    case = cast.contacted()
    row = attach(cast, case, name, data)

    assert (row.name, row.kind, row.size) == (name, kind, len(data))
    with row.file.open() as kept:
        assert kept.read() == data
    assert name not in row.file.name
    assert entries_of(case).last().data["attachment"] == row.pk  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("name", "data", "code"),
    [
        ("page.html", b"<script>", "kind_not_taken"),
        ("bild.svg", b"<svg>", "kind_not_taken"),
        ("alles.zip", zipped("a"), "kind_not_taken"),
        ("program", b"MZ", "kind_not_taken"),
        ("leer.txt", b"", "file_empty"),
        ("falsch.png", b"<html>", "content_not_kind"),
        ("falsch.docx", zipped("xl/workbook.xml"), "content_not_kind"),
        ("falsch.xlsx", b"PK\x03\x04 broken", "content_not_kind"),
        ("groß.txt", b"x" * (2**20 + 1), "file_too_large"),
    ],
)
def test_other_files_are_refused_and_nothing_is_stored(cast: Cast, name: str, data: bytes, code: str) -> None:
    Campaign.objects.update(settings={"attachment_megabytes": 1})
    case = cast.contacted()
    before = stored()

    with pytest.raises(Invalid) as no:
        attach(cast, case, name, data)
    assert [one.code for one in no.value.faults["file"]] == [code]
    assert (stored(), Attachment.objects.count()) == (before, 0)


def test_same_file_twice_and_strangers_leave_no_file_behind(cast: Cast) -> None:
    case = cast.contacted()
    attach(cast, case, "图.png", PNG)
    before = stored()

    with pytest.raises(Invalid) as no:
        attach(cast, case, "另名.png", PNG, who="expert")
    assert no.value.faults["file"][0].code == "file_twice"
    with pytest.raises(NotVisible):
        attach(cast, case, "图.png", PNG + b"1", who="outsider")
    with pytest.raises(NotAllowed):
        attach(cast, case, "图.png", PNG + b"1", who="viewer")
    assert stored() == before


def test_path_in_a_name_is_only_text(cast: Cast) -> None:
    case = cast.contacted()
    row = attach(cast, case, "C:\\temp\\..\\..\\图\u202e.png", PNG)

    assert row.name == "图.png"


# ── numbers


def test_reveal_gives_the_number_and_journals_why(cast: Cast) -> None:
    case = fresh(cast.contacted())
    phone = actions.reveal(case, cast.person("requester"), purpose="约时间", by=cast.expert, at=MONDAY + HOUR)
    entry = entries_of(case).last()

    assert phone == cast.person("requester").phone
    assert entry is not None
    assert (entry.verb, entry.data) == (
        "reveal_phone", {"person": cast.person("requester").pk, "purpose": "约时间"},
    )  # fmt: skip


@pytest.mark.parametrize(
    ("who", "whose", "purpose", "refusal"),
    [
        ("outsider", "requester", "约时间", NotVisible),
        ("viewer", "requester", "约时间", NotAllowed),
        ("expert", "outsider", "约时间", NotVisible),
        ("expert", "requester", " ", Invalid),
    ],
)
def test_reveal_is_refused_to_those_without_a_part_or_a_purpose(
    cast: Cast, who: str, whose: str, purpose: str, refusal: type[Exception]
) -> None:
    case = fresh(cast.contacted())
    rows = entries_of(case).count()

    with pytest.raises(refusal):
        actions.reveal(case, cast.person(whose), purpose=purpose, by=cast.users[who], at=MONDAY + HOUR)
    assert entries_of(case).count() == rows
