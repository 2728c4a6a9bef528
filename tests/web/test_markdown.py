"""Long texts on pages: the filter in a template, the preview of a form."""

from __future__ import annotations

import pytest
from django.template import Context, Template

from tests.cast import Cast
from tests.methods.test_pictures import draft
from tests.visits import parsed, visit


def test_filters_show_and_flatten() -> None:
    page = Template("<div>{{ text|markdown }}</div>{{ text|plain }}{{ none|markdown }}{{ none|plain }}")
    shown = page.render(Context({"text": "**重** <i>", "none": None}))
    assert shown == "<div><p><strong>重</strong> &lt;i&gt;</p></div>重 &lt;i&gt;"


@pytest.mark.django_db
def test_preview_shows_the_field_that_is_named(cast: Cast) -> None:
    client = visit(cast.requester)
    sent = {"preview": "effect", "problem": "别的", "effect": "- 投诉 **降**了\n<script>alert(1)</script>"}
    page = client.post("/texts/preview/", sent)
    words = parsed(page).all("div", **{"class": "hz-md"})
    assert [one.text.strip() for one in words] == ["投诉 降了 <script>alert(1)</script>"]
    part = client.post("/texts/preview/", sent, headers={"hx-request": "true"}).content.decode()
    assert part.startswith('<div class="hz-md"><ul>')
    assert "<html" not in part
    assert "<script>alert" not in part
    assert "还没有写内容" in client.post("/texts/preview/", {"preview": "x" * 500}).content.decode()
    assert client.get("/texts/preview/").status_code == 405


@pytest.mark.django_db
def test_author_has_tools_below_each_long_text(cast: Cast) -> None:
    draft(cast)
    page = parsed(visit(cast.expert).get("/methods/GF26-0001/write/"))
    boxes = [one for one in page.all("div") if "data-writing" in one.attributes]
    areas = {one.attributes["id"] for one in page.all("textarea")}
    assert {"id_problem", "id_effect"} <= {one.attributes["data-writing"] for one in boxes} <= areas
    assert {one.attributes["data-pictures"] for one in boxes} == {"/methods/GF26-0001/pictures/"}
    looks = page.all("button", name="preview")
    assert {one.attributes["formaction"] for one in looks} == {"/texts/preview/"}
    assert {one.attributes["value"] for one in looks} <= {one.attributes["name"] for one in page.all("textarea")}
