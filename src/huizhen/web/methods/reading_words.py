"""Words of readers: the sentences of reuse, what confidence is made of, how far the evidence has come."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext, pgettext_lazy

from huizhen.lib.zh import city_of
from huizhen.methods.choices import EvidenceWords, Use
from huizhen.methods.clocks import Confidence, Reason, word_of
from huizhen.methods.lifecycle import Evidence
from huizhen.methods.models import Method
from huizhen.methods.queries.reading import Reading
from huizhen.methods.queries.reuse import Spread
from huizhen.web import sentences

Words = str | Promise
FAULTS = {
    "measure_whole": gettext_lazy("指标、之前和之后要一起填，或者都不填。"),
    "nothing_moved": gettext_lazy("前后一样，看不出变化。没有变化就选“没有用”。"),
    "direction_wanted": gettext_lazy("“%(name)s”是越低越好还是越高越好？选一个。"),
    "moved_for_the_worse": gettext_lazy("“%(name)s”是往坏的方向变的，请核对数值或结论。"),
    "period_wanted": gettext_lazy("刚登记试用就有了结果：写明是哪段时间量的。"),
    "moved_the_wrong_way": gettext_lazy("“%(name)s”和这个工作法说的方向相反，请核对数值或结论。"),
}
_NOTHING = gettext_lazy("没有任何内容被改动。")
REFUSALS = {
    "use_of_branch": (gettext_lazy("管不管用，由用它的支部来说"), _NOTHING),
    "not_cited": (gettext_lazy("处方里已经没有引用这个工作法"), _NOTHING),
    "adopt_for_branch": (gettext_lazy("试用由支部的问诊人来登记"), _NOTHING),
    "method_not_offered": (gettext_lazy("这个工作法没有在用，不能试用"), _NOTHING),
    "trial_open": (gettext_lazy("本支部正在试用这个工作法"), gettext_lazy("先记下这一次的结果，再开始下一次。")),
    "method_not_yours": (gettext_lazy("由领域接口人或党建工作部来决定"), _NOTHING),
    "method_changed": (gettext_lazy("%(code)s 刚刚有了变化"), gettext_lazy("没有任何内容被改动。看过最新情况再决定。")),
    "method_promote": (gettext_lazy("已验证的工作法才能推广"), _NOTHING),
    "method_retire": (gettext_lazy("%(code)s 已经不在用"), _NOTHING),
    "method_revive": (gettext_lazy("%(code)s 没有退役"), _NOTHING),
    "method_confirm": (gettext_lazy("%(code)s 已经不在用"), _NOTHING),
}

TRUST: Mapping[str, Words] = {
    "very": pgettext_lazy("confidence", "很可靠"),
    "reliable": pgettext_lazy("confidence", "可靠"),
    "fair": pgettext_lazy("confidence", "较可靠"),
    "early": pgettext_lazy("confidence", "初步"),
    "doubtful": pgettext_lazy("confidence", "存疑"),
}
MEANING: Mapping[str, Words] = {
    "very": gettext_lazy("好几个支部独立用过，都量出了效果。"),
    "reliable": gettext_lazy("来源扎实，别的支部也用出了效果。"),
    "fair": gettext_lazy("来源扎实，还等别的支部来证明。"),
    "early": gettext_lazy("刚总结出来，先小范围试。"),
    "doubtful": gettext_lazy("来源有反复，或者说没有用的更多，用之前先问问。"),
}
KINDS = {"very": "zhu", "reliable": "zhu", "fair": "dai", "early": "line", "doubtful": "po"}


def install() -> None:
    """Make the words known to the pages."""
    sentences.register(FAULTS, REFUSALS)


@dataclass(frozen=True)
class Because:
    """One reason of a confidence in words; `anchor`: the part of the page that shows it."""

    points: int
    words: str
    anchor: str

    @property
    def signed(self) -> str:
        return f"+{self.points}" if self.points > 0 else f"\u2212{-self.points}"


_ANCHORS = {
    "source": "origin", "measured": "effect", "reviews": "evidence", "proofs": "origin", "reuses": "uses", "no_use": "uses", "age": "evidence",
    "reopened": "origin", "worsened": "origin", "unresolved": "origin",
}  # fmt: skip


def because(found: Confidence) -> list[Because]:
    """Every reason as a sentence, what lifts it first."""
    rows = sorted(found.reasons, key=lambda one: -one.points)
    return [Because(one.points, _because(one), _ANCHORS[one.name]) for one in rows]


def _because(one: Reason) -> str:
    n = {"n": one.count}
    match one.name:
        case "source":
            return _("来源病例复诊见效")
        case "measured":
            return _("有前后对比的数")
        case "reviews":
            return ngettext("评审或复审 %(n)s 次", "评审或复审 %(n)s 次", one.count) % n
        case "proofs":
            return ngettext("另有 %(n)s 个病例印证", "另有 %(n)s 个病例印证", one.count) % n
        case "reuses":
            return ngettext("%(n)s 个支部用过见效", "%(n)s 个支部用过见效", one.count) % n
        case "no_use":
            return ngettext("%(n)s 个支部用了没有用", "%(n)s 个支部用了没有用", one.count) % n
        case "age":
            return ngettext("%(n)s 个月没有新的证据", "%(n)s 个月没有新的证据", one.count) % n
        case "reopened":
            return _("来源病例复开，正在重新看")
        case "worsened":
            return _("来源病例复诊没有见效")
        case _:
            return _("来源病例未破题结案")


@dataclass(frozen=True)
class Trust:
    """Confidence as a word and a number."""

    score: int
    word: str
    label: Words
    kind: str
    meaning: Words


def trust(score: int, word: str) -> Trust:
    return Trust(score, word, TRUST[word], KINDS[word], MEANING[word])


def trust_of(method: Method) -> Trust:
    """From what the method itself remembers, for lists."""
    return trust(method.confidence, word_of(method.confidence, wavers=method.wavers_since is not None))


_BARS = {Evidence.DRAFT: 1, Evidence.REVIEWED: 2, Evidence.VERIFIED: 3, Evidence.PROMOTED: 4, Evidence.RETIRED: 0}


@dataclass(frozen=True)
class Badge:
    """The evidence of a method as a word and up to four bars."""

    value: str
    label: Words
    bars: tuple[bool, ...]


def badge(method: Method) -> Badge:
    on = _BARS[Evidence(method.evidence)]
    return Badge(method.evidence, EvidenceWords(method.evidence).label, tuple(n < on for n in range(4)))


@dataclass(frozen=True)
class Rung:
    """One step of the ladder of evidence."""

    label: Words
    words: str
    state: str  # done, now, ""


def ladder(read: Reading, wanted: int) -> list[Rung]:
    """草稿 → 已评审 → 已验证 → 推广, with what each rests on or still needs."""
    method = read.method
    at = _BARS[Evidence(method.evidence)] or _BARS[Evidence(_before(read))]
    done = {
        1: _("由病例萃取") if method.source_case_id else _("已写成"),
        2: _("领域评审通过"),
        3: _("别的支部用过，量出了效果") if at >= 3 else _("等别的支部试用并量出效果"),
        4: _("党建工作部推广") if at >= 4 else _("见效的别的支部 %(n)s / %(wanted)s 个") % {"n": method.effective_reuses, "wanted": wanted},
    }  # fmt: skip
    names = (Evidence.DRAFT, Evidence.REVIEWED, Evidence.VERIFIED, Evidence.PROMOTED)
    return [
        Rung(EvidenceWords(name).label, done[n], "now" if n == at else "done" if n < at else "")
        for n, name in enumerate(names, 1)
    ]


def _before(read: Reading) -> str:
    last = next((one for one in read.decisions if one.kind == "retire"), None)
    return last.before if last else Evidence.REVIEWED


def used(method: Method) -> str:
    """复用 3 次，2 个支部见效，在试 1."""
    parts = []
    if method.reuses:
        parts.append(ngettext("复用 %(n)s 次", "复用 %(n)s 次", method.reuses) % {"n": method.reuses})
        good = method.effective_reuses
        parts.append(ngettext("%(n)s 个别的支部见效", "%(n)s 个别的支部见效", good) % {"n": good})
    if method.trying:
        parts.append(ngettext("在试 %(n)s", "在试 %(n)s", method.trying) % {"n": method.trying})
    return _("，").join(parts) or _("还没有人复用")


USES = {
    Use.SOLVED.value: (Use.SOLVED.label, "zhu"),
    Use.PARTLY.value: (Use.PARTLY.label, "dai"),
    Use.NO_USE.value: (Use.NO_USE.label, "po"),
    "": (Use.WAITING.label, ""),
}
DECISIONS: Mapping[str, tuple[Words, Words, str]] = {
    "confirm": (gettext_lazy("仍然有效"), gettext_lazy("看过了，照旧可用；可信度按新的复审计算。"), "check"),
    "promote": (pgettext_lazy("decision", "推广"), gettext_lazy("向全省推荐；见效的支部不够时要写理由。"), "megaphone"),
    "retire": (pgettext_lazy("decision", "退役"), gettext_lazy("仍可阅读，不再引用和试用。要写理由。"), "archive"),
    "revive": (pgettext_lazy("decision", "恢复"), gettext_lazy("回到退役前的状态。要写理由。"), "archive-restore"),
}


@dataclass(frozen=True)
class Tile:
    """A unit of the spread map. `heat` 0 to 5 says how often it was used there."""

    name: str
    uses: int
    effective: int
    is_origin: bool
    heat: int


def tiles(found: Sequence[Spread]) -> list[Tile]:
    """Cities first, in the order of their codes; then other units that used it."""
    rows = sorted(found, key=lambda one: one.unit.kind != "city")
    return [Tile(city_of(one.unit.name), one.uses, one.effective, one.is_origin, _heat(one.uses)) for one in rows]


def _heat(uses: int) -> int:
    return 0 if not uses else 3 if uses == 1 else 4 if uses < 4 else 5


def steps_of(steps: Iterable[Any]) -> list[dict[str, str]]:
    """The steps with their number as the reader writes it."""
    rows = [one for one in steps if isinstance(one, dict)]
    numerals = pgettext("numerals", "一 二 三 四 五 六 七 八 九 十").split()
    return [
        {"number": numerals[n] if n < len(numerals) else str(n + 1), "title": str(one.get("title", "")), "text": str(one.get("text", ""))}
        for n, one in enumerate(rows)
    ]  # fmt: skip
