"""Whether two computations of one derivative agree, element by element."""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from mpmath.libmp import from_int, mpf_abs, mpf_cmp, mpf_mul, mpf_sub, to_str

from ...reference.limits import Kink
from ...reference.reals import Real, Scalar, magnitude
from .orders import Direction, Function, Unsettled, by_duals, by_limits, values

# Both must agree in so many significant digits.
SIGNIFICANT = 30
# Digits that are carried where nothing cancels, and the most at each order: a derivative that is further behind the
# value is hidden. A limit of limits takes half as many digits again at each level.
CARRIED = 50
MOST = {1: 1000, 2: 400, 3: 200}
ORDERS = (1, 2, 3)


@dataclass(slots=True)
class Agreement:
    """What came of one function at one point, along all directions and at all orders.

    Attributes:
        elements: how many elements of derivatives agree.
        zeros: how many of them are exactly zero in both.
        disagreements: what does not agree, in words.
        kinks: derivatives where a decision flips within the step: what they are is a convention.
        unverified: derivatives without a limit, with the reason.
    """

    elements: int = 0
    zeros: int = 0
    disagreements: list[str] = field(default_factory=list)
    kinks: list[str] = field(default_factory=list)
    unverified: list[str] = field(default_factory=list)


def agree(x: Scalar, y: Scalar) -> bool:
    """Whether two finite reals have 30 significant digits in common; zero has them with zero alone."""
    if type(x) is not Real or type(y) is not Real:
        return type(x) is type(y) and bool(x == y)
    apart = mpf_abs(mpf_sub(x._mpf_, y._mpf_))
    return bool(mpf_cmp(mpf_mul(apart, from_int(10**SIGNIFICANT)), mpf_abs(y._mpf_)) <= 0)


def sequences(directions: Sequence[Direction], order: int) -> list[list[Direction]]:
    """For each direction, along which a derivative of that order is taken: itself, and last the next one."""
    following = itertools.islice(itertools.cycle(directions), 1, None)
    return [[d] * (order - 1) + [d if order == 1 else e] for d, e in zip(directions, following, strict=False)]


def compared(function: Function, point: Sequence[Any], directions: Sequence[Direction]) -> Agreement:
    """Hold limits against dual numbers at a point, along every direction and at every order."""
    found = Agreement()
    for order in ORDERS:
        for i, along in enumerate(sequences(directions, order)):
            _compare(function, point, along, f"order {order} along direction {i}", found)
    return found


def _compare(
    function: Function, point: Sequence[Any], along: Sequence[Direction], which: str, found: Agreement
) -> None:
    digits, most = CARRIED, MOST[len(along)]
    while True:
        duals = by_duals(function, point, along, digits)
        hidden = _hidden(values(function, point, digits), duals)
        if digits < hidden + CARRIED <= most:
            digits = hidden + CARRIED
            continue
        try:
            limits = by_limits(function, point, along, digits)
        except Kink as kink:
            (found.kinks if kink.flipped else found.unverified).append(f"{which}: {_described(kink)}")
            return
        except Unsettled:
            limits = None
        apart = (
            []
            if limits is None
            else [k for k, xs in enumerate(zip(limits, duals, strict=True)) if not agree(*xs)]
        )
        if limits is not None and not apart:
            found.elements += len(duals)
            found.zeros += sum(type(y) is float for y in duals)
            return
        if 2 * digits > most or hidden + CARRIED > most:
            break
        digits *= 2
    if limits is None:
        found.unverified.append(f"{which}: the quotients do not agree with {digits} digits")
    elif hidden + CARRIED > most and all(limits[k] == 0.0 for k in apart):
        again = by_duals(function, point, along, 2 * digits)
        rounding = any(not agree(duals[k], again[k]) for k in apart)
        hides = f"a derivative is hidden {hidden} digits behind the value"
        why = "dual numbers leave what rounding made where the limit is 0" if rounding else hides
        found.unverified.append(f"{which}: {why}")
    else:
        k = apart[0]
        found.disagreements.append(
            f"{which}: element {k} is {_shown(limits[k])} as a limit, and {_shown(duals[k])} by dual numbers"
        )


def _hidden(at: Sequence[Scalar], slopes: Sequence[Scalar]) -> int:
    """How many digits the least derivative is behind the largest value."""
    largest = max((magnitude(y) for y in at if type(y) is Real), default=0)
    least = min((magnitude(t) for t in slopes if type(t) is Real), default=largest)
    return max(0, math.ceil((largest - least) * math.log10(2)))


def _shown(x: Scalar) -> str:
    return str(x) if type(x) is float else to_str(x._mpf_, 36)


def _described(kink: Kink) -> str:
    if kink.flipped:
        return f"{len(kink.flipped)} decisions flip within the step"
    return "the quotients of the two sides do not meet, or one of them is not finite"
