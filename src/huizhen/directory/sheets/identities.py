"""Who is who in a roster file. Same person = 工号, else 手机, else 姓名+单位; two candidates are nobody."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from huizhen.directory.sheets.fields import HEADERS, NORMAL, Entry
from huizhen.directory.sheets.places import Places
from huizhen.lib.errors import Fault

Identity = int  # id of a known person; negative: a newcomer, minus the number of her first row


class Identities:
    """Gives each row its person, in file order within a strength of evidence: 工号 and 手机 first, then 姓名+单位.

    A person already taken by stronger evidence of another row cannot be taken by her name: that row is a namesake.
    """

    def __init__(self, entries: Sequence[Entry], places: Places, units: Mapping[int, int]) -> None:
        self.places = places
        self.units = units  # row number → unit id
        self.of: dict[int, Identity] = {}
        self.faults: dict[int, Fault] = {}
        self._newcomers: list[Entry] = []
        self._staff: dict[str, Entry] = {}
        self._phones: dict[str, list[Entry]] = {}
        self._names: dict[tuple[str, int], list[Entry]] = {}
        waiting = [entry for entry in entries if not self._by_number(entry)]
        taken = set(self.of.values())
        for entry in waiting:
            self._by_name(entry, taken)

    def _refuse(self, entry: Entry, code: str, name: str, **args: object) -> None:
        self.faults[entry.number] = Fault(code, args, entry.number, HEADERS[name])

    def _by_number(self, entry: Entry) -> bool:
        """Settles a row by staff number or phone. False: neither is known."""
        staffed = self.places.by_staff_no.get(entry.staff_no, []) if entry.staff_no else []
        phoned = self.places.by_phone.get(entry.phone, []) if entry.phone else []
        others = [pk for pk in phoned if not self._clashes(pk, entry)]
        if staffed:
            if phoned and staffed[0] not in phoned:
                self._refuse(entry, "two_candidates", "phone", names=self._names_of([*staffed, *phoned]))
            else:
                self.of[entry.number] = staffed[0]
            return True
        if len(others) == 1 and len(phoned) == 1:
            self.of[entry.number] = others[0]
            return True
        if phoned:
            code = "two_candidates" if len(others) > 1 else "phone_taken"
            self._refuse(entry, code, "phone", names=self._names_of(phoned))
            return True
        return False

    def _by_name(self, entry: Entry, taken: set[Identity]) -> None:
        """Settles a row by name and unit, else as a newcomer."""
        named = self.places.by_name.get((entry.name, self.units[entry.number]), [])
        free = [pk for pk in named if pk not in taken and not self._clashes(pk, entry)]
        if len(free) > 1:
            self._refuse(entry, "two_candidates", "name", names=self._names_of(free))
        elif free:
            self.of[entry.number] = free[0]
        else:
            self._newcomer(entry)

    def _clashes(self, pk: int, entry: Entry) -> bool:
        """Two different staff numbers are two people."""
        known = NORMAL["staff_no"](self.places.persons[pk].staff_no)
        return bool(known and entry.staff_no and known != entry.staff_no)

    def _newcomer(self, entry: Entry) -> None:
        name = (entry.name, self.units[entry.number])
        found: Entry | None = None
        if entry.staff_no and entry.staff_no in self._staff:
            found = self._staff[entry.staff_no]
        elif entry.phone and entry.phone in self._phones:
            same = [e for e in self._phones[entry.phone] if not (e.staff_no and entry.staff_no)]
            if not same:
                first = self._phones[entry.phone][0]
                self._refuse(entry, "phone_twice", "phone", row=first.number)
                return
            found = same[0]
        else:
            same = [e for e in self._names.get(name, []) if not _differ(e, entry)]
            if len(same) > 1:
                self._refuse(entry, "two_candidates", "name", names=entry.name)
                return
            found = same[0] if same else None
        self.of[entry.number] = self.of[found.number] if found else -entry.number
        if found is None:
            self._newcomers.append(entry)
            if entry.staff_no:
                self._staff[entry.staff_no] = entry
            if entry.phone:
                self._phones.setdefault(entry.phone, []).append(entry)
            self._names.setdefault(name, []).append(entry)

    def _names_of(self, pks: Sequence[int]) -> str:
        return "、".join(f"{self.places.persons[pk].name} {self.places.persons[pk].code}" for pk in dict.fromkeys(pks))


def _differ(one: Entry, other: Entry) -> bool:
    """Namesakes of one unit whose numbers say that they are two people."""
    staff = one.staff_no and other.staff_no and one.staff_no != other.staff_no
    phone = one.phone and other.phone and one.phone != other.phone
    return bool(staff or phone)
