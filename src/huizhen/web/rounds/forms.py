"""What a round, a suggestion and its answer ask for."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from huizhen.reports.actions.rounds import LONGEST, LONGEST_COMMENT, SHORTEST
from huizhen.reports.choices import Addressee, SuggestionState
from huizhen.web.filters import Filters, one_of, ticked
from huizhen.web.forms import Cards, CleanCharField


class RoundForm(forms.Form):
    """The comment of a stamp; the cases come beside it as codes."""

    comment = CleanCharField(label=_("批注"), max_length=LONGEST_COMMENT, required=False, counter=False)


class SuggestForm(forms.Form):
    """To whom, and what. `key` makes a double click one suggestion."""

    key = forms.UUIDField(widget=forms.HiddenInput, required=False)
    to = forms.ChoiceField(label=_("给谁"), widget=Cards())
    text = CleanCharField(
        label=_("建议"), max_length=LONGEST, min_length=SHORTEST, lines=True, rows=6,
        help_text=_("写清要做什么、为什么。看得到病例的人都看得到。"),
    )  # fmt: skip

    def __init__(self, data: Any, *, has_case: bool, groups: Iterable[tuple[str, str | Promise]]) -> None:
        super().__init__(data, initial={"key": uuid.uuid4()})
        self.fields["to"].choices = [one for one in Addressee.choices if has_case or one[0] != Addressee.REQUESTER]
        self.fields["to"].widget.hints = {
            Addressee.REQUESTER: _("由支部的问诊人答复"),
            Addressee.GROUP: _("由责任人或团里其他人答复") if has_case else _("由团里其他人答复"),
            Addressee.HEADQUARTERS: _("需要党建工作部协调的事"),
        }
        if not has_case:
            self.fields["text"].help_text = _("写清要做什么、为什么。团里和接口人看得到。")
            self.fields["group"] = forms.ChoiceField(label=_("以哪个团的名义"), choices=list(groups))
            self.order_fields(["key", "group", "to", "text"])
            if len(self.fields["group"].choices) == 1:
                self.fields["group"].widget = forms.HiddenInput()
                self.initial["group"] = self.fields["group"].choices[0][0]


class AnswerForm(forms.Form):
    decision = forms.ChoiceField(
        label=_("采纳吗"),
        choices=[(SuggestionState.ADOPTED, _("采纳")), (SuggestionState.NOT_ADOPTED, _("不采纳"))],
        widget=Cards(hints={SuggestionState.NOT_ADOPTED: _("要写明理由")}),
    )
    answer = CleanCharField(
        label=_("怎么做，或为什么不"), max_length=LONGEST, lines=True, rows=4, required=False,
        help_text=_("采纳的可以不写。"),
    )  # fmt: skip


class GroupFilters(Filters):
    """Which groups are shown. Who looks after one domain is not asked which."""

    domain = one_of(_("领域"), _("全部领域"))
    silent = ticked(_("只看没去查的"))

    def __init__(self, data: Any, options: Any = None) -> None:
        super().__init__(data, options)
        if len(self.fields["domain"].choices) <= 2:
            del self.fields["domain"]
