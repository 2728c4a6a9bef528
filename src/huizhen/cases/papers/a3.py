"""A3 problem-solving sheet of a case: 病情, present state, target, causes; measures, effect, follow-ups, what stays.

The nine steps of an A3 report (Sobek & Smalley, Understanding A3 Thinking, 2008), filled from the case as the reader may see it: in full
with the names of those who work on it, or as the summary of a solved case without any. Phones stand on neither.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from huizhen.cases.choices import Link, MeasureState, Verdict
from huizhen.cases.models import Case
from huizhen.cases.policy import get_visible
from huizhen.cases.queries.file import CaseFile, file_of
from huizhen.cases.queries.summary import Summary, summary
from huizhen.directory.queries import Standing
from huizhen.lib.errors import NotVisible
from huizhen.lib.onepage import A3, Box, Sheet, fit, head_of, is_cut
from huizhen.lib.zh import mask_personal


@dataclass(frozen=True)
class Told:
    """What a sheet tells of a case, the same for both levels. `measures`: what, causes it treats, owner, due, state."""

    case: Case
    level: str
    facts: tuple[tuple[str, str], ...]
    condition: tuple[str, ...]
    present: tuple[str, ...]
    target: tuple[str, ...]
    causes: tuple[str, ...]
    measures: tuple[tuple[str, str, str, str, str], ...]
    effect: tuple[str, ...]
    visits: tuple[str, ...]
    kept: tuple[str, ...]


def told_of(standing: Standing, code: str) -> Told:
    """In full to whoever sees the case in full, else its summary. NotVisible otherwise. At most 22 queries."""
    try:
        return _full(file_of(get_visible(standing, code)))
    except NotVisible:
        return _brief(summary(standing, code))


def sheet_of(told: Told, *, methods: Sequence[str] = (), at: datetime) -> Sheet:
    """The sheet; `methods`: codes and names of methods that came from the case or were used in it."""
    case = told.case
    left = (
        Box("condition", _("1 背景与病情"), told.condition),
        Box("present", _("2 现状"), told.present),
        Box("target", _("3 目标"), told.target),
        Box("causes", _("4 原因分析"), told.causes),
    )
    right = (
        _measures(told),
        Box("effect", _("6 成效（前→后）"), told.effect),
        Box("visits", _("7 复诊跟踪"), told.visits),
        Box("kept", _("8 巩固：继续这样做"), told.kept),
        Box("methods", _("9 工作法"), tuple(methods)),
    )
    head = head_of(A3, _masked(case.title), "", told.facts)
    columns = (fit(left, A3, head), fit(right, A3, head))
    foot = [_("会诊 %(code)s") % {"code": case.code}, _("生成于 %(day)s") % {"day": _day(timezone.localdate(at))}]
    if told.level == "summary":
        foot.append(_("摘要，不含人名和电话"))
    if cut := is_cut(head, columns):
        foot.append(_("“……”处为节选，全文见病例 %(code)s") % {"code": case.code})
    return Sheet(A3, head.title, head.subtitle, head.facts, columns, tuple(foot), cut)


def _measures(told: Told) -> Box:
    number, state = pgettext("sheet", "序号"), _("进展")
    if told.level == "summary":  # nobody is named, no day is told
        brief = tuple((str(n), row[0], row[1], row[4]) for n, row in enumerate(told.measures, 1))
        head = (number, _("举措"), _("预期效果"), state)
        return Box("measures", _("5 对策"), (), head, brief, (4, 28, 20, 5))
    full = tuple((str(n), *row) for n, row in enumerate(told.measures, 1))
    columns = (number, _("举措"), _("病因"), _("责任人"), _("时限"), state)
    return Box("measures", _("5 对策"), (), columns, full, (4, 27, 5, 9, 7, 5))


# ── in full


def _full(file: CaseFile) -> Told:
    case = file.case
    last = next((one for one in reversed(file.follow_ups) if one.verdict), None)
    closing = file.closing
    facts = [
        (_("编号"), case.code), (_("支部"), case.branch.name), (_("专家团"), case.group.name if case.group else _("导诊台")),
        (_("责任人"), case.accountable.name), (_("首问责任人"), case.first_responder.name),
        (_("挂号"), _day(timezone.localdate(case.registered_at))),
    ]  # fmt: skip
    measures = tuple(
        (
            _masked(one.what),
            _("、").join(sorted(one.treats, key=lambda key: (len(key), key))),
            one.owner.name if one.owner else one.owner_name,
            _short(one.due_on),
            str(MeasureState(one.state).label),
        )
        for one in file.standing_measures
    )
    visits = tuple(
        _visit(one.number, timezone.localdate(one.at), one.verdict, one.value, case.indicator_unit, one.evidence)
        for one in file.follow_ups
    )
    upcoming = last.next_on if last else (file.prescription.follow_up_on if file.prescription else None)
    if case.is_open and upcoming:
        visits += (_("下次复诊：%(day)s") % {"day": _day(upcoming)},)
    thinking = file.prescription.thinking if file.prescription else ""
    return Told(
        case=case,
        level="full",
        facts=tuple(facts),
        condition=(*_lines(case.condition), *_labelled(_("此前做过"), case.tried)),
        present=(*_indicator(case), *_lines(file.diagnosis.findings if file.diagnosis else ""), *_questions(case)),
        target=_target(case, thinking),
        causes=tuple(_cause(n, one.text, one.evidence, one.chain) for n, one in enumerate(file.standing_causes, 1)),
        measures=measures,
        effect=_effect(case, last.verdict if last else "", last.value if last else None, last.evidence if last else ""),
        visits=visits,
        kept=(*_lines(closing.keep if closing else ""), *_labelled(_("改变了"), closing.changed if closing else "")),
    )


# ── as a summary


def _brief(brief: Summary) -> Told:
    case = brief.case
    facts = [(_("编号"), case.code), (_("专家团"), case.group.name if case.group else "")]
    if case.domain:
        facts.append((_("领域"), case.domain.name))
    measures = tuple((one.what, one.expected, "", "", str(MeasureState(one.state).label)) for one in brief.measures)
    case.title = brief.title
    return Told(
        case=case,
        level="summary",
        facts=tuple(facts),
        condition=(*_lines(brief.condition), *_labelled(_("此前做过"), brief.tried)),
        present=_indicator(case),
        target=_target(case, ""),
        causes=tuple(_cause(n, one.text, one.evidence, one.chain) for n, one in enumerate(brief.causes, 1)),
        measures=measures,
        effect=_effect(case, brief.verdict, brief.actual, brief.evidence),
        visits=(ngettext("复诊 %(n)s 次", "复诊 %(n)s 次", brief.visits) % {"n": brief.visits},)
        if brief.visits
        else (),
        kept=(*_lines(brief.keep), *_labelled(_("改变了"), brief.changed)),
    )


# ── words


def _masked(text: str) -> str:
    return mask_personal(text)[0]


def _lines(text: str) -> tuple[str, ...]:
    return tuple(line.strip() for line in _masked(text).split("\n") if line.strip())


def _labelled(label: str, text: str) -> tuple[str, ...]:
    words = " ".join(_lines(text))
    return (f"{label}{_('：')}{words}",) if words else ()


def _number(value: Decimal | None) -> str:
    return f"{value.normalize():f}" if value is not None else "—"


def _day(day: date) -> str:
    return day.isoformat()


def _short(day: date) -> str:
    return f"{day.month}-{day.day:02d}"


def _indicator(case: Case) -> tuple[str, ...]:
    if not case.indicator:
        return ()
    told = {"name": case.indicator, "value": _number(case.baseline), "unit": case.indicator_unit}
    return (_("%(name)s：挂号时 %(value)s %(unit)s") % told,)


def _questions(case: Case) -> tuple[str, ...]:
    return tuple(f"{_('问')}{n}{_('：')}{_masked(str(one))}" for n, one in enumerate(case.questions or [], 1) if one)


def _target(case: Case, thinking: str) -> tuple[str, ...]:
    found: tuple[str, ...] = ()
    if case.indicator:
        told = {
            "name": case.indicator, "from": _number(case.baseline), "to": _number(case.target), "unit": case.indicator_unit,
        }  # fmt: skip
        found = (_("%(name)s：%(from)s → %(to)s %(unit)s") % told,)
    return (*found, *_labelled(_("思路"), thinking))


def _cause(number: int, text: str, evidence: str, chain: Iterable[str]) -> str:
    links = dict(Link.choices)
    where = "·".join(str(links[one]) for one in chain if one in links)
    said = f"{number}. {_masked(text)}"
    if where:
        said += _("（%(where)s）") % {"where": where}
    return f"{said}{_('：')}{_masked(evidence)}" if evidence else said


def _effect(case: Case, verdict: str, value: Decimal | None, evidence: str) -> tuple[str, ...]:
    found: list[str] = []
    if verdict:
        found.append(_("疗效：%(verdict)s") % {"verdict": str(Verdict(verdict).label)})
    if case.indicator and value is not None:
        told = {
            "name": case.indicator, "before": _number(case.baseline), "after": _number(value),
            "target": _number(case.target), "unit": case.indicator_unit,
        }  # fmt: skip
        found.append(_("%(name)s：%(before)s → %(after)s %(unit)s（目标 %(target)s）") % told)
    return (*found, *_lines(evidence))


def _visit(number: int, day: date, verdict: str, value: Decimal | None, unit: str, evidence: str) -> str:
    said = _("第 %(n)s 次 %(day)s") % {"n": number, "day": _day(day)}
    if verdict:
        said += f" {Verdict(verdict).label}"
    if value is not None:
        said += f" {_number(value)} {unit}".rstrip()
    words = " ".join(_lines(evidence))
    return f"{said}{_('：')}{words}" if words else said
