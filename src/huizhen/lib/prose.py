"""Long texts that people write: a small, safe part of Markdown, read once and given as HTML, as plain words or as a tree.

Known: paragraphs with their line ends, lists, ## headings, > quotes, | tables |, ``` code, **strong**, *emphasis*, `code`, [words](address),
bare web addresses, and pictures of our own. Everything else, HTML first of all, stays the text it is. What nobody wrote as Markdown reads
as it was typed. Pure; the time a text takes is bounded by `MOST`, `LINES` and `CELLS`, not by its author.
"""

from __future__ import annotations

import re
import threading
import uuid
from collections.abc import Iterator
from html import escape
from typing import Any
from xml.etree.ElementTree import Element, SubElement

import markdown
import nh3
from markdown.blockprocessors import BlockProcessor, HashHeaderProcessor
from markdown.extensions.nl2br import Nl2BrExtension
from markdown.extensions.sane_lists import SaneListExtension
from markdown.extensions.tables import TableExtension
from markdown.inlinepatterns import EscapeInlineProcessor, InlineProcessor
from markdown.preprocessors import Preprocessor
from markdown.treeprocessors import Treeprocessor
from markdown.util import AtomicString, Registry

from huizhen.lib.text import clean

MOST, LINES, CELLS = 20_000, 1_000, 12
"""Characters and lines beyond which a text is shown without Markdown; columns beyond which a row is no row of a table."""
PICTURES = "/methods/pictures/"
"""Where our own pictures lie; an image from anywhere else is shown as its words."""

_KEY = r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}"
_PICTURE = re.compile(rf"{PICTURES}({_KEY})/")
_HREF = re.compile(r"(?:https?://|mailto:|/(?![/\\]))[^\s\\\"'<>]{1,500}", re.IGNORECASE)
_TAGS = {
    "p", "br", "ul", "ol", "li", "strong", "em", "h3", "h4", "h5", "blockquote", "pre", "code", "hr",
    "table", "thead", "tbody", "tr", "th", "td", "a", "img",
}  # fmt: skip
_ATTRIBUTES = {"a": {"href"}, "img": {"src", "alt", "loading"}, "ol": {"start"}}

_FENCE = re.compile(r" {0,3}(`{3,})[^`]{0,20}$")
_CODE = "\ue000"  # marks a line of code between here and the block that takes it; nobody can type it
_ITEM = re.compile(r" *(?:[-*+]|\d{1,3}\.) ")
_QUOTES = re.compile(r"^(?: {0,3}> ?){4,}")
_BETWEEN_DIGITS = re.compile(r"(?<=\d)\*(?=\d)")


class _Lines(Preprocessor):
    """Before the blocks are found: what would cost too much is made harmless, what people forget (a blank line) is put in."""

    def run(self, lines: list[str]) -> list[str]:
        found: list[str] = []
        fence = ""
        before = ""
        for line in lines:
            mark = _FENCE.match(line)
            if mark and (not fence or mark.group(1).startswith(fence)):
                fence = "" if fence else mark.group(1)
                found.append("")
                before = ""
            elif fence:
                found.append(_CODE + line)
            else:
                line = self._tamed(line)
                if before.strip() and self._begins(line, before):
                    found.append("")
                found.append(line)
                before = line
        return found

    @staticmethod
    def _tamed(line: str) -> str:
        line = _QUOTES.sub("> > > ", line)
        line = re.sub(r"^ {8,}", " " * 8, line)
        if line.count("|") > CELLS + 1:
            line = line.replace("|", "｜")
        return _BETWEEN_DIGITS.sub(r"\*", line)

    @staticmethod
    def _begins(line: str, before: str) -> bool:
        """Whether a list or table begins here, right below words of a paragraph."""
        if _ITEM.match(line):
            return not _ITEM.match(before) and not before.startswith(">")
        return line.startswith("|") and "|" not in before


class _Heading(HashHeaderProcessor):
    """ "# 标题" with its blank; "#3 机房" is no heading."""

    RE = re.compile(r"(?:^|\n)(?P<level>#{1,6})[ \t]+(?P<header>[^\n]*?)[ \t]*#*[ \t]*(?:\n|$)")


class _Code(BlockProcessor):
    def test(self, parent: Element, block: str) -> bool:
        return block.startswith(_CODE)

    def run(self, parent: Element, blocks: list[str]) -> None:
        lines = blocks.pop(0).split("\n")
        count = next((at for at, line in enumerate(lines) if not line.startswith(_CODE)), len(lines))
        code = SubElement(SubElement(parent, "pre"), "code")
        code.text = AtomicString("\n".join(line[1:] for line in lines[:count]) + "\n")
        if lines[count:]:
            blocks.insert(0, "\n".join(lines[count:]))


