"""On the way: pauses, further questions, marks, followers, files, reveals."""

from __future__ import annotations

import hashlib
import os
import uuid
import zipfile
from collections.abc import Iterable
from datetime import datetime
from io import BytesIO
from typing import IO, Any

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import transaction
from django.utils import timezone

from huizhen.accounts.models import User
from huizhen.cases.actions.moving import Act, _admit_heads, _grant, _move
from huizhen.cases.models import Ask, Attachment, Case, Following, Pause
from huizhen.cases.policy import parties_of, roles_on, visible
from huizhen.directory.models import Person
from huizhen.directory.queries import setting, standing
from huizhen.journal.actions import record
from huizhen.lib.errors import Invalid, NotAllowed, NotNow, NotVisible
from huizhen.lib.text import clean as clean_text

_ZIPPED = {"docx": "word/", "xlsx": "xl/", "pptx": "ppt/"}
_MAGIC = {
    "pdf": (b"%PDF-",),
    "png": (b"\x89PNG\r\n\x1a\n",),
    "jpg": (b"\xff\xd8\xff",),
    "jpeg": (b"\xff\xd8\xff",),
    "gif": (b"GIF87a", b"GIF89a"),
    "webp": (b"RIFF",),
    "doc": (b"\xd0\xcf\x11\xe0",),
    "xls": (b"\xd0\xcf\x11\xe0",),
    "ppt": (b"\xd0\xcf\x11\xe0",),
    "wps": (b"\xd0\xcf\x11\xe0",),
    "et": (b"\xd0\xcf\x11\xe0",),
    "txt": (),
    "csv": (),
    **dict.fromkeys(_ZIPPED, (b"PK\x03\x04",)),
}
FILE_KINDS = tuple(_MAGIC)
"""Documents and images. Archives, programs, pages and vector images are not taken: they can carry anything."""
FILES_PER_CASE = 50


def pause(case: Case, *, by: User, at: datetime, seen: int | None = None, **values: Any) -> Case:
    """暂停计时 with the complete list of what is missing (一次性告知). The clocks stand until `resume`."""
    with _move(case, "pause", by=by, at=at, seen=seen, values=values) as act:
        row = Pause.objects.create(
            case=act.case, round=act.case.round, by=act.person, reason=act.values["reason"],
            missing=[one["text"] for one in act.values["missing"]], since=at,
        )  # fmt: skip
        act.data |= {"pause": row.pk, "missing": len(row.missing)}
    return case


def resume(case: Case, *, by: User, at: datetime, seen: int | None = None, **values: Any) -> Case:
    """恢复计时: every clock moves on by exactly the working length of the pause."""
    with _move(case, "resume", by=by, at=at, seen=seen, values=values) as act:
        row = act.file.pause
        if row is None:
            raise NotNow("is_not_paused")
        Pause.objects.filter(pk=row.pk).update(until=at, resumed_by=act.person, note=act.values["note"])
        act.data["pause"] = row.pk
    return case


def ask_on(case: Case, *, by: User, at: datetime, seen: int | None = None, **values: Any) -> Case:
    """续问: the branch asks on inside the case; the answer has a clock."""
    with _move(case, "ask_on", by=by, at=at, seen=seen, values=values) as act:
        row = Ask.objects.create(case=act.case, by=act.person, at=at, text=act.values["text"])
        act.data |= {"ask": row.pk, "key": str(row.key)}
    return case


def asked(act: Act, rows: Iterable[Ask]) -> Ask:
    """The row among `rows` that the input `ask` names and nobody has answered."""
    row = next((one for one in rows if str(one.key) == act.values["ask"]), None)
    if row is None:
        raise Invalid.one("ask", "not_found", given=act.values["ask"][:40])
    if row.answered_at is not None:
        raise NotNow("ask_is_answered", name=row.answered_by.name if row.answered_by else "", at=row.answered_at)
    return row


def answer_ask(case: Case, *, by: User, at: datetime, seen: int | None = None, **values: Any) -> Case:
    """答复续问. The first answer stands; a second person reads that someone was faster."""
    with _move(case, "answer_ask", by=by, at=at, seen=seen, values=values) as act:
        row = asked(act, act.file.questions)
        Ask.objects.filter(pk=row.pk).update(answer=act.values["text"], answered_by=act.person, answered_at=at)
        act.data["ask"] = row.pk
    return case


