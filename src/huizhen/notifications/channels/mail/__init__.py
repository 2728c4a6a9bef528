"""E-mail, through Django's backends: SMTP where EMAIL_URL says so, else files in a folder (`folder`)."""

from __future__ import annotations

import contextlib
import os
import re
import smtplib
import socket
import threading
from typing import Any

from django.conf import settings
from django.core.mail import BadHeaderError, EmailMultiAlternatives, get_connection
from django.utils import translation
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from huizhen.lib.errors import Fault
from huizhen.notifications.channels.envelope import Envelope, Failure, Permanent, Temporary, line
from huizhen.notifications.choices import ChannelName

TOTAL = 10.0
"""Seconds for one mail, once the server was reached; to reach it, EMAIL_TIMEOUT."""
_ADDRESS = re.compile(r"[^\s@,;:<>()\[\]\"\\]{1,64}@[^\s@,;:<>()\[\]\"\\]{1,180}")


class Mail:
    @property
    def name(self) -> str:
        return ChannelName.MAIL.value

    @property
    def label(self) -> Any:
        return ChannelName.MAIL.label

    def check(self, address: str, secret: str) -> list[Fault]:
        """address_form."""
        return (
            [] if _ADDRESS.fullmatch(address) and address.isprintable() else [Fault("address_form", column="address")]
        )

    def send(self, envelope: Envelope) -> None:
        """One mail to one person. Temporary too when the server does not know us: that is no fault of the message."""
        if faults := self.check(envelope.to, ""):
            raise Permanent(faults[0].code)
        mail = composed(envelope)
        mail.connection = get_connection()
        cut_off = _CutOff(mail.connection)
        try:
            with cut_off:
                mail.send()
        except (smtplib.SMTPException, OSError, BadHeaderError, UnicodeError) as fault:
            # What was cut off in the middle of a line may look like an answer.
            raise (Temporary("timeout") if cut_off.happened else _failure(fault)) from None


def _failure(fault: Exception) -> Failure:
    """What a fault of the library means. The server's words are left out."""
    match fault:
        case smtplib.SMTPRecipientsRefused():
            return _refusal(next((one[0] for one in fault.recipients.values()), 0))
        case smtplib.SMTPAuthenticationError() | smtplib.SMTPSenderRefused():
            return Temporary(f"smtp {fault.smtp_code}")
        case smtplib.SMTPResponseException():
            return _refusal(fault.smtp_code)
        case BadHeaderError() | UnicodeError():
            return Permanent("address_form")
        case TimeoutError():
            return Temporary("timeout")
    return Temporary("connection")


class _CutOff:
    """Ends the talk with a mail server at its time: smtplib waits for each line anew."""

    def __init__(self, backend: Any) -> None:
        self.happened = False
        self._backend = backend
        self._timer = threading.Timer(TOTAL, self._cut)
        self._timer.daemon = True

    def __enter__(self) -> None:
        self._timer.start()

    def __exit__(self, *_fault: object) -> None:
        self._timer.cancel()

    def _cut(self) -> None:
        """Through a second handle, because TLS keeps the first to itself."""
        sock = getattr(getattr(self._backend, "connection", None), "sock", None)
        with contextlib.suppress(OSError):
            if sock is not None:
                self.happened = True
                with socket.socket(fileno=os.dup(sock.fileno())) as line:
                    line.shutdown(socket.SHUT_RDWR)


def _refusal(code: int) -> Failure:
    return Permanent(f"smtp {code}") if 500 <= code < 600 else Temporary(f"smtp {code}")


def composed(envelope: Envelope) -> EmailMultiAlternatives:
    """The mail: plain text, simple HTML beside it, and the delivery id in two headers, by which a repeat is known."""
    domain = settings.HUIZHEN_MAIL_FROM.rpartition("@")[2].strip("<> ") or "localhost"
    mail = EmailMultiAlternatives(
        subject=line(envelope.subject),
        body="\n\n".join(part for part in (envelope.text.strip(), envelope.url) if part) + "\n",
        from_email=settings.HUIZHEN_MAIL_FROM,
        to=[envelope.to],
        headers={
            "Message-ID": f"<{envelope.key}@{domain}>",
            "X-Huizhen-Delivery": envelope.key,
            "Auto-Submitted": "auto-generated",  # so that absent people's machines do not answer
        },
    )
    mail.attach_alternative(_html(envelope), "text/html")
    for one in envelope.attached:
        mail.attach(one.name, one.content, one.kind)
    return mail


def _html(envelope: Envelope) -> SafeString:
    with translation.override(envelope.language):
        words = _("打开")
    lines = [one for one in envelope.text.strip().splitlines() if one.strip()]
    link = format_html('<p><a href="{}">{}</a></p>', envelope.url, words) if envelope.url else ""
    return format_html(
        '<!doctype html><html lang="{}"><body style="font-family:sans-serif;font-size:16px;line-height:1.6">{}{}</body></html>',
        envelope.language,
        format_html_join("", "<p>{}</p>", ((one,) for one in lines)),
        link,
    )
