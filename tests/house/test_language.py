"""Nothing is said to people outside the catalogue, and the English catalogue is complete."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

from tests import catalogue
from tests.house.floors import SOURCE, source_files

HAN = re.compile(r"[\u3400-\u9fff]")
SPOKEN_ROOMS = {"verbs.py", "choices.py"}
SPOKEN_APPS = {"web", "api"}
# English sentences that show a Chinese word on purpose.
SHOWS_CHINESE = {"中文"}
COMMENT = re.compile(r"{#.*?#}|{%\s*comment\b.*?%}.*?{%\s*endcomment\s*%}|<!--.*?-->", re.DOTALL)
TRANSLATED = re.compile(
    r"{%\s*blocktrans(?:late)?\b.*?%}.*?{%\s*endblocktrans(?:late)?\s*%}|{%\s*trans(?:late)?\b.*?%}|_\(\s*(\"[^\"]*\"|'[^']*')\s*\)",
    re.DOTALL,
)


def unwrapped_in_template(text: str) -> list[str]:
    """Lines of a template that speak Chinese outside the translation tags."""
    bare = TRANSLATED.sub("", COMMENT.sub("", text))
    return [line.strip() for line in bare.splitlines() if HAN.search(line)]


def unwrapped_in_python(source: str) -> list[str]:
    """Chinese strings of Python that no call of gettext wraps; docstrings and patterns are not said to people."""
    tree = ast.parse(source)
    quiet: set[int] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            called = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
            if called in catalogue.KEYWORDS or called == "compile":
                quiet |= {id(part) for part in ast.walk(node)}
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
            quiet.add(id(node.value))
    return [
        f"{node.lineno}: {node.value}"
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant)
        and isinstance(node.value, str)
        and HAN.search(node.value)
        and id(node) not in quiet
    ]


def _speaks(path: Path) -> bool:
    parts = path.relative_to(SOURCE).parts
    if path.name == "apps.py":  # names of apps, which nobody reads
        return False
    return parts[0] in SPOKEN_APPS or path.name in SPOKEN_ROOMS or path.parent.name in {"verbs", "choices"}


def test_every_sentence_is_wrapped() -> None:
    found = []
    for path in source_files(".py", ".html", ".txt", below=("src/huizhen",)):
        text = path.read_text(encoding="utf-8")
        if path.suffix != ".py":
            found += [f"{path.relative_to(SOURCE)}: {line}" for line in unwrapped_in_template(text)]
        elif _speaks(path):
            found += [f"{path.relative_to(SOURCE)}:{line}" for line in unwrapped_in_python(text)]
    assert found == []


@pytest.mark.parametrize(
    "text", ["<p>挂号</p>", '{% translate "a" %}<p>挂号</p>', '{% include "x" with label="挂号" %}']
)
def test_unwrapped_sentence_of_a_template_is_found(text: str) -> None:
    assert len(unwrapped_in_template(text)) == 1


@pytest.mark.parametrize(
    "text",
    [
        '{% translate "挂号" %}',
        "{# 挂号 #}",
        "{% blocktranslate with n=1 %}挂号 {{ n }}{% endblocktranslate %}",
        '{% include "x" with label=_("挂号") %}',
    ],
)
def test_wrapped_sentence_of_a_template_passes(text: str) -> None:
    assert unwrapped_in_template(text) == []


def test_pattern_that_reads_chinese_passes() -> None:
    assert unwrapped_in_python('x = re.compile("天|日")\n') == []


def test_unwrapped_sentence_of_python_is_found() -> None:
    assert unwrapped_in_python('"""挂号"""\nx = "挂号"\ny = _("挂号")\n') == ["2: 挂号"]


def test_extraction_reads_python_and_templates(tmp_path: Path) -> None:
    page = tmp_path / "page.html"
    page.write_text(
        '<ul>\n    <li>{% translate "挂号" %}</li>\n  </ul>\n{% blocktranslate count n=n trimmed %}\n  {{ n }} 例\n'
        '{% plural %}{{ n }} 例们{% endblocktranslate %}{{ _("处方")|upper }}{% if a %}it\'s{% endif %}'
    )
    assert list(catalogue.messages_of(catalogue.python_of(page))) == [
        ("挂号", None),
        (("%(n)s 例", "%(n)s 例们"), None),
        ("处方", None),
    ]
    assert list(catalogue.messages_of('x = _("甲")\ny = pgettext("c", "乙")')) == [("甲", None), ("乙", "c")]


def test_english_catalogue_is_complete() -> None:
    kept = {catalogue.key_of(message): message for message in catalogue.kept() if message.id}
    wanted = catalogue.wanted()
    assert sorted(str(key[0]) for key in wanted if key not in kept or not catalogue.is_translated(kept[key])) == []
    assert sorted(str(key[0]) for key in kept if key not in wanted) == []


def test_english_sentences_keep_their_places_and_are_english() -> None:
    messages = [message for message in catalogue.kept() if message.id and catalogue.is_translated(message)]
    assert [message.id for message in messages if catalogue.misplaced(message)] == []
    assert [
        message.id for message in messages if HAN.search(str(message.string)) and message.id not in SHOWS_CHINESE
    ] == []


def test_misplaced_translation_is_found() -> None:
    assert catalogue.misplaced(catalogue.Message("%(name)s 已到", string="Somebody came"))
    assert not catalogue.misplaced(catalogue.Message("%(name)s 已到", string="%(name)s came"))
