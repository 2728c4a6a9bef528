"""Long texts: what is Markdown, what stays as typed, what never gets through, and what the worst of them cost."""

from __future__ import annotations

import re
import uuid

import pytest
from hypothesis import given
from hypothesis import strategies as st

from huizhen.lib import prose

KEY = "12345678-1234-1234-1234-123456789abc"
OURS = f"{prose.PICTURES}{KEY}/"


def flat(text: str) -> str:
    return prose.html(text).replace("\n", "")


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("", ""),
        ("第一行\n第二行\n\n第二段", "<p>第一行<br>第二行</p><p>第二段</p>"),
        ("**重点**后面，*轻*一点", "<p><strong>重点</strong>后面，<em>轻</em>一点</p>"),
        ("# 大\n### 小\n#3 机房", "<h3>大</h3><h5>小</h5><p>#3 机房</p>"),
        (
            "分三步：\n1. 查\n2. 改\n   - 先改路由",
            "<p>分三步：</p><ol><li>查</li><li>改<ul><li>先改路由</li></ul></li></ol>",
        ),
        ("他说：\n> 好用", "<p>他说：</p><blockquote><p>好用</p></blockquote>"),
        ("```\nshow <all>\n\n**x**\n```\n完", "<pre><code>show &lt;all&gt;**x**</code></pre><p>完</p>"),
        ("`<b>` 5*3*2 a_b_c \\*不\\*", "<p><code>&lt;b&gt;</code> 5*3*2 a_b_c *不*</p>"),
        ("延迟 < 5 ms 且 > 3 & 稳定", "<p>延迟 &lt; 5 ms 且 &gt; 3 &amp; 稳定</p>"),
    ],
)
def test_text_reads_as_it_was_meant(text: str, shown: str) -> None:
    assert flat(text) == shown


def test_table_keeps_its_columns() -> None:
    shown = flat("表：\n| 月 | 投诉 |\n|---|---|\n| 3 | **2** |")
    assert shown.startswith("<p>表：</p><table><thead><tr><th>月</th><th>投诉</th></tr></thead>")
    assert "<td>3</td><td><strong>2</strong></td>" in shown


def test_link_leads_out_without_telling_where_from() -> None:
    shown = flat(
        "[手册](https://a.example/x?y=1&z=2)，见 https://a.example/b，[病例](/cases/HZ26-00001/) [信](mailto:a@b.example)"
    )
    assert re.findall(r'href="([^"]*)"', shown) == [
        "https://a.example/x?y=1&amp;z=2", "https://a.example/b", "/cases/HZ26-00001/", "mailto:a@b.example",
    ]  # fmt: skip
    assert shown.count('rel="noopener noreferrer nofollow"') == 4


def test_only_our_own_pictures_are_shown() -> None:
    shown = flat(f"![现场]({OURS}) ![外面](https://a.example/a.png) ![近处]({OURS}../x) ![别处](/media/{KEY}/)")
    assert re.findall(r"<img[^>]*>", shown) == [f'<img alt="现场" loading="lazy" src="{OURS}">']
    assert re.sub(r"<[^>]*>", "", shown) == " 外面 近处 别处"
    assert prose.pictures(f"![a]({OURS}) ![b]({OURS})") == {uuid.UUID(KEY)}


HOSTILE = (
    "<script>alert(1)</script>", "<img src=x onerror=alert(1)>", "<svg/onload=alert(1)>", "<a href='javascript:alert(1)'>x</a>",
    "[x](javascript:alert(1))", "[x](JaVaScRiPt:alert)", "[x](data:text/html,<script>)", "[x](vbscript:x)", "[x](//evil.example)",
    "[x](/\\evil.example)", "![x](javascript:alert)", "![x](data:image/svg+xml;base64,AA)", '![x" onerror="alert(1)](/a)',
    '[x](https://a" onmouseover="alert(1))', "<iframe srcdoc=x>", "<style>*{}</style>", "<!-- <b> -->", "<![CDATA[x]]>",
    "```\n<script>\n```", "`<script>`", "> <script>", "| <script> |\n|---|\n| <b onclick=x> |", "[<b>](https://a.example)",
    "**<i>**", "&lt;script&gt;", "&#60;script&#62;", "\x02wzxhzdk:0\x03", "\x02klzzwxh:0000\x03", "klzzwxh:0000", "\ue000<script>",
)  # fmt: skip
TAG = re.compile(r"<(/?)([a-z0-9]+)((?:\s[^<>]*)?)/?>")


