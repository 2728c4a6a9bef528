"""Makes the roster files of the tests, good and bad."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Sequence
from typing import Any

from huizhen.directory.sheets import HEADERS
from tests.books import table

NET, MKT = "无线网络优化专家团", "个人客户价值经营专家团"
# The seats of the small directory, as the export writes them.
ZHANG = {"领域": "网络运维", "专家团": NET, "专家团编号": "NET-01", "姓名": "张三", "单位": "网络部", "级别": "省级", "角色": "团长",
         "专业特长": "5G", "手机": "15400000001", "邮箱": "e1@example.com"}  # fmt: skip
LI = {
    **ZHANG,
    "姓名": "李四",
    "单位": "佛山分公司",
    "角色": "副团长",
    "专业特长": "",
    "手机": "15400000002",
    "邮箱": "",
    "工号": "G002",
}
WANG = {**LI, "姓名": "王五", "角色": "成员", "手机": "15400000003", "工号": ""}
OUYANG = {
    **WANG,
    "领域": "市场",
    "专家团": MKT,
    "专家团编号": "MKT-01",
    "姓名": "欧阳六",
    "单位": "网络部",
    "角色": "团长",
    "手机": "15400000004",
}
ALL = [OUYANG, ZHANG, LI, WANG]
Row = dict[str, Any]


def roster(rows: Sequence[Row], headers: Sequence[str] = tuple(HEADERS.values()), above: int = 0) -> bytes:
    """A roster with these rows; `above` lines of title stand over the header."""
    return table(rows, headers, ["附件1 专家名册"] * above, "名册")


def with_part(content: bytes, name: str, text: bytes) -> bytes:
    """The package with one part replaced."""
    source, target = zipfile.ZipFile(io.BytesIO(content)), io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as package:
        for part in source.infolist():
            package.writestr(part.filename, text if part.filename == name else source.read(part.filename))
    return target.getvalue()


def part_of(content: bytes, name: str) -> bytes:
    """One part of a package."""
    return zipfile.ZipFile(io.BytesIO(content)).read(name)
