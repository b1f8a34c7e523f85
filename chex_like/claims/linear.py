"""`assert_linear`: a function adds up, in real numbers."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from mpmath.libmp import from_float, fzero, mpf_abs, mpf_add, mpf_gt, mpf_mul, mpf_shift, mpf_sub

from ...language import dispatch
from ...language.dtypes import is_inexact
from ...language.inlining import inlined
from ...language.program import Program, Variable, printed_equations
from ...reference.array import ReferenceArray
from ...reference.exact import Exact
from ...reference.findings import Blame, Finding, location_of
from ...reference.interpreter import implementation
from ...reference.reals import is_special, real
from ...reference.system import arithmetic
from ..assertion import assertion
from ..judging.telling import number
from .claim import Claim, Given, hold

_DRAWS = 4
# What differs by less than 2^-200 of the sums' terms is the same; a difference must survive more digits.
_DIGITS = (100, 400)
_BITS = -200

Rows = list[list[Any]]


@assertion
def assert_linear(f: Callable[..., Any], *args: Any, seed: int = 0) -> None:
    """Assert that ``f`` is linear in all of its floating arguments together: ``f(a x + b y) = a f(x) + b f(y)``.

    This is held in real numbers to 60 digits, so that no rounding is mistaken for curvature and no curvature for
    rounding: at ``args`` themselves (x), at random ones of their size (y), and at -x. Arguments of other dtypes stay.

    Args:
        f: a function of arrays in trees with floating results.
        args: the very arrays to run it at.
        seed: what ``a``, ``b`` and ``y`` are drawn from.

    Raises:
        TypeError: there is no floating argument or a result is not floating.

    >>> import verax.numpy as vnp
    >>> assert_linear(lambda x: vnp.cumsum(x)[::-1] / 3, vnp.array([1.0, 2.0, 5.0]))
    """
    hold(LINEAR, f, args, seed=seed)


@dataclass(frozen=True, slots=True)
class _Fault:
    """Where superposition fails: a result, its element, what is there and what should be."""

    output: int
    place: int
    got: Any
    expected: Any
    of: str


def _check(given: Given) -> Finding | None:
    fault = _fault(given.function, given)
    if fault is None:
        return None
    shape, dtype = _aval_of(given, fault.output)
    index = [int(k) for k in np.unravel_index(fault.place, shape)] if shape else []
    error = None
    if not is_special(fault.got) and not is_special(fault.expected):
        error = _in_ulps(fault.got, fault.expected, dtype)
    equation, location = _first_step(given)
    return given.finding(
        LINEAR,
        f"of {fault.of} is {number(fault.got)} where {number(fault.expected)} is expected, in exact numbers",
        blame=Blame.SUBJECT,
        error=error,
        output=given.label(fault.output) + (f"[{', '.join(map(str, index))}]" if index else ""),
        equation=equation,
        location=location,
        mend="Look at the step that is named: it is the first that does not add up.",
    )


def _in_ulps(got: Any, expected: Any, dtype: Any) -> float:
    from ...reference.ulps import error_in_ulps

    return error_in_ulps(got, expected, dtype)


def _aval_of(given: Given, output: int) -> tuple[tuple[int, ...], Any]:
    with dispatch.using(implementation), arithmetic(Exact(_DIGITS[0])):
        found = implementation.own(given.function(*given.inputs)[output])
    return tuple(found.shape), found.dtype


# -- superposition ------------------------------------------------------------------------------------------------
def _fault(function: Callable[..., Any], given: Given) -> _Fault | None:
    """The worst failure that survives more digits; None if there is none."""
    found = _failing(function, given, _DIGITS[0])
    return None if found is None else _failing(function, given, _DIGITS[1])


def _failing(function: Callable[..., Any], given: Given, digits: int) -> _Fault | None:
    system = Exact(digits)
    rng = np.random.default_rng([given.seed, 20])
    with dispatch.using(implementation), arithmetic(system):
        own = [implementation.own(x.machine_value()) for x in given.inputs]
        arrays = [replace_aval(x, given_x.aval) for x, given_x in zip(own, given.inputs, strict=True)]
        if not any(is_inexact(x.dtype) for x in arrays):
            raise TypeError(
                f"`args` must hold a floating array to be linear in, got none for {given.name!r}."
            )
        here = _values(function, arrays, given.name)
        for draw in range(_DRAWS + 1):
            a, b = (
                (-1.0, 0.0)
                if draw == 0
                else (float(rng.integers(-6, 7)) or 1.5, float(rng.integers(1, 7)) / 4)
            )
            others = [_drawn(x, rng) for x in arrays]
            there = _values(function, others, given.name) if b else here
            mixed = [_mixed(x, y, a, b) for x, y in zip(arrays, others, strict=True)]
            found = _compared(_values(function, mixed, given.name), here, there, a, b)
            if found is not None:
                return found
    return None


def replace_aval(x: ReferenceArray, aval: Any) -> ReferenceArray:
    """The same elements with another abstract value: its weak type is the argument's."""
    return ReferenceArray(x.scalars, aval, x.system)


