"""Pictures of methods: what is taken, that only pixels are kept, who sees them, what is thrown away."""

from __future__ import annotations

import struct
import uuid
import zlib
from datetime import timedelta
from io import BytesIO
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from PIL import Image, PngImagePlugin

from huizhen.journal.models import Entry
from huizhen.lib.errors import Invalid, NotAllowed, NotNow, NotVisible
from huizhen.lib.prose import html
from huizhen.methods.actions import pictures
from huizhen.methods.actions.pictures import add_picture, redraw, sweep_pictures, text_of
from huizhen.methods.models import Method, Picture
from tests.cast import MONDAY, Cast
from tests.visits import parsed, visit


def image(kind: str = "PNG", size: tuple[int, int] = (40, 30), mode: str = "RGB", **saved: Any) -> bytes:
    out = BytesIO()
    Image.new(mode, size, "red" if mode in ("RGB", "RGBA") else 0).save(out, kind, **saved)
    return out.getvalue()


def png_of(width: int, height: int) -> bytes:
    """The head of a PNG that claims these sides, and a byte of pixels."""

    def chunk(name: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(b"\0")) + chunk(b"IEND", b"")


def draft(cast: Cast, code: str = "GF26-0001", evidence: str = "draft", state: str = "writing") -> Method:
    who = cast.person("expert")
    method = Method.objects.create(
        code=code, domain=cast.group.domain, group=cast.group, owner=who, evidence=evidence, name="三步清障法",
        created_at=MONDAY, looked_at=MONDAY,
    )  # fmt: skip
    version = method.versions.create(
        number=1, state=state, name="三步清障法", by=who, created_at=MONDAY, saved_at=MONDAY
    )
    version.writers.add(who)
    return method


def fault_of(data: bytes) -> str:
    with pytest.raises(Invalid) as no:
        redraw(data)
    return no.value.faults["picture"][0].code


def test_only_pixels_are_kept() -> None:
    exif = Image.Exif()
    exif[0x0110] = "秘密相机"
    exif[0x0112] = 6  # turned by a quarter
    told = PngImagePlugin.PngInfo()
    told.add_text("Author", "secret-author")
    for data, kind, size in (
        (image("JPEG", exif=exif, comment=b"secret-comment", icc_profile=b"secret-profile"), "jpeg", (30, 40)),
        (image("PNG", mode="RGBA", pnginfo=told), "png", (40, 30)),
        (image("WEBP", exif=exif), "webp", (30, 40)),
        (image("PNG", mode="P"), "png", (40, 30)),
        (image("JPEG", mode="CMYK"), "jpeg", (40, 30)),
        (image("PNG", mode="I;16"), "png", (40, 30)),
    ):
        drawn = redraw(data)
        again = Image.open(BytesIO(drawn.content))
        assert (drawn.kind, (drawn.width, drawn.height)) == (kind, size)
        assert again.size == size
        assert not {"exif", "icc_profile", "comment", "Author"} & set(again.info)
        assert b"secret" not in drawn.content
    wide = redraw(image("JPEG", (4000, 1000)))
    assert (wide.width, wide.height) == (1920, 480)


def test_hostile_files_are_refused() -> None:
    whole = image("PNG")
    assert [
        fault_of(data)
        for data in (
            b"", b"x" * (5 * 2**20 + 1), b"<svg xmlns='http://www.w3.org/2000/svg'/>", b"GIF89a" + b"\0" * 40, image("GIF"), image("BMP"),
            whole[:-30], png_of(4097, 2), png_of(60_000, 60_000), png_of(12_000, 12_000), png_of(100, 100), png_of(0, 5),
            image("JPEG")[:200], b"\xff\xd8" + b"\xff\xda" * 200, b"RIFF\x10\0\0\0WEBPVP8 ",
        )
    ] == [
        "empty_file", "too_large", "type_not_allowed", "type_not_allowed", "type_not_allowed", "type_not_allowed",
        "picture_broken", "picture_too_wide", "picture_too_wide", "picture_too_wide", "picture_broken", "type_not_allowed",
        "picture_broken", "picture_broken", "picture_broken",
    ]  # fmt: skip


