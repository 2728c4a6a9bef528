"""Mail as files, for the demo and for installations without a mail server: one `.eml` for each, named by moment and delivery.

Django's own file backend names a file by second and memory address; two mails of one second may share one.
"""

from __future__ import annotations

import os
import uuid
from collections.abc import Sequence
from pathlib import Path

from django.conf import settings
from django.core.mail import EmailMessage
from django.core.mail.backends.base import BaseEmailBackend
from django.utils import timezone


class FolderBackend(BaseEmailBackend):
    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        """Write each whole or not at all."""
        folder = Path(settings.EMAIL_FILE_PATH)
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        for mail in email_messages:
            key = str(mail.extra_headers.get("X-Huizhen-Delivery", "")) or uuid.uuid4().hex
            name = f"{timezone.now():%Y%m%dT%H%M%S.%f}-{key[:36]}"
            fresh = folder / f".{name}"
            with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
                file.write(mail.message().as_bytes())
            fresh.rename(folder / f"{name}.eml")
        return len(email_messages)
