"""`assert_ulp` and `assert_trees_ulp`: numbers within so many ULPs of others, in any floating format."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import ml_dtypes
import numpy as np

from ...language.program import Program
from ...reference.capsules import Capsule
from ...reference.findings import Blame, Finding
from ...reference.verdict import exact, is_special
from ..array_kinds import host
from ..assertion import assertion
from ..leaves import leaves_with_paths, shown
from ..structures import assert_trees_all_equal_structs
from ..ulps import flushed, hexadecimal, is_floating, spacing, ulp_counts, ulp_errors
from .claim import Claim, Given, recheck
from .failure import raise_failure

Values = np.ndarray[Any, Any]

_LAW = "within ULPs"
# Every floating format of at most 64 bits. A capsule names one by its place.
FORMATS: tuple[np.dtype[Any], ...] = (
    *(np.dtype(name) for name in ("float16", "float32", "float64")),
    *(
        np.dtype(getattr(ml_dtypes, name))
        for name in sorted(dir(ml_dtypes))
        if name.startswith(("float", "bfloat"))
    ),
)


@dataclass(frozen=True, slots=True)
class _Rules:
    """How many ULPs are allowed, and how they are measured."""

    most: float
    counted: bool
    signed_zeros: bool
    flush: bool

    @property
    def numbers(self) -> list[float]:
        """As a capsule stores them."""
        return [self.most, float(self.counted), float(self.signed_zeros), float(self.flush)]


@assertion
def assert_ulp(
    got: Any,
    expected: Any,
    most: float = 1.0,
    *,
    counted: bool = False,
    signed_zeros: bool = False,
    flush: bool = False,
) -> None:
    """Assert that every number is within so many ULPs of the expected one, in the format of ``got``.

    The measure is fractional: ``|got - expected| / ulp(expected)``, 0.5 being correct rounding, so that ``expected``
    may be of a wider format, or a real of mpmath's. With ``counted`` it is how many steps from one representable
    number to the next lie between both, which must then be of one format.

    NaN is equal to NaN and infinitely far from all else; an infinity is equal to itself alone, and infinitely far from
    the largest number; a number beyond the format counts as what it rounds to; complex numbers are measured by parts.

    Args:
        got: an array of any floating format, of 4 to 64 bits, or of complex numbers.
        expected: what is expected, in the same shape.
        most: how many ULPs are allowed.
        counted: whether steps are counted.
        signed_zeros: whether -0 is infinitely far from +0, and not the same.
        flush: whether a machine may take subnormal numbers for zeros: then both sides are flushed first.

    Raises:
        TypeError: ``got`` is of no floating format, or steps of two formats are to be counted.
        ValueError: ``most`` is negative or NaN.

    >>> import numpy as np
    >>> assert_ulp(np.float32(0.1), 0.1, 0.5)
    >>> assert_ulp(np.float16([1, -0.0]), np.float16([1.001, 0]), 1, counted=True)
    """
    rules = _rules(most, counted, signed_zeros, flush)
    _hold([("got", host(got), expected)], rules)


@assertion
def assert_trees_ulp(
    first: Any,
    *others: Any,
    most: float = 1.0,
    counted: bool = False,
    signed_zeros: bool = False,
    flush: bool = False,
) -> None:
    """Assert that trees have one structure, and leaves within so many ULPs of the first tree's.

    The failure names the worst leaf by its path, the element in it, and both values with their bits. Leaves that are
    not floating must be equal; dtypes and shapes must agree. The rest is as of `assert_ulp`.

    Args:
        first: the tree of what is expected.
        others: those that are held to it.
        most: how many ULPs are allowed.
        counted: whether steps are counted.
        signed_zeros: whether -0 is infinitely far from +0, and not the same.
        flush: whether a machine may take subnormal numbers for zeros.

    Raises:
        ValueError: there is no other tree, or ``most`` is negative or NaN.

    >>> import numpy as np
    >>> assert_trees_ulp({"w": np.ones(2, np.float32)}, {"w": np.nextafter(np.ones(2, np.float32), np.float32(2))})
    """
    if not others:
        raise ValueError("`assert_trees_ulp` must have at least 2 trees, got 1.")
    rules = _rules(most, counted, signed_zeros, flush)
    assert_trees_all_equal_structs(first, *others)
    pairs = []
    for number, other in enumerate(others, start=1):
        for (path, a), (_, b) in zip(leaves_with_paths(first), leaves_with_paths(other), strict=True):
            place, x, y = f"tree {number} at '{shown(path)}'", host(a), host(b)
            if x.dtype != y.dtype or x.shape != y.shape:
                types = [f"{v.dtype}{list(v.shape)}" for v in (x, y)]
                raise AssertionError(f"{place} is {types[1]} where {types[0]} is expected.")
            pairs.append((place, y, x))
    _hold(pairs, rules)


def _rules(most: float, counted: bool, signed_zeros: bool, flush: bool) -> _Rules:
    if not most >= 0:
        raise ValueError(f"`most` must be a number of ULPs, 0 or more, got {most!r}.")
    return _Rules(float(most), counted, signed_zeros, flush)


# -- measuring -----------------------------------------------------------------------------------------------------
@dataclass(frozen=True, slots=True)
class _Worst:
    """The worst element of an array."""

    measure: float
    index: tuple[int, ...]
    many: int
    got: Any
    expected: Any
    whole: tuple[Values, Values] | None


def _hold(pairs: Sequence[tuple[str, Values, Any]], rules: _Rules) -> None:
    __tracebackhide__ = True
    worst: tuple[str, _Worst, Values] | None = None
    for place, got, expected in pairs:
        for part, x, y in _parts(got, expected):
            found = _measured(x, y, rules)
            if found is not None and (worst is None or found.measure > worst[1].measure):
                worst = (place + part, found, x)
    if worst is None:
        return
    finding = _finding(*worst, rules)
    sentence = f"every element is within {rules.most:g} {'steps' if rules.counted else 'ULP'}"
    whole = worst[1].whole
    raise_failure(
        sentence, finding, None, lambda: None if whole is None else _capsule(finding, whole, rules), recheck
    )


def _parts(got: Values, expected: Any) -> list[tuple[str, Values, Any]]:
    """An array with what is expected; of complex numbers their parts."""
    if got.dtype.kind != "c":
        return [("", got, expected)]
    true = np.asarray(host(expected))
    return [(".real", got.real, true.real), (".imag", got.imag, true.imag)]


def _measured(got: Values, expected: Any, rules: _Rules) -> _Worst | None:
    """The worst element, if it is further off than is allowed."""
    true = np.asarray(expected, object) if hasattr(expected, "_mpf_") else host(expected)
    if true.shape != got.shape:
        raise AssertionError(f"the shape is {got.shape} where {true.shape} is expected.")
    whole = None
    if true.dtype == object:
        measures = np.vectorize(lambda g, t: _against_real(g, t, got.dtype), otypes=[float])(got, true)
    elif not is_floating(got.dtype):
        if true.dtype.kind in "fcV":
            raise TypeError(f"`got` must be of a floating format, got {got.dtype}. Convert it.")
        measures = np.where(got == true, 0.0, np.inf)
    else:
        x, y = (flushed(got), flushed(true.astype(got.dtype))) if rules.flush else (got, true)
        measures = (ulp_counts if rules.counted else ulp_errors)(x, y, signed_zeros=rules.signed_zeros)
        whole = (got, true)
    wrong = ~(measures <= rules.most)
    if not wrong.any():
        return None
    index = np.unravel_index(int(np.argmax(measures)), measures.shape) if measures.shape else ()
    at = tuple(int(k) for k in index)
    return _Worst(float(measures[at]), at, int(wrong.sum()), got[at], true[at], whole)


def _against_real(got: Any, true: Any, dtype: Any) -> float:
    """The error of one number against a real of mpmath's."""
    g = float(got)
    if is_special(true) or not np.isfinite(g):
        return float(ulp_errors(np.asarray(got), np.asarray(float(true)))[()])
    unit = float(spacing(np.asarray(float(true)), dtype))
    return float(abs(exact(g) - exact(true)) / exact(unit))