def mark_sensitive(case: Case, *, by: User, at: datetime, seen: int | None = None, **values: Any) -> Case:
    """标为敏感: from now on only those with an access row see it. Leader and liaison are admitted so that nobody is left alone with it."""
    with _move(case, "mark_sensitive", by=by, at=at, seen=seen, values=values) as act:
        Case.objects.filter(pk=act.case.pk).update(is_sensitive=True)
        for person in (act.case.requester, act.case.first_responder, act.case.accountable, act.person):
            _grant(act.case, at=at, why="participant", person=person)
        _admit_heads(act.case, on=act.day, at=at)
        for person in act.file.contributors.values():
            _grant(act.case, at=at, why="participant", person=person)
    return case


def unmark_sensitive(case: Case, *, by: User, at: datetime, seen: int | None = None, **values: Any) -> Case:
    """取消敏感标记, with a reason."""
    with _move(case, "unmark_sensitive", by=by, at=at, seen=seen, values=values) as act:
        Case.objects.filter(pk=act.case.pk).update(is_sensitive=False)
    return case


def follow(case: Case, *, by: User, at: datetime, seen: int | None = None, **values: Any) -> Case:
    """关注."""
    with _move(case, "follow", by=by, at=at, seen=seen, values=values) as act:
        Following.objects.create(case=act.case, person=act.person, since=at)
    return case


def unfollow(case: Case, *, by: User, at: datetime, seen: int | None = None, **values: Any) -> Case:
    """取消关注."""
    with _move(case, "unfollow", by=by, at=at, seen=seen, values=values) as act:
        Following.objects.filter(case=act.case, person=act.person).delete()
    return case


def attach(case: Case, *, by: User, at: datetime, name: str, content: IO[bytes], seen: int | None = None) -> Attachment:
    """添加附件. Checked by ending and by content; stored under a random name outside the static files.

    Invalid: empty, too large, kind not taken, content not of its kind, the same file again, too many.
    """
    megabytes = setting(case.campaign, "attachment_megabytes")
    data = content.read(megabytes * 2**20 + 1)
    shown, kind = _checked(name, data, megabytes)
    digest = hashlib.sha256(data).hexdigest()
    path = ""
    try:
        with _move(case, "attach", by=by, at=at, seen=seen, values={}) as act:
            kept = act.case.attachments.count()
            if kept >= FILES_PER_CASE:
                raise Invalid.one("file", "too_many_files", most=FILES_PER_CASE)
            if act.case.attachments.filter(digest=digest).exists():
                raise Invalid.one("file", "file_twice", name=shown)
            path = default_storage.save(f"cases/{act.case.code}/{uuid.uuid4().hex}", ContentFile(data))
            row = Attachment.objects.create(
                case=act.case, name=shown, kind=kind, size=len(data), digest=digest, file=path, by=act.person, at=at
            )
            act.data |= {"attachment": row.pk, "size": row.size, "kind": kind}
    except BaseException:
        if path:
            default_storage.delete(path)
        raise
    return row


def _checked(name: str, data: bytes, megabytes: int) -> tuple[str, str]:
    shown = clean_text(os.path.basename(name.replace("\\", "/")))[-120:] or "file"
    kind = shown.rpartition(".")[2].lower() if "." in shown else ""
    if kind not in _MAGIC:
        raise Invalid.one("file", "kind_not_taken", kind=kind[:8], kinds="、".join(FILE_KINDS))
    if not data:
        raise Invalid.one("file", "file_empty", name=shown)
    if len(data) > megabytes * 2**20:
        raise Invalid.one("file", "file_too_large", most=megabytes)
    if _MAGIC[kind] and not data.startswith(_MAGIC[kind]):
        raise Invalid.one("file", "content_not_kind", kind=kind)
    if kind in _ZIPPED:
        try:
            names = zipfile.ZipFile(BytesIO(data)).namelist()
        except (zipfile.BadZipFile, ValueError, NotImplementedError):
            names = []
        if not any(one.startswith(_ZIPPED[kind]) for one in names):
            raise Invalid.one("file", "content_not_kind", kind=kind)
    return shown, kind


def reveal(case: Case, person: Person, *, purpose: str, by: User, at: datetime) -> str:
    """查看号码: the phone of somebody on the case, for somebody with a part in it; journalled with its purpose."""
    who = standing(by, on=timezone.localdate(at))
    if not visible(who).filter(pk=case.pk).exists():
        raise NotVisible("case_unknown", code=case.code)
    if not roles_on(who, case, parties_of(case)) - {"reader"}:
        raise NotAllowed("no_part_in_case")
    people = {case.requester_id, case.accountable_id, case.first_responder_id}
    if person.pk not in people:
        raise NotVisible("person_unknown")
    purpose = clean_text(purpose)[:100]
    if len(purpose) < 2:
        raise Invalid.one("purpose", "required")
    with transaction.atomic():
        record("reveal_phone", case, by=by, at=at, label=case.code, person=person.pk, purpose=purpose)
    return person.phone
