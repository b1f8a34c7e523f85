"""The special cases of the array API standard 2024.12 for elementwise functions, in fast and in the reference.

A line reads `arguments -> result`. An argument is a number, or a word for numbers: `pos` and `neg` are finite and not
zero, `fin` any of these, `any` also zeros, infinities and NaN. A result is a number with its sign, `zero` of either
sign, or alternatives that the standard leaves to the library, `inf|nan`.
"""

from __future__ import annotations

import itertools
import math
from typing import Any

import numpy as np
import pytest

import verax
from verax.language import numpy as vnp
from verax.language.config import enable_x64

WORDS: dict[str, list[float]] = {
    "pos": [0.5, 3.0],
    "neg": [-0.5, -3.0],
    "fin": [0.5, 3.0, -0.5, -3.0],
    "any": [0.0, -0.0, 1.5, -2.0, math.inf, -math.inf, math.nan],
    "number": [0.0, -0.0, 1.5, -2.0, math.inf, -math.inf],
    "zero": [0.0, -0.0],
    "oddpos": [1.0, 3.0],
    "oddneg": [-1.0, -3.0],
    "otherpos": [0.5, 2.0, 2.5],
    "otherneg": [-0.5, -2.0, -2.5],
    "big": [1.5, -2.0],
    "small": [0.5, -0.25],
    "whole": [-2.0, -1.0, 3.0, 1e6],
    "above1": [1.5, 2.0, math.inf],
    "below1": [0.5, -1.0, -math.inf],
    "belowm1": [-1.5, -2.0, -math.inf],
    "pi": [math.pi],
    "-pi": [-math.pi],
    "pi/2": [math.pi / 2],
    "-pi/2": [-math.pi / 2],
    "pi/4": [math.pi / 4],
    "-pi/4": [-math.pi / 4],
    "3pi/4": [3 * math.pi / 4],
    "-3pi/4": [-3 * math.pi / 4],
}

ROUNDING = "0 -> 0; -0 -> -0; inf -> inf; -inf -> -inf; nan -> nan; whole -> same"
LOGARITHM = "nan -> nan; neg -> nan; -inf -> nan; zero -> -inf; 1 -> 0; inf -> inf"
SUM = """nan any -> nan; any nan -> nan; inf -inf -> nan; -inf inf -> nan; inf inf -> inf;
    -inf -inf -> -inf; inf fin -> inf; -inf fin -> -inf; fin inf -> inf; fin -inf -> -inf; -0 -0 -> -0;
    -0 0 -> 0; 0 -0 -> 0; 0 0 -> 0; zero fin -> second; fin zero -> first; fin opposite -> 0"""

