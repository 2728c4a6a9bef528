"""The three steps of 挂号 as forms. They draw; what may be typed is said once, by the inputs of the table of moves."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, ClassVar

from django import forms
from django.forms.utils import ErrorDict
from django.http import QueryDict
from django.utils.functional import Promise
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from huizhen.cases.choices import Mode, Urgency
from huizhen.cases.lifecycle import clean
from huizhen.cases.lifecycle.moves import REGISTRATION, registration_faults
from huizhen.cases.models import Draft
from huizhen.cases.verbs import INPUTS as LABELS
from huizhen.challenges.models import Challenge
from huizhen.lib.errors import Fault, Invalid
from huizhen.lib.text import clean as clean_text
from huizhen.lib.zh import mask_personal
from huizhen.web import sentences
from huizhen.web.forms import Cards, CleanCharField, Segments

INPUTS = {item.name: item for item in REGISTRATION}
QUESTIONS = INPUTS["questions"].most
_QUESTION = INPUTS["questions"].columns[0]

# The five points that spare a call back: (what, words by which we guess that the text covers it). They never block.
PROMPTS: tuple[tuple[str | Promise, re.Pattern[str]], ...] = (
    (_("是什么"), re.compile(r"[^。；;！？!?\n]{12,}")),
    (_("从何时起"), re.compile(r"自从|以来|开始|起[，,、。]|去年|今年|上月|本月|上周|近.{0,4}[天周月年]|\d+\s*月|since|began|started", re.I)),
    (_("多频繁"), re.compile(r"每[天日周月年次季晚]|经常|频繁|反复|高峰|旺季|[\d一二三四五六七八九十百]+\s*[次起单件例]|daily|weekly|times", re.I)),
    (_("影响多少"), re.compile(r"\d+\s*[%万户人个站栋]|%|\uff05|客户|用户|小区|投诉|百分|成本|损失|customers?|users?", re.I)),
    (_("趋势"), re.compile(r"上升|下降|增[加长多]|减少|恶化|好转|越来越|翻倍|[涨跌升降]|持平|扩大|缩小|rising|falling|worse", re.I)),
)  # fmt: skip


def prompts(text: str) -> list[dict[str, Any]]:
    """The tags under 病情, ticked as far as the text goes."""
    return [{"label": label, "words": words.pattern, "covered": bool(words.search(text))} for label, words in PROMPTS]


def _line(name: str, **kwargs: Any) -> CleanCharField:
    item = INPUTS[name]
    return CleanCharField(
        label=kwargs.pop("label", LABELS[name]),
        min_length=item.least,
        max_length=item.longest,
        lines=item.kind == "text",
        required=item.required,
        **kwargs,
    )


class StepForm(forms.Form):
    """One step. `names` are its inputs; `typed` is what the draft keeps of a post, checked or not."""

    names: ClassVar[tuple[str, ...]] = ()
    title_of_step: ClassVar[str | Promise] = ""
    use_required_attribute = False  # going back must not be stopped by the browser

    def __init__(self, values: Mapping[str, Any], post: QueryDict | None = None, *, check: bool = False) -> None:
        """Of the draft's `values`; of a `post` when one was refused; with `check` the draft's own faults are shown."""
        stored = self.spread(values)
        data = post if post is not None else QueryDict(mutable=True)
        if post is None:
            for name, value in stored.items():
                data[name] = value
        self.checks = check
        super().__init__(data if check or post is not None else None, initial=stored)

    @classmethod
    def spread(cls, values: Mapping[str, Any]) -> dict[str, str]:
        """Values of a draft by the names of the controls."""
        return {name: str(values.get(name) or "") for name in cls.names}

    @classmethod
    def typed(cls, post: Mapping[str, Any]) -> dict[str, Any]:
        """What was typed into the controls of this step, by the names of the inputs. Controls that were not sent stay as they are."""
        return {name: str(post[name]) for name in cls.names if name in post}

    def full_clean(self) -> None:
        """Checked by the table, not by the fields: nothing is said twice."""
        self._errors = ErrorDict()
        self.cleaned_data: dict[str, Any] = {}
        if self.is_bound and self.checks:
            try:
                given = {name: value for name, value in self.typed(self.data).items() if name in self.names}
                self.cleaned_data = clean([INPUTS[name] for name in self.names], given)
                if faults := registration_faults(self.cleaned_data):
                    raise Invalid(faults)
            except Invalid as no:
                self.put(no)

    def put(self, invalid: Invalid) -> None:
        """Faults beside their controls; those of other steps are left out."""
        for name, faults in invalid.faults.items():
            for fault in faults:
                target = self.control(name, fault)
                if target in self.fields:
                    self.add_error(target, sentences.of_fault(fault))

    def control(self, name: str, fault: Fault) -> str:
        """The control in which an input is typed."""
        return name


class ConditionForm(StepForm):
    """1 说病情."""

    names = ("title", "condition", "tried")
    title_of_step = _("说病情")

    title = _line("title")
    condition = _line("condition", rows=8)
    tried = _line("tried", rows=3)


def _question(number: int) -> CleanCharField:
    labels = (_("问题一"), _("问题二"), _("问题三"))
    return CleanCharField(
        label=labels[number],
        min_length=_QUESTION.least,
        max_length=_QUESTION.longest,
        required=number == 0,
        counter=False,
    )


class GoalForm(StepForm):
    """2 定目标."""

    names = (
        "indicator", "unit", "baseline", "target", "questions", "urgency", "urgency_reason", "mode", "challenge",
    )  # fmt: skip
    title_of_step = _("定目标")

    indicator = _line("indicator")
    unit = _line("unit")
    baseline = CleanCharField(label=LABELS["baseline"], max_length=40, required=False)
    target = CleanCharField(label=LABELS["target"], max_length=40, required=False)
    question_0 = _question(0)
    question_1 = _question(1)
    question_2 = _question(2)
    urgency = forms.ChoiceField(label=LABELS["urgency"], widget=Cards)
    urgency_reason = _line("urgency_reason", counter=False)
    mode = forms.ChoiceField(label=_("希望怎么看"), choices=Mode, widget=Segments)
    challenge = forms.ChoiceField(label=LABELS["challenge"], required=False)

    def offer(self, *, promises: Mapping[str, str], challenges: list[Challenge]) -> None:
        """What only the database knows: the promise of each urgency, the branch's challenges."""
        tones: dict[str, str] = {Urgency.URGENT: "hz-b hz-warn", Urgency.CRITICAL: "hz-b hz-bad"}
        self.fields["urgency"].choices = [
            (value, format_html('<span class="{}">{}</span>', tones.get(value, "hz-b"), label))
            for value, label in Urgency.choices
        ]
        self.fields["urgency"].widget.hints = dict(promises)
        shown = _("%(title)s（%(state)s）")
        named = [(one.code, shown % {"title": one.title, "state": one.get_state_display()}) for one in challenges]
        self.fields["challenge"].choices = [("", _("没有对应的领题")), *named]

    @classmethod
    def spread(cls, values: Mapping[str, Any]) -> dict[str, str]:
        found = {name: str(values.get(name) or "") for name in cls.names if name != "questions"}
        rows = [str(row.get("text") or "") for row in values.get("questions") or []]
        found |= {f"question_{n}": rows[n] if n < len(rows) else "" for n in range(QUESTIONS)}
        return found | {"urgency": found["urgency"] or "normal", "mode": found["mode"] or "either"}

    @classmethod
    def typed(cls, post: Mapping[str, Any]) -> dict[str, Any]:
        given: dict[str, Any] = {name: str(post[name]) for name in cls.names if name in post}
        given.pop("questions", None)
        if any(f"question_{n}" in post for n in range(QUESTIONS)):
            given["questions"] = [{"text": str(post.get(f"question_{n}", ""))} for n in range(QUESTIONS)]
        return given

    def control(self, name: str, fault: Fault) -> str:
        return f"question_{min(fault.row or 0, QUESTIONS - 1)}" if name == "questions" else name


