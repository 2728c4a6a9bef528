"""Words of the first screens: why a thing waits, what the button says, how the day is greeted."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from huizhen.accounts.models import User
from huizhen.cases.models import FAR, Draft
from huizhen.cases.queries.chips import Chip
from huizhen.cases.queries.desk import Todo
from huizhen.cases.queries.home import BOUND, Home, Tally
from huizhen.cases.verbs import MOVES, SITUATIONS
from huizhen.journal.models import Entry
from huizhen.journal.registry import phrase
from huizhen.web.flags.words import facts

Words = str | Promise

# kind → tag words, tag colour, icon
TAGS: dict[str, tuple[Words, str, str]] = {
    "transfer": (gettext_lazy("转诊待答复"), "zi", "git-pull-request-arrow"),
    "invitation": (gettext_lazy("邀请协诊"), "zi", "users"),
    "opinion": (gettext_lazy("协诊意见待签"), "zi", "pen-line"),
    "ask": (gettext_lazy("支部续问"), "po", "message-circle-question-mark"),
    "complaint": (gettext_lazy("支部投诉"), "red", "message-square-warning"),
    "support": (gettext_lazy("请单位支撑"), "dai", "hand-helping"),
    "measure": (gettext_lazy("我负责的措施"), "dai", "list-checks"),
    "reply": (gettext_lazy("最终答复待签"), "dai", "mail-check"),
    "proposal": (gettext_lazy("等您同意"), "po", "circle-question-mark"),
    "dispute": (gettext_lazy("处方有分歧"), "po", "scale"),
    "verdicts": (gettext_lazy("疗效评价不一"), "po", "scale"),
    "extraction": (gettext_lazy("萃取待定"), "zhu", "flask-conical"),
    "ruling": (gettext_lazy("转诊待裁定"), "red", "gavel"),
    "desk": (gettext_lazy("导诊台待分诊"), "dai", "signpost"),
    "acceptance": (gettext_lazy("处方等您接受"), "po", "clipboard-list"),
    "verdict": (gettext_lazy("复诊等您评价"), "po", "stethoscope"),
    "missing": (gettext_lazy("计时已暂停，等支部补材料"), "", "pause"),
    "form": (gettext_lazy("反馈待填"), "dai", "message-square-text"),
}
# kind → why it waits; who and text are those of the thing
WHY: dict[str, Words] = {
    "transfer": gettext_lazy("%(who)s提议转来：“%(text)s”"),
    "invitation": gettext_lazy("%(who)s请您的团协诊：“%(text)s”"),
    "opinion": gettext_lazy("%(who)s请您的团协诊：“%(text)s”"),
    "ask": gettext_lazy("%(who)s续问：“%(text)s”"),
    "complaint": gettext_lazy("%(who)s投诉：“%(text)s”"),
    "support": gettext_lazy("%(who)s请求支撑：“%(text)s”"),
    "measure": gettext_lazy("您负责：%(text)s"),
    "reply": gettext_lazy("病例已破题。请告诉支部查明了什么、改变了什么、今后坚持什么。"),
    "proposal": gettext_lazy("%(who)s提请，需要您这一手：“%(text)s”"),
    "dispute": gettext_lazy("支部第二次退回处方：“%(text)s”"),
    "verdicts": gettext_lazy("支部与专家的评价不一致，由您裁定。支部说：“%(text)s”"),
    "extraction": gettext_lazy("复诊显效。请决定是否萃取成工作法。"),
    "ruling": gettext_lazy("%(who)s转出未被接受：“%(text)s”"),
    "desk": gettext_lazy("支部不清楚该找谁，现由%(who)s负责，请分到专家团。"),
    "acceptance": gettext_lazy("%(who)s已开出处方。请看过后接受，或写明理由退回。"),
    "verdict": gettext_lazy("%(who)s已记录复诊，请给出支部的评价。"),
    "missing": gettext_lazy("还缺：%(text)s"),
    "form": gettext_lazy("一分钟，告诉专家有没有用。"),
}
NEXT: dict[str, Words] = {
    "log_contact": gettext_lazy("支部在等第一次联系。沟通后登记，时钟才停。"),
    "inform_group": gettext_lazy("已与支部沟通，请把情况告诉全团。"),
    "hold_session": gettext_lazy("请约全团会诊，会后登记到会和纪要。"),
    "diagnose": gettext_lazy("会诊已举行，请写下查明的病因。"),
    "prescribe": gettext_lazy("病因已查明，请开处方。"),
    "update_measure": gettext_lazy("支部正在按处方执行。"),
    "follow_up": gettext_lazy("该回访了：措施做了没有，指标动了没有。"),
    "resolve": gettext_lazy("复诊已见效，可以结案。"),
    "sign_final_reply": gettext_lazy("病例已破题。请告诉支部查明了什么、改变了什么、今后坚持什么。"),
    "archive": gettext_lazy("答复、反馈都齐了，可以归档。"),
}
WAITS: dict[str, Words] = {
    "acceptance": gettext_lazy("等支部接受处方"),
    "paused": gettext_lazy("等支部补材料"),
    "transfer": gettext_lazy("等对方答复转诊"),
    "follow_up": gettext_lazy("等双方评价疗效"),
    "archive": gettext_lazy("等支部反馈、团长定萃取"),
}
SECOND = {
    "accept_transfer": ("refuse_transfer", gettext_lazy("不接，说明理由")),
    "accept_invitation": ("decline_invitation", gettext_lazy("不参加，说明理由")),
    "decline": ("refuse_proposal", gettext_lazy("不同意")),
    "close_unresolved": ("refuse_proposal", gettext_lazy("不同意")),
    "log_contact": ("propose_transfer", gettext_lazy("提议转诊")),
}


@dataclass(frozen=True)
class Task:
    """A thing to do as it is drawn."""

    todo: Todo
    url: str
    case_url: str
    button: Words
    tag: Words
    tag_kind: str
    icon: str
    why: str
    second_url: str = ""
    second: Words = ""

    @property
    def chip(self) -> Chip | None:
        return self.todo.chip

    @property
    def look(self) -> str:
        """Suffix of the lead card's class: red when late, amber past half, blue else."""
        state = self.todo.chip.state if self.todo.chip else ""
        return {"over": "", "half": " hz-lead--half"}.get(state, " hz-lead--calm")


