"""What goes out: the form to fill, and a list given back with what is wrong beside its rows."""

from __future__ import annotations

import io

import pytest
from python_calamine import CalamineWorkbook

from huizhen.cases import actions
from huizhen.cases.queries.imports import faults_of
from huizhen.cases.sheets import read, write_faults, write_form
from huizhen.lib.errors import Invalid
from tests.cases.worklists import FULL, row, worklist
from tests.cast import MONDAY, Cast


def test_error_sheet_is_the_list_with_words_beside_and_no_formula(cast: Cast) -> None:
    hostile = '=HYPERLINK("http://x")'
    content = worklist(
        [row(挂号时间="某天", 备注=hostile), row(挂号编号="b", 破题项目="第二题要够长")], above=["2025年清单"]
    )
    batch = actions.keep_import(content=content, name="清单.xlsx", by=cast.coordinator, at=MONDAY)
    back = write_faults(read(content), faults_of(batch), lambda fault: f"错：{fault.code}")
    rows = CalamineWorkbook.from_filelike(io.BytesIO(back)).get_sheet_by_index(0).to_python()
    assert rows[1][-1] == "核对结果（再次上传时会忽略）"
    assert rows[2][-1] == "挂号时间：错：list_bad_moment"
    assert rows[3][-1] == ""
    assert rows[2][list(FULL).index("备注")] == hostile
    again = read(back)
    assert [one.number for one in again.lines] == [3, 4]
    assert again.notices == ()
    assert read(content).lines[1].cells == again.lines[1].cells


def test_form_is_read_back_without_its_example() -> None:
    with pytest.raises(Invalid) as caught:
        read(write_form())
    assert caught.value.faults["file"][0].code == "file_no_rows"
