"""The ways in which a machine can take a derivative: every nesting of forward and reverse differentiation.

Each gives one array for each floating input: the gradient of the results weighted by cotangents, or, at order 2, its
derivative along directions. In real numbers all of an order are equal.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from ...language import lax, transforms
from ...language.dispatch import FlatFunction
from ...language.program import Program, some_equation

Arrays = Sequence[Any]
Call = Callable[..., tuple[Any, ...]]
# Of (function, inputs, cotangents, directions).
Way = Callable[[Call, Arrays, Arrays, Arrays], Arrays]


def restricted(function: FlatFunction, inputs: Arrays, floats: Sequence[int], chosen: Sequence[int]) -> Call:
    """Some outputs of a flat function, as a function of some of its inputs; the others stay."""

    def call(*given: Any) -> tuple[Any, ...]:
        full = list(inputs)
        for i, x in zip(floats, given, strict=True):
            full[i] = x
        found = function(*full)
        return tuple(found[o] for o in chosen)

    return call


def derivative(
    function: FlatFunction, count: int, floats: Sequence[int], chosen: Sequence[int], nesting: str
) -> FlatFunction:
    """The flat function whose program is the machine's derivative.

    It takes ``count`` inputs, a cotangent for each chosen output, and for the second derivative a
    direction for each floating input; it returns an array for each floating input.
    """

    def differentiated(*operands: Any) -> list[Any]:
        inputs, extras = operands[:count], operands[count:]
        call = restricted(function, inputs, floats, chosen)
        given = tuple(inputs[i] for i in floats)
        return list(_way(nesting)(call, given, extras[: len(chosen)], extras[len(chosen) :]))

    return differentiated


# -- one order -------------------------------------------------------------------------------------------------
def _reverse(call: Call, given: Arrays, cotangents: Arrays, _: Arrays = ()) -> Arrays:
    _, pullback = transforms.vjp(call, *given)
    found: Arrays = pullback(tuple(cotangents))
    return found


def _forward(call: Call, given: Arrays, cotangents: Arrays, _: Arrays = ()) -> Arrays:
    return _entries(lambda directions: _along(call, given, cotangents, directions), given)


def _along(call: Call, given: Arrays, cotangents: Arrays, directions: Arrays) -> Any:
    """The derivative along directions, weighted by the cotangents: one number."""
    _, tangents = transforms.jvp(call, tuple(given), tuple(directions))
    terms = [
        lax.reduce_sum(lax.mul(t, c), tuple(range(t.ndim))) for t, c in zip(tangents, cotangents, strict=True)
    ]
    widest = max((t.dtype for t in terms), key=lambda d: d.itemsize)
    total = lax.convert_element_type(terms[0], widest)
    for term in terms[1:]:
        total = lax.add(total, lax.convert_element_type(term, widest))
    return total


def _entries(along: Callable[[Arrays], Any], given: Arrays) -> Arrays:
    """What ``along`` gives for the unit vector of each element of each input."""
    found = []
    for i, x in enumerate(given):
        basis = np.eye(x.size, dtype=x.dtype).reshape((x.size, *x.shape))

        def entry(unit: Any, place: int = i) -> Any:
            return along([unit if j == place else lax.full_like(y, 0) for j, y in enumerate(given)])

        rows = transforms.vmap(entry)(basis)
        found.append(lax.convert_element_type(lax.reshape(rows, x.shape), x.dtype))
    return found


# -- two orders --------------------------------------------------------------------------------------------------
def _forward_over(inner: Way) -> Way:
    """One order more, along the directions."""

    def way(call: Call, given: Arrays, cotangents: Arrays, directions: Arrays) -> Arrays:
        def gradient(*xs: Any) -> tuple[Any, ...]:
            return tuple(inner(call, xs, cotangents, directions))

        _, tangents = transforms.jvp(gradient, tuple(given), tuple(directions))
        found: Arrays = tangents
        return found

    return way


def _reverse_over_reverse(call: Call, given: Arrays, cotangents: Arrays, directions: Arrays) -> Arrays:
    def gradient(*xs: Any) -> tuple[Any, ...]:
        return tuple(_reverse(call, xs, cotangents))

    return _reverse(gradient, given, directions)


def _reverse_over_forward(call: Call, given: Arrays, cotangents: Arrays, directions: Arrays) -> Arrays:
    def slope(*xs: Any) -> tuple[Any, ...]:
        return (_along(call, xs, cotangents, directions),)

    _, pullback = transforms.vjp(slope, *given)
    widest = max((c.dtype for c in cotangents), key=lambda d: d.itemsize)
    found: Arrays = pullback((np.ones((), widest),))
    return found


def _forward_over_forward(call: Call, given: Arrays, cotangents: Arrays, directions: Arrays) -> Arrays:
    def slope(*xs: Any) -> Any:
        return _along(call, xs, cotangents, directions)

    def along(units: Arrays) -> Any:
        return transforms.jvp(slope, tuple(given), tuple(units))[1]

    return _entries(along, given)


# What a nesting of order 1 or 2 is called -> how it is done.
NESTINGS: dict[str, Way] = {
    "reverse": _reverse,
    "forward": _forward,
    "forward over reverse": _forward_over(_reverse),
    "reverse over reverse": _reverse_over_reverse,
    "reverse over forward": _reverse_over_forward,
    "forward over forward": _forward_over_forward,
}


def _way(nesting: str) -> Way:
    return NESTINGS.get(nesting) or _forward_over(_way(nesting.removeprefix("forward over ")))


def usual(order: int) -> str:
    """The nesting that the gate judges: forward over reverse, as often as it takes."""
    return "forward over " * (order - 1) + "reverse"


def nestings_of(order: int) -> list[str]:
    """The nestings of order 1 or 2, the usual one first."""
    return [name for name in NESTINGS if name.count("over") == order - 1]


def is_possible(nesting: str, program: Program | None) -> bool:
    """Whether a program can be differentiated so: rules for reverse have no forward, `while` has no reverse."""
    if program is None:
        return True  # the machine says what it cannot do
    if "reverse" in nesting and _has(program, "while"):
        return False
    return not (nesting.endswith("forward") and _has(program, "custom_vjp_call"))


def _has(program: Program, primitive: str) -> bool:
    return some_equation(program, lambda e: e.primitive.name == primitive)
