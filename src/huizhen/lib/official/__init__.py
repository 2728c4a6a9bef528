"""Official documents as Word files in the layout of GB/T 9704-2012 《党政机关公文格式》: notices, bulletins, reports, minutes. Pure.

`content` says what a document is made of, `titles` breaks titles, `styles` holds the measures of the standard, `drawing` and `imprint`
write the file. The words of the standard (附件, 抄送, 印发 …) are Chinese in every language of the interface. Fonts are named, never
carried along.
"""

from huizhen.lib.official.content import (
    Attachment,
    Bars,
    Block,
    Fonts,
    Heading,
    Imprint,
    Letterhead,
    Official,
    Paragraph,
    Picture,
    Roll,
    Signature,
    Table,
    day_words,
    document_number,
    numeral,
)
from huizhen.lib.official.drawing import draw
from huizhen.lib.official.titles import title_lines

__all__ = [
    "Attachment",
    "Bars",
    "Block",
    "Fonts",
    "Heading",
    "Imprint",
    "Letterhead",
    "Official",
    "Paragraph",
    "Picture",
    "Roll",
    "Signature",
    "Table",
    "day_words",
    "document_number",
    "draw",
    "numeral",
    "title_lines",
]
