"""会诊纪要: minutes of a held session as an official document. Chinese in every language of the interface, as such papers are.

What stands in it: who met and when, the record, and what came of it in that round: opinions, causes and measures written down since the
session began. Phones and other numbers of people are masked, as on every paper that leaves the house.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from datetime import datetime

from django.utils import timezone, translation

from huizhen.cases.choices import Link, Mode, SessionState
from huizhen.cases.models import Attendance, Case, Session
from huizhen.cases.policy import get_visible
from huizhen.cases.queries.file import CaseFile, file_of
from huizhen.directory.models import Person
from huizhen.directory.queries import Standing
from huizhen.lib.errors import NotNow, NotVisible
from huizhen.lib.official import (
    Block,
    Heading,
    Imprint,
    Letterhead,
    Official,
    Paragraph,
    Roll,
    Table,
    day_words,
)
from huizhen.lib.zh import mask_personal

LANGUAGE = "zh-hans"
DESK = "导诊台"


def minutes_of(standing: Standing, code: str, key: str, *, at: datetime) -> tuple[Case, Session, Official]:
    """The minutes of one session, printed at `at`. NotVisible: the case is not seen in full, or has no such session. NotNow: it was not held."""
    file = file_of(get_visible(standing, code))
    session = next((one for one in file.sessions if str(one.key) == key), None)
    if session is None:
        raise NotVisible("case_unknown", code=code[:20])
    if session.state != SessionState.HELD:
        raise NotNow("session_not_held")
    with translation.override(LANGUAGE):
        return file.case, session, _minutes(file, session, at)


def _minutes(file: CaseFile, session: Session, at: datetime) -> Official:
    case = file.case
    group = case.group.name if case.group else DESK
    held = [one for one in file.sessions if one.state == SessionState.HELD]
    return Official(
        title=f"关于{_topic(case.title)}的会诊纪要",
        blocks=tuple(_blocks(file, session, group)),
        letterhead=Letterhead(
            "会诊纪要",
            number=f"{case.code} 第{held.index(session) + 1}次",
            issuer=group,
            day=day_words(timezone.localdate(session.starts_at)),
        ),
        rolls=tuple(_rolls(file.sessions[session])),
        imprint=Imprint(group, timezone.localdate(at), tuple(dict.fromkeys((case.branch.name, case.unit.name)))),
    )


def _topic(title: str) -> str:
    """What the minutes are about: a title that is a sentence stands in quotation marks, another becomes a 问题."""
    topic = _masked(title).rstrip("。！？?!.")
    if re.search("[，,；;：:]", topic):
        return f"“{topic}”"
    return topic if topic.endswith("问题") else f"{topic}问题"


def _blocks(file: CaseFile, session: Session, group: str) -> Iterator[Block]:
    case = file.case
    yield Paragraph(_opening(case, session, group))
    yield Heading(1, "病情")
    yield Paragraph(_masked(case.condition))
    for one in case.questions or []:
        if one:
            yield Heading(3, _masked(str(one)))
    if session.record:
        yield Heading(1, "会诊情况")
        yield Paragraph(_masked(session.record))
    opinions = [one for one in file.opinions if one.round == session.round and one.at >= session.starts_at]
    if opinions:
        yield Heading(1, "专家意见")
        for opinion in opinions:
            kept = "（保留意见）" if opinion.is_dissent else ""
            yield Heading(3, opinion.person.name, then=f"{kept}：{_masked(opinion.text)}")
    yield from _diagnosed(file, session)
    yield from _prescribed(file, session)


def _opening(case: Case, session: Session, group: str) -> str:
    start = timezone.localtime(session.starts_at)
    place = f"在{session.place}" if session.place else ""
    way = "以线上方式" if session.mode == Mode.ONLINE else ""
    return (
        f"{day_words(start.date())}{start:%H:%M}，{group}{place}{way}对{case.branch.name}提出的问题进行会诊，"
        f"由{session.by.name}记录。现将有关情况纪要如下。"
    )


def _diagnosed(file: CaseFile, session: Session) -> Iterator[Block]:
    causes = [
        one
        for one in file.standing_causes
        if one.diagnosis.round == session.round and one.diagnosis.at >= session.starts_at
    ]
    if not causes:
        return
    links = dict(Link.choices)
    yield Heading(1, "诊断")
    yield Paragraph(_masked(causes[0].diagnosis.findings))
    for one in causes:
        where = "、".join(str(links[link]) for link in one.chain if link in links)
        then = f"（{where}）" if where else ""
        then += f"：{_masked(one.evidence)}" if one.evidence else ""
        if one.is_upward:
            then += f"（上行建议，报{one.department}：{_masked(one.suggestion)}）"
        yield Heading(3, _masked(one.text), then=then)


def _prescribed(file: CaseFile, session: Session) -> Iterator[Block]:
    signed = file.prescription
    if signed is None or signed.round != session.round or signed.signed_at < session.starts_at:
        return
    yield Heading(1, "议定举措")
    if signed.thinking:
        yield Paragraph(_masked(signed.thinking))
    rows = tuple(
        (
            str(number),
            _masked(one.what),
            "、".join(sorted(one.treats, key=lambda key: (len(key), key))) or "—",
            one.owner.name if one.owner else one.owner_name,
            day_words(one.due_on),
        )
        for number, one in enumerate(file.standing_measures, 1)
    )
    yield Table(("序号", "举措", "对应病因", "责任人", "完成时限"), rows)


def _rolls(seats: Iterable[Attendance]) -> Iterator[Roll]:
    """Experts are present, the branch attends (GB/T 9704-2012, 10.3); then who was invited and did not come."""
    for label, people in (
        ("出席", [one.person for one in seats if one.came and one.is_expert]),
        ("列席", [one.person for one in seats if one.came and not one.is_expert]),
        ("缺席", [one.person for one in seats if not one.came]),
    ):
        if people:
            yield Roll(label, _with_units(people))


def _with_units(people: Iterable[Person]) -> str:
    """Unit and names: 韶关分公司 张三、李四；网络部 王五."""
    units: dict[str, list[str]] = {}
    for one in people:
        units.setdefault(one.unit.name if one.unit else "", []).append(one.name)
    return "；".join(f"{unit} {'、'.join(names)}".strip() for unit, names in units.items())


def _masked(text: str) -> str:
    return mask_personal(text)[0]
