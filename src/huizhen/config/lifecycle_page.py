"""`huizhen lifecycle`: docs/lifecycle.md, made from the table of moves. A house test keeps the file equal to what this prints."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

from django.utils import translation

from huizhen.cases import verbs
from huizhen.cases.lifecycle import MOVES, OPEN, STAGES, Move, Stage

HEAD = """# The life of a case

Made by `huizhen lifecycle > docs/lifecycle.md` from `cases/lifecycle`; do not edit. Roles are relative to the case.
A draft becomes a case by `register` (挂号), which makes the row and hands it to its first responder.

"""


def page() -> str:
    """The whole page. Labels are the Chinese ones in every environment."""
    with translation.override("zh-hans"):
        return HEAD + _diagram() + _stages() + _moves()


def _diagram() -> str:
    """Moves that change the stage, one arrow per pair of stages."""
    arrows: dict[tuple[Stage, Stage], list[str]] = defaultdict(list)
    for move in MOVES.values():
        for source, targets in move.targets.items():
            for target in targets:
                if target != source:
                    arrows[source, target].append(move.name)
    ordered = sorted(arrows, key=lambda pair: (STAGES.index(pair[0]), STAGES.index(pair[1])))
    lines = ["```mermaid", "stateDiagram-v2"]
    lines += [f"  {stage} : {stage.name} {verbs.STAGES[stage]}" for stage in STAGES]
    lines += [f"  [*] --> {Stage.REGISTERED} : register"]
    lines += [f"  {source} --> {target} : {', '.join(sorted(arrows[source, target]))}" for source, target in ordered]
    return "\n".join([*lines, "```", "", ""])


def _stages() -> str:
    rows = ["## Stages", "", "| stage | 名称 | somebody is accountable |", "|---|---|---|"]
    rows += [f"| `{stage.name}` | {verbs.STAGES[stage]} | {'yes' if stage in OPEN else 'no'} |" for stage in STAGES]
    return "\n".join([*rows, "", ""])


def _moves() -> str:
    rows = [
        "## Moves",
        "",
        "| move | 名称 | from → to | roles | asks for | needs | clocks |",
        "|---|---|---|---|---|---|---|",
    ]
    rows += [_row(move) for move in MOVES.values()]
    return "\n".join([*rows, ""])


def _row(move: Move) -> str:
    asked = [one.name if one.required else f"({one.name})" for one in move.inputs]
    clocks = [f"▶ {name}" for name in move.starts] + [f"■ {name}" for name in move.stops]
    cells = (
        f"`{move.name}`",
        str(verbs.MOVES[move.name]),
        _ways(move),
        _words(sorted(move.roles)),
        _words(asked),
        _words(move.needs),
        _words(clocks),
    )
    return f"| {' | '.join(cells)} |"


def _ways(move: Move) -> str:
    """From where to where; the stages that it leaves alone stand together."""
    same = [stage for stage, targets in move.targets.items() if targets == (stage,)]
    ways = [
        f"{source.name} → {' or '.join('same' if target == source else target.name for target in targets)}"
        for source, targets in sorted(move.targets.items(), key=lambda item: STAGES.index(item[0]))
        if source not in same
    ]
    if len(same) == len(STAGES):
        return "any → same"
    if same:
        ways.append(f"{', '.join(stage.name for stage in STAGES if stage in same)} → same")
    return "<br>".join(ways)


def _words(words: Iterable[str]) -> str:
    return ", ".join(words)