def _fill(words: Words, todo: Todo) -> str:
    text = todo.text if len(todo.text) <= 120 else todo.text[:119] + "…"
    return str(words) % {"who": todo.who, "text": text}


def task(todo: Todo) -> Task:
    """Everything the template needs of one thing."""
    code = todo.case.code
    words, kind, icon = TAGS.get(todo.kind, (SITUATIONS.get(todo.case.situation, ""), "dai", ""))
    why = _fill(WHY[todo.kind], todo) if todo.kind in WHY else str(NEXT.get(todo.move, ""))
    case_url = reverse("case:page", args=[code])
    url = reverse(f"case:{todo.move}", args=[code]) if todo.move else case_url
    button: Words = MOVES[todo.move] if todo.move else gettext_lazy("看病例")
    second, label = SECOND.get(todo.move, ("", ""))
    if todo.kind == "acceptance":  # nobody should accept what she has not read
        second, label = todo.move, MOVES[todo.move]
        url, button = reverse("case:prescription", args=[code, todo.version]), gettext_lazy("看处方")
    return Task(
        todo,
        url,
        case_url,
        button,
        words,
        kind,
        icon,
        why,
        reverse(f"case:{second}", args=[code]) if second else "",
        label,
    )


@dataclass(frozen=True)
class Section:
    """Things under one heading."""

    title: str
    tasks: tuple[Task, ...]


def sections(found: Home) -> list[Section]:
    """What remains after the lead: today, within seven days, later, without a date."""
    tonight = found.desk.tonight
    bounds = [
        (_("今天"), tonight),
        (_("七天内"), tonight + timedelta(days=6)),
        (_("以后"), FAR),
        (_("没有时限"), FAR + timedelta(days=1)),
    ]
    left = [task(one) for one in found.rest]
    made = []
    for title, bound in bounds:
        made.append(Section(title, tuple(one for one in left if one.todo.due_at < bound)))
        left = [one for one in left if one.todo.due_at >= bound]
    return [one for one in made if one.tasks]


