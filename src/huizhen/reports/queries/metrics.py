"""What each figure means: one definition for every page, paper and interface (product.md, section 6), and the text of the help page.

A figure divides facts by facts. Terms are columns of `Tally`; a pending term counts what had run out by the day of asking, so does
`measure_open`; `measure_prescribed` is every open measure, due or not.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from huizhen.reports.choices import COLUMNS

RUN_OUT = frozenset(
    {"first_contact_pending", "session_pending", "prescription_pending", "follow_up_pending", "measure_open"}
)
"""Columns of which only days before the day of asking count."""
OPEN_MEASURES = "measure_prescribed"


@dataclass(frozen=True)
class Metric:
    """One figure. `kind`: count, rate (per cent), median, p90 (working hours), load (a quotient of two counts of cases), reuse (of methods).

    `grows`: whether more is better; None when it is neither. `spread`: for lengths, which of `SPREADS`.
    """

    code: str
    section: str
    label: str | Promise
    kind: str
    definition: str | Promise
    numerator: tuple[str, ...] = ()
    denominator: tuple[str, ...] = ()
    grows: bool | None = None
    spread: str = ""

    @property
    def has_list(self) -> bool:
        """Whether there is a list of cases behind it."""
        return bool(self.numerator or self.spread)


SECTIONS: Mapping[str, str | Promise] = MappingProxyType(
    {
        "cases": _("病例"),
        "time": _("及时"),
        "effect": _("成效"),
        "course": _("过程"),
    }
)


def _timely(clock: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    met, late, pending = f"{clock}_met", f"{clock}_late", f"{clock}_pending"
    return (met,), (met, late, pending)


def _rate_of_clock(code: str, clock: str, label: str | Promise, definition: str | Promise) -> Metric:
    numerator, denominator = _timely(clock)
    return Metric(code, "time", label, "rate", definition, numerator, denominator, True)


_ALL = (
    Metric(
        "registered", "cases", _("挂号数"), "count",
        _("期内挂号的病例数，按挂号日计。从历史清单导入的不计。"), ("registered",),
    ),
    Metric(
        "urgent", "cases", _("加急、特急"), "count",
        _("期内挂号的病例中，加急和特急的例数。"), ("urgent",),
    ),
    Metric(
        "cured", "cases", pgettext_lazy("figure", "已破题"), "count",
        _("期内破题的次数，按破题日计。复开后再次破题另计一次。"), ("cured",), (), True,
    ),
    Metric(
        "unresolved", "cases", pgettext_lazy("figure", "未破题结案"), "count",
        _("期内经团长提请、接口人同意，未破题而结案的次数，按结案日计。"), ("unresolved",), (), False,
    ),
    Metric(
        "withdrawn", "cases", pgettext_lazy("figure", "撤号"), "count",
        _("期内由支部撤号的病例数，按撤号日计。"), ("withdrawn",),
    ),
    Metric(
        "declined", "cases", pgettext_lazy("figure", "不予受理"), "count",
        _("期内不予受理的病例数，按决定日计。"), ("declined",),
    ),
    _rate_of_clock(
        "first_contact_on_time", "first_contact", _("首次沟通及时率"),
        _(
            "按时沟通 ÷（按时＋超时）。到期日在期内的首次沟通时限，包括挂号、转诊接手、复开各自起算的；"
            "到期日次日仍未沟通，或还没沟通就已到期的，都算超时。暂停的时间不算。"
        ),
    ),
    _rate_of_clock(
        "session_on_time", "session", _("会诊及时率"),
        _("按时会诊 ÷（按时＋超时）。到期日在期内的会诊时限；时限未到就已开方、撤号或结束的不计。"),
    ),
    Metric(
        "session_rate", "time", _("会诊率"), "rate",
        _("开了会诊的 ÷ 到期日在期内、已会诊或已超时的会诊时限。超时后补开的算开了会诊。"),
        ("session_held",), ("session_met", "session_late", "session_pending"), True,
    ),
    _rate_of_clock(
        "prescription_on_time", "prescription", _("处方及时率"),
        _("按时开方 ÷（按时＋超时）。到期日在期内的处方时限；处方被退回后重新起算的另计。"),
    ),
    _rate_of_clock(
        "follow_up_on_time", "follow_up", _("复诊及时率"),
        _("按时复诊 ÷（按时＋超时）。约定的复诊日在期内；改约的以最后约定的日子为准。"),
    ),
    Metric(
        "follow_up_rate", "time", _("复诊率"), "rate",
        _("做了复诊的 ÷ 复诊日在期内、已复诊或已超时的。超时后补做的算做了复诊。"),
        ("follow_up_held",), ("follow_up_met", "follow_up_late", "follow_up_pending"), True,
    ),
    Metric(
        "response_median", "time", _("响应中位时长"), "median",
        _("从起算到首次沟通用去的工作时间，取中位数，单位为工作小时（一个工作日 7 小时）。按首次沟通的到期日计，暂停的时间不算。"),
        grows=False, spread="response",
    ),
    Metric(
        "response_p90", "time", _("响应 P90 时长"), "p90",
        _("首次沟通用去的工作时间的第 90 百分位：十次里有九次不超过这个时长。"), grows=False, spread="response",
    ),
    Metric(
        "execution", "effect", _("处方执行率"), "rate",
        _("已完成的措施 ÷（已完成＋到期未完成）。措施完成期限在期内，只看现行处方；未采纳的另计。"),
        ("measure_done",), ("measure_done", "measure_open"), True,
    ),
    Metric(
        "adoption", "effect", _("采纳率"), "rate",
        _("未标“未采纳”的措施 ÷ 全部措施。措施完成期限在期内，只看现行处方。"),
        ("measure_done", OPEN_MEASURES), ("measure_done", OPEN_MEASURES, "measure_dropped"), True,
    ),
    Metric(
        "marked", "effect", _("显效率"), "rate",
        _("最近一次疗效为显效的病例 ÷ 有疗效结论的病例。按结论作出之日计。"),
        ("verdict_marked",), ("verdict_marked", "verdict_effective", "verdict_none", "verdict_worse"), True,
    ),
    Metric(
        "relapse", "effect", _("复发率"), "rate",
        _("结案后又复开的 ÷ 破题或未破题结案的。按结案日计；结案 90 天内可以复开（活动可另设），所以近期的数还会变。"),
        ("reopened",), ("cured", "unresolved"), False,
    ),
    Metric(
        "extraction", "effect", _("萃取率"), "rate",
        _("决定萃取的 ÷ 已作萃取决定的显效病例。按决定之日计。"),
        ("extracted",), ("extracted", "not_extracted"), True,
    ),
    Metric(
        "reuses", "effect", _("复用次数"), "reuse",
        _(
            "期内处方引用工作法的病例数（同一病例引用同一工作法只计一次），加上支部试用并说了结果的次数。按引用或试用之日计；"
            "专家团和领域看工作法出自哪里，单位看用在哪里。"
        ), grows=True,
    ),
    Metric(
        "effective_reuses", "effect", _("有效复用"), "reuse",
        _("期内的复用中，支部说解决了或部分解决的；支部还没说的，看病例最近一次疗效。试用以前后指标和依据为准。"), grows=True,
    ),
    Metric(
        "transfer_rate", "course", _("转诊率"), "rate",
        _("期内接受或指定承办的转诊 ÷ 期内挂号数。转诊按生效之日计。"), ("transfer",), ("registered",),
    ),
    Metric(
        "transfer_gap", "course", _("转诊空档"), "median",
        _("从提出转诊到有人接手用去的工作时间，取中位数，单位为工作小时。"), grows=False, spread="transfer_gap",
    ),
    Metric(
        "cross", "course", _("跨条线占比"), "rate",
        _("有别的领域参与的病例 ÷ 挂号数：邀请了外领域的专家团协诊，或转诊到了别的领域。按挂号日计。"),
        ("cross",), ("registered",),
    ),
    Metric(
        "fairness", "course", _("负荷均衡"), "load",
        _("手上在办病例最多的人 ÷ 中位数，只看手上有在办病例的人。越接近 1 越均衡；看的是现在，与所选时间无关。"),
    ),
)  # fmt: skip

METRICS: Mapping[str, Metric] = MappingProxyType({one.code: one for one in _ALL})
"""Every figure by its code, in the order in which they are shown."""

REPORTED = Metric(
    "report_on_time", "time", _("报送及时率"), "rate",
    _("应报日当天 24 点前报送的月报 ÷ 应报日在期内、已经到期的月报。撤回后没有重报的算未报；到期后撤回更正的仍算按时。"), grows=True,
)  # fmt: skip
"""Counted of reports, not of cases: of everything and of units only (`queries.monthly.on_time`)."""

FUNNEL: tuple[tuple[str, str | Promise], ...] = (
    ("registered", pgettext_lazy("funnel", "挂号")),
    ("reached_contact", pgettext_lazy("funnel", "首次沟通")),
    ("reached_session", pgettext_lazy("funnel", "会诊")),
    ("reached_prescription", pgettext_lazy("funnel", "处方")),
    ("reached_follow_up", pgettext_lazy("funnel", "复诊")),
    ("reached_effect", pgettext_lazy("funnel", "显效或有效")),
)
"""How far the cases registered in a period have come, and the words of each stop."""

TERMS = (*COLUMNS, OPEN_MEASURES)


def column_of(term: str) -> str:
    """The column a term is read from, and the kind of fact behind it."""
    return "measure_open" if term == OPEN_MEASURES else term
