"""A flag in words: what was found, sentence by sentence."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from huizhen.cases.models import Flag
from huizhen.cases.verbs import CLOCKS
from huizhen.web.moments import when_words


def facts(flag: Flag) -> list[str]:
    """What happened, as it was found when the flag was raised."""
    return _TELLERS[flag.kind](flag.facts)


def _refusals(told: dict[str, Any]) -> list[str]:
    words = {
        "transfer": _("%(who)s %(when)s 没有接转诊，病例 %(code)s"),
        "invitation": _("%(who)s %(when)s 没有参加协诊，病例 %(code)s"),
    }
    return [
        words[one["what"]] % {"who": one["who"], "when": _moment(one["at"]), "code": one["case"]}
        for one in told["refusals"]
    ]


def _overdue(told: dict[str, Any]) -> list[str]:
    name = CLOCKS.get(told["clock"], told["clock"])
    return [
        _("“%(clock)s”应在 %(due)s 前办，到期一个工作日后还没有办。") % {"clock": name, "due": _moment(told["due"])}
    ]


def _empty_advice(told: dict[str, Any]) -> list[str]:
    if "returned" in told:
        versions = _("、").join(str(one) for one in told["returned"])
        return [_("处方第 %(versions)s 版先后被支部退回。") % {"versions": versions}]
    return [
        _("处方第 %(version)s 版的 %(all)s 条措施里，%(dropped)s 条没有采纳。")
        % {"version": told["version"], "all": told["all"], "dropped": len(told["dropped"])}
    ]


def _moment(told: str) -> str:
    return when_words(datetime.fromisoformat(told))


_TELLERS = {"refusals": _refusals, "overdue": _overdue, "empty_advice": _empty_advice}