def is_harmless(shown: str) -> bool:
    """Nothing but the tags and attributes of the safe subset, and no < beside them."""
    rest = TAG.sub("", shown)
    for _, tag, attributes in TAG.findall(shown):
        if tag not in prose._TAGS:
            return False
        left = re.sub(r'\s(?:rel="[a-z ]*"|start="\d+"|loading="lazy"|alt="[^"<>]*"|type="[^"]*")', "", attributes)
        left = re.sub(rf'\ssrc="{prose.PICTURES}[0-9a-f-]{{36}}/"', "", left)
        left = re.sub(r'\shref="(?:https?://|mailto:|/(?!/))[^"<>]*"', "", left, flags=re.IGNORECASE)
        if left.strip():
            return False
    return "<" not in rest and ">" not in rest


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_text_is_only_text(text: str) -> None:
    shown = prose.html(text)
    assert is_harmless(shown)
    assert not re.search(r"<(?:script|svg|iframe|style|img|b|i)\b", shown)


def test_harm_would_be_noticed() -> None:
    bad = ("<script>", '<a href="javascript:x">', '<p onclick="x">', '<img src="/a">', "a < b")
    assert [is_harmless(one) for one in bad] == [False] * len(bad)


PIECES = st.sampled_from(
    [
        *HOSTILE,
        "**",
        "*",
        "`",
        "[",
        "](",
        ")",
        "![",
        "> ",
        "- ",
        "1. ",
        "\n",
        "\n\n",
        "|",
        "|---|",
        "#",
        " ",
        "  ",
        "中文",
        "\\",
        "```",
        OURS,
    ]
)


@given(st.lists(PIECES, max_size=25).map("".join))
def test_no_mixture_is_harmful(text: str) -> None:
    shown = prose.html(text)
    assert is_harmless(shown), shown
    assert "\x02" not in prose.plain(text)


@pytest.mark.parametrize("address", ["x", OURS])
def test_marks_inside_the_words_of_a_picture_are_words(address: str) -> None:
    text = rf"![\[甲 `乙` **丙**]({address})"
    assert "\x02" not in prose.html(text)
    assert prose.plain(text) in ("[甲 乙 丙", "[甲 乙 **丙**")


def test_invisible_marks_are_gone() -> None:
    assert flat("收\u202e款\u0000人\u200b") == "<p>收款人</p>"


def test_plain_keeps_the_words() -> None:
    text = "## 做法\n- **先**看[台账](/cases/)\n  - 再看`表`\n\n| 月 | 数 |\n|---|---|\n| 3 | 2 |\n\n![现场](x)\n> 好用"
    assert prose.plain(text).split("\n") == ["做法", "先看台账", "再看表", "月 数", "3 2", "现场", "好用"]
    assert prose.plain("只有一句 < 5") == "只有一句 < 5"


def test_lines_keep_the_order_of_things_for_paper() -> None:
    text = f"# 做法\n1. **查**\n   - 甲\n2. 改\n\n> 好\n\n| 月 | 数 |\n|---|---|\n| 3 | 2 |\n\n![现场]({OURS})\n```\nx\n\ny\n```\n- 松\n\n- 散"
    told = ("做法", "1. 查", "• 甲", "2. 改", "好", "月　数", "3　2", "x", "y", "• 松", "• 散")
    assert prose.lines(text) == told
    assert prose.lines("") == ()


def test_beyond_the_limit_it_is_shown_without_markdown() -> None:
    long = "<b>**字**</b>\n" * 9000  # over 100,000 characters
    shown = prose.html(long)
    assert shown.startswith("<p>&lt;b&gt;**字**&lt;/b&gt;<br>")
    assert prose.plain("**甲**\n" * (prose.LINES + 5)).startswith("**甲**")


WORST = {
    "brackets": "[", "parentheses": "[(", "images": "![", "emphasis": "*a*", "stars": "**a", "ticks": "`a ", "quotes": "> >", "escapes": "\\",
    "links": "[a](/b)", "half links": "[a](", "lines": "1. a\n", "cells": "a|\n", "breaks": "a\n", "fences": "```\n", "entities": "&#",
}  # fmt: skip


@pytest.mark.timeout(60)
def test_worst_texts_come_to_an_end() -> None:
    """Without bounds of our own the worst of these take more than a minute each."""
    wide = "|" + "a|" * prose.CELLS + "\n|" + "-|" * prose.CELLS + "\n" + "|\n" * prose.LINES
    deep = "\n".join(" " * (2 * at % 40) + "- a" for at in range(prose.LINES))
    for one in (*(one * prose.MOST for one in WORST.values()), wide, deep):
        text = "\n".join(one[: prose.MOST].split("\n")[: prose.LINES - 1])
        assert is_harmless(prose.html(text))
    assert prose.html(wide[:1500]).count("<td>") % prose.CELLS == 0
    assert "<table" not in prose.html("|" + "a|" * 500 + "\n|" + "-|" * 500 + "\n|\n")
