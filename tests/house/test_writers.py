"""One writer of `stage`, one writer of who is accountable: found in the syntax tree, wherever they hide below src."""

from __future__ import annotations

import ast
from collections.abc import Iterator

import pytest

from tests.house.floors import SOURCE, source_files

# `_register` makes the row, `_register_past` that of a case of an earlier list, which is over; nothing else may
STAGE_WRITERS = {"_move", "_register", "_register_past"}
ACCOUNTABLE_WRITERS = {"_hand_over", "_register", "_register_past"}
# a closed case has no open row; with a list taken back goes who held its cases
RESPONSIBILITY_WRITERS = {*ACCOUNTABLE_WRITERS, "_end_responsibility", "_remove"}
WRITING = {"update", "create", "get_or_create", "update_or_create", "bulk_create", "aupdate", "acreate"}
RESPONSIBILITY = {"save", "delete", *WRITING}


def _walk(tree: ast.AST, inside: tuple[str, ...] = ()) -> Iterator[tuple[ast.AST, tuple[str, ...]]]:
    """Every node with the names of the functions around it."""
    for node in ast.iter_child_nodes(tree):
        yield node, inside
        here = (*inside, node.name) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) else inside
        yield from _walk(node, here)


def _written(node: ast.AST) -> set[str]:
    """The names of columns that this node writes: `x.stage = …`, `.update(stage=…)`, `Case(stage=…)`, `bulk_update(…, ["stage"])`."""
    if isinstance(node, ast.Assign | ast.AugAssign | ast.AnnAssign):
        targets = node.targets if isinstance(node, ast.Assign) else [node.target]
        parts = [part for target in targets for part in (target.elts if isinstance(target, ast.Tuple) else [target])]
        return {part.attr for part in parts if isinstance(part, ast.Attribute)}
    if not isinstance(node, ast.Call):
        return set()
    called = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
    if called in WRITING or called == "Case":
        return {keyword.arg for keyword in node.keywords if keyword.arg}
    if called in {"bulk_update", "setattr"}:
        return {part.value for part in ast.walk(node) if isinstance(part, ast.Constant) and isinstance(part.value, str)}
    return set()


def _touches_responsibility(node: ast.AST) -> bool:
    """Whether the node makes or changes a row of Responsibility."""
    if not isinstance(node, ast.Call):
        return False
    if isinstance(node.func, ast.Name):
        return node.func.id == "Responsibility"
    if not isinstance(node.func, ast.Attribute):
        return False
    if node.func.attr == "Responsibility":
        return True
    names = {part.id for part in ast.walk(node.func.value) if isinstance(part, ast.Name)}
    names |= {part.attr for part in ast.walk(node.func.value) if isinstance(part, ast.Attribute)}
    return node.func.attr in RESPONSIBILITY and bool(names & {"Responsibility", "responsibilities"})


def faults(source: str, name: str = "") -> list[str]:
    """Writes outside their one writer."""
    wrong = []
    for node, inside in _walk(ast.parse(source)):
        where = f"{name}:{getattr(node, 'lineno', 0)}"
        columns = _written(node)
        if "stage" in columns and not STAGE_WRITERS & set(inside):
            wrong.append(f"{where} writes stage")
        if {"accountable", "accountable_id"} & columns and not ACCOUNTABLE_WRITERS & set(inside):
            wrong.append(f"{where} writes accountable")
        if _touches_responsibility(node) and not RESPONSIBILITY_WRITERS & set(inside):
            wrong.append(f"{where} writes Responsibility")
    return wrong


def test_stage_and_accountable_have_one_writer() -> None:
    files = source_files(".py", below=("src/huizhen",))
    found = [
        fault for path in files for fault in faults(path.read_text(encoding="utf-8"), str(path.relative_to(SOURCE)))
    ]
    assert found == []


@pytest.mark.parametrize(
    "source",
    [
        "case.stage = 'RESOLVED'",
        "def accept(case): case.stage, case.x = 1, 2",
        "def accept(): Case.objects.filter(pk=1).update(stage='X')",
        "Case(stage='X')",
        "Case.objects.bulk_update(rows, ['stage'])",
        "def accept(case): case.accountable = person",
        "Case.objects.update(accountable_id=3)",
        "Responsibility.objects.create(case=case)",
        "Responsibility(case=case).save()",
        "case.responsibilities.filter(until=None).update(until=at)",
    ],
)
def test_second_writer_is_found(source: str) -> None:
    assert faults(source)


@pytest.mark.parametrize(
    "source",
    [
        "def _move(case): Case.objects.filter(pk=1).update(stage='X')",
        "def _hand_over(case):\n    Responsibility.objects.create(case=case)\n    Case.objects.update(accountable=1)",
        "Case.objects.filter(stage='X', accountable=person)",
        "Responsibility.objects.filter(case=case)",
    ],
)
def test_the_writer_itself_and_readers_pass(source: str) -> None:
    assert faults(source) == []
