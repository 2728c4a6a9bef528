"""E-mail, through Django's backends: SMTP where EMAIL_URL says so, else files in a folder (`folder`)."""

from __future__ import annotations

import re
import smtplib
from typing import Any

from django.conf import settings
from django.core.mail import BadHeaderError, EmailMultiAlternatives
from django.utils import translation
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from huizhen.lib.errors import Fault
from huizhen.notifications.channels.envelope import Envelope, Permanent, Temporary, line
from huizhen.notifications.choices import ChannelName

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
        try:
            composed(envelope).send()
        except smtplib.SMTPRecipientsRefused as refused:
            code = next((one[0] for one in refused.recipients.values()), 0)
            raise _refusal(code) from None
        except (smtplib.SMTPAuthenticationError, smtplib.SMTPSenderRefused) as refused:
            raise Temporary(f"smtp {refused.smtp_code}") from None
        except smtplib.SMTPResponseException as refused:
            raise _refusal(refused.smtp_code) from None
        except (BadHeaderError, UnicodeError):
            raise Permanent("address_form") from None
        except TimeoutError:
            raise Temporary("timeout") from None
        except (smtplib.SMTPException, OSError):
            raise Temporary("connection") from None


def _refusal(code: int) -> Temporary | Permanent:
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