@pytest.mark.django_db
def test_author_alone_adds_while_it_is_written(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    method = draft(cast)

    def add(role: str) -> Picture:
        content = BytesIO(image())
        return add_picture(method, by=cast.users[role], at=MONDAY, name=r"C:\现场 [1](2).PNG", content=content)

    taken = add("expert")
    assert text_of(taken) == f"![现场 12](/methods/pictures/{taken.key}/)"
    assert f'src="/methods/pictures/{taken.key}/"' in html(text_of(taken))
    entry = Entry.objects.get(verb="method_pictured")
    assert (entry.target_label, entry.data["picture"]) == ("GF26-0001 三步清障法", str(taken.key))
    for role, refusal in (("requester", NotVisible), ("liaison", NotAllowed), ("viewer", NotAllowed)):
        with pytest.raises(refusal):
            add(role)
    monkeypatch.setattr(pictures, "MOST", 1)
    with pytest.raises(Invalid):
        add("leader")
    method.versions.update(state="in_review")
    with pytest.raises(NotNow):
        add("expert")
    assert Picture.objects.count() == 1


@pytest.mark.django_db
def test_picture_is_seen_with_its_method(cast: Cast) -> None:
    method = draft(cast)
    taken = add_picture(method, by=cast.expert, at=MONDAY, name="现场.png", content=BytesIO(image()))
    address = f"/methods/pictures/{taken.key}/"

    def seen() -> dict[str, int]:
        roles = ("expert", "leader", "liaison", "viewer", "requester", "outsider")
        return {role: visit(cast.users[role]).get(address).status_code for role in roles}

    hidden = {"expert": 200, "leader": 200, "liaison": 200, "viewer": 200, "requester": 404, "outsider": 404}
    assert seen() == hidden
    Method.objects.update(evidence="reviewed")
    assert seen() == hidden  # in no version that readers see
    method.versions.update(steps=[{"title": "看", "text": text_of(taken)}], state="published")
    assert set(seen().values()) == {200}
    answer = visit(cast.requester).get(address)
    assert Image.open(BytesIO(answer.content)).size == (40, 30)
    assert (answer["Content-Type"], answer["X-Content-Type-Options"]) == ("image/png", "nosniff")
    assert answer["Content-Security-Policy"] == "sandbox; default-src 'none'"
    client = visit(cast.requester)
    with CaptureQueriesContext(connection) as asked:
        again = client.get(address, headers={"if-none-match": answer["ETag"]})
    assert (again.status_code, again.content) == (304, b"")
    assert len([one for one in asked if "picture" in one["sql"]]) == 1
    assert visit(cast.requester).get(f"/methods/pictures/{uuid.uuid4()}/").status_code == 404


@pytest.mark.django_db
def test_page_takes_a_picture_with_and_without_script(cast: Cast) -> None:
    draft(cast)
    client, address = visit(cast.expert), "/methods/GF26-0001/pictures/"
    file = BytesIO(image())
    file.name = "现场.png"
    told = client.post(address, {"picture": file}, headers={"accept": "application/json"}).json()
    assert told["text"].startswith("![现场](/methods/pictures/")
    assert told["text"] in [one.attributes.get("value") for one in parsed(client.get(address)).all("input")]
    wrong = BytesIO(b"<svg/>")
    wrong.name = "现场.png"
    answer = client.post(address, {"picture": wrong}, headers={"accept": "application/json"})
    assert (answer.status_code, answer.json()) == (422, {"sentence": "这种文件不收，请换成 PNG、JPEG、WebP。"})
    assert "文件是空的，请重新选择。" in parsed(client.post(address)).text
    file.seek(0)
    assert client.post(address, {"picture": file}).status_code == 302
    assert Picture.objects.count() == 2
    assert visit(cast.liaison).get(address).status_code == 403
    assert visit(cast.outsider).get(address).status_code == 404


@pytest.mark.django_db
def test_unused_pictures_are_thrown_away(cast: Cast) -> None:
    method, other = draft(cast), draft(cast, "GF26-0002")
    shown, gone, fresh, beside = (
        add_picture(one, by=cast.expert, at=at, name="a.png", content=BytesIO(image()))
        for one, at in ((method, MONDAY), (method, MONDAY), (method, MONDAY + timedelta(days=5)), (other, MONDAY))
    )
    method.versions.update(effect=f"前后对比：{text_of(shown)} {text_of(beside)}")
    assert sweep_pictures(at=MONDAY + timedelta(days=8)) == 2
    assert set(Picture.objects.values_list("pk", flat=True)) == {shown.pk, fresh.pk}
    assert not Picture.objects.filter(pk__in=[gone.pk, beside.pk]).exists()
