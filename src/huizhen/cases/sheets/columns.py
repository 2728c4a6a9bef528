"""The columns of 附件2, the work list: what each is called, by which other names people call it, how long its text may be."""

from __future__ import annotations

import re

from huizhen.lib.workbooks import header_of

# Field → heading, in the order of 附件2 (product.md 3.9).
HEADERS = {
    "serial": "序号",
    "number": "挂号编号",
    "group": "专家团",
    "leader": "团长",
    "domain": "领域",
    "source": "来源",
    "unit": "问诊单位",
    "branch": "党支部",
    "lead": "领题人",
    "requester": "问诊人及联系方式",
    "title": "破题项目",
    "condition": "病情摘要",
    "urgency": "紧急程度",
    "registered": "挂号时间",
    "responder": "首问专家",
    "contacted": "首次沟通时间",
    "mode": "会诊方式",
    "session": "会诊时间",
    "people": "参与专家",
    "invited": "协诊团",
    "diagnosis": "诊断",
    "measures": "破题举措",
    "innovation": "创新类型",
    "owners": "责任人及完成时限",
    "progress": "当前进展",
    "followed": "复诊时间",
    "verdict": "复诊结论",
    "effect": "成效（前→后）",
    "method": "工作法",
    "promoted": "是否推广",
    "trouble": "存在问题及需协调事项",
    "remark": "备注",
}
NEEDED = ("branch", "title")
"""Columns without which no row can be taken; a moment is needed too, in any column of time."""
MOMENTS = ("registered", "contacted", "session", "followed")

SYNONYMS = {
    "serial": ("编号序号", "No.", "NO", "#"),
    "number": ("编号", "病例编号", "挂号号", "病历号", "问诊编号", "原编号"),
    "group": ("专家团名称", "主诊团", "主诊专家团", "破题攻坚专家团", "所属专家团"),
    "leader": ("专家团团长", "团长姓名"),
    "domain": ("专业领域", "所属领域", "条线"),
    "source": ("问诊来源", "挂号来源"),
    "unit": ("单位", "所属单位", "申请单位", "问诊单位名称"),
    "branch": ("支部", "党支部名称", "问诊支部", "基层党支部", "所属党支部", "所在党支部"),
    "lead": ("领题书记", "领题负责人"),
    "requester": ("问诊人", "问诊人及电话", "问诊人联系方式", "联系人", "联系人及电话", "联系人及联系方式"),
    "title": ("破题项目名称", "项目名称", "破题课题", "课题名称", "主诉", "问题名称", "问诊题目", "领题项目"),
    "condition": ("病情", "病情描述", "问题描述", "问诊内容", "问题摘要", "问题简述"),
    "urgency": ("紧急情况", "缓急程度", "缓急"),
    "registered": ("挂号日期", "问诊时间", "问诊日期", "受理时间", "登记时间", "提出时间"),
    "responder": ("首问责任人", "首问人", "首问", "接诊专家"),
    "contacted": ("首次沟通日期", "首次沟通", "沟通时间", "首次联系时间"),
    "mode": ("会诊形式", "沟通方式", "把脉方式"),
    "session": ("会诊日期", "把脉时间", "集体会诊时间"),
    "people": ("参加专家", "会诊专家", "参与会诊专家", "到会专家"),
    "invited": ("协诊专家团", "协同专家团", "联合会诊团"),
    "diagnosis": ("诊断意见", "诊断结论", "把脉诊断", "原因分析", "病因"),
    "measures": ("破题措施", "处方", "举措", "思路举措", "破题思路及举措", "措施", "破题建议"),
    "innovation": ("创新类别", "创新种类"),
    "owners": ("责任人及时限", "责任人和完成时限", "责任人", "完成时限"),
    "progress": ("进展", "进展情况", "目前进展", "执行情况"),
    "followed": ("复诊日期",),
    "verdict": ("复诊结果", "疗效", "复诊情况", "破题结论"),
    "effect": ("成效", "破题成效", "成效前后对比", "效果"),
    "method": ("形成工作法", "工作法名称", "工作法提炼"),
    "promoted": ("推广", "是否可推广", "是否推广应用"),
    "trouble": ("存在问题", "需协调事项", "存在问题及协调事项", "存在的问题"),
    "remark": ("说明", "备注说明"),
}
LIMITS = {"number": 40, "title": 300, "condition": 4000, "diagnosis": 4000, "measures": 8000, "effect": 2000}
LONGEST = 4000
"""Characters of any other cell."""
EXAMPLE = "示例"
"""In the first column of a row that shows how to fill the form: such a row is skipped."""
CHECKED = "核对结果（再次上传时会忽略）"
"""Heading of the column that the error sheet adds."""

_PARENTHESES = re.compile(r"[(\[\u3014【][^)\]\u3015】]*[)\]\u3015】]")


def _plain(word: str) -> str:
    return re.sub(r"[()（）\[\]、,，/.。\-—_→>]", "", word).casefold()


_KNOWN = {_plain(header_of(word)): name for name, word in HEADERS.items()} | {
    _plain(header_of(word)): name for name, words in SYNONYMS.items() for word in words
}


def field_of(value: object) -> str:
    """The field that a heading names, "" when it names none. What stands in brackets behind it does not matter.

    >>> field_of(" 破题项目（名称）"), field_of("成效(前→后)"), field_of("天气")
    ('title', 'effect', '')
    """
    word = header_of(value)
    if not word or len(word) > 40:
        return ""
    return _KNOWN.get(_plain(word)) or _KNOWN.get(_plain(_PARENTHESES.sub("", word)), "")