class ExpertForm(StepForm):
    """3 选专家. One choice, `to`: `group:<code>`, `person` (with its select) or `unknown`: no two can be chosen at once."""

    names = ("group", "person", "unknown")
    title_of_step = _("选专家")

    to = forms.CharField(label=_("请谁来看"), required=True)
    person = forms.CharField(label=_("指名一位专家"), required=False)

    @classmethod
    def spread(cls, values: Mapping[str, Any]) -> dict[str, str]:
        group, person = str(values.get("group") or ""), str(values.get("person") or "")
        to = f"group:{group}" if group else "person" if person else "unknown" if values.get("unknown") else ""
        return {"to": to, "person": person}

    @classmethod
    def typed(cls, post: Mapping[str, Any]) -> dict[str, Any]:
        if "person" not in post and "to" not in post:
            return {}
        kind, _colon, code = str(post.get("to", "")).partition(":")
        person = str(post.get("person", ""))
        return {
            "group": code if kind == "group" else "",
            "person": person if kind in ("person", "") else "",
            "unknown": kind == "unknown",
        }

    def control(self, name: str, fault: Fault) -> str:
        return "person" if name == "person" else "to"


STEPS: dict[int, type[ConditionForm] | type[GoalForm] | type[ExpertForm]] = {
    1: ConditionForm,
    2: GoalForm,
    3: ExpertForm,
}


def step_of(faults: Mapping[str, Any]) -> int:
    """The first step that holds one of these faults."""
    return next((number for number, form in STEPS.items() if set(form.names) & set(faults)), 3)


def collisions(form: type[StepForm], draft: Draft, post: Mapping[str, Any]) -> list[tuple[str, str]]:
    """What is stored and differs from what was just typed: (label, stored text), for the one who must choose."""
    stored, mine = form.spread(draft.values), form.spread(form.typed(post))
    return [
        (str(form.base_fields[name].label), text)
        for name, text in stored.items()
        if text and _kept(text) != _kept(mine[name])
    ]


def _kept(text: str) -> str:
    """A text as a draft keeps it, line breaks apart."""
    return mask_personal(clean_text(text))[0]