class _Tag(InlineProcessor):
    """A pair of marks around words, of bounded length."""

    def __init__(self, pattern: str, tag: str, *, raw: bool = False) -> None:
        super().__init__(pattern)
        self.tag, self.raw = tag, raw

    def handleMatch(self, m: re.Match[str], data: str) -> tuple[Element, int, int]:
        found = Element(self.tag)
        found.text = AtomicString(m.group(1)) if self.raw else m.group(1)
        return found, m.start(0), m.end(0)


class _Link(InlineProcessor):
    def handleMatch(self, m: re.Match[str], data: str) -> tuple[Element | None, int | None, int | None]:
        words, address = m.group(1), m.group(2)
        if not _HREF.fullmatch(address):
            return None, None, None
        found = Element("a", {"href": address})
        found.text = words
        return found, m.start(0), m.end(0)


class _Address(InlineProcessor):
    def handleMatch(self, m: re.Match[str], data: str) -> tuple[Element, int, int]:
        found = Element("a", {"href": m.group(0)})
        found.text = AtomicString(m.group(0))
        return found, m.start(0), m.end(0)


class _Image(InlineProcessor):
    def handleMatch(self, m: re.Match[str], data: str) -> tuple[Element | str, int, int]:
        words, address = self.unescape(m.group(1)), m.group(2)  # what was marked in it before is words again
        if _PICTURE.fullmatch(address):
            return Element("img", {"src": address, "alt": words, "loading": "lazy"}), m.start(0), m.end(0)
        return words, m.start(0), m.end(0)


class _Levels(Treeprocessor):
    """A page has its own h1 and h2."""

    def run(self, root: Element) -> None:
        for one in root.iter():
            if isinstance(one.tag, str) and re.fullmatch("h[1-6]", one.tag):
                one.tag = f"h{min(5, int(one.tag[1]) + 2)}"


def _reader() -> Any:
    reader = markdown.Markdown(extensions=[TableExtension(), SaneListExtension()], tab_length=2)
    reader.preprocessors.deregister("html_block")
    reader.preprocessors.register(_Lines(reader), "lines", 25)
    for name in ("code", "setextheader", "reference"):
        reader.parser.blockprocessors.deregister(name)
    reader.parser.blockprocessors.register(_Heading(reader.parser), "hashheader", 70)
    reader.parser.blockprocessors.register(_Code(reader.parser), "code", 95)
    # Patterns of our own only: each looks at a bounded number of characters from where it begins.
    reader.inlinePatterns = reader.treeprocessors["inline"].inlinePatterns = Registry()
    for priority, (name, pattern) in enumerate(
        reversed(
            [
                ("backtick", _Tag(r"`([^`\n]{1,300})`", "code", raw=True)),
                ("escape", EscapeInlineProcessor(r"\\(.)", reader)),
                ("image", _Image(r"!\[([^\[\]\n]{0,120})\]\(([^()\s]{1,500})\)", reader)),
                ("link", _Link(r"\[([^\[\]\n]{1,200})\]\(([^()\s]{1,500})\)")),
                ("address", _Address(r"(?<![\w/])https?://[A-Za-z0-9][\w.\-/?&=%#~+:@]{2,300}(?<![.:?])")),
                ("strong", _Tag(r"\*\*(?![\s*])((?:[^*\n]|\*(?!\*)){1,400}?)(?<!\s)\*\*", "strong")),
                ("em", _Tag(r"(?<!\*)\*(?![\s*])([^*\n]{1,400}?)(?<!\s)\*(?!\*)", "em")),
            ]
        )
    ):
        reader.inlinePatterns.register(pattern, name, 10 * (priority + 1))
    Nl2BrExtension().extendMarkdown(reader)
    reader.treeprocessors.register(_Levels(reader), "levels", 5)
    return reader


_kept = threading.local()


def _ready() -> Any:
    if not hasattr(_kept, "reader"):
        _kept.reader = _reader()
    return _kept.reader.reset()


def _cleaned(text: str) -> str:
    return clean(text, lines=True).replace(_CODE, "")


def _is_bounded(text: str) -> bool:
    return len(text) <= MOST and text.count("\n") < LINES


def _paragraphs(text: str) -> Iterator[str]:
    """Without Markdown: what stands between blank lines."""
    return (one for one in re.split(r"\n{2,}", text) if one.strip())


