"""Words of robots and webhooks: what is wrong with an address, how an endpoint is doing, and why a delivery did not arrive."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlsplit

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from huizhen.lib.errors import Fault
from huizhen.notifications.choices import ChannelName, Event
from huizhen.notifications.models import Endpoint
from huizhen.notifications.queries.deliveries import Sending
from huizhen.notifications.queries.endpoints import EndpointState
from huizhen.web import sentences

Words = str | Promise

FAULTS: dict[str, Words] = {
    "address_form": gettext_lazy("这不是一个完整的地址，请整条粘贴，不要有空格和中文。"),
    "address_scheme": gettext_lazy("地址要以 https:// 开头。"),
    "address_userinfo": gettext_lazy("地址里不能带用户名和密码。"),
    "address_host": gettext_lazy("这种机器人的地址在 %(hosts)s。自建的请管理员登记域名。"),
    "address_robot": gettext_lazy("域名对，但不是群机器人的地址，请整条复制。"),
    "address_private": gettext_lazy("地址在内部网络，不能发。确需发到内网请管理员打开。"),
    "secret_short": gettext_lazy("密钥至少 %(least)s 个字符。"),
    "secret_unused": gettext_lazy("企业微信的密钥在地址里，这一项留空。"),
}
_NOTHING = gettext_lazy("没有任何内容被改动。")
REFUSALS: dict[str, tuple[Words, Words]] = {
    "endpoints_not_yours": (
        gettext_lazy("机器人由党建工作部、团长、接口人和综合员来管"),
        gettext_lazy("您要收群消息，请他们添加。"),
    ),
    "endpoint_not_yours": (gettext_lazy("这个机器人不归您管"), _NOTHING),
    "endpoint_used": (gettext_lazy("发过消息的只能停用，不能删除"), gettext_lazy("发送记录要留着备查。")),
}

# Why a delivery did not arrive: the codes of `notifications.channels`. A number comes after some of them.
TROUBLES: dict[str, Words] = {
    "timeout": gettext_lazy("对方没有在 10 秒内答完"),
    "connection": gettext_lazy("连不上对方，或中途断开"),
    "name": gettext_lazy("域名查不到"),
    "tls": gettext_lazy("对方的证书不可信"),
    "nonsense": gettext_lazy("对方答非所问，可能不是机器人的地址"),
    "private": gettext_lazy("域名指向内部网络，没有发"),
    "stopped": gettext_lazy("机器人已停用"),
}
_KEY = gettext_lazy("密钥不对，或机器人已删除（%(n)s）")
_SIGNATURE = gettext_lazy("签名、关键词或来源不符（%(n)s）")
_OFTEN = gettext_lazy("发得太密，稍后再发（%(n)s）")
NUMBERED: dict[str, Words] = {
    **{f"code {n}": _KEY for n in (93000, 93004, 93008, 300001, 300005, 400101, 400102, 400106, 19001)},
    **{f"code {n}": _SIGNATURE for n in (310000, 19021, 19022, 19024)},
    **{f"code {n}": _OFTEN for n in (45009, 130101, 410100, 11232)},
    **{f"status {n}": gettext_lazy("对方不认签名（%(n)s）") for n in (401, 403)},
    **{f"status {n}": gettext_lazy("对方没有这个地址（%(n)s）") for n in (404, 410)},
    "status 429": _OFTEN,
    "status 3": gettext_lazy("对方要求转到别处，没有跟去（%(n)s）"),
    "status 5": gettext_lazy("对方出错（%(n)s）"),
    "smtp 4": gettext_lazy("邮件服务器暂时不收（%(n)s）"),
    "status": gettext_lazy("对方不收（%(n)s）"),
    "code": gettext_lazy("对方不收（%(n)s）"),
    "smtp": gettext_lazy("邮件服务器不收（%(n)s）"),
}
_NUMBER = re.compile(r"(status|code|smtp) (-?\d+)")


def trouble(error: str) -> str:
    """Why a delivery did not arrive, in words; what nobody foresaw stays as it was noted."""
    if error in FAULTS and "%(" not in str(FAULTS[error]):
        return str(FAULTS[error])
    if error in TROUBLES:
        return str(TROUBLES[error])
    found = _NUMBER.fullmatch(error)
    if not found:
        return sentences.of_fault(Fault(error)) if error in FAULTS else error
    kind, number = found.groups()
    words = next(NUMBERED[one] for one in (error, f"{kind} {number[0]}", kind) if one in NUMBERED)
    return str(words) % {"n": number}


# The kinds of happenings as a group hears them: nobody in it is "me".
EVENTS: dict[str, Words] = {
    **{one.value: one.label for one in Event if one not in (Event.DIGEST, Event.REPORT)},
    Event.ASSIGNED: gettext_lazy("派到人"),
    Event.AWAITED: gettext_lazy("等人答复"),
    Event.ANSWER: gettext_lazy("有了答复"),
    Event.SYSTEM: gettext_lazy("值班和请假"),
}


def masked(address: str) -> str:
    """Which address it is, without what makes it work: host and the last four characters of a path that is much longer."""
    where = urlsplit(address)
    rest = address.partition(where.netloc)[2]
    return f"{where.scheme}://{where.netloc}/…{rest[-4:] if len(rest) > 12 else ''}"


SECRETS: dict[str, Words] = {
    ChannelName.WECOM: gettext_lazy("企业微信不用填。"),
    ChannelName.DINGTALK: gettext_lazy("安全设置里“加签”的密钥，SEC 开头。"),
    ChannelName.FEISHU: gettext_lazy("安全设置里“签名校验”的密钥。"),
    ChannelName.WEBHOOK: gettext_lazy("至少 16 个字符，对方系统用它核对签名。"),
}
ADDRESSES: dict[str, Words] = {
    ChannelName.WECOM: gettext_lazy("群设置 → 群机器人 → 添加后得到的 Webhook 地址"),
    ChannelName.DINGTALK: gettext_lazy("群设置 → 机器人 → 自定义，得到的 Webhook 地址"),
    ChannelName.FEISHU: gettext_lazy("群设置 → 群机器人 → 自定义机器人，得到的 Webhook 地址"),
    ChannelName.WEBHOOK: gettext_lazy("对方系统接收消息的 https 地址"),
}


@dataclass(frozen=True)
class Line:
    """An endpoint as the list and its page tell it. `state` with the kind of its tag."""

    endpoint: Endpoint
    kind: str
    place: str
    address: str
    events: list[str]
    state: str
    tag: str
    trouble: str
    last_sent_at: datetime | None
    failing_since: datetime | None
    resting_until: datetime | None
    is_used: bool


def line_of(state: EndpointState, now: datetime) -> Line:
    one = state.endpoint
    resting = one.resting_until if one.resting_until and one.resting_until > now else None
    if not one.is_active:
        words, tag = _("已停用"), ""
    elif resting or one.failures:
        words, tag = _("送不到"), "red"
    elif state.failing_since:
        words, tag = _("有没送到的"), "po"
    elif state.last_sent_at:
        words, tag = _("正常"), "zhu"
    else:
        words, tag = _("还没发过"), "line"
    return Line(
        endpoint=one,
        kind=str(ChannelName(one.kind).label),
        place=state.place or _("全部病例"),
        address=masked(one.address),
        events=[str(EVENTS[value]) for value in one.events if value in EVENTS],
        state=words,
        tag=tag,
        trouble=trouble(state.last_error) if one.is_active else "",
        last_sent_at=state.last_sent_at,
        failing_since=state.failing_since if one.is_active else None,
        resting_until=resting if one.is_active else None,
        is_used=state.is_used,
    )


_STATE_TAGS = {"sent": "zhu", "waiting": "dai", "sending": "dai", "doubtful": "po", "failed": "red"}


def log_lines(rows: tuple[Sending, ...]) -> list[tuple[Sending, str, str]]:
    """Each sending with the kind of its tag and why it did not arrive."""
    return [(one, _STATE_TAGS.get(one.state, ""), trouble(one.error) if one.error else "") for one in rows]


def install() -> None:
    """Make the words known to the pages."""
    sentences.register(FAULTS, REFUSALS)
