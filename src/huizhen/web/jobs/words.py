"""Words of the background jobs: what each is for, what it counts, how its runs went, how long."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from huizhen.schedules.models import Outcome, Run, Worker
from huizhen.schedules.queries import JobState

# Name of the job → what it is called, what it does.
JOBS: dict[str, tuple[str | Promise, str | Promise]] = {
    "accounts.forget": (gettext_lazy("清理接口应答"), gettext_lazy("接口保留的应答满一周后删除。")),
    "cases.imports": (
        gettext_lazy("写入历史清单"),
        gettext_lazy("确认过的历史清单整份写入，要撤回的整份撤回。"),
    ),
    "cases.people": (
        gettext_lazy("随人随团调整"),
        gettext_lazy("团并了、支部撤了，病例跟过去；敏感病例让现任团长和接口人看得到；移交完的代理到此为止。"),
    ),
    "cases.sweep": (
        gettext_lazy("巡查时限"),
        gettext_lazy("到期的事自己推进：时限提醒与上报、转诊答复、默认反馈、归档、重算。"),
    ),
    "directory.close_gone": (gettext_lazy("停用离开人员的账号"), gettext_lazy("登记了离开的，到那天起不能再登录。")),
    "journal.seal_daily": (gettext_lazy("封存流水"), gettext_lazy("每天把流水的末尾写进数据库之外的文件。")),
    "methods.drain": (gettext_lazy("记下工作法复用"), gettext_lazy("处方引用了谁、复诊怎么说，几秒内记到工作法上。")),
    "methods.fade": (gettext_lazy("重算可信度"), gettext_lazy("证据一天天变旧，可信度每天重算一次。")),
    "methods.pictures": (gettext_lazy("清理图片"), gettext_lazy("没有文字用到的图片，满七天后删除。")),
    "methods.stale": (gettext_lazy("找久没人用的工作法"), gettext_lazy("一年半没人用过或复审过的，请评审人再看看。")),
    "methods.trials": (gettext_lazy("提醒试用反馈"), gettext_lazy("试用到期还没有结果的，提醒支部记一下。")),
    "notifications.deliver": (
        gettext_lazy("发出通知"),
        gettext_lazy("把邮件、群机器人和回调逐条送出，没送到的稍后再送。"),
    ),
    "notifications.digest": (gettext_lazy("发每周小结"), gettext_lazy("给团长等人汇总一周，每人每周一次。")),
    "notifications.drain": (gettext_lazy("分发通知"), gettext_lazy("读流水，给该知道的人写进收件箱。")),
    "reports.drain": (gettext_lazy("更新数字"), gettext_lazy("刚发生的事几秒内就计入及时率等各项数字。")),
    "reports.fill": (
        gettext_lazy("重算全部数字"),
        gettext_lazy("第一次启用数字，或工作日历改了，把所有病例重新数一遍。"),
    ),
    "reports.carry": (
        gettext_lazy("结转病例"),
        gettext_lazy("活动结束十分钟后，把选了结转的未结病例放到新一届活动里接着办。"),
    ),
    "reports.monthly": (
        gettext_lazy("月报开报和提醒"),
        gettext_lazy("每月 1 日开出各单位的月报；到期前五个、一个工作日和当天提醒没报的，过期再提醒一次。"),
    ),
    "reports.mailings": (
        gettext_lazy("定时发送"),
        gettext_lazy("到了时间，把保存的视图发给收件人；停机期间错过的只补一次。"),
    ),
    "reports.rounds": (gettext_lazy("提醒查房"), gettext_lazy("本轮快结束还没查房的团，提醒团长去查。")),
    "reports.worklists": (
        gettext_lazy("生成工作清单"),
        gettext_lazy("有人要导出的长清单，在后台写成文件；七天后删去。"),
    ),
    "reports.pdfs": (
        gettext_lazy("转成 PDF"),
        gettext_lazy("有人要 PDF 的公文，一份一份转换；没有 LibreOffice 时什么也不做。三十天后删去。"),
    ),
    "schedules.prune": (gettext_lazy("清理运行记录"), gettext_lazy("运行记录满 30 天、停了的工作进程满一天后删除。")),
    "search.drain": (gettext_lazy("追上流水"), gettext_lazy("刚发生的事几秒内就能搜到。")),
    "search.rebuild": (gettext_lazy("重建搜索索引"), gettext_lazy("有人要求时，把所有内容重新读一遍。")),
}

# What a job counts → how it is said.
COUNTS: dict[str, str | Promise] = {
    "answers": gettext_lazy("删除应答 %(n)s"),
    "archived": gettext_lazy("归档 %(n)s"),
    "cases": gettext_lazy("病例 %(n)s"),
    "changed": gettext_lazy("变了 %(n)s"),
    "cited": gettext_lazy("新引用 %(n)s"),
    "carried": gettext_lazy("随调整 %(n)s"),
    "closed": gettext_lazy("停用账号 %(n)s"),
    "clocks": gettext_lazy("重算 %(n)s"),
    "deliveries": gettext_lazy("待发 %(n)s"),
    "doubtful": gettext_lazy("可能已送达 %(n)s"),
    "ended": gettext_lazy("代理结束 %(n)s"),
    "failed": gettext_lazy("失败 %(n)s"),
    "entries": gettext_lazy("读流水 %(n)s"),
    "forms": gettext_lazy("默认反馈 %(n)s"),
    "lists": gettext_lazy("清单 %(n)s"),
    "messages": gettext_lazy("消息 %(n)s"),
    "methods": gettext_lazy("工作法 %(n)s"),
    "pictures": gettext_lazy("删除图片 %(n)s"),
    "reminded": gettext_lazy("提醒 %(n)s"),
    "stale": gettext_lazy("待复审 %(n)s"),
    "weighed": gettext_lazy("重算可信度 %(n)s"),
    "postponed": gettext_lazy("稍后重试 %(n)s"),
    "removed": gettext_lazy("移出索引 %(n)s"),
    "runs": gettext_lazy("删除记录 %(n)s"),
    "sealed": gettext_lazy("封存 %(n)s"),
    "sent": gettext_lazy("送出 %(n)s"),
    "steps": gettext_lazy("提醒与上报 %(n)s"),
    "transactions": gettext_lazy("读流水 %(n)s"),
    "transfers": gettext_lazy("转诊到期 %(n)s"),
    "workers": gettext_lazy("删除进程 %(n)s"),
    "written": gettext_lazy("写入索引 %(n)s"),
}

OUTCOMES: dict[str, tuple[str | Promise, str]] = {
    Outcome.RUNNING: (gettext_lazy("运行中"), "dai"),
    Outcome.DONE: (gettext_lazy("完成"), "zhu"),
    Outcome.FAILED: (gettext_lazy("失败"), "red"),
    Outcome.LOST: (gettext_lazy("中断"), "po"),
}
KINDS: dict[str, str | Promise] = {Worker.Kind.WEB: gettext_lazy("网站"), Worker.Kind.WORKER: gettext_lazy("后台")}


def called(name: str) -> str:
    """What a job is called; one nobody gave words to is called by its name."""
    return str(JOBS[name][0]) if name in JOBS else name


def purpose(name: str) -> str:
    return str(JOBS[name][1]) if name in JOBS else ""


def counted(run: Run) -> list[str]:
    """What it did, without the noughts."""
    return [
        str(COUNTS[name]) % {"n": number} if name in COUNTS else f"{name} {number}"
        for name, number in run.counts.items()
        if number
    ]


def span(amount: timedelta) -> str:
    """Time of the wall clock: 0.4 秒, 12 秒, 3 分 5 秒, 2 小时."""
    seconds = max(0.0, amount.total_seconds())
    if seconds < 10:
        return _("%(n)s 秒") % {"n": f"{seconds:.1f}".removesuffix(".0")}
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    days, hours = divmod(hours, 24)
    said = [
        words % {"n": number}
        for words, number in (
            (_("%(n)s 天"), days),
            (_("%(n)s 小时"), hours),
            (_("%(n)s 分"), minutes),
            (_("%(n)s 秒"), rest),
        )
        if number
    ]
    return " ".join(said[:2])


@dataclass(frozen=True)
class RunLine:
    """A run as it is told."""

    run: Run
    called: str
    outcome: str
    kind: str
    took: str
    counts: list[str]


def line_of(run: Run, now: datetime) -> RunLine:
    outcome, kind = OUTCOMES[run.outcome]
    took = span((run.ended_at or now) - run.started_at)
    return RunLine(run, called(run.name), str(outcome), kind, took, counted(run))


@dataclass(frozen=True)
class JobLine:
    """A job as it is told: its pace, its newest run, when it comes next."""

    state: JobState
    called: str
    purpose: str
    every: str
    last: RunLine | None
    next_run: datetime | None
    is_running: bool


def job_line(state: JobState, now: datetime) -> JobLine:
    schedule = state.schedule
    is_running = schedule is not None and schedule.run_id is not None
    last = line_of(state.last, now) if state.last else None
    following = schedule.next_run if schedule and not is_running else None
    return JobLine(state, called(state.name), purpose(state.name), span(state.every), last, following, is_running)