def _values(function: Callable[..., Any], arrays: Sequence[ReferenceArray], name: str) -> Rows:
    found = [implementation.own(y) for y in function(*arrays)]
    if any(not is_inexact(y.dtype) for y in found):
        kinds = [str(y.dtype) for y in found]
        raise TypeError(f"`f` must have floating results to be linear, got {kinds} of {name!r}.")
    return [list(y.scalars) for y in found]


def _drawn(x: ReferenceArray, rng: np.random.Generator) -> ReferenceArray:
    """Random numbers of the size of each element, of 8 bits; of size 1 where it is 0."""
    if not is_inexact(x.dtype):
        return x
    sizes = rng.integers(128, 256, len(x.scalars)) / 128.0 * rng.choice([-1, 1], len(x.scalars))
    return ReferenceArray(
        [_times(s, float(w)) for s, w in zip(x.scalars, sizes, strict=True)], x.aval, x.system
    )


def _times(s: Any, weight: float) -> Any:
    raw = _raw(s)
    return real(from_float(weight) if raw == fzero else mpf_mul(raw, from_float(weight)))


def _raw(s: Any) -> Any:
    return s._mpf_ if hasattr(s, "_mpf_") else from_float(float(s))


def _mixed(x: ReferenceArray, y: ReferenceArray, a: float, b: float) -> ReferenceArray:
    if not is_inexact(x.dtype):
        return x
    pairs = zip(x.scalars, y.scalars, strict=True)
    return ReferenceArray([_combined(s, t, a, b) for s, t in pairs], x.aval, x.system)


def _combined(s: Any, t: Any, a: float, b: float) -> Any:
    """``a s + b t``, without any rounding; a zero is +0.0."""
    raw = mpf_add(mpf_mul(from_float(a), _raw(s)), mpf_mul(from_float(b), _raw(t)))
    return 0.0 if raw == fzero else real(raw)


def _compared(got: Rows, here: Rows, there: Rows, a: float, b: float) -> _Fault | None:
    of = "f(-x), against -f(x)," if b == 0 else f"f({a} x + {b} y), against {a} f(x) + {b} f(y),"
    worst: tuple[Any, _Fault] | None = None
    for o, rows in enumerate(zip(got, here, there, strict=True)):
        size = _largest(rows)
        for i, (z, x, y) in enumerate(zip(*rows, strict=True)):
            if any(map(is_special, (z, x, y))):
                return _Fault(o, i, z, x if is_special(x) else y if is_special(y) else 0.0, of)
            expected = _combined(x, y, a, b)
            apart = mpf_abs(mpf_sub(_raw(z), _raw(expected)))
            if mpf_gt(apart, mpf_shift(size, _BITS)) and (worst is None or mpf_gt(apart, worst[0])):
                worst = (apart, _Fault(o, i, z, expected, of))
    return None if worst is None else worst[1]


def _largest(rows: Sequence[Sequence[Any]]) -> Any:
    """The size of the largest finite element."""
    best = fzero
    for row in rows:
        for s in row:
            if not is_special(s) and mpf_gt(mpf_abs(_raw(s)), best):
                best = mpf_abs(_raw(s))
    return best


# -- the step at fault ---------------------------------------------------------------------------------------------
def _first_step(given: Given) -> tuple[str, str]:
    """The first equation whose floating results do not add up, and its line; empty where there is no program."""
    try:
        program = inlined(given.program())
    except Exception:  # noqa: BLE001  # a function that cannot be traced has no steps to name
        return "", ""
    texts = printed_equations(program)
    for equation in program.equations:
        kept: list[Variable] = [v for v in equation.outputs if is_inexact(v.aval.dtype)]
        if kept and _depends(program, equation.outputs) and _fault(_up_to(program, kept), given) is not None:
            return texts[equation], location_of(equation.source)
    return "", ""


def _up_to(program: Program, kept: Sequence[Variable]) -> Program:
    return replace(program, outputs=tuple(kept)).pruned()


def _depends(program: Program, outputs: Sequence[Variable]) -> bool:
    """Whether an equation's results rest on an argument; constants on the way do not add up and need not."""
    return any(v in program.inputs for e in _up_to(program, outputs).equations for v in e.inputs)


LINEAR = Claim("linear", "VX206", "f is linear: f(a x + b y) = a f(x) + b f(y)", _check)
