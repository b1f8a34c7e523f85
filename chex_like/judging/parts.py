"""Complex numbers are judged as the two reals that they are: the parts of arguments and of results."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ...language import lax
from ...language.dispatch import FlatFunction
from ...language.dtypes import is_complex
from ...language.shapes import ShapedArray

PARTS = ("real", "imag")


def has_parts(arrays: Sequence[Any]) -> bool:
    """Whether complex arrays (or abstract values of some) are among them."""
    return any(is_complex(x.dtype) for x in arrays)


def parts_of(arrays: Sequence[Any]) -> list[Any]:
    """The arrays, the real and the imaginary part in the place of each complex one."""
    found = []
    for x in arrays:
        found += [lax.real(x), lax.imag(x)] if is_complex(x.dtype) else [x]
    return found


def labels_of(labels: Sequence[str], arrays: Sequence[Any]) -> list[str]:
    """What the parts are called: "out", or "out.real" and "out.imag"."""
    found = []
    for label, x in zip(labels, arrays, strict=True):
        found += [f"{label}.{part}" for part in PARTS] if is_complex(x.dtype) else [label]
    return found


class OfParts:
    """A flat function as one of its arguments' parts, with the parts of its results.

    Args:
        function: of arrays.
        avals: of its arguments.
    """

    def __init__(self, function: FlatFunction, avals: Sequence[ShapedArray]) -> None:
        self.function, self.avals = function, list(avals)

    def __call__(self, *parts: Any) -> list[Any]:
        """The parts of the results."""
        given, operands = iter(parts), []
        for aval in self.avals:
            x = next(given)
            operands.append(lax.complex(x, next(given)) if is_complex(aval.dtype) else x)
        return parts_of(self.function(*operands))
