"""Small real files for the demo's attachments: a table (XLSX), a letter (PDF), a bar chart (PNG). The same input gives the same bytes."""

from __future__ import annotations

import struct
import zipfile
import zlib
from collections.abc import Sequence
from html import escape
from io import BytesIO

from PIL import Image, ImageDraw, ImageFont

_WHEN = (2026, 1, 1, 0, 0, 0)
_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_DOC = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml"


def sheet(rows: Sequence[Sequence[object]]) -> bytes:
    """A workbook with one sheet of text and number cells."""
    lines = []
    for number, row in enumerate(rows, 1):
        cells = "".join(_cell(f"{chr(65 + column)}{number}", value) for column, value in enumerate(row))
        lines.append(f'<row r="{number}">{cells}</row>')
    head = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'
    parts = {
        "[Content_Types].xml": f'{head}<Types xmlns="{_PACKAGE}/content-types">'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        '<Default Extension="xml" ContentType="application/xml"/>'
        f'<Override PartName="/xl/workbook.xml" ContentType="{_XLSX}.sheet.main+xml"/>'
        f'<Override PartName="/xl/worksheets/sheet1.xml" ContentType="{_XLSX}.worksheet+xml"/></Types>',
        "_rels/.rels": f'{head}<Relationships xmlns="{_PACKAGE}/relationships">'
        f'<Relationship Id="rId1" Type="{_DOC}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
        "xl/workbook.xml": f'{head}<workbook xmlns="{_MAIN}" xmlns:r="{_DOC}"><sheets>'
        '<sheet name="Sheet1" sheetId="1" r:id="rId1"/></sheets></workbook>',
        "xl/_rels/workbook.xml.rels": f'{head}<Relationships xmlns="{_PACKAGE}/relationships">'
        f'<Relationship Id="rId1" Type="{_DOC}/worksheet" Target="worksheets/sheet1.xml"/></Relationships>',
        "xl/worksheets/sheet1.xml": f'{head}<worksheet xmlns="{_MAIN}"><sheetData>{"".join(lines)}</sheetData></worksheet>',
    }
    buffer = BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as package:
        for name, text in parts.items():
            package.writestr(zipfile.ZipInfo(name, _WHEN), text)
    return buffer.getvalue()


def _cell(place: str, value: object) -> str:
    if isinstance(value, int | float):
        return f'<c r="{place}"><v>{value}</v></c>'
    return f'<c r="{place}" t="inlineStr"><is><t>{escape(str(value))}</t></is></c>'


def letter(lines: Sequence[str]) -> bytes:
    """One A4 page of Chinese text. The font is one every PDF reader brings; nothing is embedded."""
    shown = "".join(f"<{line.encode('utf-16-be').hex().upper()}> Tj 0 -28 Td\n" for line in lines)
    content = f"BT /F1 16 Tf 72 760 Td\n{shown}ET".encode()
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R /Resources << /Font << /F1 5 0 R >> >> >>",
        b"<< /Length %d >>\nstream\n%s\nendstream" % (len(content), content),
        b"<< /Type /Font /Subtype /Type0 /BaseFont /STSong-Light /Encoding /UniGB-UCS2-H /DescendantFonts [6 0 R] >>",
        b"<< /Type /Font /Subtype /CIDFontType0 /BaseFont /STSong-Light /FontDescriptor 7 0 R"
        b" /CIDSystemInfo << /Registry (Adobe) /Ordering (GB1) /Supplement 4 >> >>",
        b"<< /Type /FontDescriptor /FontName /STSong-Light /Flags 6 /FontBBox [-25 -254 1000 880] /ItalicAngle 0"
        b" /Ascent 880 /Descent -120 /CapHeight 880 /StemV 93 >>",
    ]
    written, places = b"%PDF-1.4\n", []
    for number, body in enumerate(objects, 1):
        places.append(len(written))
        written += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    size = len(objects) + 1
    tail = b"trailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (size, len(written))
    return written + b"xref\n0 %d\n0000000000 65535 f \n%s" % (size, table) + tail


def chart(heights: Sequence[int]) -> bytes:
    """A bar chart, 24 pixels a bar, heights in per cent."""
    width, height = 24 * len(heights) + 16, 120
    white, bar, line = b"\xff\xff\xff", b"\x1f\x6f\x8b", b"\xb8\xc4\xcc"
    rows = []
    for y in range(height):
        row = bytearray(b"\x00")
        for x in range(width):
            column, inner = divmod(x - 8, 24)
            filled = 0 <= column < len(heights) and 4 <= inner < 20 and height - y - 8 <= heights[column]
            row += line if y == height - 8 else bar if filled and y < height - 8 else white
        rows.append(bytes(row))
    body = zlib.compress(b"".join(rows), 9)
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        _chunk(kind, content)
        for kind, content in (
            (b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)),
            (b"IDAT", body),
            (b"IEND", b""),
        )
    )


def columns(values: Sequence[float]) -> bytes:
    """A column chart as PNG, 720 by 300 pixels, each column under its number. The axis begins a little below the smallest value."""
    width, height, foot, head = 720, 300, 24, 36
    image = Image.new("RGB", (width, height), "white")
    draw = ImageDraw.Draw(image)
    font = ImageFont.load_default(16)
    low = min(values) - (max(values) - min(values)) * 0.6
    each = (width - 40) / len(values)
    for line in range(1, 4):
        y = head + (height - foot - head) * line // 4
        draw.line((20, y, width - 20, y), fill="#e5eaee")
    for number, value in enumerate(values):
        left = 20 + each * number + each * 0.2
        top = height - foot - (height - foot - head) * (value - low) / (max(values) - low)
        draw.rectangle((left, top, left + each * 0.6, height - foot), fill="#1f6f8b")
        draw.text((left + each * 0.3, top - 5), f"{value:g}", fill="#33424c", font=font, anchor="mb")
        draw.text((left + each * 0.3, height - 5), str(number + 1), fill="#6b7a84", font=font, anchor="mb")
    draw.line((20, height - foot, width - 20, height - foot), fill="#b8c4cc", width=2)
    out = BytesIO()
    image.save(out, "PNG")
    return out.getvalue()


def _chunk(kind: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))
