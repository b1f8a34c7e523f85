"""Numbers that matrices hold: a real scalar, or the pair of a complex number's parts.

What is known to be real stays a scalar, so that each factorization is written once for real and complex matrices.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

from ..reals import Scalar
from ..system import Operations, Pair
from . import complex_functions
from .elementwise import DEFINITIONS

Number = Any  # a `Scalar` or a `Pair`

# |x| for a choice: its sign is no decision of the choice, so that no kink is told of where x is 0.
_SIZE = replace(DEFINITIONS["abs"], kink=None)


def real(x: Number) -> Scalar:
    """The real part."""
    return x[0] if type(x) is tuple else x


def pair(x: Number) -> Pair:
    """Both parts; the imaginary part of what is known to be real is 0."""
    return x if type(x) is tuple else (x, 0.0)


def parts(x: Number) -> Sequence[Scalar]:
    """The parts that there are."""
    return x if type(x) is tuple else (x,)


def each_part(function: Callable[[Scalar], Scalar], x: Number) -> Number:
    """A function of reals on every part."""
    return tuple(map(function, x)) if type(x) is tuple else function(x)


def in_parts(xs: Sequence[Number]) -> list[Scalar]:
    """All real parts, then all imaginary parts: how an array holds complex numbers."""
    pairs = list(map(pair, xs))
    return [z[0] for z in pairs] + [z[1] for z in pairs]


class Arithmetic:
    """``o.mul(x, y)`` on numbers; what has no complex definition here is real.

    Source: complex multiplication and division as `complex_functions` has them.
    """

    def __init__(self, operations: Operations) -> None:
        self.real = operations

    def __getattr__(self, name: str) -> Callable[..., Scalar]:
        found: Callable[..., Scalar] = getattr(self.real, name)
        self.__dict__[name] = found
        return found

    def neg(self, x: Number) -> Number:
        """-x."""
        return each_part(self.real.neg, x)

    def conj(self, x: Number) -> Number:
        """The complex conjugate."""
        return (x[0], self.real.neg(x[1])) if type(x) is tuple else x

    def add(self, x: Number, y: Number) -> Number:
        """x + y."""
        if type(x) is not tuple and type(y) is not tuple:
            return self.real.add(x, y)
        return tuple(self.real.add(a, b) for a, b in zip(pair(x), pair(y), strict=True))

    def sub(self, x: Number, y: Number) -> Number:
        """x - y."""
        if type(x) is not tuple and type(y) is not tuple:
            return self.real.sub(x, y)
        return tuple(self.real.sub(a, b) for a, b in zip(pair(x), pair(y), strict=True))

    def mul(self, x: Number, y: Number) -> Number:
        """X y; a real factor scales both parts."""
        if type(x) is tuple and type(y) is tuple:
            return complex_functions.mul(self.real, x, y)
        x, y = (y, x) if type(y) is tuple else (x, y)
        return each_part(lambda part: self.real.mul(part, y), x)

    def div(self, x: Number, y: Number) -> Number:
        """X / y; a real divisor divides both parts."""
        if type(y) is tuple:
            return complex_functions.div(self.real, pair(x), y)
        return each_part(lambda part: self.real.div(part, y), x)

    def extent(self, x: Number) -> Scalar:
        """|Re x| + |Im x|, by which BLAS's `i?amax` chooses the largest element."""
        sizes = [self.real.apply(_SIZE, part) for part in parts(x)]
        return self.real.add(*sizes) if len(sizes) == 2 else sizes[0]
