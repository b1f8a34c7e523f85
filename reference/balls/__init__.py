"""Enclosures: sets of reals that contain the truth, made by Arb where it is installed, else by intervals.

A ball function takes enclosures and gives one that contains every value that the function has on them, or
one that is not finite: then nothing is known.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from importlib.util import find_spec
from typing import Any, Protocol

from ..reals import Raw
from ..system import Definition

# What a backend calculates with: flint's `arb`, or a pair of raw ends.
Enclosure = Any


class Enclosures(Protocol):
    """What `Ball` asks of a backend, at a number of bits."""

    name: str

    def point(self, raw: Raw) -> Enclosure:
        """The enclosure that holds a single real."""

    def around(self, raw: Raw, exponent: int) -> Enclosure:
        """All reals within 2^exponent of one."""

    def between(self, low: Raw, high: Raw) -> Enclosure:
        """All reals from ``low`` to ``high``."""

    def ends(self, x: Enclosure) -> tuple[Raw, Raw] | None:
        """Reals below and above everything in an enclosure; None where it is not finite."""

    def is_point(self, x: Enclosure) -> bool:
        """Whether an enclosure holds a single real."""

    def middle(self, x: Enclosure) -> Raw:
        """A real inside of a finite enclosure."""

    def apply(self, definition: Definition, operands: Sequence[Enclosure]) -> Enclosure | None:
        """The definition's values on enclosures; None where they are not bounded.

        Raises:
            NoBall: there is no ball function for the definition.
        """

    def row(self, xs: Sequence[Enclosure]) -> Any:
        """Enclosures in a form that `dot` and `sum` take."""

    def sum(self, xs: Any) -> Enclosure | None:
        """An enclosure of the sum of a row."""

    def dot(self, xs: Any, ys: Any) -> Enclosure | None:
        """An enclosure of the sum of the products of two rows."""


@cache
def has_arb() -> bool:
    """Whether python-flint is installed: the extra `arb`."""
    return find_spec("flint") is not None


def enclosures(bits: int) -> Enclosures:
    """The best backend that is installed."""
    if has_arb():
        from .arb import Arb

        return Arb(bits)
    from .interval import Intervals

    return Intervals(bits)