CASES: dict[str, str] = {
    "abs": "nan -> nan; -0 -> 0; inf -> inf; -inf -> inf",
    "acos": "nan -> nan; above1 -> nan; belowm1 -> nan; 1 -> 0",
    "acosh": "nan -> nan; below1 -> nan; 1 -> 0; inf -> inf",
    "add": SUM,
    "asin": "nan -> nan; above1 -> nan; belowm1 -> nan; 0 -> 0; -0 -> -0",
    "asinh": "nan -> nan; 0 -> 0; -0 -> -0; inf -> inf; -inf -> -inf",
    "atan": "nan -> nan; 0 -> 0; -0 -> -0; inf -> pi/2; -inf -> -pi/2",
    "atan2": """nan any -> nan; any nan -> nan; pos zero -> pi/2; 0 pos -> 0; 0 0 -> 0; 0 -0 -> pi;
        0 neg -> pi; -0 pos -> -0; -0 0 -> -0; -0 -0 -> -pi; -0 neg -> -pi; neg zero -> -pi/2; pos inf -> 0;
        pos -inf -> pi; neg inf -> -0; neg -inf -> -pi; inf fin -> pi/2; -inf fin -> -pi/2; inf inf -> pi/4;
        inf -inf -> 3pi/4; -inf inf -> -pi/4; -inf -inf -> -3pi/4""",
    "atanh": "nan -> nan; belowm1 -> nan; above1 -> nan; -1 -> -inf; 1 -> inf; 0 -> 0; -0 -> -0",
    "ceil": ROUNDING,
    "floor": ROUNDING,
    "round": ROUNDING + "; 0.5 -> 0; 1.5 -> 2; 2.5 -> 2; -0.5 -> -0",
    "trunc": ROUNDING + "; 0.5 -> 0; -0.5 -> -0",
    "copysign": "any 0 -> abs; any -0 -> -abs; any inf -> abs; any -inf -> -abs",
    "cos": "nan -> nan; zero -> 1; inf -> nan; -inf -> nan",
    "cosh": "nan -> nan; zero -> 1; inf -> inf; -inf -> inf",
    "divide": """nan any -> nan; any nan -> nan; inf inf -> nan; -inf inf -> nan; inf -inf -> nan;
        -inf -inf -> nan; zero zero -> nan; 0 pos -> 0; 0 neg -> -0; -0 pos -> -0; -0 neg -> 0;
        pos 0 -> inf; pos -0 -> -inf; neg 0 -> -inf; neg -0 -> inf; inf pos -> inf; inf neg -> -inf;
        -inf pos -> -inf; -inf neg -> inf; pos inf -> 0; pos -inf -> -0; neg inf -> -0; neg -inf -> 0""",
    "exp": "nan -> nan; zero -> 1; inf -> inf; -inf -> 0",
    "expm1": "nan -> nan; 0 -> 0; -0 -> -0; inf -> inf; -inf -> -1",
    "floor_divide": """nan any -> nan; any nan -> nan; inf inf -> nan; zero zero -> nan; 0 pos -> 0;
        0 neg -> -0; -0 pos -> -0; -0 neg -> 0; pos 0 -> inf; pos -0 -> -inf; neg 0 -> -inf; neg -0 -> inf;
        inf pos -> inf|nan; inf neg -> -inf|nan; -inf pos -> -inf|nan; -inf neg -> inf|nan; pos inf -> 0;
        pos -inf -> -1|-0; neg inf -> -1|-0; neg -inf -> 0""",
    "hypot": """inf any -> inf; -inf any -> inf; any inf -> inf; any -inf -> inf; fin nan -> nan;
        nan fin -> nan; nan nan -> nan""",
    "isfinite": "nan -> 0; inf -> 0; -inf -> 0; fin -> 1; zero -> 1",
    "isinf": "nan -> 0; inf -> 1; -inf -> 1; fin -> 0; zero -> 0",
    "isnan": "nan -> 1; number -> 0",
    "log": LOGARITHM,
    "log2": LOGARITHM,
    "log10": LOGARITHM,
    "log1p": "nan -> nan; belowm1 -> nan; -1 -> -inf; -0 -> -0; 0 -> 0; inf -> inf",
    "logaddexp": "nan any -> nan; any nan -> nan; inf number -> inf; number inf -> inf",
    "maximum": "nan any -> nan; any nan -> nan; inf number -> inf; -inf number -> second",
    "minimum": "nan any -> nan; any nan -> nan; -inf number -> -inf; inf number -> second",
    "multiply": """nan any -> nan; any nan -> nan; inf zero -> nan; zero inf -> nan; -inf zero -> nan;
        zero -inf -> nan; inf pos -> inf; inf neg -> -inf; -inf pos -> -inf; -inf neg -> inf;
        pos inf -> inf; neg inf -> -inf; 0 neg -> -0; -0 neg -> 0; 0 -0 -> -0; inf inf -> inf;
        inf -inf -> -inf""",
    "negative": "nan -> nan; 0 -> -0; -0 -> 0; inf -> -inf; -inf -> inf",
    "nextafter": "nan any -> nan; any nan -> nan; -0 0 -> 0; 0 -0 -> -0; inf inf -> inf; fin same -> first",
    "pow": """number zero -> 1; nan zero -> 1; nan pos -> nan; big inf -> inf; big -inf -> 0;
        small inf -> 0; small -inf -> inf; 1 any -> 1; -1 inf -> 1; -1 -inf -> 1; inf pos -> inf;
        inf neg -> 0; -inf oddpos -> -inf; -inf otherpos -> inf; -inf oddneg -> -0; -inf otherneg -> 0;
        0 pos -> 0; 0 neg -> inf; -0 oddpos -> -0; -0 otherpos -> 0; -0 oddneg -> -inf; -0 otherneg -> inf;
        neg 0.5 -> nan""",
    "reciprocal": "nan -> nan; inf -> 0; -inf -> -0; 0 -> inf; -0 -> -inf",
    "remainder": """nan any -> nan; any nan -> nan; inf any -> nan; -inf any -> nan; any 0 -> nan;
        any -0 -> nan; 0 pos -> 0; -0 pos -> 0|-0; 0 neg -> -0|0; -0 neg -> -0; pos inf -> first;
        pos -inf -> second|first; neg -inf -> first; neg inf -> second|first""",
    "sign": "nan -> nan; zero -> zero; pos -> 1; neg -> -1; inf -> 1; -inf -> -1",
    "signbit": "0 -> 0; -0 -> 1; inf -> 0; -inf -> 1; pos -> 0; neg -> 1",
    "sin": "nan -> nan; 0 -> 0; -0 -> -0; inf -> nan; -inf -> nan",
    "sinh": "nan -> nan; 0 -> 0; -0 -> -0; inf -> inf; -inf -> -inf",
    "square": "nan -> nan; zero -> 0; inf -> inf; -inf -> inf",
    "sqrt": "nan -> nan; neg -> nan; -inf -> nan; 0 -> 0; -0 -> -0; inf -> inf",
    "subtract": """nan any -> nan; any nan -> nan; inf inf -> nan; -inf -inf -> nan; inf -inf -> inf;
        -inf inf -> -inf; inf fin -> inf; -inf fin -> -inf; fin inf -> -inf; fin -inf -> inf; 0 0 -> 0;
        0 -0 -> 0; -0 0 -> -0; -0 -0 -> 0; fin same -> 0""",
    "tan": "nan -> nan; 0 -> 0; -0 -> -0; inf -> nan; -inf -> nan",
    "tanh": "nan -> nan; 0 -> 0; -0 -> -0; inf -> 1; -inf -> -1",
}


