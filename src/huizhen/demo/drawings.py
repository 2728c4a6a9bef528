"""Three plain drawings for the stories of the demo, as JPEG of 1280 by 720 pixels. The same name gives the same bytes."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from io import BytesIO

from PIL import Image, ImageDraw

_SIDES = (1280, 720)
Pen = ImageDraw.ImageDraw


def drawing(name: str) -> bytes:
    """The drawing of this name: sea, cable, hall."""
    ground, draw = _DRAWN[name]
    image = Image.new("RGB", _SIDES, ground)
    draw(ImageDraw.Draw(image))
    out = BytesIO()
    image.save(out, "JPEG", quality=82)
    return out.getvalue()


def _tower(pen: Pen, x: int, foot: int, height: int, colour: str) -> None:
    half, top = height // 9, foot - height
    pen.line((x - half, foot, x, top), fill=colour, width=6)
    pen.line((x + half, foot, x, top), fill=colour, width=6)
    for n in range(1, 6):
        y, wide = foot - height * n // 6, half * (6 - n) // 6
        pen.line((x - wide, y, x + wide, y), fill=colour, width=4)
    for n in (-1, 1):
        pen.rectangle((x + n * 16 - 7, top - 6, x + n * 16 + 7, top + 54), fill=colour)


def _waves(pen: Pen, x: int, y: int, colour: str) -> None:
    for radius in (70, 120, 170):
        pen.arc((x - radius, y - radius, x + radius, y + radius), 300, 60, fill=colour, width=6)


def _sea(pen: Pen) -> None:
    pen.rectangle((0, 430, 1280, 720), fill="#1f6f8b")
    pen.ellipse((980, 90, 1080, 190), fill="#f2d9a0")
    for row in range(6):
        for column in range(9):
            x, y = column * 150 + (row % 2) * 75, 470 + row * 42
            pen.arc((x, y, x + 90, y + 24), 200, 340, fill="#7fb8c9", width=4)
    pen.polygon(((0, 430), (0, 350), (180, 330), (420, 400), (520, 430)), fill="#3f5c4a")
    _tower(pen, 210, 350, 250, "#22303a")
    _waves(pen, 210, 110, "#c9dde4")
    pen.polygon(((800, 520), (1010, 520), (970, 566), (836, 566)), fill="#22303a")
    pen.polygon(((900, 512), (900, 400), (978, 512)), fill="#e9eef0")


def _cable(pen: Pen) -> None:
    pen.rectangle((0, 380, 1280, 720), fill="#b9966b")
    pen.rectangle((0, 380, 1280, 404), fill="#6d7f52")
    for y, colour in ((520, "#22303a"), (640, "#1f6f8b")):
        pen.line((0, y, 1280, y), fill=colour, width=22)
        pen.line((0, y - 6, 1280, y - 6), fill="#8fa3ad", width=4)
    for x in (150, 1120):
        pen.rectangle((x, 250, x + 60, 384), fill="#e9e2d4")
        pen.rectangle((x, 250, x + 60, 286), fill="#a6231c")
    pen.rectangle((560, 230, 760, 330), fill="#dc8a06")
    pen.rectangle((600, 160, 700, 236), fill="#c97c05")
    pen.rectangle((536, 326, 784, 378), fill="#22303a")
    pen.line((740, 240, 880, 130), fill="#dc8a06", width=24)
    pen.line((880, 130, 950, 300), fill="#dc8a06", width=20)
    pen.polygon(((920, 296), (986, 296), (976, 356), (934, 356)), fill="#22303a")


def _hall(pen: Pen) -> None:
    pen.rectangle((0, 560, 1280, 720), fill="#d9cfc0")
    for x in (90, 500, 910):
        pen.rectangle((x, 90, x + 280, 330), fill="#cfe0ea")
        pen.line((x + 140, 90, x + 140, 330), fill="#ffffff", width=8)
    pen.rectangle((140, 420, 620, 600), fill="#1f4e8c")
    pen.rectangle((120, 400, 640, 430), fill="#e9e2d4")
    for x, coat in ((380, "#5f7f9e"), (780, "#8a5000"), (960, "#63409b")):
        foot = 400 if x < 640 else 640
        pen.ellipse((x - 36, foot - 250, x + 36, foot - 178), fill="#e6c3a5")
        pen.rounded_rectangle((x - 56, foot - 172, x + 56, foot), 30, fill=coat)
    pen.line((830, 500, 850, 660), fill="#22303a", width=8)


_DRAWN: Mapping[str, tuple[str, Callable[[Pen], None]]] = {
    "sea": ("#cfe0ea", _sea), "cable": ("#dfe8ec", _cable), "hall": ("#f2ede4", _hall),
}  # fmt: skip
