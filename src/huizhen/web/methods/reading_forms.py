"""Forms of readers and branches: the shelf's filters, a trial and its result, a word on a reuse, a decision."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from huizhen.cases.choices import Innovation
from huizhen.methods.actions.reuse import LIMITS, OUTCOMES
from huizhen.methods.actions.standing import LONGEST
from huizhen.methods.choices import Better, EvidenceWords, Use
from huizhen.methods.models import Adoption, MethodVersion
from huizhen.methods.queries.reading import CONFIDENCE, NEWEST
from huizhen.web.challenges.forms import plain
from huizhen.web.filters import Filters, one_of, sought
from huizhen.web.forms import CleanCharField, Segments
from huizhen.web.sentences import FAULTS

_SHOWN = [choice for choice in EvidenceWords.choices if choice[0] != EvidenceWords.DRAFT]
_OUTCOMES = [(one.value, one.label) for one in Use if one in OUTCOMES]


class ShelfFilters(Filters):
    q = sought(pgettext_lazy("method", "名称"), _("名称、做法里的字，或编号"))
    domain = one_of(_("领域"), _("全部领域"))
    evidence = one_of(_("证据"), _("在用的"), _SHOWN)
    kind = one_of(_("问题类型"), _("全部类型"), Innovation.choices)
    order = one_of(
        _("排序"), _("可信度高的在前"), [(NEWEST, _("新发布的在前"))]
    )  # the default needs no word in the address

    @property
    def wanted(self) -> dict[str, Any]:
        """What the shelf is asked for."""
        told = self.values
        return {
            "text": told["q"], "domain": told["domain"], "evidence": told["evidence"], "kind": told["kind"],
            "order": told["order"] or CONFIDENCE,
        }  # fmt: skip


class TrialForm(forms.Form):
    """Trying a method for one of the reader's branches."""

    branch = forms.ChoiceField(label=pgettext_lazy("one", "支部"))
    why = CleanCharField(label=_("想解决什么"), max_length=LIMITS["why"], required=False)

    def __init__(self, branches: Any, data: Any = None) -> None:
        super().__init__(data, auto_id="try-%s")
        self.branches = {one.code: one for one in branches}
        self.fields["branch"].choices = [(code, one.name) for code, one in self.branches.items()]
        if len(self.branches) == 1:
            self.fields["branch"].required = False
            self.fields["branch"].widget = forms.HiddenInput()

    def chosen(self) -> Any:
        return self.branches.get(self.cleaned_data.get("branch") or "") or next(iter(self.branches.values()), None)


def _number(label: Any) -> forms.DecimalField:
    widget = forms.TextInput({"inputmode": "decimal"})
    errors = {"invalid": FAULTS["not_a_number"]}
    return forms.DecimalField(
        label=label, required=False, max_digits=16, decimal_places=4, widget=widget, error_messages=errors
    )


class ResultForm(forms.Form):
    """What came of a trial."""

    use = forms.ChoiceField(label=_("管用吗"), choices=_OUTCOMES, widget=Segments)
    result = CleanCharField(label=_("做了什么，结果怎样"), max_length=LIMITS["result"], lines=True, rows=4)
    indicator = CleanCharField(label=_("看哪个指标"), max_length=LIMITS["indicator"], required=False, counter=False)
    indicator_unit = CleanCharField(
        label=pgettext_lazy("method", "单位"), max_length=LIMITS["indicator_unit"], required=False, counter=False
    )
    before = _number(pgettext_lazy("method", "之前"))
    after = _number(pgettext_lazy("method", "之后"))
    better = forms.ChoiceField(label=_("哪个方向算好"), choices=Better.choices, widget=Segments, required=False)
    period = CleanCharField(label=_("哪段时间"), max_length=LIMITS["period"], required=False, counter=False)
    evidence = CleanCharField(label=_("凭什么说"), max_length=LIMITS["evidence"], lines=True, rows=2, required=False)

    def __init__(self, adoption: Adoption, version: MethodVersion | None, data: Any = None) -> None:
        names = ("result", "indicator", "indicator_unit", "better", "period", "evidence")
        told = {name: getattr(adoption, name) for name in names}
        told |= {"before": plain(adoption.before), "after": plain(adoption.after)}
        told["use"] = "" if adoption.use == Use.WAITING else adoption.use
        if version is not None and not told["indicator"]:
            told |= {"indicator": version.indicator, "indicator_unit": version.indicator_unit}
            if version.before is not None and version.after is not None and version.before != version.after:
                told["better"] = Better.LOWER if version.after < version.before else Better.HIGHER
        super().__init__(data, initial=told)


class UseForm(forms.Form):
    """One click and perhaps a line: what a cited method came to."""

    use = forms.ChoiceField(choices=_OUTCOMES)
    note = CleanCharField(label=_("补充一句"), max_length=LIMITS["note"], required=False, counter=False)


class DecisionForm(forms.Form):
    """推广, 退役, 恢复, 仍然有效 with the reason."""

    reason = CleanCharField(label=_("理由"), max_length=LONGEST, lines=True, rows=2, required=False)
    seen = forms.IntegerField(required=False, widget=forms.HiddenInput)