def operands(words: list[str]) -> list[tuple[float, ...]]:
    """Every combination that the words of one line stand for."""
    if words[-1] in ("same", "opposite"):
        sign = 1 if words[-1] == "same" else -1
        return [(x, sign * x) for x in WORDS[words[0]]]
    return list(itertools.product(*(WORDS.get(w) or [float(w)] for w in words)))


def expected(text: str, given: tuple[float, ...]) -> list[float]:
    """The results that are right for these operands."""
    known = {
        "same": [given[0]],
        "first": [given[0]],
        "second": [given[-1]],
        "abs": [abs(given[0])],
        "-abs": [-abs(given[0])],
    }
    return [x for w in text.split("|") for x in known.get(w) or WORDS.get(w) or [float(w)]]


def lines(name: str) -> list[tuple[tuple[float, ...], list[float]]]:
    found = []
    for line in CASES[name].replace("\n", " ").split(";"):
        words, _, result = line.partition("->")
        found += [(given, expected(result.strip(), given)) for given in operands(words.split())]
    return found


def alike(got: Any, wanted: Any) -> bool:
    """Equal, with equal signs of zero; NaN is NaN."""
    if np.isnan(wanted):
        return bool(np.isnan(got))
    return bool(got == wanted and np.signbit(got) == np.signbit(wanted))


def disagreements(name: str, function: Any, dtype: Any) -> list[str]:
    cases = lines(name)
    columns = [np.array(column, dtype) for column in zip(*(given for given, _ in cases), strict=True)]
    with np.errstate(all="ignore"):
        got = np.asarray(function(*columns))
    found = []
    for value, (given, right) in zip(got, cases, strict=True):
        if not any(alike(value.astype(dtype), np.array(w, dtype)) for w in right):
            found.append(f"{name}{given}: got {value}, must be {right}")
    return found


@pytest.mark.parametrize("owner", [verax.fast, verax.reference], ids=["fast", "reference"])
@pytest.mark.parametrize("name", sorted(CASES))
def test_special_cases_are_the_standard_s(name: str, owner: Any) -> None:
    for dtype in (np.dtype(np.float32), np.dtype(np.float64)):
        with enable_x64(dtype.itemsize == 8), verax.using(owner):
            assert disagreements(name, getattr(vnp, name), dtype) == []


def test_a_planted_fault_is_found() -> None:
    with np.errstate(all="ignore"):
        assert disagreements("negative", lambda x: 0 - x, np.dtype(np.float32)) != []
        assert disagreements("hypot", lambda x, y: np.sqrt(x * x + y * y), np.dtype(np.float32)) != []
        assert disagreements("sqrt", lambda x: np.exp(np.log(x) / 2), np.dtype(np.float32)) != []
