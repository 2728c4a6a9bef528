"""PDFs of papers: asked for by who was given the Word file, made one after the other by a job, thrown away after some weeks."""

from __future__ import annotations

import hashlib
import io
import zipfile
from datetime import datetime, timedelta
from pathlib import Path

from django.conf import settings
from django.db import transaction
from django.db.models import F

from huizhen.accounts.models import User
from huizhen.journal.actions import record
from huizhen.lib import pdf
from huizhen.lib.errors import NotNow
from huizhen.reports.choices import PdfState
from huizhen.reports.models import PaperPdf

KEPT = timedelta(days=30)
STUCK = timedelta(minutes=10)
"""Longer than a conversion may take: whoever was at it is dead."""
TRIES = 3


def ask_pdf(word: bytes, *, kind: str, label: str, name: str, by: User, at: datetime) -> PaperPdf:
    """A PDF of this Word file of ours, which `by` may read: the caller has asked for that. What says the same is one PDF, whoever asks.

    `kind`: of which paper; `label`: what it is called; `name`: of the file, without ending. Side effects: the row; journal `pdf_asked`
    when she has not asked before. One that failed is tried again. NotNow: there is no LibreOffice here.
    """
    if pdf.find(settings.HUIZHEN_SOFFICE) is None:
        raise NotNow("no_pdf")
    with transaction.atomic():
        first = {"kind": kind, "label": label[:120], "name": name[:80], "word": word, "asked_by": by, "asked_at": at}
        made, _is_new = PaperPdf.objects.get_or_create(digest=digest_of(word), defaults=first)
        made = PaperPdf.objects.select_for_update().defer("word", "content").get(pk=made.pk)
        if made.state == PdfState.FAILED:
            made.state, made.tries, made.asked_at = PdfState.WAITING, 0, at
            made.save(update_fields=["state", "tries", "asked_at"])
        if not made.askers.filter(pk=by.pk).exists():
            made.askers.add(by)
            record("pdf_asked", made, by=by, at=at, label=label, kind=kind, digest=made.digest)
        return made


def digest_of(word: bytes) -> str:
    """Of the parts of a Word file: two files that say the same differ in the time of packing only."""
    seen = hashlib.sha256()
    with zipfile.ZipFile(io.BytesIO(word)) as packed:
        for name in sorted(packed.namelist()):
            seen.update(f"{name}\0".encode() + hashlib.sha256(packed.read(name)).digest())
    return seen.hexdigest()


def make_pdf(*, soffice: Path, at: datetime) -> str | None:
    """Convert the one that waits longest: "ready", "failed"; None when nothing waits, or somebody else was faster.

    Claimed by compare-and-set in a transaction of its own and stored in another: the conversion holds nothing meanwhile. What a dead
    process was at is taken up again after some minutes; after three tries it has failed.
    """
    PaperPdf.objects.filter(state=PdfState.MAKING, begun_at__lt=at - STUCK).update(state=PdfState.WAITING)
    one = PaperPdf.objects.filter(state=PdfState.WAITING).order_by("pk").first()
    if one is None:
        return None
    mine = PaperPdf.objects.filter(pk=one.pk, state=PdfState.WAITING)
    if not mine.update(state=PdfState.MAKING, begun_at=at, tries=F("tries") + 1):
        return None
    try:
        if one.tries >= TRIES:
            raise pdf.NoPdf("too many tries")
        content = pdf.pdf_of(bytes(one.word), soffice=soffice)
    except pdf.NoPdf:
        is_last = one.tries + 1 >= TRIES
        state = PdfState.FAILED if is_last else PdfState.WAITING
        PaperPdf.objects.filter(pk=one.pk, state=PdfState.MAKING).update(state=state)
        return "failed"
    made = PaperPdf.objects.filter(pk=one.pk, state=PdfState.MAKING)
    made.update(state=PdfState.READY, content=content, made_at=at)
    return "ready"


def forget_pdfs(*, at: datetime) -> int:
    """Throw away what was asked for a month ago; it can be made again. How many."""
    old = list(PaperPdf.objects.filter(asked_at__lt=at - KEPT).values_list("pk", flat=True)[:500])
    PaperPdf.objects.filter(pk__in=old).delete()
    return len(old)
