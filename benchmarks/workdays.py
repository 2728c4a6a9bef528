"""Cost of the working-time sum. Run: python benchmarks/workdays.py. Prints microseconds per call."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from timeit import repeat
from zoneinfo import ZoneInfo

from huizhen.lib.workdays import Calendar

TZ = ZoneInfo("Asia/Shanghai")
LOOPS = 5_000


def main() -> None:
    holidays = frozenset(date(2026, month, day) for month in (2, 5, 10) for day in range(1, 8))
    slots = ((time(8, 30), time(12)), (time(14), time(17, 30)))
    cal = Calendar(slots, holidays, frozenset({date(2026, 2, 14)}), frozenset({2026}), TZ)
    start = datetime(2026, 1, 5, 9, 0, tzinfo=TZ)
    print(f"{'span':>9} {'add':>8} {'between':>8} {'add, 3 breaks':>14}")
    for span in (1, 30, 365):
        end = start + timedelta(span)
        amount = cal.between(start, end)
        breaks = [(start + timedelta(span * n / 10), start + timedelta(span * (n + 0.5) / 10)) for n in (1, 4, 7)]
        cost = [
            min(repeat(call, number=LOOPS, repeat=5)) / LOOPS * 1e6
            for call in (
                lambda amount=amount: cal.add(start, amount),
                lambda end=end: cal.between(start, end),
                lambda amount=amount, breaks=breaks: cal.add(start, amount, breaks),
            )
        ]
        print(f"{span:>4} days {cost[0]:>7.1f}  {cost[1]:>7.1f}  {cost[2]:>13.1f}")


if __name__ == "__main__":
    main()
