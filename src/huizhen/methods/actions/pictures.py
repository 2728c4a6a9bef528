"""Pictures of a method: taken in, drawn anew, thrown away when no text shows them any more.

What is stored is never what was sent: the file is decoded within bounds, its pixels alone are encoded again. Places, cameras and
comments inside it are gone with everything else that is no pixel.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from datetime import datetime, timedelta
from io import BytesIO
from typing import IO

from django.db import transaction
from PIL import Image, ImageOps, UnidentifiedImageError

from huizhen.accounts.models import User
from huizhen.lib.errors import Invalid
from huizhen.lib.prose import PICTURES
from huizhen.lib.text import clean
from huizhen.methods.actions.moving import begin
from huizhen.methods.models import Method, Picture
from huizhen.methods.queries.pictures import shown_keys

MEGABYTES, SIDE, MOST = 5, 4096, 30
"""Largest file; longest side in pixels that is decoded; pictures of one method."""
KEPT_SIDE = 1920
"""Longest side in pixels that is stored."""
SCANS = 100
"""Passes of a progressive JPEG; ordinary cameras write ten, more is a file made to keep a decoder busy."""
KINDS = {"PNG": "png", "JPEG": "jpeg", "WEBP": "webp"}
UNUSED_FOR = timedelta(days=7)
"""A picture that no text shows is kept so long: somebody may still be writing."""
_QUALITY = 86


@dataclass(frozen=True)
class Drawn:
    """A picture drawn anew: its bytes, their kind ("png", "jpeg", "webp"), its sides in pixels."""

    content: bytes
    kind: str
    width: int
    height: int


def redraw(data: bytes) -> Drawn:
    """Decode within bounds and encode the pixels alone. Invalid: no picture of a kind we take, too large in bytes or pixels, broken."""
    if not data:
        raise Invalid.one("picture", "empty_file")
    if len(data) > MEGABYTES * 2**20:
        raise Invalid.one("picture", "too_large", max=f"{MEGABYTES} MB")
    if data.startswith(b"\xff\xd8") and data.count(b"\xff\xda") > SCANS:
        raise Invalid.one("picture", "picture_broken")
    try:
        with Image.open(BytesIO(data), formats=tuple(KINDS)) as image:
            _bounded(image)
            image.load()
            kind = KINDS[image.format or "PNG"]
            return _encoded(ImageOps.exif_transpose(image), kind)
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as bomb:
        raise Invalid.one("picture", "picture_too_wide", side=SIDE) from bomb
    except UnidentifiedImageError as unknown:
        raise Invalid.one("picture", "type_not_allowed", types="PNG、JPEG、WebP") from unknown
    except Invalid:
        raise
    except (
        Exception
    ) as broken:  # a decoder meets a hostile file with whatever it likes: OSError, SyntaxError, struct.error…
        raise Invalid.one("picture", "picture_broken") from broken


def _bounded(image: Image.Image) -> None:
    """Its sides stand in its head; they are asked before a single pixel is decoded."""
    if max(image.size) > SIDE or min(image.size) < 1:
        raise Invalid.one("picture", "picture_too_wide", side=SIDE)


def _encoded(image: Image.Image, kind: str) -> Drawn:
    mode = "RGBA" if kind != "jpeg" and ("A" in image.getbands() or "transparency" in image.info) else "RGB"
    pixels = image.convert(mode)
    pixels.thumbnail((KEPT_SIDE, KEPT_SIDE))
    bare = Image.new(mode, pixels.size)  # without what `info` of the old one would bring along: profile, comment, EXIF
    bare.paste(pixels)
    out = BytesIO()
    if kind == "png":
        bare.save(out, "PNG", optimize=False)
    elif kind == "jpeg":
        bare.save(out, "JPEG", quality=_QUALITY, optimize=True)
    else:
        bare.save(out, "WEBP", quality=_QUALITY, method=2)
    return Drawn(out.getvalue(), kind, *bare.size)


def add_picture(method: Method, *, by: User, at: datetime, name: str, content: IO[bytes]) -> Picture:
    """A picture for the version being written; `text_of` is what shows it in a text.

    Side effects: the picture is stored; journal `method_pictured`. NotVisible, NotAllowed, NotNow as for writing. Invalid: as for
    `redraw`, or too many pictures.
    """
    with transaction.atomic():  # who may not, is told before her file is looked at, and no lock is held meanwhile
        begin(method, "write", by=by, at=at)
    drawn = redraw(content.read(MEGABYTES * 2**20 + 1))
    with transaction.atomic():
        act = begin(method, "write", by=by, at=at)
        if act.method.pictures.count() >= MOST:
            raise Invalid.one("picture", "too_many_pictures", most=MOST)
        picture = act.method.pictures.create(
            name=_title(name), kind=drawn.kind, content=drawn.content, width=drawn.width, height=drawn.height,
            by=act.person, at=at,
        )  # fmt: skip
        act.journal("method_pictured", picture=str(picture.key), size=len(drawn.content))
    return picture


def _title(name: str) -> str:
    """The name of the file without its ending and without what Markdown would read."""
    base = os.path.basename(name.replace("\\", "/")).rpartition(".")
    words = clean(base[0] or base[2])
    return "".join(one for one in words if one not in "[]()!<>*`|")[:60].strip()


def text_of(picture: Picture) -> str:
    """What shows the picture in a text."""
    return f"![{picture.name}]({PICTURES}{picture.key}/)"


def sweep_pictures(*, at: datetime) -> int:
    """Throw away old pictures that no version of their method shows. How many. No journal: nobody ever saw them there."""
    gone = 0
    old = Picture.objects.filter(at__lt=at - UNUSED_FOR)
    for method in Method.objects.filter(pk__in=old.values("method")).order_by("pk").iterator(chunk_size=100):
        with transaction.atomic():
            Method.objects.select_for_update().get(pk=method.pk)  # nobody saves a text that shows one meanwhile
            gone += old.filter(method=method).exclude(key__in=shown_keys(method)).delete()[0]
    return gone
