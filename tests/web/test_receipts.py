"""What the receipt says of who answers, when it is not the one wished for."""

from __future__ import annotations

from huizhen.web.registering.receipts import receipt
from tests.cast import MONDAY, Cast


def test_receipt_names_who_was_wished_for_and_is_full(cast: Cast) -> None:
    cast.campaign.settings = {"open_cases_per_person": 1}
    cast.campaign.save()
    first = cast.register(group="", person="expert")
    second = cast.register(group="", person="expert")
    assert receipt(first, at=MONDAY).why == "您指名的专家"
    assert receipt(second, at=MONDAY).why == "您指名的沈言行手上已满，由同团接诊"
