"""`Sides`: what a function does next to a point, as it comes: differences towards every side, by no convention."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import product
from math import inf
from typing import Any

import numpy as np
from mpmath.libmp import mpf_add, mpf_mul, mpf_neg, mpf_sum

from ...language import dispatch
from ...reference import decisions
from ...reference.array import ReferenceArray
from ...reference.exact import Exact
from ...reference.interpreter import implementation
from ...reference.reals import NEAREST, Raw, real
from ...reference.system import arithmetic
from ...reference.verdict import exact, is_special

# A vector for each floating input.
Vectors = Sequence[np.ndarray[Any, Any]]

# The sides are looked at from so many bits away, relative to the nearest input, with digits to spare.
_NEAR = (120, 160)
# Points next to it, that have sides of their own, are so far away.
_AWAY = 80
_DIGITS = 200
_BITS = 256
# Quotients of all sides that agree to so many bits are one.
SAME_BITS = 40
# A point's results, and the weight of each.
_Weighted = list[tuple[float, Any]]
# Each weighted, exactly; None if one is special.
_Terms = list[Raw] | None


class _Repeating(Exact):
    """`Exact` that remembers what functions gave: around a point most elements are what they were before."""

    def __init__(self, digits: int) -> None:
        super().__init__(digits)
        self.known, self._learns = {}, True


class Sides:
    """Difference quotients from every side of a point, with `stop_gradient` held and every comparison as it comes."""

    def __init__(self, call: Any, primals: Sequence[Any], weights: Vectors) -> None:
        self.call, self.weights = call, weights
        self.system = _Repeating(_DIGITS)
        with dispatch.using(implementation), arithmetic(self.system):
            self.primals = [implementation.own(x) for x in primals]
            with decisions.recording() as self.tape:
                self.values = self._weighted(self.primals)
        self.here = _terms(self.values)

    def _weighted(self, primals: Sequence[Any]) -> _Weighted:
        return [
            (float(w), x)
            for y, weights in zip(self.call(*primals), self.weights, strict=True)
            for x, w in zip(implementation.own(y).scalars, weights, strict=True)
            if w
        ]

    def quotients(self, vectors: Sequence[Vectors]) -> list[tuple[Any, Any]] | None:
        """The quotients along one or two vectors, for every side and two steps, and what rounding may hide of each.

        Along u and v those are (f(x + su + tv) - f(x + su) - f(x + tv) + f(x)) / st, with s and t of either sign:
        four corners, that come together where the second derivative is one, and nowhere else.

        Returns:
            None if the function is not finite all around.
        """
        found = []
        for near, signs in product(_NEAR, product((-1, 1), repeat=len(vectors))):
            step = self._step(vectors) / exact(2) ** near
            total: list[Raw] = []
            for chosen in product((0, 1), repeat=len(vectors)):
                steps = [s * c * step for s, c in zip(signs, chosen, strict=True)]
                terms = _terms(self._next_to(vectors, steps)) if any(chosen) else self.here
                if terms is None:
                    return None
                total += [mpf_neg(x) for x in terms] if chosen.count(0) % 2 else terms
            scale = exact(int(np.prod(signs))) * step ** len(vectors)
            hidden = exact(2) ** (self.system.widest - self.system.bits) * len(total) / abs(scale)
            found.append((exact(real(mpf_sum(total, _BITS, NEAREST))) / scale, hidden))
        return found

    def runs_off(self, vector: Vectors) -> bool:
        """Whether the quotients along a vector grow without end on some side, as they do next to a jump.

        Returns:
            True too if the function is not finite all around.
        """
        found = self.quotients([vector])
        if found is None:
            return True
        half = len(found) // 2
        return any(
            abs(narrow) - abs(wide) > abs(narrow) / 2**SAME_BITS + hidden
            for (wide, _), (narrow, hidden) in zip(found[:half], found[half:], strict=True)
        )

    def is_vertical(self, vector: Vectors, sign: int) -> bool:
        """Whether the quotients along a vector go to infinity with a sign, from every side.

        A side on which the function is infinite has an infinite quotient; one on which it is NaN is outside of its
        domain, and says nothing. x log(x) with 0 at 0 is so: whatever stands there, its slope is infinite.
        """
        step, sides = self._step([vector]), []
        for side in (-1, 1):
            steps = [side * step / exact(2) ** near for near in _NEAR]
            runs = [self._next_to([vector], [s]) for s in steps]
            wide, narrow = (
                sign
                * sum((w * _rise(x, y) for (w, x), (_, y) in zip(self.values, run, strict=True)), exact(0))
                / s
                for run, s in zip(runs, steps, strict=True)
            )
            if wide == wide and narrow == narrow:
                sides.append(wide > 0 and (narrow == inf or narrow - wide > narrow / 2**SAME_BITS))
        return any(sides) and all(sides)

    def around(self, vector: Vectors, towards: Sequence[Vectors]) -> list[tuple[Any, Any]] | None:
        """The quotients along a vector at points near this one, one in each of some directions.

        Returns:
            None if the function is not finite all around.
        """
        found = []
        for direction in towards:
            away = self._step([direction]) / exact(2) ** _AWAY
            step = self._step([vector]) / exact(2) ** _NEAR[-1]
            here = _terms(self._next_to([direction, vector], [away, 0]))
            there = _terms(self._next_to([direction, vector], [away, step]))
            if here is None or there is None:
                return None
            total = [*there, *map(mpf_neg, here)]
            hidden = exact(2) ** (self.system.widest - self.system.bits) * len(total) / step
            found.append((exact(real(mpf_sum(total, _BITS, NEAREST))) / step, hidden))
        return found

    def _step(self, vectors: Sequence[Vectors]) -> Any:
        """The least input that moves, over how far it does."""
        moving = [
            (abs(exact(s)) if exact(s) != 0 else exact(1), abs(exact(float(w))))
            for vector in vectors
            for x, c in zip(self.primals, vector, strict=True)
            for s, w in zip(x.scalars, c.reshape(-1), strict=True)
            if w and not is_special(s)
        ]
        sizes, weights = [s for s, _ in moving], [w for _, w in moving]
        return min([exact(1), *sizes]) / max(weights, default=exact(1))

    def _next_to(self, vectors: Sequence[Vectors], steps: Sequence[Any]) -> _Weighted:
        moved = []
        for i, x in enumerate(self.primals):
            scalars = x.scalars
            for vector, step in zip(vectors, steps, strict=True):
                pairs = zip(scalars, vector[i].reshape(-1), strict=True)
                scalars = [_moved(s, float(w), step) for s, w in pairs]
            moved.append(ReferenceArray(scalars, x.aval, self.system))
        with dispatch.using(implementation), arithmetic(self.system), decisions.watching(self.tape):
            return self._weighted(moved)


def _rise(x: Any, y: Any) -> Any:
    """From x to y; from an infinity to itself, 0."""
    return exact(0) if is_special(x) and x == y else exact(y) - exact(x)


def _terms(pairs: _Weighted) -> _Terms:
    if any(is_special(x) for _, x in pairs):
        return None
    return [mpf_mul(exact(w)._mpf_, exact(x)._mpf_) for w, x in pairs]


def _moved(s: Any, weight: float, step: Any) -> Any:
    """``s + weight step``, without any rounding."""
    if not weight or not step or is_special(s):
        return s
    return real(mpf_add(exact(s)._mpf_, (exact(weight) * step)._mpf_))
