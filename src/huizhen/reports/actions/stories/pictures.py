"""Pictures of a story: taken in, drawn anew as those of methods are, taken out."""

from __future__ import annotations

from datetime import datetime
from io import BytesIO
from typing import IO
from uuid import UUID

from django.db import transaction
from PIL import Image

from huizhen.accounts.models import User
from huizhen.lib.errors import Invalid, NotVisible
from huizhen.lib.text import clean
from huizhen.methods.actions.pictures import MEGABYTES, Drawn, redraw
from huizhen.reports.actions.stories.moving import begin
from huizhen.reports.models.stories import Story, StoryPicture
from huizhen.reports.queries.stories import CAPTION_LONGEST, pictures_of

MOST = 6
"""Pictures of one story."""
SMALL = 720
"""Longer side in pixels of what lists show."""


def add_story_picture(story: Story, *, by: User, at: datetime, content: IO[bytes], caption: str = "") -> StoryPicture:
    """A picture below those there are. What is stored are its pixels, encoded anew.

    Side effects: journal `story_pictured`. NotVisible, NotAllowed, NotNow as for writing. Invalid: as for `redraw`, too many, caption.
    """
    with transaction.atomic():  # who may not, is told before her file is looked at, and no lock is held meanwhile
        begin(story, "write", by=by, at=at)
    words = clean(caption)
    if len(words) > CAPTION_LONGEST:
        raise Invalid.one("caption", "too_long", max=CAPTION_LONGEST, length=len(words))
    drawn = redraw(content.read(MEGABYTES * 2**20 + 1))
    with transaction.atomic():
        act = begin(story, "write", by=by, at=at)
        rows = list(pictures_of(act.story))
        if len(rows) >= MOST:
            raise Invalid.one("picture", "too_many_story_pictures", most=MOST)
        made = act.story.pictures.create(
            place=len(rows), caption=words, kind=drawn.kind, content=drawn.content, small=_small(drawn), width=drawn.width, height=drawn.height,
            by=act.person, at=at,
        )  # fmt: skip
        act.turn(saved_at=at)
        act.story.writers.add(act.person)
        act.journal("story_pictured", picture=str(made.key), size=len(drawn.content))
    return made


def _small(drawn: Drawn) -> bytes:
    """The same picture for lists, on white."""
    with Image.open(BytesIO(drawn.content)) as image:
        image.draft("RGB", (SMALL, SMALL))
        image.thumbnail((SMALL, SMALL))
        ground = Image.new("RGB", image.size, "white")
        ground.paste(image, mask=image.getchannel("A") if "A" in image.getbands() else None)
    out = BytesIO()
    ground.save(out, "JPEG", quality=80, optimize=True)
    return out.getvalue()


def remove_story_picture(story: Story, key: UUID, *, by: User, at: datetime) -> None:
    """Take a picture out; gone already: nothing happens. One that a branch was asked with is kept for that. NotVisible: of another story."""
    with transaction.atomic():
        act = begin(story, "write", by=by, at=at)
        found = act.story.pictures.filter(key=key).first()
        if found is None:
            if StoryPicture.objects.filter(key=key).exists():
                raise NotVisible("picture_unknown")
            return
        if act.story.consents.exists():
            found.is_removed = True
            found.save(update_fields=["is_removed"])
        else:
            found.delete()
        act.turn(saved_at=at)