def _finding(place: str, worst: _Worst, got: Values, rules: _Rules) -> Finding:
    at = f"{place}[{', '.join(map(str, worst.index))}]" if worst.index else place
    others = f" ({worst.many} of {got.size} elements are too far)" if got.size > 1 else ""
    same = worst.whole is not None and worst.whole[0].dtype == worst.whole[1].dtype
    x, y, signed = np.asarray(worst.got), np.asarray(worst.expected), rules.signed_zeros
    steps = ulp_counts(x, y, signed_zeros=signed) if same else np.asarray(np.inf)
    error = float(ulp_errors(x, y, signed_zeros=signed)) if same else worst.measure
    shown_true = str(worst.expected) if worst.whole is None else hexadecimal(worst.expected)
    return Finding(
        code="VX104",
        subject=str(got.dtype),
        law=_LAW,
        message=f"{at} is {hexadecimal(worst.got)} where {shown_true} is expected{others}",
        blame=Blame.IMPLEMENTATION,
        error=np.inf if rules.counted and np.isinf(worst.measure) else error,
        count=int(steps) if np.isfinite(steps) else None,
        bound=rules.most,
        output=at,
    )


# -- again -----------------------------------------------------------------------------------------------------------
def _capsule(finding: Finding, whole: tuple[Values, Values], rules: _Rules) -> Capsule:
    """Both arrays in float64, which holds every format's numbers, with the names of the formats."""
    formats = [float(FORMATS.index(x.dtype)) for x in whole]
    numbers = np.array([*formats, *rules.numbers])
    got, expected = (np.asarray(x, np.float64) for x in whole)
    return Capsule(finding=finding, inputs=(got,), extras=(expected, numbers), program=_same(got), x64=True)


def _same(x: Values) -> Program:
    """The program that returns its argument: a capsule's program takes its inputs."""
    from ...language.config import enable_x64
    from ...language.dispatch import aval_of
    from ...language.tracing import trace

    with enable_x64():
        return trace(lambda y: [y], [aval_of(x)], "same")


def _check(given: Given) -> Finding | None:
    """The stored numbers, measured again."""
    expected, numbers = given.extras
    formats = [FORMATS[int(k)] for k in numbers[:2]]
    rules = _Rules(float(numbers[2]), *(bool(k) for k in numbers[3:]))
    got = np.asarray(given.inputs[0].machine_value()).astype(formats[0])
    found = _measured(got, expected.astype(formats[1]), rules)
    return None if found is None else _finding("got", found, got, rules)


WITHIN_ULPS = Claim(_LAW, "VX104", "every element is within its ULPs", _check)
