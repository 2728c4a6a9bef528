"""PDFs of papers: whether they are offered here, and the one somebody asked for."""

from __future__ import annotations

from uuid import UUID

from django.conf import settings

from huizhen.accounts.models import User
from huizhen.lib import pdf
from huizhen.lib.errors import NotVisible
from huizhen.reports.choices import PdfState
from huizhen.reports.models import PaperPdf


def is_offered() -> bool:
    """Whether LibreOffice is found on this machine."""
    return pdf.find(settings.HUIZHEN_SOFFICE) is not None


def pdf_asked(user: User, key: UUID) -> PaperPdf:
    """The PDF with this key, without its files; NotVisible: she has not asked for it, and so was not given its Word file."""
    found = PaperPdf.objects.defer("word", "content").filter(key=key, askers=user).first()
    if found is None:
        raise NotVisible("pdf_unknown")
    return found


def content_of(one: PaperPdf) -> bytes:
    """The file. NotVisible: it is not there."""
    row = PaperPdf.objects.filter(pk=one.pk, state=PdfState.READY).values_list("content", flat=True).first()
    if row is None:
        raise NotVisible("pdf_unknown")
    return bytes(row)
