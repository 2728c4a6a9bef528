"""Makes the lists of earlier cases of the tests, good and bad."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from tests.books import table

FULL: dict[str, Any] = {
    "序号": "1", "挂号编号": "2025-017", "专家团": "无线网络优化专家团", "团长": "毛知南", "领域": "网络运维", "来源": "支部问诊",
    "问诊单位": "佛山分公司", "党支部": "佛山分公司网络部党支部", "领题人": "曾维舟", "问诊人及联系方式": "曾维舟 15412345678",
    "破题项目": "去年晚高峰小区负荷超限", "病情摘要": "晚高峰负荷超九成，联系电话13800138000。", "紧急程度": "加急",
    "挂号时间": "2025-03-05 09:30", "首问专家": "沈言行", "首次沟通时间": "3月5日", "会诊方式": "现场", "会诊时间": "2025/3/7",
    "参与专家": "沈言行、顾知微", "协诊团": "财务共享专家团", "诊断": "1.小区容量不足；2.未做负荷均衡", "破题举措": "1.做负荷均衡；2.扩容两个小区",
    "创新类型": "技术创新", "责任人及完成时限": "1.梁思远 3月20日前；2.王五 4月30日前", "当前进展": "已完成", "复诊时间": "2025年5月12日",
    "复诊结论": "显效", "成效（前→后）": "晚高峰负荷 92%→68%", "工作法": "四步均衡法", "是否推广": "是", "存在问题及需协调事项": "",
    "备注": "留档",
}  # fmt: skip
BARE = {"党支部": "湛江分公司网络部党支部", "破题项目": "老机房空调常跳闸", "挂号时间": "2025-06-01"}


def row(**changes: Any) -> dict[str, Any]:
    """The full row with some cells changed."""
    return {**FULL, **changes}


def worklist(rows: Sequence[dict[str, Any]], headings: Sequence[str] = tuple(FULL), above: Sequence[str] = ()) -> bytes:
    """A list with these rows; lines of title stand above the headings."""
    return table(rows, headings, above, "工作清单")
