"""A reader can check the reference by eye: its functions are short, and each primitive's definition names its source.

A function's lines are all of its lines, its docstring and comments too, but not its decorators; what is defined
inside of it counts.
"""

from __future__ import annotations

import ast
import inspect
import re
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from verax.language.catalogue import PRIMITIVES
from verax.reference.primitives import COMPLEX_RULES, CONTROL, RULES
from verax.reference.primitives.elementwise import DEFINITIONS

ROOT = Path(__file__).resolve().parents[2]
MODULES = sorted((ROOT / "reference").rglob("*.py"))
MOST_LINES = 30
# What a source is called where it is named: a book, a standard, a paper, or the page of a system that decides.
SOURCE = re.compile(r"\bSources?: \S|\b(A&S|C99|DLMF|IEEE 754|G&VL)\b|operation_semantics|doi\.org")


def long_functions(source: str) -> Iterator[tuple[str, int]]:
    """(name, lines) of every function with more than 30 lines."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            lines = (node.end_lineno or 0) - node.lineno + 1
            if lines > MOST_LINES:
                yield node.name, lines


@pytest.mark.parametrize("path", MODULES, ids=lambda p: p.relative_to(ROOT).as_posix())
def test_no_function_of_the_reference_has_more_than_thirty_lines(path: Path) -> None:
    assert list(long_functions(path.read_text(encoding="utf-8"))) == []


def test_a_planted_long_function_would_be_found() -> None:
    body = "\n".join(f"    x = {i}" for i in range(29))
    assert list(long_functions(f"def short():\n{body}\n")) == []
    assert list(long_functions(f'def long():\n    """It is."""\n{body}\n')) == [("long", 31)]
    assert list(long_functions(f"class A:\n  def m(self):\n{body}\n    pass\n")) == [("m", 31)]


@pytest.mark.parametrize("name", sorted(PRIMITIVES))
def test_the_definition_of_each_primitive_names_its_source(name: str) -> None:
    if name in DEFINITIONS:
        assert DEFINITIONS[name].source.strip()
    for table in (RULES, CONTROL, COMPLEX_RULES):
        if name in table:
            assert sources(table[name]), "neither the rule nor its module names a source"


def sources(rule: object) -> list[str]:
    """The docstrings, of a rule or of its module, that name a source."""
    module = sys.modules[getattr(rule, "__module__", type(rule).__module__)]
    texts = (inspect.getdoc(rule) or "", module.__doc__ or "")
    return [text for text in texts if SOURCE.search(text)]


def test_a_rule_without_a_source_would_be_found() -> None:
    def rule() -> None:
        """Adds; a reader is left to believe it."""

    assert sources(rule) == []
    rule.__doc__ = "The sum, A&S 3.1."
    assert sources(rule)
