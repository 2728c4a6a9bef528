"""The load: people who play cases through the real interface, and repeat a request with its key until it is answered."""

from __future__ import annotations

import http.client
import json
import random
import threading
import time
import uuid
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

PATIENCE = 180.0
"""Seconds after which a request that nobody answers is given up, and counted as such."""
IMPATIENCE = 0.03
"""How many of the requests are left alone before their answer, and sent once more."""
CONDITION = "近三个月晚高峰宿舍小区负荷超过百分之九十，视频卡顿集中爆发，投诉每周四十件，还在上升。"


@dataclass(frozen=True)
class Acknowledged:
    """A move that a server said it had done."""

    case: str
    verb: str
    key: str


@dataclass
class Ledger:
    """What was acknowledged, repeated, refused and given up, by all players together."""

    done: list[Acknowledged] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)
    given_up: list[str] = field(default_factory=list)
    troubles: Counter[str] = field(default_factory=Counter)
    replayed: int = 0
    lock: threading.Lock = field(default_factory=threading.Lock)

    def __len__(self) -> int:
        return len(self.done)


class Refused(Exception):
    """A definite no: the road cannot go on."""


class Player:
    """One thread's connections to the servers, and the tokens of the people it plays."""

    def __init__(self, ports: list[int], tokens: Mapping[str, str], ledger: Ledger, seed: int) -> None:
        self.ports, self.tokens, self.ledger = ports, tokens, ledger
        self.random = random.Random(seed)
        self.lines: dict[int, http.client.HTTPConnection] = {}

    def ask(self, who: str, method: str, path: str, body: Any = None, *, verb: str = "", case: str = "") -> Any:
        """Send until there is an answer. A write carries its key from the first attempt to the last."""
        key = uuid.uuid4().hex
        content = None if body is None else json.dumps(body).encode()
        headers = {"Authorization": f"Bearer {self.tokens[who]}", "Content-Type": "application/json"}
        if method == "POST":
            headers["Idempotency-Key"] = key
        deadline = time.monotonic() + PATIENCE
        while time.monotonic() < deadline:
            found = self._send(method, path, content, headers)
            if found is None:
                time.sleep(self.random.uniform(0.1, 0.5))
                continue
            status, answer, is_replay = found
            if status >= 400:
                said = f"{status} {verb or path}: {json.dumps(answer, ensure_ascii=False)[:300]}"
                with self.ledger.lock:
                    self.ledger.refused.append(said)
                raise Refused(said)
            if method == "POST":
                with self.ledger.lock:
                    self.ledger.done.append(Acknowledged(case or answer["code"], verb, key))
                    self.ledger.replayed += is_replay
            return answer
        with self.ledger.lock:
            self.ledger.given_up.append(f"{verb or path} of {case}")
        raise Refused(path)

    def _send(
        self, method: str, path: str, content: bytes | None, headers: dict[str, str]
    ) -> tuple[int, Any, bool] | None:
        """Status, body, and whether it is the answer of an earlier attempt; None: no answer, or one that says to come again."""
        port = self.random.choice(self.ports)
        line = self.lines.get(port) or http.client.HTTPConnection("127.0.0.1", port, timeout=40)
        self.lines[port] = line
        try:
            line.request(method, f"/api/v1{path}", content, headers)
            if self.random.random() < IMPATIENCE:
                raise TimeoutError("impatient")
            response = line.getresponse()
            told = response.read()
        except (OSError, http.client.HTTPException) as fault:
            self._trouble(type(fault).__name__)
            line.close()
            self.lines.pop(port)
            return None
        if response.status >= 500:
            self._trouble(str(response.status))
            return None
        answer = json.loads(told or b"null")
        if response.status == 409 and isinstance(answer, dict) and answer.get("code") == "key_in_progress":
            self._trouble("key in progress")
            return None
        return response.status, answer, response.headers.get("Idempotency-Replayed") == "true"

    def _trouble(self, what: str) -> None:
        with self.ledger.lock:
            self.ledger.troubles[what] += 1

    def close(self) -> None:
        for line in self.lines.values():
            line.close()


