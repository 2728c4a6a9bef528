"""The golden month: nine cases of one group in March 2026, and what every figure of them is, counted by hand.

All but the ninth are registered on Monday 2026-03-02 at 9:00 and spoken to half an hour later (met; 0.5 h), but the withdrawn one, whose
clock ended before it ran out. Due days: first contact the same day, session Thursday the 5th, prescription Monday the 9th.

1 archived    prescribed on the 2nd (prescription met; no session, void in time), two measures due on the 7th and dropped when it was
              resolved on the 10th, followed up that day (met, held) with 显效, extracted
2 unresolved  prescribed as 1; two measures due on the 7th are still open; ended on the 2nd
3 joined      spoken to; NET invited FIN: cross. Session and prescription pending
4 withdrawn   nothing but registered and withdrawn
5 sensitive   spoken to; session and prescription pending
6 reopened    as 1, opened again on the 22nd: its end of the 10th was undone; new clocks are due after the month
7 paused      spoken to; session and prescription stand in the pause and count nowhere
8 worsened    prescribed on the 2nd, followed up on the 10th with 加重; measures still open; the second round's session is due on Friday the 13th,
              its prescription on the 17th
9 urgent      registered at 9:00, untouched: contact due the same day, session the 3rd, prescription the 4th
"""

from __future__ import annotations

from datetime import date

from huizhen.cases.models import Case
from tests.cases.plays import PLAYS
from tests.cast import Cast

TODAY = date(2026, 3, 16)
"""Monday after the report month 02-16 … 03-15: what is pending with a due day before is late."""

NAMES = ("archived", "unresolved", "joined", "withdrawn", "sensitive", "reopened", "paused", "worsened")

EXPECTED: dict[str, tuple[int, int | None, str | None]] = {
    "registered": (9, None, "9"),
    "urgent": (1, None, "1"),
    "cured": (2, None, "2"),  # 1, 6
    "unresolved": (1, None, "1"),  # 2
    "withdrawn": (1, None, "1"),  # 4
    "declined": (0, None, "0"),
    "first_contact_on_time": (7, 8, "87.5"),  # 1 2 3 5 6 7 8 of these and 9
    "session_on_time": (0, 4, None),  # 3, 5, 8 (second round), 9 ran out; fewer than five
    "session_rate": (0, 4, None),
    "prescription_on_time": (4, 7, "57.1"),  # 1 2 6 8 of these and 3, 5, 9
    "follow_up_on_time": (3, 3, None),  # 1 6 8
    "follow_up_rate": (3, 3, None),
    "response_median": (7, 7, "0.5"),
    "response_p90": (7, 7, "0.5"),
    "execution": (0, 4, None),  # two open measures each of 2 and 8
    "adoption": (4, 8, "50.0"),  # those four of them and the dropped ones of 1 and 6
    "marked": (2, 3, None),  # 1, 6 of these and 8
    "relapse": (1, 3, None),  # 6 of 1, 2, 6
    "extraction": (2, 2, None),  # 1, 6
    "reuses": (0, None, "0"),
    "effective_reuses": (0, None, "0"),
    "transfer_rate": (0, 9, "0.0"),
    "transfer_gap": (0, 0, None),
    "cross": (1, 9, "11.1"),  # 3
    "fairness": (6, 1, None),  # 3 5 6 7 8 9 are open, the expert holds them all
}
"""Figure → numerator, denominator, value."""


def golden_month(cast: Cast) -> list[Case]:
    """Play the nine cases."""
    cases = [PLAYS[name](cast) for name in NAMES]
    return [*cases, cast.register(urgency="urgent", urgency_reason="投诉集中")]
