"""通报 of the demo: three issued ones that say something, a voided number, a draft."""

from __future__ import annotations

from datetime import datetime

from huizhen.reports.models import Bulletin
from huizhen.reports.papers.bulletin import sections
from huizhen.reports.queries.bulletins import told


def test_bulletins_tell_of_the_past_months(world: datetime) -> None:
    found = list(Bulletin.objects.order_by("pk"))
    assert [(one.code, one.number, one.state) for one in found] == [
        ("TB2609", 1, "issued"), ("TB2610", 2, "voided"), ("TB2610-2", 3, "issued"), ("TB2611", 4, "issued"),
        ("TB2612", None, "draft"),
    ]  # fmt: skip
    numbers = [told(one, now=world) for one in found]
    assert all(one["registered"].numerator for one in numbers)
    assert all(len(one.groups) > 3 for one in numbers[:4])
    assert len(numbers[2].units) > 20
    assert [one.title for one in sections(found[3], numbers[3])][-3:] == ["工作亮点", "存在问题", "下步工作"]