class Road:
    """One case from registration on. Each step is one move; between them the page is read as a browser would."""

    def __init__(self, player: Player, kind: str) -> None:
        self.player, self.kind, self.code = player, kind, ""

    def steps(self) -> Iterator[Callable[[], Any]]:
        """The moves in their order: a plain treatment, with a joint consultation, or handed on to another group."""
        day = date.today()
        expert, mate = "expert", "mate"
        yield self._register
        yield self._move(expert, "log_contact", channel="phone", learned="问清楚了")
        if self.kind == "joint":
            yield self._move(expert, "invite", group="FIN-01", ask="请看成本")
            yield self._move("other_leader", "decline_invitation", reason="本团近期排满")
        if self.kind == "transfer":
            yield self._move(expert, "propose_transfer", group="FIN-01", reason="属于财务共享的问题")
            yield self._move("other_leader", "accept_transfer", person="other_expert")
            expert, mate = "other_expert", "other_leader"
            yield self._move(expert, "log_contact", channel="phone", learned="已和支部说明换团")
        yield self._move(expert, "inform_group", note="已告知全团")
        yield self._move(mate, "sign_opinion", text="先看参数")
        causes = [{"text": "容量不足", "chain": ["city"]}]
        yield self._move(expert, "diagnose", findings="容量与均衡两方面的问题", causes=causes)
        measure = {
            "what": "做负荷均衡", "main": ["1"], "owner": "requester", "due_on": str(day + timedelta(days=5)), "expected": "负荷下降",
            "criterion": "周报达标",
        }  # fmt: skip
        treatment = {
            "thinking": "先均衡再扩容",
            "innovation": "technology",
            "follow_up_on": str(day + timedelta(days=8)),
        }
        yield self._move(expert, "prescribe", measures=[measure], **treatment)
        yield self._move("requester", "accept_prescription")
        yield self._move("requester", "ask_on", text="什么时候能见效？")
        yield lambda: self._answer(expert)
        yield self._update

    def _register(self) -> None:
        about = {
            "branch": "B1", "title": "宿舍晚高峰小区负荷超限", "condition": CONDITION, "questions": [{"text": "两周内能否把负荷降到七成？"}],
            "urgency": "critical", "urgency_reason": "晚高峰大面积投诉", "mode": "either", "person": "expert",
        }  # fmt: skip
        self.code = self.player.ask("requester", "POST", "/cases", about, verb="register")["code"]

    def _move(self, who: str, name: str, **values: Any) -> Callable[[], None]:
        path = lambda: f"/cases/{self.code}/moves/{name}"  # noqa: E731  (the code is known only after the first step)
        return lambda: self.player.ask(who, "POST", path(), values, verb=name, case=self.code)

    def _read(self, who: str) -> Any:
        return self.player.ask(who, "GET", f"/cases/{self.code}")

    def _answer(self, who: str) -> None:
        question = next(one for one in self._read(who)["asks"] if not one["answer"])
        self._move(who, "answer_ask", ask=question["key"], text="下周看周报")()

    def _update(self) -> None:
        measure = self._read("requester")["measures"][0]
        self._move("requester", "update_measure", measure=measure["key"], state="doing", note="已开始")()


KINDS = ("plain", "plain", "joint", "transfer")


class Load:
    """Players at work until so many moves are acknowledged; begun cases are played to their last step or to the number."""

    def __init__(self, ports: list[int], tokens: Mapping[str, str], *, moves: int, threads: int, seed: int) -> None:
        self.ledger, self.moves, self.kinds = Ledger(), moves, {}
        self.roads: list[Road] = []
        self._ports, self._tokens, self._seed = ports, tokens, seed
        self._threads = [threading.Thread(target=self._play, args=(number,), daemon=True) for number in range(threads)]

    def start(self) -> None:
        for thread in self._threads:
            thread.start()

    def is_alive(self) -> bool:
        return any(thread.is_alive() for thread in self._threads)

    def _play(self, number: int) -> None:
        player = Player(self._ports, self._tokens, self.ledger, self._seed + number)
        turn = number
        while len(self.ledger) < self.moves:
            road = Road(player, KINDS[turn % len(KINDS)])
            turn += 1
            with self.ledger.lock:
                self.roads.append(road)
            try:
                for step in road.steps():
                    if len(self.ledger) >= self.moves:
                        break
                    step()
            except Refused:
                continue
        player.close()
