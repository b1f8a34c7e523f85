"""The one source of random bits."""

from __future__ import annotations

from typing import Any

from ..dtypes import uint32
from ..primitive import Primitive
from ..shapes import ShapedArray
from .rules import check_count, check_dtype, check_params, check_same_shapes


def _threefry2x32_rule(*avals: ShapedArray, **params: Any) -> list[ShapedArray]:
    check_count("threefry2x32", avals, 4)
    check_params("threefry2x32", params, ())
    for label, aval in zip(("k0", "k1", "x0", "x1"), avals, strict=True):
        check_dtype("threefry2x32", aval, frozenset({uint32}), label)
    check_same_shapes("threefry2x32", avals)
    return [ShapedArray(avals[0].shape, uint32)] * 2


# Threefry-2x32 with 20 rounds: key words k0, k1 and counter words x0, x1 give two words.
threefry2x32_p = Primitive("threefry2x32", "elementwise", _threefry2x32_rule)
