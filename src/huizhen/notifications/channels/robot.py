"""What the robots of group chats have in common: known hosts, a JSON body, a JSON answer that holds the real result."""

from __future__ import annotations

import json
import re
from typing import Any, ClassVar

from django.conf import settings
from django.utils import timezone

from huizhen.lib.errors import Fault
from huizhen.notifications.channels.envelope import Envelope, Permanent, Temporary
from huizhen.notifications.channels.wire import Answer, BadAddress, Target, post, target
from huizhen.notifications.choices import ChannelName


class Robot:
    """A group robot. A kind of robot says how it lays out a message, how it signs, and which refusals are final."""

    channel: ClassVar[ChannelName]
    hosts: ClassVar[frozenset[str]]
    path: ClassVar[re.Pattern[str]]
    """What the path and query of an address look like; the last part is the robot's token."""
    code_names: ClassVar[tuple[str, ...]] = ("errcode",)
    """Where the answer holds the result; 0 is success."""
    final: ClassVar[frozenset[int]]
    """Results that stay the same until somebody changes the robot: bad key, bad signature, robot gone, text refused."""
    signs: ClassVar[bool] = True
    """Whether it knows signatures. Ours are made when a secret is given."""

    @property
    def name(self) -> str:
        return self.channel.value

    @property
    def label(self) -> Any:
        return self.channel.label

    def check(self, address: str, secret: str) -> list[Fault]:
        """address_form, address_scheme, address_userinfo, address_host, address_robot (no address of such a robot), secret_unused."""
        try:
            where = target(address)
        except BadAddress as fault:
            return [Fault(str(fault), column="address")]
        if not self._is_known(where):
            return [Fault("address_host", {"hosts": "、".join(sorted(self.hosts))}, column="address")]
        faults = []
        if not self.path.fullmatch(where.path):
            faults.append(Fault("address_robot", column="address"))
        if secret and not self.signs:
            faults.append(Fault("secret_unused", column="secret"))
        return faults

    def send(self, envelope: Envelope) -> None:
        """One message to the group. What is no longer allowed since the address was written down is not sent."""
        if faults := self.check(envelope.to, ""):
            raise Permanent(faults[0].code)
        where, body = self.compose(envelope, target(envelope.to), timezone.now().timestamp())
        headers = {
            "Content-Type": "application/json; charset=utf-8",
            "Accept": "application/json",
            "Huizhen-Delivery": envelope.key,
            "Huizhen-Event": event_name(envelope),
        }
        data = json.dumps(body, ensure_ascii=False).encode()
        self.judge(post(where, data, headers, at_home=where.host not in self.hosts))

    def compose(self, envelope: Envelope, where: Target, now: float) -> tuple[Target, dict[str, Any]]:
        """Where it goes and what it says, signed for this moment (seconds since 1970)."""
        raise TypeError("a kind of robot composes its own messages")

    def judge(self, answer: Answer) -> None:
        """The result is in the body: these services answer 200 to almost anything, and 400 to some of what may pass."""
        code = None if answer.is_long or answer.status >= 500 else self._code(answer.body)
        if code in self.final:
            raise Permanent(f"code {code}")
        if code:
            raise Temporary(f"code {code}")
        check_status(answer.status)
        if code is None:
            raise Temporary("nonsense")

    def _code(self, body: bytes) -> int | None:
        try:
            found = json.loads(body)
        except (ValueError, RecursionError):
            return None
        if not isinstance(found, dict):
            return None
        code = next((found[name] for name in self.code_names if name in found), None)
        return code if isinstance(code, int) and not isinstance(code, bool) else None

    def _is_known(self, where: Target) -> bool:
        """Its public host on the usual port, or one that the operator named, with a port or for any."""
        if where.host in self.hosts:
            return where.scheme == "https" and where.port == 443
        return bool({where.host, f"{where.host}:{where.port}"} & set(settings.HUIZHEN_ROBOT_HOSTS))


_EVENT = re.compile(r"[\w.-]{1,40}", re.ASCII)


def event_name(envelope: Envelope) -> str:
    """The kind of happening as the value of a header."""
    return envelope.event if _EVENT.fullmatch(envelope.event) else "unknown"


def check_status(status: int) -> None:
    """2xx is well; too many, too early, too late and the server's own faults may pass; the rest stays as it is."""
    if 200 <= status < 300:
        return
    if status in (408, 425, 429) or status >= 500:
        raise Temporary(f"status {status}")
    raise Permanent(f"status {status}")
