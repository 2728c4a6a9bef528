"""The generic webhook: another system hears of happenings in JSON, signed with a secret that both know.

The receiver checks `Huizhen-Signature: sha256=<hex>`, the HMAC-SHA256 of "<Huizhen-Timestamp>.<body>", and throws away what is older
than some minutes, or whose `Huizhen-Delivery` it has seen before: the id stays the same at every attempt.
"""

from __future__ import annotations

import hmac
import json
from typing import Any

from django.conf import settings
from django.utils import timezone

from huizhen.lib.errors import Fault
from huizhen.notifications.channels.envelope import Envelope, Permanent, line
from huizhen.notifications.channels.robot import check_status, event_name
from huizhen.notifications.channels.wire import BadAddress, is_reachable, post, target
from huizhen.notifications.choices import ChannelName

SHORTEST_SECRET = 16


def signature(secret: str, timestamp: int, body: bytes) -> str:
    """sha256=…, over moment and body, so that neither can be exchanged."""
    return f"sha256={hmac.digest(secret.encode(), b'%d.' % timestamp + body, 'sha256').hex()}"


class Webhook:
    @property
    def name(self) -> str:
        return ChannelName.WEBHOOK.value

    @property
    def label(self) -> Any:
        return ChannelName.WEBHOOK.label

    def check(self, address: str, secret: str) -> list[Fault]:
        """address_form, address_scheme, address_userinfo, address_private, secret_short."""
        faults = _address_faults(address)
        if len(secret) < SHORTEST_SECRET:
            faults.append(Fault("secret_short", {"least": SHORTEST_SECRET}, column="secret"))
        return faults

    def send(self, envelope: Envelope) -> None:
        """One signed POST. Any 2xx is an acknowledgement, whatever the body says."""
        if faults := self.check(envelope.to, envelope.secret):
            raise Permanent(faults[0].code)
        body = json.dumps(
            {
                "delivery": envelope.key,
                "event": envelope.event,
                "at": envelope.at.isoformat() if envelope.at else None,
                "subject": line(envelope.subject),
                "text": envelope.text,
                "url": envelope.url,
                "language": envelope.language,
            },
            ensure_ascii=False,
        ).encode()
        now = int(timezone.now().timestamp())
        headers = {
            "Content-Type": "application/json; charset=utf-8",
            "Huizhen-Delivery": envelope.key,
            "Huizhen-Event": event_name(envelope),
            "Huizhen-Timestamp": str(now),
            "Huizhen-Signature": signature(envelope.secret, now, body),
        }
        check_status(post(target(envelope.to), body, headers).status)


def _address_faults(address: str) -> list[Fault]:
    try:
        where = target(address)
    except BadAddress as fault:
        return [Fault(str(fault), column="address")]
    inside = where.host == "localhost" or where.host.endswith((".localhost", ".local", ".internal"))
    if where.literal is not None and not is_reachable(where.literal, at_home=False):
        inside = True
    elif inside and settings.HUIZHEN_ALLOW_PRIVATE_TARGETS:
        inside = False
    return [Fault("address_private", column="address")] if inside else []
