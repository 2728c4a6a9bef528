"""Elements of WordprocessingML: paragraphs of plain text in a style. Text is text: no fields, no control characters."""

from __future__ import annotations

from typing import Any

from docx.oxml import OxmlElement
from docx.oxml.ns import qn

from huizhen.lib.official.styles import twips
from huizhen.lib.text import clean

TEXT_AT_ONCE = 8000
"""Characters of one run; some readers are slow with longer ones."""


def element(tag: str, /, **attributes: Any) -> Any:
    """One element; attributes are of the same name space."""
    space = tag.split(":")[0]
    found = OxmlElement(tag)
    for name, value in attributes.items():
        found.set(qn(f"{space}:{name}"), str(value))
    return found


def run(text: str, *, east: str = "", latin: str = "", size: float = 0, scale: int = 100) -> Any:
    """A run of text, tabs as tabs. `east`: another font for Chinese; quotation marks and dashes go with the Chinese."""
    made = element("w:r")
    look = element("w:rPr")
    fonts = element("w:rFonts", hint="eastAsia")
    for name, value in (("ascii", latin), ("hAnsi", latin), ("eastAsia", east)):
        if value:
            fonts.set(qn(f"w:{name}"), value)
    look.append(fonts)
    if scale != 100:
        look.append(element("w:w", val=scale))
    if size:
        look.append(element("w:sz", val=round(size * 2)))
        look.append(element("w:szCs", val=round(size * 2)))
    made.append(look)
    for at, part in enumerate(text.split("\t")):
        if at:
            made.append(element("w:tab"))
        for start in range(0, len(part), TEXT_AT_ONCE):
            words = element("w:t")
            words.text = part[start : start + TEXT_AT_ONCE]
            words.set(qn("xml:space"), "preserve")
            made.append(words)
    return made


def paragraph(style: str, *runs: Any, line: float = 0, left: float = 0, hanging: float = 0, right: float = 0) -> Any:
    """A paragraph of a style. `line`: another exact height; `left`, `hanging`, `right`: indents in points."""
    made = element("w:p")
    shape = element("w:pPr")
    shape.append(element("w:pStyle", val=style))
    if line:
        shape.append(element("w:snapToGrid", val=0))
        shape.append(element("w:spacing", before=0, after=0, line=twips(line), lineRule="exact"))
    if left or hanging or right:
        indent = element("w:ind", left=twips(left), right=twips(right))
        if hanging:
            indent.set(qn("w:hanging"), str(twips(hanging)))
        shape.append(indent)
    made.append(shape)
    made.extend(runs)
    return made


def keep(made: Any) -> None:
    """On the same page as the paragraph that follows."""
    shape = made.find(qn("w:pPr"))
    if shape.find(qn("w:keepNext")) is None:
        shape.insert(1, element("w:keepNext"))


def tab(made: Any, at: float, *, kind: str = "right") -> None:
    """A tab stop `at` points from the left margin."""
    stops = element("w:tabs")
    stops.append(element("w:tab", val=kind, pos=twips(at)))
    made.find(qn("w:pPr")).insert(1, stops)


def rule(made: Any, side: str, *, points: float, colour: str) -> None:
    """A line on one side of a paragraph, as long as it is wide."""
    border = element("w:pBdr")
    border.append(element(f"w:{side}", val="single", sz=round(points * 8), space=0, color=colour))
    made.find(qn("w:pPr")).insert(1, border)


def words(text: str) -> str:
    """One line of clean text."""
    return clean(text)


def lines(text: str) -> list[str]:
    """The lines that say something."""
    return [one for one in (clean(part) for part in clean(text, lines=True).split("\n")) if one]
