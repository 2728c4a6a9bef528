"""Forms of challenges: the filters of the list, taking one on, ending one."""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from huizhen.challenges.actions import LIMITS, MILESTONES_MOST, SHORTEST_TITLE
from huizhen.challenges.choices import ChallengeState, InnovationKind
from huizhen.challenges.models import Challenge
from huizhen.directory.models import Branch
from huizhen.web.filters import Filters, one_of, sought, ticked
from huizhen.web.forms import CleanCharField
from huizhen.web.sentences import FAULTS

_BLANK_ROWS = 3


class ChallengeFilters(Filters):
    q = sought(_("题目"), _("题目里的字，或编号"))
    unit = one_of(_("单位"), _("全部单位"))
    state = one_of(_("状态"), _("全部状态"), ChallengeState.choices)
    kind = one_of(_("创新类型"), _("全部类型"), InnovationKind.choices)
    bare = ticked(_("还没有病例"))


def _number(label: Any) -> forms.DecimalField:
    errors = {"invalid": FAULTS["not_a_number"]}
    widget = forms.TextInput({"inputmode": "decimal"})
    return forms.DecimalField(
        label=label, required=False, max_digits=16, decimal_places=4, widget=widget, error_messages=errors
    )


class ChallengeForm(forms.Form):
    """Taking on or editing. The milestones are rows of their own names, read by `milestones`."""

    branch = forms.ChoiceField(label=pgettext_lazy("one", "支部"))
    title = CleanCharField(label=_("题目"), min_length=SHORTEST_TITLE, max_length=LIMITS["title"])
    background = CleanCharField(
        label=_("为什么选这道题"), max_length=LIMITS["background"], lines=True, rows=5, required=False
    )
    kind = forms.ChoiceField(label=_("创新类型"), required=False, choices=[("", _("还没定")), *InnovationKind.choices])
    lead = forms.ChoiceField(label=_("牵头人"), required=False)
    indicator = CleanCharField(label=_("看哪个指标"), max_length=LIMITS["indicator"], required=False)
    indicator_unit = CleanCharField(label=_("单位"), max_length=LIMITS["indicator_unit"], required=False)
    baseline = _number(_("现在"))
    goal = _number(_("目标"))
    milestones = forms.Field(label=_("里程碑"), required=False)
    seen = forms.IntegerField(required=False, widget=forms.HiddenInput)

    def __init__(
        self, branches: list[Branch], data: QueryDict | None = None, challenge: Challenge | None = None
    ) -> None:
        super().__init__(data, initial=_initial(challenge) if challenge else {})
        self.branches = {branch.code: branch for branch in branches}
        self.people = {post.person.code: post.person for branch in branches for post in branch.contacts}
        self.fields["branch"].choices = [(branch.code, branch.name) for branch in branches]
        self.fields["lead"].choices = [("", _("还没定")), *((code, one.name) for code, one in self.people.items())]
        if len(branches) == 1:
            self.fields["branch"].required = False

    def rows(self) -> list[dict[str, Any]]:
        """The milestones as they are shown: what was typed or stored, then some empty ones."""
        told = self._typed() if self.is_bound else list(self.initial.get("milestones", ()))
        blank = {"on": "", "what": "", "done": False}
        return told + [blank] * max(0, min(_BLANK_ROWS, MILESTONES_MOST - len(told)))

    def _typed(self) -> list[dict[str, Any]]:
        """Rows m-0-on, m-0-what, m-0-done, …; the number of a row may be anything the page counted to."""
        rows = []
        for key in self.data:
            head, _sep, tail = key.partition("-what")
            if tail == "" and head.startswith("m-") and head[2:].isdecimal() and len(rows) < 4 * MILESTONES_MOST:
                day, what = self.data.get(f"{head}-on", "").strip(), self.data.get(key, "").strip()
                if day or what:
                    rows.append({"on": day[:10], "what": what, "done": bool(self.data.get(f"{head}-done"))})
        return rows

    def values(self) -> dict[str, Any]:
        """What the actions take, without the branch."""
        given = self.cleaned_data
        names = ("title", "background", "indicator", "indicator_unit", "baseline", "goal", "kind")
        return {
            **{name: given[name] for name in names},
            "lead": self.people.get(given["lead"]),
            "milestones": self._typed(),
        }

    def chosen_branch(self) -> Branch:
        return self.branches.get(self.cleaned_data.get("branch") or "") or next(iter(self.branches.values()))


def _initial(challenge: Challenge) -> dict[str, Any]:
    names = ("title", "background", "indicator", "indicator_unit", "kind", "milestones")
    return {
        **{name: getattr(challenge, name) for name in names},
        **{name: plain(getattr(challenge, name)) for name in ("baseline", "goal")},
        "branch": challenge.branch.code,
        "lead": challenge.lead.code if challenge.lead else "",
        "seen": challenge.version,
    }


def plain(value: Any) -> str:
    """A stored number as people write it: 92 instead of 92.0000."""
    return "" if value is None else f"{value:f}".rstrip("0").rstrip(".") if "." in f"{value:f}" else f"{value:f}"


class StepForm(forms.Form):
    state = forms.ChoiceField(choices=ChallengeState.choices, widget=forms.HiddenInput)
    result = CleanCharField(label=_("结果"), max_length=LIMITS["result"], lines=True, rows=3, required=False)
    seen = forms.IntegerField(required=False, widget=forms.HiddenInput)