def tree(text: str) -> Element:
    """The text as elements below one <div>: the tags of HTML, text in `text` and `tail`. For papers."""
    text = _cleaned(text)
    if _is_bounded(text):
        reader = _ready()
        lines = text.split("\n")
        for step in reader.preprocessors:
            lines = step.run(lines)
        root: Element = reader.parser.parseDocument(lines).getroot()
        for name in ("inline", "levels", "unescape"):
            fresh = reader.treeprocessors[name].run(root)
            root = root if fresh is None else fresh
        return root
    root = Element("div")
    for one in _paragraphs(text):
        SubElement(root, "p").text = one
    return root


def _attribute(tag: str, name: str, value: str) -> str | None:
    if tag == "img" and name == "src":
        return value if _PICTURE.fullmatch(value) else None
    if tag == "a" and name == "href":
        return value if _HREF.fullmatch(value) else None
    return value


def html(text: str) -> str:
    """The text as HTML of a few tags, safe to put on a page as it is; "" for nothing.

    >>> html("<b>甲</b> **乙**")
    '<p>&lt;b&gt;甲&lt;/b&gt; <strong>乙</strong></p>'
    """
    text = _cleaned(text)
    if not text:
        return ""
    if not _is_bounded(text):
        return "".join(f"<p>{escape(one).replace(chr(10), '<br>')}</p>" for one in _paragraphs(text))
    return nh3.clean(
        _ready().convert(text),
        tags=_TAGS,
        attributes=_ATTRIBUTES,
        attribute_filter=_attribute,
        url_schemes={"http", "https", "mailto"},
        link_rel="noopener noreferrer nofollow",
    )


_BLOCKS = {"p", "li", "h3", "h4", "h5", "pre", "tr", "blockquote"}


def _words(one: Element) -> Iterator[str]:
    if one.tag == "br":
        yield "\n"
    elif one.tag == "img":
        yield one.get("alt", "")
    elif one.tag in _BLOCKS:
        yield "\n"
    yield one.text or ""
    for child in one:
        yield from _words(child)
        yield child.tail or ""
    if one.tag in ("td", "th"):
        yield " "
    elif one.tag in _BLOCKS:
        yield "\n"


def plain(text: str) -> str:
    """The words alone, a line for each paragraph, item and row: for search, snippets, messages and counting.

    >>> plain("## 做法\\n- **先**看[台账](/cases/)")
    '做法\\n先看台账'
    """
    lines = (" ".join(line.split()) for line in "".join(_words(tree(text))).split("\n"))
    return "\n".join(line for line in lines if line)


def lines(text: str) -> tuple[str, ...]:
    """The text line by line for paper: items keep their • or number, cells of a row stand apart, pictures are left out.

    >>> lines("分两步：\\n1. 查\\n2. 改")
    ('分两步：', '1. 查', '2. 改')
    """
    return tuple(_papered(tree(text)))


def _papered(parent: Element) -> Iterator[str]:
    number = int(parent.get("start", "1"))
    for one in parent:
        if one.tag in ("ul", "ol", "blockquote", "table", "thead", "tbody"):
            yield from _papered(one)
        elif one.tag == "li":
            mark = f"{number}. " if parent.tag == "ol" else "• "
            number += 1
            yield from _item(one, mark)
        elif one.tag == "tr":
            yield "　".join(_said(cell) for cell in one)
        elif one.tag == "pre":
            yield from (line for line in "".join(one.itertext()).split("\n") if line.strip())
        elif one.tag != "hr":
            yield from _broken(one)


_INSIDE = ("ul", "ol", "p", "blockquote", "pre", "table")


def _item(item: Element, mark: str) -> Iterator[str]:
    below = Element("div")
    below.extend(child for child in item if child.tag in _INSIDE)
    found = [*_broken(item, but=_INSIDE), *_papered(below)]
    yield from (mark + line if at == 0 else line for at, line in enumerate(found))


def _broken(one: Element, but: tuple[str, ...] = ()) -> Iterator[str]:
    """The words of an element, broken where it breaks; without children of some tags."""
    said = [one.text or ""]
    for child in one:
        if child.tag not in but:
            said.append("\n" if child.tag == "br" else _said(child))
        said.append(child.tail or "")
    yield from (" ".join(line.split()) for line in "".join(said).split("\n") if line.strip())


def _said(one: Element) -> str:
    return (one.text or "") + "".join(_said(child) + (child.tail or "") for child in one)


def pictures(text: str) -> set[uuid.UUID]:
    """Keys of our own pictures that a text shows."""
    return {uuid.UUID(key) for key in _PICTURE.findall(text)}
