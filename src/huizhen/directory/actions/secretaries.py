"""Importing secretaries: planned, shown, and then done as planned, all or nothing. The file waits where rosters wait."""

from __future__ import annotations

import hashlib
import secrets
from datetime import datetime

from django.db import transaction
from django.utils import timezone

from huizhen.accounts.models import User
from huizhen.directory.actions.newcomers import person_codes
from huizhen.directory.actions.rights import need_coordinator
from huizhen.directory.choices import PostingRole
from huizhen.directory.models import Campaign, Person, Posting, RosterUpload
from huizhen.directory.queries.people import UPLOAD_LASTS
from huizhen.directory.sheets.planning import REJECTED
from huizhen.directory.sheets.secretaries import KEPT, Secretaries, plan_secretaries, read_secretaries
from huizhen.journal import actions as journal
from huizhen.lib.errors import NotNow, StaleWrite
from huizhen.lib.text import clean
from huizhen.lib.zh import sort_key

BATCH = 200


@transaction.atomic
def keep_secretaries(campaign: Campaign, *, content: bytes, name: str, by: User, at: datetime) -> RosterUpload:
    """Keeps a readable file until it is confirmed. Side effects: forgets uploads older than a day. Invalid: it cannot be read."""
    need_coordinator(by, at)
    read_secretaries(content)
    RosterUpload.objects.filter(at__lte=at - UPLOAD_LASTS).delete()
    return RosterUpload.objects.create(
        token=secrets.token_urlsafe(32), campaign=campaign, by=by, name=clean(name)[:200], content=content, at=at
    )


@transaction.atomic
def apply_secretaries(kept: RosterUpload, *, digest: str, by: User, at: datetime) -> Secretaries:
    """Does what the dry run with this digest showed. Done twice, the second time changes nothing.

    Side effects, in order: new people; changed people; posts from today on; the upload forgotten; journal `secretaries_imported`.
    NotAllowed: not head office. NotNow: rows were rejected. StaleWrite: the file or the people are not what the dry run saw.
    """
    lender = need_coordinator(by, at)
    codes, today = person_codes(), timezone.localdate(at)
    planned = plan_secretaries(read_secretaries(bytes(kept.content)), kept.campaign, on=today)
    if planned.digest != digest:
        raise StaleWrite("roster_stale")
    if planned.counts[REJECTED]:
        raise NotNow("roster_has_rejected", count=planned.counts[REJECTED])
    fresh: dict[int, Person] = {}
    known: dict[int, Person] = {}
    touched: dict[int, Person] = {}
    for line in planned.lines:
        entry = line.entry
        if line.person is not None:
            known[line.identity] = line.person
            if line.changes:
                for name in KEPT:
                    setattr(line.person, name, getattr(entry, name) or getattr(line.person, name))
                touched[line.identity] = line.person
        elif line.identity not in fresh and line.branch:
            texts = {name: getattr(entry, name) for name in ("name", *KEPT)}
            key = sort_key(entry.name, person=True)
            fresh[line.identity] = Person(code=next(codes), unit_id=line.branch.unit_id, sort_key=key, **texts)
    Person.objects.bulk_create(fresh.values(), batch_size=BATCH)
    Person.objects.bulk_update(touched.values(), KEPT, batch_size=BATCH)
    people = known | fresh
    posts = [
        Posting(
            person=people[line.identity], role=PostingRole.REQUESTER, branch=line.branch, since=today,
            title=line.entry.post[:40],
        )
        for line in planned.lines if line.is_new
    ]  # fmt: skip
    Posting.objects.bulk_create(posts, batch_size=BATCH)
    RosterUpload.objects.filter(pk=kept.pk).delete()
    if posts or touched:
        codes_of = {post.person.code for post in posts} | {one.code for one in touched.values()}
        journal.record(
            "secretaries_imported", kept.campaign, by=by, at=at, on_behalf_of=lender, label=kept.campaign.name,
            added=len(fresh), posts=len(posts), changed=len(touched), persons=sorted(codes_of),
            file=hashlib.sha256(bytes(kept.content)).hexdigest(),
        )  # fmt: skip
    return planned