def greeting(found: Home, name: str) -> str:
    """上午好，顾知微。有 4 件事今天要办，1 件已超时"""
    hour = timezone.localtime(found.desk.now).hour
    hello = _("上午好") if 4 <= hour < 12 else _("下午好") if 12 <= hour < 18 else _("晚上好")
    values = {"hello": hello, "name": name, "n": found.due_today, "late": found.late}
    if found.late and not found.due_today:
        return (
            ngettext(
                "%(hello)s，%(name)s。%(late)s 件已超时",
                "%(hello)s，%(name)s。%(late)s 件已超时",
                found.late,
            )
            % values
        )
    if found.late:
        return (
            ngettext(
                "%(hello)s，%(name)s。有 %(n)s 件事今天要办，%(late)s 件已超时",
                "%(hello)s，%(name)s。有 %(n)s 件事今天要办，%(late)s 件已超时",
                found.due_today,
            )
            % values
        )
    if found.due_today:
        return (
            ngettext(
                "%(hello)s，%(name)s。有 %(n)s 件事今天要办",
                "%(hello)s，%(name)s。有 %(n)s 件事今天要办",
                found.due_today,
            )
            % values
        )
    if found.lead:
        return _("%(hello)s，%(name)s。今天没有到时的事") % values
    return _("%(hello)s，%(name)s。没有等您办的事") % values


def bounded(n: int) -> str:
    """A counter that stops at 99+."""
    return str(n) if n < BOUND else f"{BOUND - 1}+"


def figures(tally: Tally, scope: str) -> list[dict[str, Any]]:
    """Four counters, each leading to its cases."""
    base = reverse("cases:list") + f"?scope={scope}"
    rows = [
        (_("在诊"), tally.open, base, False),
        (_("超时"), tally.late, f"{base}&overdue=1", tally.late > 0),
        (_("今天到时"), tally.today, f"{base}&today=1", False),
        (_("待复诊"), tally.follow_ups, f"{base}&situation=follow_up", False),
    ]
    return [{"label": label, "n": bounded(n), "url": url, "bad": bad} for label, n, url, bad in rows]


@dataclass(frozen=True)
class DraftLine:
    """A registration not yet sent. `is_theirs`: somebody wrote it for the branch, which only confirms."""

    draft: Draft
    title: str
    url: str
    is_theirs: bool


def draft_line(draft: Draft, user_id: int) -> DraftLine:
    """A draft leads to where it goes on; one written by somebody else for the branch leads to its confirmation."""
    is_theirs = draft.owner_id != user_id
    url = (
        reverse("registration:review", args=[draft.key])
        if is_theirs
        else reverse("registration:step", args=[draft.key, 1])
    )
    return DraftLine(draft, str(draft.values.get("title") or _("还没有主诉")), url, is_theirs)


def entry(one: Entry) -> dict[str, Any]:
    """A row of the journal as people read it."""
    return {"row": one, "words": phrase(one.verb), "kind": one.target_type.rpartition(".")[2]}


def screen(found: Home, user: User) -> dict[str, Any]:
    """Everything a first screen shows, in words."""
    scope = {"liaison": "domain", "clerk": "unit"}.get(found.role, "group")
    return {
        "home": found,
        "greeting": greeting(found, user.name),
        "talks": [(one, facts(one)) for one in found.talks.to_have],
        "about_me": [(one, facts(one)) for one in found.talks.about_me],
        "drafts": [draft_line(one, user.pk) for one in found.drafts],
        "lead": task(found.lead) if found.lead else None,
        "sections": sections(found),
        "count": len(found.rest),
        "offered_many": sum(1 for one in found.todos if one.kind == "transfer") > 1,
        "waiting": [(one, WAITS.get(one.case.situation, "")) for one in found.waiting],
        "panels": [(one, figures(one.tally, "group")) for one in found.panels],
        "figures": figures(found.tally, scope) if found.tally else [],
        "rows": [(one, SITUATIONS.get(one.case.situation, "")) for one in found.rows],
        "situations": [(SITUATIONS[key], key, n) for key, n in found.overview.situations] if found.overview else [],
    }
