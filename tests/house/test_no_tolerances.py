"""No comparison is decided by a tolerance: the names that bear one are looked for, and the literal ones.

A test *of* a function with such a name says so on the line: ``# tolerance-name: reason``.
"""

import ast
import io
import re
import tokenize
from collections.abc import Iterator
from pathlib import Path

import pytest

FOLDERS = ("examples", "property_tests", "ci", "tests")
REFUSED = re.compile("almost|allclose|approx|atol|delta|eps|isclose|rtol")
REASON = re.compile(r"#.* tolerance-name: +\S")


def is_refused(identifier: str) -> bool:
    """Whether a word of an identifier is refused, in either case: assert_allclose, assertAlmostEqual."""
    return any(REFUSED.fullmatch(word.lower()) for word in re.split(r"_|(?<=[a-z])(?=[A-Z])", identifier))


def tokens(source: str) -> Iterator[tokenize.TokenInfo]:
    """The tokens of a module."""
    return tokenize.generate_tokens(io.StringIO(source).readline)


def names(source: str) -> Iterator[tuple[int, str]]:
    """(line, name) of every identifier, or string that is one, with a refused word in it."""
    for token in tokens(source):
        text = token.string
        if token.type == tokenize.STRING:
            text = text.strip("rbfu\"'")
        if token.type in (tokenize.NAME, tokenize.STRING) and text.isidentifier() and is_refused(text):
            yield token.start[0], text


def is_distance(node: ast.expr) -> bool:
    """Whether an expression holds the absolute value of a difference: abs(a - b), np.max(np.abs(a - b))."""
    return any(
        isinstance(call, ast.Call)
        and getattr(call.func, "attr", getattr(call.func, "id", "")) in {"abs", "fabs", "absolute", "norm"}
        and any(isinstance(inner, ast.BinOp) and isinstance(inner.op, ast.Sub) for inner in ast.walk(call))
        for call in ast.walk(node)
    )


def literal_tolerances(source: str) -> Iterator[tuple[int, str]]:
    """(line, text) of every distance that is compared with a number other than 0."""
    for node in ast.walk(ast.parse(source)):
        if not isinstance(node, ast.Compare):
            continue
        sides = [node.left, *node.comparators]
        numbers = [
            leaf.value
            for side in sides
            if not is_distance(side)
            for leaf in ast.walk(side)
            if isinstance(leaf, ast.Constant) and isinstance(leaf.value, float) and leaf.value
        ]
        if numbers and any(map(is_distance, sides)):
            yield node.lineno, ast.unparse(node)


def faults(where: str, source: str) -> list[str]:
    """Every tolerance of a module that gives no reason, and every reason that is no longer needed."""
    excused = {t.start[0] for t in tokens(source) if t.type == tokenize.COMMENT and REASON.match(t.string)}
    found = [*names(source), *literal_tolerances(source)]
    return [f"{where}:{line}: {text}" for line, text in found if line not in excused] + [
        f"{where}:{line}: the reason stands on a line that needs none"
        for line in sorted(excused - {line for line, _ in found})
    ]


def test_nothing_is_decided_by_a_tolerance(root: Path) -> None:
    found = []
    for folder in FOLDERS:
        for file in sorted((root / folder).rglob("*.py")):
            found += faults(file.relative_to(root).as_posix(), file.read_text(encoding="utf-8"))

    assert found == []


@pytest.mark.parametrize(
    "planted",
    [
        "np.testing.assert_allclose(x, y)",
        "np.testing.assert_array_almost_equal(x, y)",
        "self.assertAlmostEqual(x, y)",
        "assert x == pytest.approx(y)",
        "assert np.isclose(x, y)",
        "check(x, rtol=0)",
        "check(x, **{'atol': 0})",
        "loss_eps = 1",
        "delta: float",
        "assert abs(x - y) < 1e-6",
        "assert np.max(np.abs(x - y)) <= 2 * 1e-6",
        "assert 1e-6 > math.fabs(x - y) * 2",
        "assert np.linalg.norm(x - y) < 0.1",
        "x = 1  # tolerance-name: no longer needed",
    ],
)
def test_a_planted_tolerance_is_caught(planted: str) -> None:
    [fault] = faults("a.py", planted)

    assert fault.startswith("a.py:1: ")


@pytest.mark.parametrize(
    "allowed",
    [
        "chex.assert_trees_all_close(x, y)",
        "datetime.timedelta(days=1)",
        "steps, epsilon_greedy = 1, 2",
        "check(x, rtol=1)  # tolerance-name: the check's own argument",
        "assert abs(x - y) <= bound * ulp(y)",
        "assert abs(x) < 0.5",
        '"""Never by rtol."""',
    ],
)
def test_what_is_no_tolerance_is_let_pass(allowed: str) -> None:
    assert faults("a.py", allowed) == []


def test_a_comment_without_a_reason_excuses_nothing() -> None:
    assert faults("a.py", "check(rtol=1)  # tolerance-name:") == ["a.py:1: rtol"]
